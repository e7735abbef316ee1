"""How hard the tests look: `quick` by default, `proof` and `seeds` by `--hypothesis-profile`."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.database import DirectoryBasedExampleDatabase

_PATIENT = [HealthCheck.too_slow, HealthCheck.data_too_large]

settings.register_profile(
    "quick", max_examples=60, deadline=None, suppress_health_check=_PATIENT, print_blob=True
)
settings.register_profile(
    "proof", max_examples=1_000, deadline=None, suppress_health_check=_PATIENT, print_blob=True
)
# On a build machine Hypothesis tries the same cases each time, unless it is told not to.
# There it also keeps no counter-examples: one that a new seed has found must be there again.
settings.register_profile(
    "seeds",
    settings.get_profile("quick"),
    derandomize=False,
    database=DirectoryBasedExampleDatabase(".hypothesis/examples"),
)
settings.load_profile("quick")

# A question to a shop of fifty people costs what its buckets cost. In how many people lie is one more
# thing that never matters; proofs, and whatever runs in a process of its own, have as many as users.
FEW_BUCKETS = 4


@pytest.fixture(autouse=True, scope="session")
def few_buckets(pytestconfig):
    from shoal.store import create

    with pytest.MonkeyPatch.context() as patch:
        if pytestconfig.getoption("--hypothesis-profile") != "proof":
            patch.setitem(create.__kwdefaults__, "buckets", FEW_BUCKETS)
        yield


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Slow tests and those of whole servers run in proofs; they, browsers and other people's clients
    where they are asked for by `-m`.
    """
    if config.getoption("-m"):
        return
    is_proof = config.getoption("--hypothesis-profile") == "proof"
    marks = ("browser", "clients")
    marks = marks if is_proof else (*marks, "slow", "serving")
    left = [item for item in items if any(item.get_closest_marker(mark) for mark in marks)]
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if item not in left]
