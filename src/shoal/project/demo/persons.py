"""A few people worth telling about, chosen by what they did; and two who are alike on paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from shoal.project.demo.story import Story, Told
from shoal.project.demo.telling import Teller
from shoal.project.report.figures import Explained, Twin, Twins
from shoal.project.report.words import plural

if TYPE_CHECKING:
    from shoal.project.demo.asking import Answers, Bools, Floats, People
    from shoal.project.demo.overall import Orders
    from shoal.project.shop import Shop

WEEKS = 52


@dataclass(frozen=True, eq=False)
class Chooser:
    """What people are chosen from and explained by."""

    shop: Shop
    story: Story
    people: People
    now: Answers
    orders: Orders
    teller: Teller

    def explained(self, place: int, segment: Told) -> Explained:
        """Why this person is in the segment or not, by `shop.explain`."""
        user = self.people.ids[place].as_py()
        told = self.shop.explain(segment.name, user=user)
        return Explained(
            user_id=user,
            about=self.about(place),
            segment=segment.title,
            sentence=told["sentence"],
            member=told["member"],
            because=self.teller.reason(told["because"]),
            until=self.teller.until(told),
            nearest=self.teller.nearest(told),
            spark=self.weeks(place),
        )

    def about(self, place: int) -> str:
        """Orders and revenue of the year, in a line."""
        orders = int(self.now.numbers["orders_year"][place])
        revenue = self.teller.money.whole(self.now.numbers["revenue_year"][place])
        return f"{plural(orders, 'order', 'orders')}, {revenue} in the year"

    def weeks(self, place: int) -> tuple[float, ...]:
        """Revenue per week up to the report's instant."""
        return self.orders.weeks(place, self.now.at, WEEKS)


def first_by(worth: Floats, inside: Bools) -> int | None:
    """The place of the one with the most, among some."""
    if not inside.any():
        return None
    return int(np.argmax(np.where(inside, np.nan_to_num(worth), -np.inf)))


def chosen(chooser: Chooser, segments: dict[str, Told]) -> tuple[Explained, ...]:
    """Four telling cases: one who left, one who is leaving, one nearly in, one well in."""
    now = chooser.now
    revenue = now.numbers["revenue_year"]
    counted = np.nan_to_num(now.numbers["counted"])
    missing = ~now.rules["frequent"] & ~now.rules["lapsed"]
    nearly = missing & (counted == np.max(counted, where=missing, initial=0.0))
    cases = (
        ("lapsed", first_by(revenue, now.rules["lapsed"])),
        ("at_risk", first_by(revenue, now.rules["at_risk"])),
        ("frequent", first_by(revenue, nearly)),
        ("high_value", first_by(-revenue, now.rules["high_value"])),
    )
    return tuple(
        chooser.explained(place, segments[name]) for name, place in cases if place is not None
    )


def twins(chooser: Chooser, stages: Sequence[Told]) -> Twins | None:
    """Two people who gave the survey the same answers, one of high value, one gone or going.

    From those answers whose people are in the most stages; None where nobody is alike.
    """
    now, facts = chooser.now, chooser.story.facts
    if not facts:
        return None
    revenue = np.nan_to_num(now.numbers["revenue_year"])
    gone = now.rules["lapsed"] | now.rules["at_risk"]
    dear = now.rules["high_value"] & ~gone
    pairs: list[tuple[int, float, int, int]] = []
    alike_to: dict[int, tuple[tuple[str, ...], list[int]]] = {}
    for answers, places in _alike(now, tuple(facts)).items():
        going = [place for place in places if gone[place]]
        staying = [place for place in places if dear[place]]
        if going and staying:
            least = max(going, key=lambda place: (now.rules["lapsed"][place], -revenue[place]))
            most = max(staying, key=lambda place: revenue[place])
            kinds = sum(bool(now.rules[stage.name][places].any()) for stage in stages)
            pairs.append((kinds, float(revenue[most] - revenue[least]), most, least))
            alike_to[most] = answers, places
    if not pairs:
        return None
    _, _, most, least = max(pairs)
    answers, places = alike_to[most]
    counted = [
        (stage.title, int(now.rules[stage.name][places].sum())) for stage in reversed(stages)
    ]
    return Twins(
        alike=tuple(zip(facts.values(), answers, strict=True)),
        left=_twin(chooser, most, stages),
        right=_twin(chooser, least, stages),
        alike_count=len(places),
        alike_stages=tuple((title, size) for title, size in counted if size),
    )


def _alike(now: Answers, facts: tuple[str, ...]) -> dict[tuple[str, ...], list[int]]:
    """Places of people by their answers to the survey, where they answered everything."""
    groups: dict[tuple[str, ...], list[int]] = {}
    for place, answers in enumerate(zip(*(now.texts[name] for name in facts), strict=True)):
        given = tuple(answer for answer in answers if answer is not None)
        if len(given) == len(facts):
            groups.setdefault(given, []).append(place)
    return groups


def _twin(chooser: Chooser, place: int, stages: Sequence[Told]) -> Twin:
    now, money = chooser.now, chooser.teller.money
    user = chooser.people.ids[place].as_py()
    gap = now.numbers["days_between_orders"][place]
    facts = (
        ("Stage", next(stage.title for stage in stages if now.rules[stage.name][place])),
        ("Orders in 90 days", str(int(now.numbers["orders_90d"][place]))),
        ("Revenue in 90 days", money.whole(now.numbers["revenue_90d"][place])),
        ("Between orders", "one order only" if np.isnan(gap) else f"{gap / 86_400:.1f} days"),
        ("Buys most in", (now.texts["favourite_department"][place] or "nothing").capitalize()),
        ("On discount", f"{100 * now.numbers['discount_share'][place]:.0f}% of spending"),
    )
    return Twin(user, chooser.about(place), facts, chooser.weeks(place))
