"""Campaigns as their files write them, read into nouns. Problems are collected, never raised.

::

    campaigns:
      NAME:
        title, why       a text, or one per language
        audience         a segment's name, or a rule
        purpose          which consent it needs
        goal             a rule about the future: did order_completed in next 14d
        metrics          NAME: RULE or VALUE, or {measure, less_is_better}
        channel          email, sms, push, webhook, ticket or preferred
        subject, text, html, offer, fields          one message; or
        variants         NAME: {weight, subject, text, html, offer, fields}
        items            a list: values(sequence by product_id (…).product_id)
        timing           once, once at T, every 1w, on entering S, on leaving S, on event E,
                         on occasion NAME 7d before
        quiet_hours      21:00-08:00
        cap              2 per 7d
        priority         a whole number; the higher goes first
        ends_at          an instant
        holdout          10%; without it, as many as it takes to tell
        reward           a text: what they get
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from shoal.core.errors import ShoalError
from shoal.core.instants import Zone
from shoal.core.names import nearest
from shoal.core.spans import UNITS, Span
from shoal.language.campaign_definitions import (
    CHANNELS,
    CampaignDefinition,
    MetricDefinition,
    QuietHours,
    Timing,
    VariantDefinition,
    When,
)
from shoal.language.targets import read_truth
from shoal.language.told import Told
from shoal.language.tree import InSegment
from shoal.language.words import Words

if TYPE_CHECKING:
    from yaml import Node

    from shoal.language.yaml_nodes import Page, Problems

PARTS = ("subject", "text", "html", "offer", "fields")
FIELDS = (
    "title", "why", "audience", "purpose", "goal", "metrics", "channel", *PARTS, "variants", "items",
    "timing", "quiet_hours", "cap", "priority", "ends_at", "holdout", "reward",
)  # fmt: skip
MOST_VARIANTS = 20
ONLY = "message"
"""The name of the variant of a campaign that has one message only."""

_SEGMENT = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)?\Z")
_PURPOSE = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*\Z")
_SPAN = r"(\d{1,6})\s*([a-z]{1,2})"
_TIMINGS = {
    When.ONCE: re.compile(r"once(?:\s+at\s+(?P<at>\S+))?\Z"),
    When.EVERY: re.compile(rf"every\s+{_SPAN}\Z"),
    When.ENTERING: re.compile(r"on\s+entering\s+(?P<name>\S+)\Z"),
    When.LEAVING: re.compile(r"on\s+leaving\s+(?P<name>\S+)\Z"),
    When.EVENT: re.compile(r"on\s+event\s+(?P<name>\S+)\Z"),
    When.OCCASION: re.compile(rf"on\s+occasion\s+(?P<name>.+?)\s+{_SPAN}\s+before\Z"),
}
_QUIET = re.compile(r"(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})\Z")
_CAP = re.compile(r"[1-9]\d{0,5}\s*(per|in|/)\s*[1-9]\d{0,5}\s*[smhdw]\Z")

Expression = Callable[["Node | None", "Node", str], tuple[str, Any]]
Worded = Callable[[Mapping[str, "Node"]], tuple[Words | None, Words | None]]


class CampaignReading:
    """The campaigns of one page, read with its way of reading expressions and words."""

    def __init__(
        self, page: Page, problems: Problems, expression: Expression, told: Worded
    ) -> None:
        self._page = page
        self._problems = problems
        self._expression = expression
        self._told = told

    def campaign(self, name: str, key: Node, node: Node) -> CampaignDefinition:
        """One campaign."""
        given = self._problems.fields(node, Told("campaign `{0}`", name), FIELDS)
        audience_text, audience = self._audience(given.get("audience"), key)
        goal_text, goal = self._expression(given.get("goal"), key, "goal")
        items_text, items = None, None
        if "items" in given:
            items_text, items = self._expression(given["items"], key, "items")
        title, why = self._told(given)
        return CampaignDefinition(
            name=name,
            text=self._page.text[key.start_mark.index : node.end_mark.index].rstrip(),
            audience_text=audience_text,
            audience=audience,
            goal_text=goal_text,
            goal=goal,
            purpose=self._purpose(given.get("purpose"), key),
            title=title,
            why=why,
            metrics=self._metrics(given.get("metrics")),
            variants=self._variants(given, key),
            channel=self._channel(given.get("channel")),
            items_text=items_text,
            items=items,
            timing=self._timing(given.get("timing")),
            quiet_hours=self._quiet(given.get("quiet_hours")),
            cap=self._cap(given.get("cap")),
            priority=self._priority(given.get("priority")),
            ends_at=self._instant(given.get("ends_at"), "ends_at"),
            holdout=self._holdout(given.get("holdout")),
            reward=self._text(given, "reward"),
            place=self._page.at(key),
        )

    # --- whom ---------------------------------------------------------------------------------

    def _audience(self, node: Node | None, key: Node) -> tuple[str, Any]:
        text = self._problems.text(node, "`audience`")
        words = {"everyone", "nobody"}
        if node is not None and text and _SEGMENT.match(text) and text.lower() not in words:
            return text, InSegment(text, place=self._page.at(node))
        return self._expression(node, key, "audience")

    def _purpose(self, node: Node | None, key: Node) -> str | None:
        purpose = self._problems.text(node, "`purpose`")
        if purpose is None:
            hint = Told("say which consent it needs: purpose: marketing")
            self._problems.add(Told("`purpose` is missing"), node or key, hint)
        elif not _PURPOSE.match(purpose):
            self._problems.add(Told("`{0}` cannot be a purpose", purpose), node or key, "marketing")
            return None
        return purpose

    def _channel(self, node: Node | None) -> str:
        text = self._problems.text(node, "`channel`") or CHANNELS[0]
        if text not in CHANNELS:
            assert node is not None
            near = nearest(text, CHANNELS)
            others = Told("it is one of {0}", ", ".join(CHANNELS))
            hint = Told("did you mean `{0}`?", near) if near else others
            self._problems.add(Told("`{0}` is no channel", text), node, hint)
            return CHANNELS[0]
        return text

    # --- what ---------------------------------------------------------------------------------

    def _variants(self, given: Mapping[str, Node], key: Node) -> tuple[VariantDefinition, ...]:
        listed = given.get("variants")
        own = {name: given[name] for name in PARTS if name in given}
        if listed is None:
            return (self._variant(ONLY, key, own),)
        if own:
            stray = next(iter(own))
            self._problems.add(
                Told("`{0}` stands beside `variants`", stray),
                given[stray],
                Told("write it into a variant"),
            )
        found: list[VariantDefinition] = []
        for name, name_node, value in self._problems.entries(listed, "`variants`"):
            parts = self._problems.fields(value, Told("variant `{0}`", name), ("weight", *PARTS))
            if not _SEGMENT.match(name) or "." in name or name == "holdout":
                self._problems.add(Told("`{0}` cannot be the name of a variant", name), name_node)
                continue
            found.append(self._variant(name, name_node, parts))
        if not found:
            self._problems.add(Told("`variants` has none"), listed, "NAME: {subject: …, text: …}")
        elif len(found) > MOST_VARIANTS:
            self._problems.add(Told("{0} variants are too many", len(found)), listed)
        elif sum(it.weight for it in found) <= 0:
            self._problems.add(Told("no variant has a weight above 0"), listed)
        return tuple(found)

    def _variant(self, name: str, key: Node, given: Mapping[str, Node]) -> VariantDefinition:
        fields: dict[str, str] = {}
        for field, _, value in (
            self._problems.entries(given["fields"], "`fields`") if "fields" in given else ()
        ):
            fields[field] = self._problems.text(value, f"`{field}`") or ""
        parts = {it: self._text(given, it) for it in ("subject", "text", "html", "offer")}
        if not fields and not any(parts[it] for it in ("subject", "text", "html")):
            self._problems.add(
                Told("variant `{0}` says nothing", name), key, "text: Hello {{ name }}"
            )
        weight = self._number(given.get("weight"), "`weight`", 1.0)
        return VariantDefinition(name, weight, **parts, fields=fields, place=self._page.at(key))

    def _metrics(self, node: Node | None) -> tuple[MetricDefinition, ...]:
        found: list[MetricDefinition] = []
        for name, key, value in self._problems.entries(node, "`metrics`") if node else ():
            from yaml import ScalarNode

            given = (
                {"measure": value}
                if isinstance(value, ScalarNode)
                else self._problems.fields(
                    value, Told("metric `{0}`", name), ("measure", "less_is_better")
                )
            )
            text, measure = self._expression(given.get("measure"), key, "measure")
            less = read_truth(given.get("less_is_better"), "`less_is_better`", self._problems)
            found.append(MetricDefinition(name, text, measure, less, self._page.at(key)))
        return tuple(found)

    # --- when and how often ----------------------------------------------------------------------

    def _timing(self, node: Node | None) -> Timing:
        text = self._problems.text(node, "`timing`") or "once"
        for when, pattern in _TIMINGS.items():
            match = pattern.match(" ".join(text.split()))
            if match is None:
                continue
            named = match.groupdict()
            span = self._span(match, node) if when in {When.EVERY, When.OCCASION} else None
            at = named.get("at")
            if at is not None:
                self._check_instant(at, node, "timing")
            every, before = (span, None) if when is When.EVERY else (None, span)
            return Timing(when, at, every, named.get("name"), before)
        assert node is not None
        self._problems.add(
            Told("`{0}` is no timing", text), node,
            Told("once, once at 2026-12-01T09:00, every 1w, on entering SEGMENT, on leaving SEGMENT, "
                 "on event EVENT, or on occasion birthday 7d before"),
        )  # fmt: skip
        return Timing(When.ONCE)

    def _span(self, match: re.Match[str], node: Node | None) -> Span:
        number, unit = match.groups()[-2:]
        span = Span(int(number), unit if unit in UNITS else "d")
        if (unit not in UNITS or span.is_calendar or not span.count) and node is not None:
            self._problems.add(
                Told("`{0}` has no exact length", f"{number}{unit}"),
                node,
                Told("write it in s, m, h, d or w"),
            )
            return Span(1, "d")
        return span

    def _quiet(self, node: Node | None) -> QuietHours | None:
        text = self._problems.text(node, "`quiet_hours`")
        if text is None or node is None:
            return None
        match = _QUIET.match(text)
        hours = [int(it) for it in match.groups()] if match else [99, 0, 0, 0]
        start, end = hours[0] * 60 + hours[1], hours[2] * 60 + hours[3]
        if max(hours[1], hours[3]) > 59 or max(start, end) > 24 * 60 or start % 1440 == end % 1440:
            self._problems.add(
                Told("`{0}` are no quiet hours", text), node, Told('write "21:00-08:00"')
            )
            return None
        return QuietHours(start % 1440, end % 1440)

    def _cap(self, node: Node | None) -> str | None:
        text = self._problems.text(node, "`cap`")
        if text is not None and node is not None and not _CAP.match(text):
            self._problems.add(Told("`{0}` is no cap", text), node, Told("write it as 2 per 7d"))
            return None
        return text

    def _priority(self, node: Node | None) -> int:
        number = self._number(node, "`priority`", 0.0, least=-1000, most=1000)
        if number != int(number) and node is not None:
            self._problems.add(Told("`priority` is a whole number"), node)
        return int(number)

    def _holdout(self, node: Node | None) -> float | None:
        text = self._problems.text(node, "`holdout`")
        if text is None or node is None:
            return None
        try:
            share = float(text.removesuffix("%")) / 100
        except ValueError:
            share = -1.0
        if not text.endswith("%") or not 0 <= share <= 0.9:
            self._problems.add(Told("`{0}` is no share to leave alone", text), node, "holdout: 10%")
            return None
        return share

    # --- small things ----------------------------------------------------------------------------

    def _text(self, given: Mapping[str, Node], name: str) -> str | None:
        return self._problems.text(given.get(name), f"`{name}`") or None

    def _number(
        self, node: Node | None, what: str, usual: float, *, least: float = 0, most: float = 1e6
    ) -> float:
        text = self._problems.text(node, what)
        if text is None or node is None:
            return usual
        try:
            number = float(text)
        except ValueError:
            number = float("nan")
        if not least <= number <= most:
            self._problems.add(
                Told("{0} is a number from {1} to {2}", what, f"{least:g}", f"{most:g}"), node
            )
            return usual
        return number

    def _instant(self, node: Node | None, what: str) -> str | None:
        text = self._problems.text(node, f"`{what}`")
        return text if text is None or self._check_instant(text, node, what) else None

    def _check_instant(self, text: str, node: Node | None, what: str) -> bool:
        try:
            Zone().parse(text)
        except ShoalError as error:
            if node is not None:
                self._problems.add(
                    Told("{0}: {1}", what, error.message), node, Told("write 2026-12-01T09:00")
                )
            return False
        return True
