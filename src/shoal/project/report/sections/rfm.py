"""Recency and frequency as a grid, and the usual names of its regions."""

from __future__ import annotations

from shoal.project.report.figures import Part, Report, RfmCell
from shoal.project.report.frame import frame, key, meter, section, table
from shoal.project.report.markup import Markup, tag
from shoal.project.report.words import Money, count, share


def rfm(report: Report) -> Markup:
    """The grid beside the named groups."""
    return section(
        "rfm",
        "Recency, frequency, value",
        (
            f"Every {report.one} gets two scores from 1 to 5 by fifths: how recently, and how often, "
            "they ordered. Ties stay together, so the fifths are as even as the data allow."
        ),
        tag("div", _grid(report), _names(report), class_="pair wide-left"),
    )


def _grid(report: Report) -> Markup:
    money = Money(report.currency)
    cells = {(cell.recency, cell.frequency): cell for cell in report.rfm}
    worth = sum(cell.revenue for cell in report.rfm) or 1.0
    most = max((cell.revenue for cell in report.rfm), default=0.0) or 1.0
    best = cells.get((5, 5))
    title = "Revenue gathers in one corner"
    if best:
        title = (
            f"The best corner: {share(best.size / (report.people or 1))} of {report.many}, "
            f"{share(best.revenue / worth)} of revenue"
        )
    rows = [
        tag(
            "tr",
            tag("th", tag("span", str(frequency)), scope="row"),
            [_cell(cells.get((recency, frequency)), most, worth, money) for recency in range(1, 6)],
        )
        for frequency in range(5, 0, -1)
    ]
    grid = tag(
        "table",
        tag("caption", f"{report.many.capitalize()} by recency and frequency", class_="unseen"),
        tag("colgroup", tag("col", class_="scores"), [tag("col") for _ in range(5)]),
        tag("tbody", rows),
        tag(
            "tfoot",
            tag(
                "tr",
                tag("td", tag("span", "Recency or frequency score", class_="unseen")),
                [tag("th", tag("span", str(score)), scope="col") for score in range(1, 6)],
            ),
        ),
        class_="grid",
    )
    return frame(
        title,
        f"{report.many.capitalize()} in each cell; stronger colour means more revenue, {report.value_span}.",
        tag(
            "div",
            tag("span", "orders more often →", class_="up", aria_hidden="true"),
            grid,
            tag("span", "ordered more recently →", class_="across", aria_hidden="true"),
            class_="grid-box",
        ),
        table(
            "The RFM grid as a list",
            ("Group", "Recency", "Frequency", report.many.capitalize(), "Revenue", "Share"),
            [
                (
                    cell.name,
                    str(cell.recency),
                    str(cell.frequency),
                    count(cell.size),
                    money.whole(cell.revenue),
                    share(cell.revenue / worth, 1),
                )
                for cell in report.rfm
            ],
        ),
    )


def _cell(cell: RfmCell | None, most: float, worth: float, money: Money) -> Markup:
    if cell is None or not cell.size:
        return tag("td", tag("span", "nobody", class_="unseen"), class_="cell empty")
    tint = 100 * (cell.revenue / most) ** 0.5
    tip = (
        f"{cell.name}\nRecency {cell.recency}, frequency {cell.frequency}\n{cell.size:,} in the cell"
        f"\n{money.whole(cell.revenue)}, {share(cell.revenue / worth, 1)} of revenue"
    )
    return tag(
        "td",
        tag("span", cell.name, class_="cell-name"),
        tag("span", count(cell.size), class_="cell-size"),
        tag("span", money.short(cell.revenue), class_="cell-worth"),
        class_="cell dark" if tint > 66 else "cell",
        style=f"--t:{tint:.0f}",
        data_tip=tip,
    )


def _names(report: Report) -> Markup:
    money = Money(report.currency)
    worth = sum(part.revenue for part in report.rfm_parts) or 1.0
    people = report.people or 1
    top = max(report.rfm_parts, key=lambda part: part.revenue)
    scale = max(max(part.size / people, part.revenue / worth) for part in report.rfm_parts)
    return frame(
        f"{top.title}: {share(top.revenue / worth)} of revenue from {share(top.size / people)} of {report.many}",
        f"The usual names, share of {report.many} and share of revenue.",
        tag(
            "ul",
            [_name(report, part, worth, scale) for part in report.rfm_parts],
            class_="bars",
        ),
        table(
            "RFM groups",
            ("Group", report.many.capitalize(), "Revenue", "Share of revenue"),
            [
                (
                    part.title,
                    count(part.size),
                    money.whole(part.revenue),
                    share(part.revenue / worth, 1),
                )
                for part in report.rfm_parts
            ],
        ),
        key([("people", f"share of {report.many}"), ("money", "share of revenue")]),
    )


def _name(report: Report, part: Part, worth: float, scale: float) -> Markup:
    people, money = part.size / (report.people or 1), part.revenue / worth
    return tag(
        "li",
        tag(
            "span",
            tag("span", part.title, class_="title"),
            tag("span", count(part.size), class_="of"),
            class_="bar-head",
        ),
        tag("span", meter(people, scale, "people"), tag("span", share(people)), class_="measure"),
        tag("span", meter(money, scale, "money"), tag("span", share(money)), class_="measure"),
        title=part.why,
    )
