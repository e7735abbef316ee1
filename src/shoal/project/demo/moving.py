"""Where people stand and where they moved: the trend, the RFM grid, the stages, the past asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from shoal.project.demo.story import Told
from shoal.project.report.figures import Flow, Hindsight, Lifecycle, Mover, Part, RfmCell

if TYPE_CHECKING:
    from shoal.project.demo.asking import Answers, Bools, People
    from shoal.project.demo.questions import Heard

NOBODY_YET = "not_yet"


def short(part: str) -> str:
    """A part's own name: ``stage.new`` is ``new``."""
    return part.rpartition(".")[2]


def stage_sizes(trend: Sequence[Answers], stages: Sequence[Told], total: int) -> list[list[int]]:
    """Per stage, its size at each instant; those who come later count as not yet customers."""
    sizes = [[answers.size(stage.name) for answers in trend] for stage in stages]
    first = next(i for i, stage in enumerate(stages) if short(stage.name) == NOBODY_YET)
    for index in range(len(trend)):
        others = sum(row[index] for i, row in enumerate(sizes) if i != first)
        sizes[first][index] = total - others
    return sizes


def lifecycle(
    title: str,
    stages: Sequence[Told],
    trend: Sequence[Answers],
    earlier: Answers,
    now: Answers,
) -> Lifecycle:
    """The stages over the year, and who moved where since the earlier instant."""
    total = len(next(iter(now.rules.values())))
    sizes = stage_sizes(trend, stages, total)
    before, after = (_stage_of(answers, stages) for answers in (earlier, now))
    flows = tuple(
        Flow(short(source.name), short(target.name), size)
        for i, source in enumerate(stages)
        for j, target in enumerate(stages)
        if (size := int(((before == i) & (after == j)).sum()))
    )
    parts = tuple(
        Part(
            short(stage.name),
            stage.title,
            stage.why,
            row[-1],
            now.total("revenue_90d", now.rules[stage.name]),
            tuple(row),
        )
        for stage, row in zip(stages, sizes, strict=True)
    )
    return Lifecycle(title, parts, earlier.at, now.at, flows)


def _stage_of(
    answers: Answers, stages: Sequence[Told]
) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Each person's stage as its place in ``stages``; whoever is not known yet is not yet one."""
    first = next(i for i, stage in enumerate(stages) if short(stage.name) == NOBODY_YET)
    found = np.full(len(answers.rules[stages[0].name]), first, np.int64)
    for index, stage in enumerate(stages):
        found[answers.rules[stage.name]] = index
    return found


def rfm_cells(now: Answers, parts: Sequence[Told]) -> tuple[RfmCell, ...]:
    """The 25 cells; a cell is named by the part its people are in."""
    recency, frequency = now.numbers["recency_score"], now.numbers["frequency_score"]
    cells: list[RfmCell] = []
    for row in range(1, 6):
        for column in range(1, 6):
            inside = (recency == row) & (frequency == column)
            name = next((p.title for p in parts if (now.rules[p.name] & inside).any()), "")
            size, revenue = int(inside.sum()), now.total("revenue_90d", inside)
            cells.append(RfmCell(row, column, name, size, revenue))
    return tuple(cells)


def rfm_parts(now: Answers, parts: Sequence[Told]) -> tuple[Part, ...]:
    """The named groups that anybody is in."""
    return tuple(
        Part(
            short(part.name),
            part.title,
            part.why,
            size,
            now.total("revenue_90d", now.rules[part.name]),
        )
        for part in parts
        if (size := now.size(part.name))
    )


def hindsight(heard: Heard, segment: str) -> Hindsight:
    """A segment at two instants; revenue and orders are those of the 180 days before each."""
    people, earlier, now = heard.people, heard.earlier, heard.now
    before, after = earlier.rules[segment], now.rules[segment]
    entered, left = after & ~before, before & ~after
    return Hindsight(
        title=next(told.title for told in heard.segments if told.name == segment),
        from_at=earlier.at,
        to_at=now.at,
        stayed=int((before & after).sum()),
        entered=int(entered.sum()),
        left=int(left.sum()),
        new_among_entered=int((entered & ~earlier.rules["ordered"]).sum()),
        lapsed_among_left=int((left & now.rules["lapsed"]).sum()),
        top_entered=_movers(people, entered, now, earlier, now),
        top_left=_movers(people, left, earlier, earlier, now),
        span_text="180 days",
    )


def _movers(
    people: People, inside: Bools, by: Answers, earlier: Answers, now: Answers
) -> tuple[Mover, ...]:
    """The five of them with the most revenue at ``by``."""
    worth = np.where(inside, np.nan_to_num(by.numbers["revenue_180d"]), -1.0)
    chosen = [int(i) for i in np.argsort(-worth, kind="stable")[:5] if inside[i]]
    return tuple(
        Mover(
            people.ids[i].as_py(),
            float(np.nan_to_num(earlier.numbers["revenue_180d"][i])),
            float(now.numbers["revenue_180d"][i]),
            int(np.nan_to_num(earlier.numbers["orders_180d"][i])),
            int(now.numbers["orders_180d"][i]),
        )
        for i in chosen
    )
