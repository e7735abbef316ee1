"""What sets segments apart: where their money goes, beside everyone's."""

from __future__ import annotations

from shoal.project.report.charts.canvas import Words, both_sizes
from shoal.project.report.charts.pairs import Pair, pairs
from shoal.project.report.figures import Apart, Report
from shoal.project.report.frame import frame, key, section, table
from shoal.project.report.markup import Markup, tag
from shoal.project.report.words import share, times


def apart(report: Report) -> Markup | None:
    """The first segment as a large chart, the others as what they buy most unlike everyone."""
    if not report.apart:
        return None
    first, *others = report.apart
    return section(
        "apart",
        "What sets them apart",
        f"Where the money goes: share of each group's spending, beside that of all {report.many}.",
        _chart(first),
        tag("div", [_lifts(item) for item in others], class_="cards three") if others else None,
    )


def _chart(item: Apart) -> Markup:
    rows = [Pair(c.label, c.here, c.everyone) for c in item.contrasts]
    more = max(item.contrasts, key=lambda c: c.here / c.everyone if c.everyone else 0.0)
    title = f"{item.title}: {times(more.here / (more.everyone or 1), 1)} the {more.label.lower()}"
    told = (
        f"{more.label} takes {share(more.here, 1)} of their spending and "
        f"{share(more.everyone, 1)} of everyone's. {item.note}"
    )
    return frame(
        title,
        told,
        both_sizes(lambda width: pairs(width, rows, item.title, Words(title, told)), 1056),
        table(
            f"Share of spending: {item.title} and everyone",
            ("Bought", item.title, "Everyone", "Ratio"),
            [
                (
                    c.label,
                    share(c.here, 1),
                    share(c.everyone, 1),
                    f"{c.here / c.everyone:.2f}" if c.everyone else "",
                )
                for c in item.contrasts
            ],
        ),
        key([("dot-here", item.title), ("dot-everyone", "everyone")]),
    )


def _lifts(item: Apart) -> Markup:
    return tag(
        "article",
        tag("h3", item.title),
        tag(
            "ul",
            [
                tag(
                    "li",
                    tag("span", times(c.here / c.everyone, 1), class_="lift"),
                    tag("span", c.label, class_="lift-name"),
                    tag("span", f"{share(c.here, 1)} of spending", class_="small"),
                )
                for c in item.contrasts
                if c.everyone
            ],
            class_="lifts",
        ),
        class_="card",
    )
