"""The report, put together from what the engine answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isnan
from typing import TYPE_CHECKING

from shoal.core.instants import format_instant
from shoal.project.demo import moving, overall
from shoal.project.demo.apart import LEAST_BUYERS, LEAST_SHARE, set_apart, spending
from shoal.project.demo.own_file import ORDER
from shoal.project.demo.persons import Chooser, chosen, twins
from shoal.project.demo.questions import Heard
from shoal.project.demo.telling import Teller
from shoal.project.demo.wording import Wording
from shoal.project.report.figures import (
    Apart,
    Definition,
    ImportedFile,
    Note,
    Quote,
    Report,
    SegmentLine,
    Tile,
)
from shoal.project.report.words import Money, count, day, share

if TYPE_CHECKING:
    from shoal.project.demo.overall import Typical
    from shoal.project.demo.story import Told
    from shoal.project.demo.watch import Watch
    from shoal.project.shop import Shop

HOW = (
    f"All time; only what takes at least {share(LEAST_SHARE, 1)} of spending and, where it is "
    f"more, is bought by at least {share(LEAST_BUYERS)} of the group."
)


@dataclass(frozen=True, eq=False)
class About:
    """What is said of the data beside the engine's answers."""

    title: str
    badge: str
    files: tuple[ImportedFile, ...]
    notes: tuple[Note, ...]
    quotes: tuple[Quote, ...]
    closing: str
    commands: tuple[tuple[str, str], ...]


def compose(shop: Shop, heard: Heard, about: About, watch: Watch) -> Report:
    """The whole report; the steps of the watch so far become part of it."""
    now, story, zone = heard.now, heard.story, shop.zone
    money = Money(shop.project.settings.currency or "")
    sentences = {item["name"]: item["sentence"] for item in shop.segments(format_instant(now.at))}
    with watch.step("The typical order, and what is bought", "asked in SQL"):
        orders = overall.orders(shop, heard.people, now.at)
        typical, apart = orders.typical(story.silent_days), _apart(shop, heard)
    with watch.step("Explanations", "why in, why not, until when, what would change it"):
        chooser = Chooser(shop, story, heard.people, now, orders, Teller(zone, money))
        explained = chosen(chooser, {told.name: told for told in heard.segments})
        alike = twins(chooser, heard.stages)
    hindsight = moving.hindsight(heard, "high_value")
    moves = moving.lifecycle(heard.stages[0].group, heard.stages, heard.trend, heard.earlier, now)
    wording = Wording(heard, typical, moves, hindsight, apart, money, zone)
    return Report(
        title=about.title,
        subtitle=_subtitle(shop, heard),
        badge=about.badge,
        one=story.one,
        many=story.many,
        as_of=now.at,
        first_at=heard.calendar.starts[0],
        zone=zone,
        currency=money.currency,
        lead=wording.lead(),
        tiles=_tiles(heard, typical, money, shop),
        findings=wording.findings(),
        files=about.files,
        months=overall.months(heard.year, heard.calendar.starts),
        rhythm=overall.week(heard.year),
        trend_at=heard.calendar.trend_at,
        early=heard.calendar.early,
        value_span="last 90 days",
        total_value=now.total("revenue_90d"),
        people=len(heard.people),
        segments=tuple(_line(told, heard, sentences) for told in heard.segments),
        rfm=moving.rfm_cells(now, heard.groups),
        rfm_parts=moving.rfm_parts(now, heard.groups),
        lifecycle=moves,
        hindsight=hindsight,
        explained=explained,
        twins=alike,
        apart=apart,
        steps=tuple(watch.steps),
        definitions=_definitions(heard, sentences),
        notes=about.notes,
        quotes=about.quotes,
        closing=about.closing,
        commands=about.commands,
    )


def _subtitle(shop: Shop, heard: Heard) -> str:
    events = shop.project.store.snapshot().catalogue.events
    orders = round(heard.now.total("orders_ever"))
    lines = events.get(events[ORDER].lines or "")
    first_at = events[ORDER].first_at or heard.now.at
    told = f"{day(first_at, shop.zone)} to {day(heard.now.at, shop.zone)} · {count(orders)} orders"
    return f"{told} · {count(lines.rows)} order lines" if lines else told


def _tiles(heard: Heard, typical: Typical, money: Money, shop: Shop) -> tuple[Tile, ...]:
    now, story, people = heard.now, heard.story, len(heard.people)
    orders, revenue, active = (
        now.total("orders_ever"),
        now.total("revenue_ever"),
        now.size("active"),
    )
    then = day(heard.calendar.earlier_at, shop.zone)
    gap = typical.median_gap_days
    return (
        Tile(
            story.many.capitalize(),
            count(people),
            f"{count(heard.earlier.size('ordered'))} by {then}",
        ),
        Tile("Orders", count(round(orders)), f"{orders / people:.1f} per {story.one}"),
        Tile("Revenue", money.short(revenue), f"{money.whole(revenue / people)} per {story.one}"),
        Tile(
            "Typical order",
            money.exact(typical.median_order),
            f"the median; the mean is {money.exact(typical.mean_order)}",
        ),
        Tile(
            "Between two orders",
            "none" if isnan(gap) else f"{gap:.{0 if gap >= 10 else 1}f} days",
            "the median gap",
        ),
        Tile(
            f"Ordered in {story.active_days} days",
            count(active),
            f"{share(active / people)} of all",
        ),
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
    if not heard.story.apart:
        return ()
    spent = spending(shop, heard.people, heard.now.at)
    told = {one.name: one for one in heard.segments}
    found: list[Apart] = []
    for name in heard.story.apart:
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
            ("Traits", heard.story.traits()),
        )
        for told in group
    )
