"""How hard the tests look: `quick` by default, `proof` with `--hypothesis-profile=proof`."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

_PATIENT = [HealthCheck.too_slow, HealthCheck.data_too_large]

settings.register_profile(
    "quick", max_examples=60, deadline=None, suppress_health_check=_PATIENT, print_blob=True
)
settings.register_profile(
    "proof", max_examples=2_000, deadline=None, suppress_health_check=_PATIENT, print_blob=True
)
settings.load_profile("quick")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Slow tests run in proofs, and where they are asked for by `-m`."""
    if config.getoption("--hypothesis-profile") == "proof" or config.getoption("-m"):
        return
    slow = [item for item in items if item.get_closest_marker("slow")]
    if slow:
        config.hook.pytest_deselected(items=slow)
        items[:] = [item for item in items if not item.get_closest_marker("slow")]
