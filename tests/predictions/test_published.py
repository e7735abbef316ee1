"""Predictions on published data come to what is known to be possible there."""

from __future__ import annotations

import pytest

from bench.predict import cdnow, telco
from tests.sources.reading import DATA

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (DATA / "cdnow").exists(), reason="shared data not there"),
]


def test_next_purchase_at_point_in_time():
    found = cdnow(DATA)
    assert found["cutoffs"] == ["1998-03-31T00:00:00Z"]
    assert (found["n"], found["positives"]) == (23_570, 3_302)
    assert found["auc"] >= 0.836
    assert found["ece"] <= 0.02
    assert found["top_decile_value"] >= 0.58
    assert found["auc"] > found["baselines"]["recency"]["auc"]


def test_churn():
    found = telco(DATA)
    assert found["auc"] >= 0.847
    assert found["brier"] <= 0.1345
    assert found["ece"] <= 0.02
