"""Where people stand and where they are moving: stages over the year, and one instant asked twice."""

from __future__ import annotations

from shoal.project.report.charts.area import Band, area
from shoal.project.report.charts.canvas import Size, Words, both_sizes
from shoal.project.report.charts.flow import Station, flows
from shoal.project.report.figures import Hindsight, Mover, Report
from shoal.project.report.frame import frame, key, section, table
from shoal.project.report.markup import Child, Markup, tag
from shoal.project.report.words import Money, count, day, month, plural, share


def lifecycle(report: Report) -> Markup:
    """Stages as bands over the months, and the flows between two dates."""
    return section(
        "lifecycle",
        "Where they are moving",
        (
            f"A partition puts every {report.one} into exactly one stage; the first rule that fits "
            "wins. Asked again as of each month's end, it becomes a film."
        ),
        _bands(report),
        _flows(report),
    )


def _colours(report: Report) -> dict[str, int]:
    parts = report.lifecycle.parts
    return {part.name: index + 1 for index, part in enumerate(parts)}


def _bands(report: Report) -> Markup:
    parts = [part for part in report.lifecycle.parts if any(part.trend)]
    colours = _colours(report)
    bands = [Band(part.title, colours[part.name], part.trend) for part in parts]
    labels = [month(at - 1, report.zone)[:3] for at in report.trend_at]
    biggest = max(parts, key=lambda part: part.size)
    title = f"{share(biggest.size / (report.people or 1))} are {_lower(biggest.title)} at the end"
    told = ", ".join(f"{part.title} {part.size:,}" for part in parts)
    veiled = (
        "The veiled months cannot be trusted yet: before the data begin nothing is known, so "
        "everyone looks new."
        if report.early
        else ""
    )
    return frame(
        title,
        (f"{report.many.capitalize()} by stage at each month's end. {veiled}"),
        both_sizes(
            lambda width: area(
                Size(width, 320), labels, bands, Words(report.lifecycle.title, told), report.early
            ),
            1056,
        ),
        table(
            "Stages by month",
            ("Stage", *labels),
            [(part.title, *(count(size) for size in part.trend)) for part in parts],
        ),
        tag("div", key([(f"f{b.colour}", b.title) for b in reversed(bands)]), class_="narrow-only"),
    )


def _lower(title: str) -> str:
    return title[:1].lower() + title[1:]


def _flows(report: Report) -> Markup:
    story = report.lifecycle
    colours = _colours(report)
    names = [part.name for part in reversed(story.parts)]
    titles = {part.name: part.title for part in story.parts}
    sizes = {(flow.source, flow.target): flow.size for flow in story.flows}
    matrix = [[sizes.get((source, target), 0) for target in names] for source in names]
    stations = [Station(titles[name], colours[name]) for name in names]
    total = sum(sizes.values()) or 1
    kept = sum(sizes.get((name, name), 0) for name in names) / total
    heads = (day(story.from_at, report.zone), day(story.to_at, report.zone))
    title = f"{share(kept)} are where they were; {share(1 - kept)} have moved"
    biggest = max(
        ((size, pair) for pair, size in sizes.items() if pair[0] != pair[1]),
        default=(0, ("", "")),
    )
    told = (
        f"From {heads[0]} to {heads[1]}. The largest move: {plural(biggest[0], report.one, report.many)}"
        f" from {_lower(titles.get(biggest[1][0], ''))} to {_lower(titles.get(biggest[1][1], ''))}."
    )
    return frame(
        title,
        told,
        both_sizes(
            lambda width: flows(Size(width, 400), stations, matrix, heads, Words(title, told)),
            1056,
        ),
        table(
            "Moves between stages",
            (f"{heads[0]} ↓ · {heads[1]} →", *(titles[name] for name in names)),
            [
                (titles[source], *(count(size) for size in matrix[i]))
                for i, source in enumerate(names)
            ],
        ),
        tag(
            "div",
            key([(f"f{colours[name]}", titles[name]) for name in names]),
            class_="narrow-only",
        ),
    )


def hindsight(report: Report) -> Markup:
    """One segment at two instants: the same rule, the same people, half a year apart."""
    story = report.hindsight
    dates = day(story.from_at, report.zone), day(story.to_at, report.zone)
    before, after = story.stayed + story.left, story.stayed + story.entered
    return section(
        "hindsight",
        f"{story.title}, asked twice",
        (
            f"The same rule, as of {dates[0]} and as of {dates[1]}. Nothing was stored in between: "
            "any past instant is recomputed from the events known by then."
        ),
        frame(
            f"{share(story.stayed / before if before else 0)} of the {count(before)} are still there",
            f"{count(before)} members on {dates[0]}, {count(after)} on {dates[1]}.",
            _stays(story, dates),
            table(
                f"{story.title} at two instants",
                ("", report.many.capitalize()),
                [
                    ("Stayed", count(story.stayed)),
                    ("Left", count(story.left)),
                    ("Entered", count(story.entered)),
                ],
            ),
        ),
        tag(
            "div",
            _movers(
                report,
                f"Left: {count(story.left)}",
                f"{share(story.lapsed_among_left / story.left if story.left else 0)} of them have "
                f"since lapsed. Those who spent most before:",
                story.top_left,
                dates,
            ),
            _movers(
                report,
                f"Entered: {count(story.entered)}",
                "Those who spend most now:"
                if not story.new_among_entered
                else f"{count(story.new_among_entered)} of them had never ordered by {dates[0]}. "
                "Those who spend most now:",
                story.top_entered,
                dates,
            ),
            class_="pair",
        ),
    )


def _stays(story: Hindsight, dates: tuple[str, str]) -> Markup:
    total = story.stayed + story.left + story.entered or 1

    def part(size: int, words: str, class_: str) -> Markup:
        return tag(
            "span",
            tag("strong", count(size)),
            f" {words}",
            class_=f"stay {class_}",
            style=f"flex-grow:{max(size / total, 0.001):.4f}",
        )

    return tag(
        "div",
        part(story.left, "left", "left"),
        part(story.stayed, "stayed", "stayed"),
        part(story.entered, "entered", "entered"),
        class_="stays",
        role="img",
        aria_label=(
            f"{story.left} were members only on {dates[0]}, {story.stayed} on both dates, "
            f"{story.entered} only on {dates[1]}"
        ),
    )


def _movers(
    report: Report, title: str, lead: Child, movers: tuple[Mover, ...], dates: tuple[str, str]
) -> Markup:
    money = Money(report.currency)
    return tag(
        "div",
        tag("h3", title),
        tag("p", lead, class_="sub"),
        table(
            title,
            (report.one.capitalize(), f"Before {dates[0]}", f"Before {dates[1]}"),
            [
                (
                    mover.user_id,
                    _spent(money, mover.before, mover.orders_before),
                    _spent(money, mover.after, mover.orders_after),
                )
                for mover in movers
            ],
        ),
        tag(
            "p",
            f"Revenue and orders in the {report.hindsight.span_text} before each date.",
            class_="small",
        ),
        class_="frame",
    )


def _spent(money: Money, amount: float, orders: int) -> Child:
    return [money.whole(amount), tag("span", plural(orders, "order", "orders"), class_="small")]
