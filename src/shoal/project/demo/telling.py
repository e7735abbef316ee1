"""An explanation as `shoal segment explain` gives it, in words for the report."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shoal.core.instants import Zone
from shoal.project.report.figures import Reason
from shoal.project.report.words import Money, count, day, plural, share

_MORE_ORDERS = re.compile(r"(\d+) more `order_completed`")
MOST_DATES = 5
MOST_DEPTH = 3


@dataclass(frozen=True, slots=True)
class Teller:
    """Words for one project's explanations."""

    zone: Zone
    money: Money

    def reason(self, node: Mapping[str, Any], depth: int = 0) -> Reason:
        """The tree of conditions, each with what was found."""
        children: list[Mapping[str, Any]] = node["children"] if depth < MOST_DEPTH else []
        return Reason(
            node["rule"],
            node["verdict"],
            self.fact(node),
            tuple(self.reason(child, depth + 1) for child in children),
        )

    def fact(self, node: Mapping[str, Any]) -> str:
        """What was compared with what, and when it happened."""
        rule, value = str(node["rule"]), node["value"]
        if value is None or isinstance(value, list):
            return ""
        shown = self._unit(rule)
        told = shown(value)
        if rule.startswith("did "):
            told = f"{told} in all" if value else "none"
        elif " in top " in rule or " in bottom " in rule:
            cut = node["threshold"]
            return f"{told}; the cut is at {shown(cut)}" if cut is not None else told
        limit = node["threshold"]
        if isinstance(limit, int | float) and not isinstance(limit, bool):
            # A written threshold stands in the rule already; one worked out for this person does not.
            written = rule.rpartition(" ")[2].rstrip("%smhdwoy")
            if not rule.startswith("did ") and not _is_number(written):
                return f"{told}, against {shown(limit)}"
        when = self._when(rule, node["events"])
        return f"{told}, {when}" if when else told

    def until(self, explained: Mapping[str, Any]) -> str:
        """When the clock alone will change it."""
        at = explained["changes_at"]
        if at is None:
            reason = explained.get("changes_at_reason")
            if reason:
                return f"{str(reason)[:1].upper()}{str(reason)[1:]}."
            return "Time alone changes nothing."
        verb = "Leaves" if explained["member"] else "Enters"
        return f"{verb} on {day(self.zone.parse(at), self.zone)} if nothing more happens."

    def nearest(self, explained: Mapping[str, Any]) -> str:
        """The smallest possible change that flips it."""
        change = explained["nearest_change"]
        if change is None:
            return "It depends on what others do as well."
        text = _MORE_ORDERS.sub(_orders, str(change["text"])).replace("`", "")
        verb = "take them out" if explained["member"] else "bring them in"
        return f"{text[:1].upper()}{text[1:]} would {verb}."

    def _unit(self, rule: str) -> Callable[[Any], str]:
        """How the rule's values are written: days, money, shares or plain numbers."""
        if rule.startswith(("age(", "gap(", "gap_std(")):
            return _days
        if rule.rstrip().endswith("%") and " in top " not in rule and " in bottom " not in rule:
            return lambda value: share(float(value), 1)
        if rule.startswith(("sum(", "avg(")) and ".revenue" in rule.partition(" ")[0]:
            return lambda value: self.money.exact(float(value))
        return _plain

    def _when(self, rule: str, events: Sequence[Mapping[str, Any]]) -> str:
        """The days that matter: of a few events all, of many the last, of a first one the first."""
        if not events or not rule.startswith(("did ", "count(", "age(")):
            return ""
        days = [day(self.zone.parse(event["at"]), self.zone) for event in events]
        if rule.startswith("age(first("):
            return f"since {days[0]}"
        if rule.startswith("age("):
            return f"since {days[-1]}"
        if len(days) > MOST_DATES:
            return f"the last on {days[-1]}"
        return "on " + ", ".join(dict.fromkeys(date.rpartition(" ")[0] for date in days))


def _orders(found: re.Match[str]) -> str:
    return plural(int(found[1]), "more order", "more orders")


def _days(value: Any) -> str:
    number = float(value) / 86_400
    return f"{number:.0f} days" if number >= 10 else f"{number:.1f} days"


def _plain(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    return count(int(value)) if float(value).is_integer() else f"{value:,.2f}"


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).isdigit()
