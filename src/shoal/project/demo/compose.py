"""The report, put together from what the engine answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shoal.core.instants import format_instant
from shoal.project.demo import moving, overall, story
from shoal.project.demo.apart import LEAST_BUYERS, LEAST_SHARE, set_apart, spending
from shoal.project.demo.persons import Chooser, chosen, twins
from shoal.project.demo.questions import Heard
from shoal.project.demo.telling import Teller
from shoal.project.demo.wording import CLOSING, findings, lead, notes, quotes
from shoal.project.report.figures import (
    Apart,
    Definition,
    ImportedFile,
    Report,
    SegmentLine,
    Tile,
)
from shoal.project.report.words import Money, count, share

if TYPE_CHECKING:
    from shoal.project.demo.complete_journey import Prepared
    from shoal.project.demo.story import Told
    from shoal.project.demo.watch import Watch
    from shoal.project.shop import Shop

APART = ("evening_shoppers", "weekend_shoppers", "slipping_away", "high_value")
"""Told of in full, then in a line each: none of them is defined by what is bought."""
HOW = (
    f"Over the year; only what takes at least {share(LEAST_SHARE, 1)} of spending and, where it is "
    f"more, is bought by at least {share(LEAST_BUYERS)} of the group."
)


@dataclass(frozen=True, eq=False)
class Sources:
    """Where the report's facts come from beside the engine's answers."""

    prepared: Prepared
    files: tuple[ImportedFile, ...]
    commands: tuple[tuple[str, str], ...]


def compose(shop: Shop, heard: Heard, sources: Sources, watch: Watch) -> Report:
    """The whole report; the steps of the watch so far become part of it."""
    now, zone = heard.now, shop.zone
    money = Money(shop.project.settings.currency or "")
    sentences = {item["name"]: item["sentence"] for item in shop.segments(format_instant(now.at))}
    with watch.step("The typical order, and what is bought", "asked in SQL"):
        orders = overall.orders(shop, heard.people, now.at)
        typical, apart = orders.typical(), _apart(shop, heard)
    by_name = {told.name: told for told in heard.segments}
    with watch.step("Explanations", "why in, why not, until when, what would change it"):
        chooser = Chooser(shop, heard.people, now, orders, Teller(zone, money))
        explained, alike = chosen(chooser, by_name), twins(chooser, heard.stages)
    lines = tuple(_line(told, heard, sentences) for told in heard.segments)
    hindsight = moving.hindsight(
        heard.people, by_name["high_value"].title, "high_value", heard.earlier, now
    )
    moves = moving.lifecycle(heard.stages[0].group, heard.stages, heard.trend, heard.earlier, now)
    return Report(
        title=f"What {count(len(heard.people))} households did in a year of groceries",
        subtitle=_subtitle(heard, sources.prepared),
        badge="Sample data: The Complete Journey",
        one="household",
        many="households",
        as_of=now.at,
        first_at=overall.month_starts(story.MONTHS[:1], shop)[0],
        zone=zone,
        currency=money.currency,
        lead=lead(heard),
        tiles=_tiles(heard, typical, money),
        findings=findings(heard, typical, moves, hindsight, apart),
        files=sources.files,
        months=overall.months(heard.year, overall.month_starts(story.MONTHS, shop)),
        rhythm=overall.week(heard.year),
        trend_at=tuple(answers.at for answers in heard.trend),
        value_span="last 90 days",
        total_value=now.total("revenue_90d"),
        people=len(heard.people),
        segments=lines,
        rfm=moving.rfm_cells(now, heard.groups),
        rfm_parts=moving.rfm_parts(now, heard.groups),
        lifecycle=moves,
        hindsight=hindsight,
        explained=explained,
        twins=alike,
        apart=apart,
        steps=tuple(watch.steps),
        definitions=_definitions(heard, sentences),
        notes=notes(sources.prepared.found, heard),
        quotes=quotes(),
        closing=CLOSING,
        commands=sources.commands,
    )


def _subtitle(heard: Heard, prepared: Prepared) -> str:
    orders = round(heard.now.total("orders_ever"))
    lines = prepared.found["lines"]
    return f"1 January to 31 December 2017 · {count(orders)} orders · {count(lines)} receipt lines"


def _tiles(heard: Heard, typical: overall.Typical, money: Money) -> tuple[Tile, ...]:
    now, people = heard.now, len(heard.people)
    orders, revenue = now.total("orders_ever"), now.total("revenue_ever")
    active = now.size("active")
    return (
        Tile("Households", count(people), f"{count(heard.earlier.size('ordered'))} by 1 July"),
        Tile("Orders", count(round(orders)), f"{orders / people:.0f} per household"),
        Tile("Revenue", money.short(revenue), f"{money.whole(revenue / people)} per household"),
        Tile(
            "Typical order",
            money.exact(typical.median_order),
            f"the median; the mean is {money.exact(typical.mean_order)}",
        ),
        Tile("Between two orders", f"{typical.median_gap_days:.1f} days", "the median gap"),
        Tile("Ordered in 30 days", count(active), f"{share(active / people)} of all"),
    )


def _line(told: Told, heard: Heard, sentences: Mapping[str, str]) -> SegmentLine:
    inside = heard.now.rules[told.name]
    return SegmentLine(
        name=told.name,
        title=told.title,
        group=told.group,
        sentence=sentences.get(told.name, ""),
        why=told.why,
        polarity=told.polarity,
        size=int(inside.sum()),
        revenue=heard.now.total("revenue_90d", inside),
        trend=tuple(answers.size(told.name) for answers in heard.trend),
    )


def _apart(shop: Shop, heard: Heard) -> tuple[Apart, ...]:
    spent = spending(shop, heard.people, heard.now.at)
    told = {one.name: one for one in heard.segments}
    found: list[Apart] = []
    for name in APART:
        inside = heard.now.rules[name]
        most, least = (5, 0) if found else (7, 4)
        contrasts = set_apart(spent, inside, most, least)
        if contrasts:
            found.append(Apart(name, told[name].title, int(inside.sum()), contrasts, HOW))
    return tuple(found)


def _definitions(heard: Heard, sentences: Mapping[str, str]) -> tuple[Definition, ...]:
    return tuple(
        Definition(
            kind,
            told.name,
            told.title,
            told.rule,
            "" if "." in told.name else sentences.get(told.name, ""),
            told.why,
            told.polarity,
        )
        for kind, group in (
            ("Segments", heard.segments),
            ("Customer stages, a partition", heard.stages),
            ("RFM groups, a partition", heard.groups),
            ("Traits", story.traits()),
        )
        for told in group
    )
