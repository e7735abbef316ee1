"""What product insight asks: plain counts first, then everything about single people in one pass."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from shoal.audits.insight_judging import Order
from shoal.core.instants import DAY, EARLIEST
from shoal.language import parse_expression
from shoal.project.data.tallies import Stretch, tally
from shoal.project.worth import AMOUNTS, EVENTS, worth_of
from shoal.runners import RuleAnswer, ValueAnswer, evaluate

if TYPE_CHECKING:
    from shoal.project.reading import Reading

STEPS = ("product_viewed", "product_added", "checkout_started")
NEGATIVE = ("negative", "negativo", "negativa", "bad")
REFUNDS = ("order_refunded", "order_cancelled")
MOST_ASKED = 6
"""Steps, and themes of reviews, whose people are asked about one by one: the most frequent."""

Counted = Mapping[str, list[dict[str, Any]]]
"""Rows of counts under the name of what was counted."""


@dataclass
class Asking:
    """What is looked at, and the questions about single people that it takes."""

    reading: Reading
    at: int
    days: int
    order: str | None
    amount: str | None
    rules: dict[str, str] = field(default_factory=dict[str, str])
    answers: Mapping[str, RuleAnswer | ValueAnswer] = field(
        default_factory=dict[str, "RuleAnswer | ValueAnswer"]
    )
    mean: Order = field(default_factory=lambda: Order(None, None))

    @property
    def start(self) -> int:
        """Where the span begins."""
        return self.at - self.days * DAY

    @property
    def stretch(self) -> Stretch:
        """The span, to be counted in."""
        return Stretch(self.reading.snapshot, self.start, self.at)

    def has(self, event: str, *names: str) -> bool:
        """Whether the event came, with all of these properties."""
        facts = self.reading.snapshot.catalogue.events.get(event)
        return facts is not None and facts.rows > 0 and all(it in facts.properties for it in names)

    def has_number(self, event: str, name: str) -> bool:
        """Whether the property came, as a number."""
        facts = self.reading.snapshot.catalogue.property(event, name)
        return facts is not None and str(facts.type) in {"number", "money"}

    def lacking(self, event: str, *names: str) -> tuple[str, ...]:
        """The properties of the event that never came."""
        return tuple(f"{event}.{it}" for it in names if not self.has(event, it))

    def count(self, name: str) -> int:
        """How many people a rule that was asked is true for."""
        answer = self.answers.get(name)
        return answer.count if isinstance(answer, RuleAnswer) else 0

    def tally(self, event: str, *keys: str, **options: Any) -> list[dict[str, Any]]:
        """Counts of the span."""
        return tally(self.stretch, event, keys, **options)

    def whose(self, event: str, condition: str = "") -> str:
        """A rule for those who did it in the span."""
        return f"did {event} {condition} in last {self.days}d"

    def lost_after(self, event: str, condition: str, within: str) -> str:
        """A rule for those who did it and placed no order within a span that is over."""
        steps = f"{event} {condition}, not {self.order} within {within}"
        return f"sequence ({steps}) in last {self.days}d"


def asked_about(reading: Reading, at: int, days: int) -> tuple[Asking, Counted]:
    """The counts of the last days, and the answers of the engine."""
    order, amount = _order(reading)
    asking = Asking(reading, at, days, order, amount)
    counted = _counts(asking)
    _ask(asking, counted)
    asking.mean = Order(_mean_order(asking), reading.project.settings.currency)
    return asking, counted


def _order(reading: Reading) -> tuple[str | None, str | None]:
    """The event that is an order here, and the amount of it."""
    facts = reading.snapshot.catalogue.events
    for event in EVENTS:
        if event in facts:
            numbers = {
                name
                for name, it in facts[event].properties.items()
                if str(it.type) in {"number", "money"}
            }
            return event, next((it for it in AMOUNTS if it in numbers), None)
    return None, None


def _mean_order(asking: Asking) -> float | None:
    if asking.order is None or asking.amount is None:
        return None
    found = asking.tally(asking.order, sums=(asking.amount,))
    if not found or not found[0][f"sum_{asking.amount}"]:
        return None
    return float(found[0][f"sum_{asking.amount}"]) / found[0]["events"]


def _counts(asking: Asking) -> Counted:
    """Plain counts of the events that are there."""
    found: dict[str, list[dict[str, Any]]] = {}
    if asking.has("products_searched", "query") and asking.has_number(
        "products_searched", "results"
    ):
        import pyarrow.compute as pc

        vain = cast("Any", pc).field("results") == 0
        found["searched"] = asking.tally("products_searched")
        texts = [] if asking.has_number("products_searched", "query") else ["query"]
        found["queries"] = asking.tally(
            "products_searched", "query", where=vain, reads=["results"], folded=texts
        )
    for event, wanted in (
        ("checkout_step_failed", ("step", "reason")),
        ("payment_failed", ("reason",)),
        ("feature_used", ("feature",)),
        ("review_posted", ("theme", "sentiment", "rating")),
        ("order_cancelled", ("reason",)),
        ("ticket_opened", ("topic",)),
    ):
        if asking.has(event):
            keys = [name for name in wanted if asking.has(event, name)]
            found[event] = asking.tally(event, *keys)
    if asking.has("feature_used", "feature"):
        earlier = Stretch(asking.reading.snapshot, EARLIEST, asking.start)
        found["before"] = tally(earlier, "feature_used", ["feature"])
    if asking.has("order_refunded"):
        found["order_refunded"] = _refunds(asking)
    return found


def _refunds(asking: Asking) -> list[dict[str, Any]]:
    """Refunds by reason; where none is given, by the product that came back."""
    amounts = [
        name for name in ("total", "amount", "revenue") if asking.has_number("order_refunded", name)
    ]
    keys = ["reason"] if asking.has("order_refunded", "reason") else []
    rows = asking.tally("order_refunded", *keys, sums=amounts[:1])
    return [{**row, "value": row[f"sum_{amounts[0]}"] if amounts else None} for row in rows]


def _ask(asking: Asking, counted: Counted) -> None:
    """All questions about single people, in one pass."""
    rules = asking.rules
    ordered = asking.order
    if "queries" in counted:
        rules["vain"] = asking.whose("products_searched", "where results = 0")
        if ordered is not None:
            found, vain = "where results > 0", "where results = 0"
            rules["vain lost"] = asking.lost_after("products_searched", vain, "7d")
            rules["found"] = asking.whose("products_searched", found)
            rules["found ordered"] = (
                f"sequence (products_searched {found}, {ordered} within 7d) in last {asking.days}d"
            )
    for event in ("checkout_step_failed", "payment_failed"):
        if event in counted and ordered is not None:
            rules[f"lost {event}"] = asking.lost_after(event, "", "1d")
    _ask_barriers(asking, counted)
    steps = steps_of(asking)
    for number in range(1, len(steps) + 1):
        chain = ", ".join([steps[0], *(f"{it} within 7d" for it in steps[1:number])])
        rules[f"step {number}"] = f"sequence ({chain}) in last {asking.days}d"
    rules["active"] = f"did any event in last {asking.days}d"
    if asking.has("product_viewed"):
        rules["viewed"] = asking.whose("product_viewed")
    for event in REFUNDS:
        if asking.has(event):
            rules[event] = asking.whose(event)
    if asking.has("ticket_opened"):
        rules["ticket_opened"] = asking.whose("ticket_opened")
    asked: dict[str, Any] = {name: parse_expression(text) for name, text in rules.items()}
    worth = worth_of(asking.reading)
    if worth is not None and "review_posted" in counted:
        asked["worth"] = worth.value
        for theme in _themes(counted)[:MOST_ASKED]:
            asked[f"theme {theme}"] = parse_expression(_negative(asking, theme))
    vocabulary = asking.reading.vocabulary
    asking.answers = evaluate(asking.reading.snapshot, asked, vocabulary, asking.at)


def _ask_barriers(asking: Asking, counted: Counted) -> None:
    """People who failed, those lost at each of the frequent steps, and those who met no failure."""
    failures = [it for it in ("checkout_step_failed", "payment_failed") if it in counted]
    if not failures:
        return
    either = f"any of ({', '.join(failures)})"
    asking.rules["failed"] = asking.whose(either)
    if asking.order is None:
        return
    asking.rules["failed lost"] = asking.lost_after(either, "", "1d")
    if asking.has("checkout_started"):
        smooth = f"{asking.whose('checkout_started')} and not {asking.whose(either)}"
        asking.rules["smooth"] = smooth
        asking.rules["smooth ordered"] = (
            f"{smooth} and sequence (checkout_started, {asking.order} within 1d) "
            f"in last {asking.days}d"
        )
    for row in _top_steps(counted):
        condition = f"where step = {_quoted(row)}"
        name = f"lost checkout_step_failed {row}"
        asking.rules[name] = asking.lost_after("checkout_step_failed", condition, "1d")


def _top_steps(counted: Counted) -> list[Any]:
    steps: dict[Any, int] = {}
    for row in counted.get("checkout_step_failed", ()):
        if row.get("step") is not None:
            steps[row["step"]] = steps.get(row["step"], 0) + row["people"]
    return sorted(steps, key=lambda it: -steps[it])[:MOST_ASKED]


def _themes(counted: Counted) -> list[Any]:
    themes: dict[Any, int] = {}
    for row in counted.get("review_posted", ()):
        if row.get("theme") is not None and is_negative(row):
            themes[row["theme"]] = themes.get(row["theme"], 0) + row["events"]
    return sorted(themes, key=lambda it: -themes[it])


def is_negative(row: Mapping[str, Any]) -> bool:
    """Whether a review is: by its sentiment, else by two stars or fewer."""
    sentiment, rating = row.get("sentiment"), row.get("rating")
    if sentiment is not None:
        return str(sentiment).casefold() in NEGATIVE
    return isinstance(rating, int | float) and rating <= 2


def _negative(asking: Asking, theme: object) -> str:
    parts = [f"theme = {_quoted(theme)}"]
    if asking.has("review_posted", "sentiment"):
        listed = ", ".join(_quoted(it) for it in NEGATIVE)
        parts.append(f"sentiment in ({listed})")
    else:
        parts.append("rating <= 2")
    return asking.whose("review_posted", f"where {' and '.join(parts)}")


def steps_of(asking: Asking) -> list[str]:
    """The steps towards an order that came, the order last; none without an order."""
    there = [it for it in STEPS if asking.has(it)]
    return [*there, asking.order] if asking.order is not None and there else []


def _quoted(value: object) -> str:
    """The value as a rule writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return f"{value:g}" if float(f"{value:g}") == value else repr(value)
    return '"' + str(value).replace('"', '""') + '"'
