"""The Python face of a project: the same answers as the command line, as Arrow tables."""

from __future__ import annotations

import inspect
import os
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shoal.core.instants import Zone, from_datetime
from shoal.project.opening import Project

if TYPE_CHECKING:
    import pyarrow as pa

    from shoal.audits import Audit
    from shoal.audits.insight import InsightReport
    from shoal.audits.minimisation import MinimisationReport
    from shoal.audits.quality import QualityReport
    from shoal.project.answers import Question
    from shoal.project.changes.planning import Plan
    from shoal.project.discoveries import Discoveries
    from shoal.project.reading import Reading

Moment = str | date | datetime
"""``"2026-11-01"``, ``"2026-11-01T09:30:00Z"``, a date (its midnight in the project's zone) or a
datetime (naive ones are in the project's zone)."""


def instant_of(moment: Moment, zone: Zone) -> int:
    """The instant a moment stands for."""
    if isinstance(moment, str):
        return zone.parse(moment)
    if isinstance(moment, datetime):
        return zone.from_local(moment) if moment.tzinfo is None else from_datetime(moment)
    return zone.midnight(moment)


class RuleWarning(UserWarning):
    """Something about a rule that can be answered all the same: it names what nobody has sent."""


def _warned(question: Question) -> Question:
    """The question; what is doubtful about it is told to whoever called, outside this package."""
    for text in question.warnings:
        frame, level = inspect.currentframe(), 1
        while frame is not None and frame.f_globals.get("__name__") == __name__:
            frame, level = frame.f_back, level + 1
        warnings.warn(text, RuleWarning, stacklevel=level)
    return question


@dataclass(frozen=True)
class Members:
    """A segment or a rule, to be asked about at any instant.

    >>> lapsed = shop.segment("lapsed")                                 # doctest: +SKIP
    >>> lapsed.count(as_of="2026-11-01")                                # doctest: +SKIP
    42
    """

    shop: Shop
    name: str | None = None
    text: str | None = None

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is doubtful about the question; answers tell it as :class:`RuleWarning` too."""
        return self._question(self.shop.reading()[0]).warnings

    def count(self, as_of: Moment | None = None) -> int:
        """How many profiles the rule is true for."""
        return int(self.sizes(as_of)["count"])

    def sizes(self, as_of: Moment | None = None) -> dict[str, Any]:
        """The mapping of ``shoal segment count``: count, known, unknown, anonymous and times."""
        from shoal.project.answers import count_members

        reading, at = self.shop.reading(as_of)
        return count_members(reading, self._asked(reading), at)

    def members(self, as_of: Moment | None = None) -> pa.Table:
        """A table with one column ``user_id``, sorted."""
        from shoal.project.answers import member_table

        reading, at = self.shop.reading(as_of)
        return member_table(reading, self._asked(reading), at)

    def history(self, start: Moment, end: Moment, every: str = "1d") -> pa.Table:
        """Columns ``at, size, entered, left``; days are local midnights from a bare date."""
        from shoal.project.answers import size_history
        from shoal.project.settings import parse_span

        reading, first = self.shop.reading(start)
        last = instant_of(end, self.shop.zone)
        local = len(start) == len("2026-11-01") if isinstance(start, str) else type(start) is date
        step = parse_span(every)
        return size_history(reading, self._asked(reading), first, last, step, local=local)

    def explain(self, user: str, as_of: Moment | None = None) -> dict[str, Any]:
        """Why somebody is a member or not: the mapping of ``shoal segment explain``."""
        from shoal.project.people.explaining import explain_member

        reading, at = self.shop.reading(as_of)
        return explain_member(reading, self._asked(reading), user, at)

    def _asked(self, reading: Reading) -> Question:
        return _warned(self._question(reading))

    def _question(self, reading: Reading) -> Question:
        from shoal.project.answers import asked

        return asked(reading, self.name, self.text)


@dataclass(frozen=True)
class Values:
    """A trait or an expression, to be asked about at any instant.

    >>> shop.trait("avg(order_completed.revenue)").values()             # doctest: +SKIP
    """

    shop: Shop
    text: str

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is doubtful about the question; answers tell it as :class:`RuleWarning` too."""
        from shoal.project.answers import asked_value

        return asked_value(self.shop.reading()[0], self.text).warnings

    def values(self, as_of: Moment | None = None) -> pa.Table:
        """Columns ``user_id, value``: every known profile, null where unset."""
        from shoal.project.answers import asked_value, trait_values

        reading, at = self.shop.reading(as_of)
        return trait_values(reading, _warned(asked_value(reading, self.text)), at)


@dataclass(frozen=True)
class Shop:
    """A project, opened. Every question is answered from what is stored when it is asked.

    >>> shop = shoal.open("my-shop")                                    # doctest: +SKIP
    >>> shop.counts(as_of="2026-11-01")                                 # doctest: +SKIP
    {'frequent': 120, 'lapsed': 42}
    """

    project: Project

    @property
    def zone(self) -> Zone:
        """The project's time zone."""
        return self.project.settings.time_zone

    def segment(self, name: str) -> Members:
        """An applied segment, or a partition's part (``stage.purchase``)."""
        return Members(self, name=name)

    def rule(self, text: str) -> Members:
        """The people a rule is true for."""
        return Members(self, text=text)

    def trait(self, expression: str) -> Values:
        """One value per person: a trait's name or any expression."""
        return Values(self, expression)

    def explain(self, segment: str, *, user: str, as_of: Moment | None = None) -> dict[str, Any]:
        """Why somebody is a member of a segment (by name) or a rule, or not."""
        from shoal.project.answers import asked_either
        from shoal.project.people.explaining import explain_member

        reading, at = self.reading(as_of)
        return explain_member(reading, _warned(asked_either(reading, segment)), user, at)

    def audit(self, segment: str, as_of: Moment | None = None, value: str | None = None) -> Audit:
        """Whether a segment (by name) or a rule is worth acting on: findings in words."""
        from shoal.project.answers import asked_either
        from shoal.project.audits.auditing import audit_segment

        reading, at = self.reading(as_of)
        return audit_segment(reading, _warned(asked_either(reading, segment)), at, value)

    def counts(
        self, as_of: Moment | None = None, names: Iterable[str] | None = None
    ) -> dict[str, int]:
        """Sizes of applied segments, all or those named, in one pass."""
        from shoal.project.answers import segment_counts

        reading, at = self.reading(as_of)
        return segment_counts(reading, at, names)

    def segments(self, as_of: Moment | None = None) -> list[dict[str, Any]]:
        """Name, title, size, sentence and partition of every applied segment."""
        from shoal.project.answers import segment_list

        return segment_list(*self.reading(as_of))

    def sql(self, query: str, as_of: Moment | None = None) -> pa.Table:
        """A read-only SELECT over events, profiles and memberships."""
        from shoal.project.sql import query_project

        reading, at = self.reading(as_of)
        return query_project(reading, query, at, until=None if as_of is None else at)

    def plan(self, as_of: Moment | None = None) -> Plan:
        """Who would enter and leave if the definition files were applied."""
        from shoal.project.changes.planning import make_plan

        at = None if as_of is None else instant_of(as_of, self.zone)
        return make_plan(self.project, at)

    def apply(self) -> Plan:
        """Makes the definition files the ones that answer."""
        from shoal.project.changes.planning import apply_plan

        planned = self.plan()
        apply_plan(self.project, planned)
        return planned

    def import_file(
        self,
        path: str | os.PathLike[str],
        *,
        event: str | None = None,
        user: str | None = None,
        time: str | None = None,
        properties: Mapping[str, str] | None = None,
        **options: Any,
    ) -> dict[str, Any]:
        """Imports a file: the mapping of ``shoal import``.

        >>> shop.import_file("orders.csv", event="order_completed", user="customer",
        ...                  time="date", properties={"revenue": "total"})  # doctest: +SKIP
        """
        from shoal.project.imports.importing import Wanted, import_files

        wanted = Wanted(event=event, user=user, time=time, properties=properties or {}, **options)
        return import_files(self.project, [Path(path)], wanted).as_json()

    def check_data(self) -> QualityReport:
        """What the stored data tell about themselves: findings in words, each with a remedy."""
        from shoal.project.data.quality import check_data

        return check_data(self.reading()[0])

    def minimisation(self) -> MinimisationReport:
        """What is collected, why, and what no definition uses."""
        from shoal.project.data.minimising import minimisation

        return minimisation(self.reading()[0])

    def insight(self, as_of: Moment | None = None, days: int = 90) -> InsightReport:
        """What the last days' events say about the product: unmet needs, barriers, gaps."""
        from shoal.project.audits.insights import product_insight

        return product_insight(*self.reading(as_of), days)

    @property
    def discover(self) -> Discoveries:
        """Clusters, look-alikes, predictors, personas and trends."""
        from shoal.project.discoveries import Discoveries

        return Discoveries(self.reading)

    def reading(self, as_of: Moment | None = None) -> tuple[Reading, int]:
        """What is stored now, held still, and the instant that is meant."""
        from shoal.project.reading import read

        reading = read(self.project)
        return reading, reading.at(None if as_of is None else instant_of(as_of, self.zone))
