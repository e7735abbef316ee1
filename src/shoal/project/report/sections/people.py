"""Single people: why they are in a segment or not, until when, and what would change it."""

from __future__ import annotations

from shoal.project.report.charts.canvas import Words
from shoal.project.report.charts.spark import weeks
from shoal.project.report.figures import Explained, Reason, Report, Twin, Twins
from shoal.project.report.frame import section
from shoal.project.report.markup import Markup, tag
from shoal.project.report.words import Money, plural

_MARK = {"true": ("✓", "met"), "false": ("✗", "not met"), "unknown": ("?", "not known")}


def people(report: Report) -> Markup:
    """A few people, explained by the same program that counts them."""
    return section(
        "why",
        f"Why is this {report.one} here?",
        (
            "Every membership can be asked for its reasons: which condition holds, on which "
            "figures, until when, and the smallest possible change that would flip it."
        ),
        tag("div", [_card(report, item) for item in report.explained], class_="cards"),
    )


def twins(report: Report) -> Markup | None:
    """Two people alike on paper, side by side: why behaviour and not demographics."""
    pair = report.twins
    if pair is None:
        return None
    return section(
        "twins",
        "Alike on paper, not in what they do",
        (
            f"These two {report.many} share every demographic fact on file. A segment by "
            "demographics would send them the same message."
        ),
        tag(
            "ul",
            [
                tag("li", tag("span", name, class_="fact-name"), " ", tag("strong", value))
                for name, value in pair.alike
            ],
            class_="facts shared",
        ),
        tag(
            "div",
            _twin(report, pair.left),
            _twin(report, pair.right),
            class_="cards two",
        ),
        _others(report, pair),
    )


def _others(report: Report, pair: Twins) -> Markup:
    stages = ", ".join(
        f"{size} {title[:1].lower()}{title[1:]}" for title, size in pair.alike_stages
    )
    return tag(
        "p",
        f"{plural(pair.alike_count, report.one, report.many)} have exactly these facts. By what they "
        f"do they fall into {len(pair.alike_stages)} groups: {stages}.",
        class_="after",
    )


def _twin(report: Report, item: Twin) -> Markup:
    return tag(
        "article",
        tag("h3", f"{report.one.capitalize()} {item.user_id}"),
        tag("p", item.about, class_="sub"),
        _weeks(report, item),
        tag(
            "dl",
            [tag("div", tag("dt", name), tag("dd", value)) for name, value in item.facts],
            class_="fact-list",
        ),
        class_="card",
    )


def _card(report: Report, item: Explained) -> Markup:
    verdict = "In" if item.member else "Not in"
    return tag(
        "article",
        tag("h3", f"{report.one.capitalize()} {item.user_id}"),
        tag("p", item.about, class_="sub"),
        _weeks(report, item),
        tag(
            "p",
            tag("span", verdict, class_="verdict in" if item.member else "verdict out"),
            tag("strong", item.segment),
        ),
        tag("p", item.sentence, class_="sentence"),
        tag("ul", _reason(item.because), class_="reasons"),
        tag(
            "dl",
            tag("div", tag("dt", "Until when"), tag("dd", item.until)),
            tag("div", tag("dt", "What would change it"), tag("dd", item.nearest)),
            class_="fact-list",
        ),
        class_="card",
    )


def _weeks(report: Report, item: Explained | Twin) -> Markup | None:
    if not item.spark:
        return None
    money = Money(report.currency)
    told = f"Highest week {money.whole(max(item.spark))}, {sum(v > 0 for v in item.spark)} weeks with orders."
    return tag(
        "div",
        weeks(item.spark, Words(f"Revenue per week of {report.one} {item.user_id}", told)),
        tag("span", f"revenue per week, {len(item.spark)} weeks", class_="small"),
        class_="weeks-box",
    )


def _reason(reason: Reason) -> Markup:
    sign, words = _MARK.get(reason.verdict, _MARK["unknown"])
    return tag(
        "li",
        tag(
            "span",
            tag("span", sign, aria_hidden="true"),
            tag("span", f"{words}: ", class_="unseen"),
            class_=f"mark {reason.verdict}",
        ),
        tag(
            "span",
            tag("span", reason.text, class_="rule-text"),
            tag("span", reason.fact, class_="fact") if reason.fact else None,
            tag("ul", [_reason(part) for part in reason.parts]) if reason.parts else None,
        ),
    )
