"""Targets of segments, as their files say them: ``{at_least: 500, by: 2026-12-31}``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shoal.core.errors import ShoalError
from shoal.core.instants import Zone
from shoal.language.told import Told

if TYPE_CHECKING:
    from yaml import Node

    from shoal.language.yaml_nodes import Problems

FIELDS = ("at_least", "at_most", "by")
_TRUTHS = {"true": True, "yes": True, "false": False, "no": False}


@dataclass(frozen=True, slots=True)
class TargetDefinition:
    """What a segment shall come to by a day (as written): a number of profiles, or a share."""

    by: str
    at_least: float | None = None
    at_most: float | None = None
    is_share: bool = False


def read_target(node: Node | None, problems: Problems) -> TargetDefinition | None:
    """The target; None, with problems, where there is none or it makes no sense."""
    if node is None:
        return None
    before = len(problems.found)
    given = problems.fields(node, "a target", FIELDS)
    bounds = {name: _bound(given, name, problems) for name in FIELDS[:2]}
    by = problems.text(given.get("by"), "`by`")
    if by is None or not _is_day(by):
        problems.add("a target has a day, `by: 2026-12-31`", given.get("by", node))
    found = [bound for bound in bounds.values() if bound is not None]
    if not found:
        problems.add("a target has a bound", node, "at_least: 500, or at_most: 10%")
    elif len({is_share for _, is_share in found}) > 1:
        problems.add("both bounds of a target are numbers, or both are shares", node)
    if len(problems.found) > before or by is None:
        return None
    least, most = bounds["at_least"], bounds["at_most"]
    return TargetDefinition(by, least and least[0], most and most[0], found[0][1])


def read_truth(node: Node | None, what: str, problems: Problems) -> bool:
    """Yes or no; no where nothing is said."""
    text = problems.text(node, what)
    if text is None:
        return False
    if text.lower() not in _TRUTHS:
        assert node is not None
        problems.add(Told("{0} is true or false", what), node)
    return _TRUTHS.get(text.lower(), False)


def _bound(given: Mapping[str, Node], name: str, problems: Problems) -> tuple[float, bool] | None:
    text = problems.text(given.get(name), f"`{name}`")
    if text is None:
        return None
    is_share = text.endswith("%")
    try:
        number = float(text.removesuffix("%"))
    except ValueError:
        number = -1.0
    if not 0 <= number < 1e12 or (is_share and number > 100):
        problems.add(f"`{name}: {text}` is no number of profiles and no share", given[name])
        return None
    return (number / 100 if is_share else number), is_share


def _is_day(text: str) -> bool:
    try:
        Zone().parse(text)
    except ShoalError:
        return False
    return True
