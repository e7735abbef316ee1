"""The top of the page: what this is, the headline numbers, what stands out, the year."""

from __future__ import annotations

from shoal.project.report.charts.canvas import Size, Words, both_sizes
from shoal.project.report.charts.columns import columns
from shoal.project.report.charts.week import week
from shoal.project.report.figures import Finding, Report, Tile
from shoal.project.report.frame import frame, section, table
from shoal.project.report.markup import Markup, tag
from shoal.project.report.words import Money, count, month, share

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def opening(report: Report) -> Markup:
    """The title, one sentence, and the headline numbers."""
    return tag(
        "div",
        tag("p", report.badge, class_="badge"),
        tag("h1", report.title),
        tag("p", report.subtitle, class_="subtitle"),
        tag("p", report.lead, class_="opening-lead"),
        tag("dl", [_tile(tile) for tile in report.tiles], class_="tiles"),
        class_="opening",
    )


def _tile(tile: Tile) -> Markup:
    return tag(
        "div",
        tag("dt", tile.label),
        tag("dd", tile.value, class_="tile-value"),
        tag("dd", tile.note, class_="tile-note") if tile.note else None,
        class_="tile",
    )


def findings(report: Report) -> Markup:
    """The few sentences to remember, each leading to the section that shows it."""
    return section(
        "findings",
        "What stands out",
        None,
        tag("ol", [_finding(finding) for finding in report.findings], class_="findings"),
    )


def _finding(finding: Finding) -> Markup:
    return tag(
        "li",
        tag("h3", tag("a", finding.headline, href=f"#{finding.anchor}")),
        tag("p", finding.detail),
    )


def year(report: Report) -> Markup:
    """Revenue by month, and the week's rhythm in local hours."""
    return section(
        "year",
        "At a glance",
        None,
        tag("div", _months(report), _week(report), class_="pair")
        if _knows_hours(report)
        else tag("div", _months(report)),
    )


def _months(report: Report) -> Markup:
    money = Money(report.currency)
    labels = [month(item.start_at, report.zone)[:3] for item in report.months]
    values = [item.revenue for item in report.months]
    best = max(range(len(values)), key=values.__getitem__)
    change = values[best] / (sum(values) / len(values)) - 1
    title = (
        f"{month(report.months[best].start_at, report.zone)} sold most: {money.short(values[best])}"
    )
    told = f"{title}. The lowest month sold {money.short(min(values))}."
    return frame(
        title,
        f"Revenue per month. The best month is {share(change)} above the average one.",
        both_sizes(
            lambda width: columns(
                Size(width, 236), labels, values, money.short, Words(title, told)
            ),
            506,
        ),
        table(
            "Revenue, orders and buyers by month",
            ("Month", "Revenue", "Orders", f"{report.many.capitalize()} who ordered"),
            [
                (label, money.whole(item.revenue), count(item.orders), count(item.buyers))
                for label, item in zip(labels, report.months, strict=True)
            ],
        ),
    )


def _knows_hours(report: Report) -> bool:
    """Whether times are more than dates: what happened at midnight sharp is no rhythm."""
    total = sum(map(sum, report.rhythm))
    return total > 0 and sum(row[0] for row in report.rhythm) < total * 0.9


def _week(report: Report) -> Markup:
    cells = [(value, d, h) for d, row in enumerate(report.rhythm) for h, value in enumerate(row)]
    total = sum(value for value, _, _ in cells) or 1
    _, day, hour = max(cells)
    evening = sum(value for value, _, h in cells if 15 <= h < 19) / total
    title = f"The busiest hour is {_DAYS[day]} at {hour:02d}:00"
    told = (
        f"{share(evening)} of orders fall between 15:00 and 19:00. "
        f"Hours are local ({report.zone.name})."
    )
    return frame(
        title,
        told,
        both_sizes(lambda width: week(width, report.rhythm, "orders", Words(title, told)), 506),
        table(
            "Orders by weekday and hour",
            ("Weekday", *(f"{hour:02d}" for hour in range(24))),
            [
                (_DAYS[index], *(count(value) for value in row))
                for index, row in enumerate(report.rhythm)
            ],
        ),
    )
