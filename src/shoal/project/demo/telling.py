"""An explanation as `shoal segment explain` gives it, in words for the report."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from shoal.core.instants import Zone
from shoal.project.report.figures import Reason
from shoal.project.report.words import Money, count, day, share

MOST_DATES = 5
MOST_DEPTH = 3


@dataclass(frozen=True, slots=True)
class Teller:
    """Words for one project's explanations."""

    zone: Zone
    money: Money

    def reason(self, node: Mapping[str, Any], depth: int = 0) -> Reason:
        """The tree of conditions, each with what was found."""
        children = node["children"] if depth < MOST_DEPTH else []
        return Reason(
            node["rule"],
            node["verdict"],
            self.fact(node),
            tuple(self.reason(child, depth + 1) for child in children),
        )

    def fact(self, node: Mapping[str, Any]) -> str:
        """What was compared with what, and when it happened."""
        if node["value"] is None or isinstance(node["value"], list):
            return self._dates(node) if node["events"] else ""
        shown = self._unit(node["rule"])
        told = shown(node["value"])
        if " in top " in node["rule"] or " in bottom " in node["rule"]:
            cut = node["threshold"]
            return f"{told}; the cut is at {shown(cut)}" if cut is not None else told
        # Written thresholds stand in the rule already; those worked out for this person do not.
        limit = node["threshold"]
        if isinstance(limit, int | float) and not isinstance(limit, bool):
            written = node["rule"].rpartition(" ")[2].rstrip("%smhdwoy")
            if not _is_number(written):
                told = f"{told}, against {shown(limit)}"
        dates = self._dates(node)
        return f"{told}: {dates}" if dates else told

    def until(self, explained: Mapping[str, Any]) -> str:
        """When the clock alone will change it."""
        at = explained["changes_at"]
        if at is None:
            reason = explained.get("changes_at_reason")
            if reason:
                return str(reason)[:1].upper() + str(reason)[1:]
            return "Time alone changes nothing."
        verb = "Leaves" if explained["member"] else "Enters"
        return f"{verb} on {day(self.zone.parse(at), self.zone)} if nothing more happens."

    def nearest(self, explained: Mapping[str, Any]) -> str:
        """The smallest possible change that flips it."""
        change = explained["nearest_change"]
        if change is None:
            return "It depends on what others do as well."
        text = str(change["text"]).replace("`", "")
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

    def _dates(self, node: Mapping[str, Any]) -> str:
        """The days of the events that made it so, the latest few."""
        instants = sorted(self.zone.parse(event["at"]) for event in node["events"])
        days = list(dict.fromkeys(day(at, self.zone, year=False) for at in instants))
        more = "… " if len(days) > MOST_DATES else ""
        return more + ", ".join(days[-MOST_DATES:])


def _days(value: Any) -> str:
    number = float(value) / 86_400
    return f"{number:.0f} days" if number >= 10 else f"{number:.1f} days"


def _plain(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    return count(int(value)) if float(value).is_integer() else f"{value:,.2f}"


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).isdigit()
