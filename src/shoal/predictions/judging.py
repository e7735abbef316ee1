"""How good predictions are: how well they sort, how true their chances are, what the top holds."""

from __future__ import annotations

from math import sqrt

import numpy as np

from shoal.predictions.sight import Floats, Truths

BINS = 10
MOVED, MOVED_A_LITTLE = 0.25, 0.1
"""Population stability index from which a distribution has moved, or moved a little."""


def auc(scores: Floats, did: Truths) -> float:
    """How often one who did scores above one who did not, ties half; 0.5 where all are alike.

    >>> auc(np.array([0.1, 0.4, 0.4, 0.8]), np.array([False, False, True, True]))
    0.875
    """
    own, others = np.sort(scores[did]), np.sort(scores[~did])
    if not len(own) or not len(others):
        return 0.5
    below = np.searchsorted(others, own, "left").sum(dtype=np.int64)
    not_above = np.searchsorted(others, own, "right").sum(dtype=np.int64)
    return float(below + not_above) / (2 * len(own) * len(others))


def auc_gain(better: Floats, other: Floats, did: Truths) -> tuple[float, float]:
    """By how much one score sorts better than another, and the standard error (DeLong et al. 1988)."""
    own = _placements(better, did)
    his = _placements(other, did)
    gain = float(own[0].mean() - his[0].mean())
    error = sum(
        float(np.var(mine - theirs, ddof=1)) / len(mine) if len(mine) > 1 else 0.0
        for mine, theirs in zip(own, his, strict=True)
    )
    return gain, sqrt(error)


def _placements(scores: Floats, did: Truths) -> tuple[Floats, Floats]:
    """Of each who did, the share of the others below; of each other, the share of them above."""
    own, others = scores[did], scores[~did]
    sorted_own, sorted_others = np.sort(own), np.sort(others)
    beaten = np.searchsorted(sorted_others, own, "left") + np.searchsorted(
        sorted_others, own, "right"
    )
    lost = np.searchsorted(sorted_own, others, "left") + np.searchsorted(
        sorted_own, others, "right"
    )
    return beaten / (2 * max(1, len(others))), 1 - lost / (2 * max(1, len(own)))


def brier(chances: Floats, did: Truths) -> float:
    """The mean square of chance less outcome; a coin has 0.25."""
    return float(np.mean((chances - did) ** 2))


def log_loss(chances: Floats, did: Truths) -> float:
    """Less the mean logarithm of the chance given to what came."""
    kept = np.clip(chances, 1e-12, 1 - 1e-12)
    return float(-np.mean(np.where(did, np.log(kept), np.log1p(-kept))))


def calibration_error(chances: Floats, did: Floats | Truths, bins: int = BINS) -> float:
    """The expected calibration error: in tenths of the people by chance, said against came."""
    return sum(
        abs(said - came) * count for count, said, came in reliability(chances, did, bins)
    ) / max(1, len(chances))


def reliability(
    chances: Floats, outcomes: Floats | Truths, bins: int = BINS
) -> list[tuple[int, float, float]]:
    """In equal parts of the people by what is said: how many, what was said, what came."""
    order = np.argsort(chances, kind="stable")
    parts = np.array_split(order, min(bins, max(1, len(order))))
    return [
        (len(part), float(chances[part].mean()), float(outcomes[part].mean()))
        for part in parts
        if len(part)
    ]


def top_share(scores: Floats, worth: Floats | Truths, share: float = 0.1) -> float:
    """The part of all worth that those with the highest scores hold; ties take their share."""
    total = float(worth.sum())
    if not len(scores) or total <= 0:
        return 0.0
    count = max(1, round(share * len(scores)))
    cut = np.partition(scores, len(scores) - count)[len(scores) - count]
    above, at = scores > cut, scores == cut
    missing = count - int(above.sum())
    return (float(worth[above].sum()) + float(worth[at].mean()) * missing) / total


def lift(scores: Floats, did: Truths, share: float = 0.1) -> float:
    """How many times as many did among the highest scores as among all."""
    count = max(1, round(share * len(scores)))
    return top_share(scores, did, share) * len(scores) / count


def rank_correlation(scores: Floats, values: Floats) -> float:
    """Spearman's: whether who scores higher comes to more; 0 where either is the same for all."""
    if len(scores) < 2 or np.ptp(scores) == 0 or np.ptp(values) == 0:
        return 0.0
    return float(np.corrcoef(_ranks(scores), _ranks(values))[0, 1])


def _ranks(values: Floats) -> Floats:
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return (ends - (counts - 1) / 2)[places].astype(np.float64)


def likely_share(yes: float, people: float, z: float = 1.96) -> tuple[float, float]:
    """The interval of a share (Wilson 1927)."""
    if people <= 0:
        return 0.0, 1.0
    share = yes / people
    middle = (share + z * z / (2 * people)) / (1 + z * z / people)
    around = (
        z
        * sqrt(share * (1 - share) / people + z * z / (4 * people * people))
        / (1 + z * z / people)
    )
    return max(0.0, middle - around), min(1.0, middle + around)


def stability(before: Floats, now: Floats) -> float:
    """The population stability index of two sets of shares; from 0.25 on they are not alike."""
    some, others = (np.maximum(it, 1e-4) for it in (before, now))
    return float(np.sum((others - some) * np.log(others / some)))
