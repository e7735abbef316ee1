"""The ready segments: how many, what they are worth, and where they are going."""

from __future__ import annotations

from itertools import groupby

from shoal.project.report.charts.canvas import Words
from shoal.project.report.charts.spark import spark
from shoal.project.report.figures import Report, SegmentLine
from shoal.project.report.frame import key, meter, section
from shoal.project.report.markup import Markup, tag
from shoal.project.report.words import Money, change, count, month, share

_SIGN = {"positive": ("▲", "growth is good news"), "negative": ("▼", "growth is bad news")}


def segments(report: Report) -> Markup:
    """One row per segment; the heads sort."""
    heads = (
        ("Segment", "text", None),
        (report.many.capitalize(), "number", "num"),
        ("Trend; last 3 months", None, None),
        ("Shares", "number", None),
        (f"Revenue, {report.value_span}", "number", "num"),
    )
    grouped = [
        (name, list(lines)) for name, lines in groupby(report.segments, key=lambda line: line.group)
    ]
    return section(
        "segments",
        f"{len(report.segments)} ready segments",
        (
            f"Each is one sentence about what {report.many} did, evaluated for every "
            f"{report.one} at the same instant. Someone can be in several, so shares do not "
            "add up to 100%. Trends are asked as of each month's end."
        ),
        key(
            [
                ("people", f"share of all {report.many}"),
                ("money", f"share of revenue, {report.value_span}"),
            ]
        ),
        tag(
            "table",
            tag("caption", "Segments with size, share, revenue and trend", class_="unseen"),
            tag(
                "thead",
                tag(
                    "tr",
                    [
                        tag(
                            "th",
                            words,
                            scope="col",
                            class_=side,
                            data_sort=sort,
                            role="columnheader",
                        )
                        for words, sort, side in heads
                    ],
                    role="row",
                ),
                role="rowgroup",
            ),
            [
                tag(
                    "tbody",
                    tag(
                        "tr",
                        tag("th", name, colspan=5, scope="rowgroup", role="rowheader"),
                        class_="group",
                        role="row",
                    ),
                    [_row(report, line) for line in lines],
                    role="rowgroup",
                )
                for name, lines in grouped
            ],
            class_="segments sortable",
            role="table",
        ),
    )


def _row(report: Report, line: SegmentLine) -> Markup:
    money = Money(report.currency)
    part = line.size / report.people if report.people else 0.0
    worth = line.revenue / report.total_value if report.total_value else 0.0
    sign, meaning = _SIGN.get(line.polarity or "", ("", ""))
    return tag(
        "tr",
        tag(
            "th",
            tag(
                "span",
                line.title,
                tag("span", sign, class_=f"sign {line.polarity}", title=meaning) if sign else None,
                class_="title",
            ),
            tag("span", line.sentence, class_="sentence"),
            tag("span", line.why, class_="why"),
            scope="row",
            role="rowheader",
            data_value=line.title,
        ),
        tag("td", count(line.size), class_="num big", role="cell", data_value=line.size),
        tag("td", _trend(report, line), role="cell", class_="trend"),
        tag(
            "td",
            tag("span", meter(part, 1, "people"), tag("span", share(part)), class_="measure"),
            tag("span", meter(worth, 1, "money"), tag("span", share(worth)), class_="measure"),
            role="cell",
            class_="shares",
            data_value=f"{worth:.6f}",
        ),
        tag(
            "td",
            money.short(line.revenue),
            tag(
                "span",
                f"{money.whole(line.revenue / line.size)} each"
                if line.size and line.revenue
                else "",
                class_="small",
            ),
            class_="num",
            role="cell",
            data_value=f"{line.revenue:.2f}",
        ),
        role="row",
    )


def _trend(report: Report, line: SegmentLine) -> Markup:
    """The spark and, in words, the change over the last quarter."""
    if len(line.trend) < 4:
        return Markup("")
    names = [month(at - 1, report.zone)[:3] for at in report.trend_at]
    told = ", ".join(f"{name} {size:,}" for name, size in zip(names, line.trend, strict=True))
    return Markup(
        spark(line.trend, Words(f"{line.title} over the months", told), report.early)
        + tag("span", f"{change(line.trend[-4], line.trend[-1])}", class_="small")
    )
