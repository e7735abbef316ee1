"""Discovery from Python: the documents of ``shoal discover`` as mappings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shoal.project.reading import Reading

Moment = str | date | datetime


@dataclass(frozen=True)
class Discoveries:
    """What can be found without being asked for; ``ask`` gives a view of the project at a moment.

    >>> shop.discover.clusters(traits="orders_90d,revenue_90d")         # doctest: +SKIP
    """

    ask: Callable[[Moment | None], tuple[Reading, int]]

    def clusters(self, as_of: Moment | None = None, **options: Any) -> dict[str, Any]:
        """Groups of the like, each with a rule: traits, scope, k, method, seed are the options."""
        from shoal.project.discovery.discovering import clusters_json, discover_clusters

        return clusters_json(discover_clusters(*self.ask(as_of), **options))

    def lookalikes(
        self, segment: str, as_of: Moment | None = None, **options: Any
    ) -> dict[str, Any]:
        """People like a segment's members: traits, size, share, seed are the options."""
        from shoal.project.discovery.lookalikes import find_lookalikes, lookalikes_json

        reading, at = self.ask(as_of)
        return lookalikes_json(find_lookalikes(reading, at, segment=segment, **options))

    def predictors(
        self, target: str | None = None, as_of: Moment | None = None, horizon: str = "90d",
        **options: Any,
    ) -> dict[str, Any]:  # fmt: skip
        """Which behaviours predict the target: traits, scope, seed are the options."""
        from shoal.project.audits.predictors import discover_predictors, predictors_json
        from shoal.project.settings import parse_span

        reading, at = self.ask(as_of)
        ahead = parse_span(horizon)
        return predictors_json(
            discover_predictors(reading, at, target=target, horizon=ahead, **options)
        )

    def personas(self, names: Sequence[str], as_of: Moment | None = None) -> dict[str, Any]:
        """A profile card for each segment."""
        from shoal.project.audits.personas import draw_personas, personas_json

        reading, at = self.ask(as_of)
        return personas_json(draw_personas(reading, names, at))

    def trends(self, as_of: Moment | None = None, period: str = "90d") -> dict[str, Any]:
        """What moved between the last two periods."""
        from shoal.project.measurement.trends import discover_trends, trends_json
        from shoal.project.settings import parse_span

        reading, at = self.ask(as_of)
        return trends_json(discover_trends(reading, at, period=parse_span(period)))
