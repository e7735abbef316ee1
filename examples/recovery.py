"""How well the ready segments find what is true of made-up people.

The sample of a pack knows what each of its people seeks, how loyal they are, where they stand, what
stops them. The pack's partitions see the events alone. This prints how often they agree, pack by
pack, and with ``--write`` keeps it in docs/measured/recovery.md.

    python examples/recovery.py --people 2000 --seed 3 --write
"""

from __future__ import annotations

import argparse
import csv
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import shoal
from shoal.project.packs import add_pack
from shoal.project.reading import read
from shoal.project.sampling import TRUTH, Wanted, import_sample
from shoal.runners import RuleAnswer, evaluate

UNTIL = "2026-11-01"
PAGE = Path(__file__).parent.parent / "docs" / "measured" / "recovery.md"


@dataclass(frozen=True)
class Judged:
    """A truth, the partition that should find it, and the parts that say nothing about it."""

    truth: str
    partition: str
    silent: tuple[str, ...] = ()
    means: Mapping[str, str] | None = None
    """Parts whose name is not the truth's: what they mean."""


ECOMMERCE = (
    Judged("benefit", "primary_benefit", ("not_known",)),
    Judged("toothpaste", "toothpaste_benefit", ("not_known",)),
    Judged("loyalty", "loyalty", ("not_yet",)),
    Judged("stage", "journey_stage"),
    Judged("barrier", "primary_barrier", ("not_tried",)),
    Judged("deals", "offer_response", ("not_known",)),
    Judged(
        "email",
        "email_attitude",
        ("unreachable", "not_written_to"),
        {"clicks": "reads", "unsubscribed": "unsubscribes"},
    ),
)
PACKS: Mapping[str, tuple[Judged, ...]] = {
    "ecommerce": ECOMMERCE,
    "telecom": (
        Judged("need", "best_plan", ("not_known", "unmeasured")),
        Judged("fit", "plan_fit", ("not_known",)),
        Judged("style", "usage_style", ("not_known", "quiet")),
    ),
    "finance": (
        Judged("standing", "payment_standing", ("unproven",), {"recovering": "stumbling"}),
        Judged("goal", "next_product", ("not_known", "reserve_first")),
    ),
    "recruitment": (
        Judged("interest", "candidate_interest", ("not_seen",)),
        Judged("style", "application_style", ("none_yet",)),
        Judged("fit", "match_level", ("not_applied",)),
    ),
    "gaming": (
        Judged("style", "player_style", ("not_known", "other")),
        Judged("skill", "challenge", ("not_known",)),
        Judged("rhythm", "play_rhythm", ("gone",)),
    ),
    "media": (
        Judged("taste", "genre_taste", ("not_known", "mixed", "another")),
        Judged("mood", "mood_taste", ("not_known", "another")),
        Judged("rhythm", "viewing_rhythm", ("gone",)),
    ),
    "social": (
        Judged("role", "social_role", ("away",)),
        Judged("adverts", "ad_attitude", ("not_known",)),
    ),
    "appointments": (
        Judged("way", "booking_way", ("not_booking",)),
        Judged("keeping", "reliability", ("not_known",)),
    ),
}
"""What each pack's sample knows, in the order of the page."""


@dataclass(frozen=True)
class Found:
    """How found and true agree: pairs of both, and how many people a partition is silent on."""

    judged: Judged
    pairs: Mapping[tuple[str, str], int]
    silent: int

    @property
    def people(self) -> int:
        """How many were judged."""
        return sum(self.pairs.values())

    @property
    def coverage(self) -> float:
        """The part of all people that the partition says something about."""
        return self.people / max(self.people + self.silent, 1)

    @property
    def accuracy(self) -> float:
        """The part that is right."""
        return sum(n for (true, found), n in self.pairs.items() if true == found) / self.people

    @property
    def largest(self) -> float:
        """What is right by always saying the most frequent truth."""
        return max(self._margin(0).values()) / self.people

    @property
    def kappa(self) -> float:
        """Cohen's kappa: 0 is agreement by chance, 1 complete."""
        true, found = self._margin(0), self._margin(1)
        chance = sum(true[it] * found[it] for it in true) / self.people**2
        return (self.accuracy - chance) / (1 - chance)

    def _margin(self, side: int) -> Counter[str]:
        counts: Counter[str] = Counter()
        for pair, number in self.pairs.items():
            counts[pair[side]] += number
        return counts


def recovered(folder: Path, people: int, seed: int, pack: str = "ecommerce") -> list[Found]:
    """Makes the people in a project of their own and asks its partitions about them."""
    shop = shoal.init(folder, name="Recovery", time_zone="Europe/Lisbon")
    add_pack(folder, pack)
    shop = shoal.open(folder)
    shop.apply()  # while nobody is there who could move
    import_sample(shop.project, Wanted(pack, people, seed, UNTIL))
    with (folder / TRUTH).open(encoding="utf-8") as file:
        truth = {row["user_id"]: row for row in csv.DictReader(file)}
    return judge(folder, truth, PACKS[pack])


def judge(
    folder: Path, truth: Mapping[str, Mapping[str, str]], judged: Sequence[Judged]
) -> list[Found]:
    """Every truth against what the applied partitions of a project say."""
    shop = shoal.open(folder)
    reading = read(shop.project)
    wanted = {it.partition for it in judged}
    rules = {
        name: entry.rule
        for name, entry in reading.vocabulary.segments.items()
        if name.partition(".")[0] in wanted or name == "buying_difficulty.not_tried"
    }
    at = shop.zone.parse(UNTIL)
    answers = evaluate(reading.snapshot, rules, reading.vocabulary, at)
    part: dict[str, dict[str, str]] = {it: {} for it in wanted}
    for name, answer in answers.items():
        assert isinstance(answer, RuleAnswer)
        partition, _, which = name.partition(".")
        for user in answer.members().column("user_id").to_pylist():
            # A barrier can be seen only where somebody came as far as the checkout.
            if name == "buying_difficulty.not_tried":
                part["primary_barrier"][user] = which
            elif part[partition].get(user) != "not_tried":
                part[partition][user] = which
    return [_found(it, part[it.partition], truth) for it in judged]


def _found(
    judged: Judged, part: Mapping[str, str], truth: Mapping[str, Mapping[str, str]]
) -> Found:
    pairs: Counter[tuple[str, str]] = Counter()
    silent = 0
    for user, row in truth.items():
        which = part.get(user)
        if which is None or which in judged.silent:
            silent += 1
            continue
        pairs[row[judged.truth], (judged.means or {}).get(which, which)] += 1
    return Found(judged, pairs, silent)


def page(found: Mapping[str, Sequence[Found]], people: int, seed: int) -> str:
    """The tables as Markdown."""
    lines = [
        "# What the ready segments recover",
        "",
        "The people are made up (`shoal pack sample NAME`), so what is true of each is known; the",
        "segments see their events alone. The samples were written to be like their trades, not to be",
        "easy, but their author knew the segments: read this as a check that each rule measures what it",
        "is named after, not as a promise for your customers.",
        "",
        f"Made by `python examples/recovery.py --people {people} --seed {seed} --write`, as of {UNTIL}.",
        "",
        "| pack | truth | partition | people judged | accuracy | always the largest | kappa |",
        "|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {pack} | {it.judged.truth} | `{it.judged.partition}` | {it.people:,} ({it.coverage:.0%}) "
        f"| {it.accuracy:.1%} | {it.largest:.1%} | {it.kappa:.2f} |"
        for pack, them in found.items()
        for it in them
    ]
    lines += [
        "",
        "*People judged* leaves out those about whom the partition says that it does not know: too few",
        "orders, e-mails or pieces of evidence, and for barriers those who never came to a checkout in",
        "180 days. *Always the largest* is the accuracy of calling everybody what most are.",
    ]
    for pack, them in found.items():
        for it in them:
            lines += ["", *_table(pack, it)]
    return "\n".join(lines) + "\n"


def _table(pack: str, found: Found) -> list[str]:
    true = sorted({pair[0] for pair in found.pairs})
    said = [*true, *sorted({pair[1] for pair in found.pairs} - set(true))]
    head = " | ".join(said)
    lines = [
        f"## {pack}: {found.judged.truth}",
        "",
        f"| true, then found by `{found.judged.partition}` | {head} |",
        "|---" * (len(said) + 1) + "|",
    ]
    for one in true:
        row = " | ".join(str(found.pairs.get((one, it), 0)) for it in said)
        lines.append(f"| {one} | {row} |")
    return lines


def main() -> None:
    """Runs from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=3)
    parser.add_argument("--write", action="store_true", help="keep the page in docs/measured")
    given = parser.parse_args()
    found: dict[str, list[Found]] = {}
    for pack in PACKS:
        with TemporaryDirectory() as place:
            found[pack] = recovered(Path(place), given.people, given.seed, pack)
    text = page(found, given.people, given.seed)
    print(text)
    if given.write:
        PAGE.parent.mkdir(parents=True, exist_ok=True)
        PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
