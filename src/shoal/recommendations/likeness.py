"""Which items go together: EASE for people, cosine for pairs.

Steck (2019), Embarrassingly shallow autoencoders for sparse data, WWW: the weights that foretell
each item best from all others have a closed form.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shoal.predictions.learning import scipy
from shoal.recommendations.having import Floats, Having, Int64s

MOST_ITEMS = 8_000
"""Items that are learned from; of more those that most people had."""
RIDGE = 200.0
SUPPORT = 10.0
"""People in common at which a likeness counts half."""


@dataclass(frozen=True, eq=False)
class Likeness:
    """Among the items learned from: how many people had both, and what each says for another."""

    items: Int64s
    """The item of each row, by its number."""
    place: Int64s
    """Of each item its row; -1 for one that was not learned from."""
    together: npt.NDArray[np.float32]
    weights: npt.NDArray[np.float32]
    """``weights[i, j]``: what having i says for having j."""


def learn_likeness(having: Having, ridge: float = RIDGE, most: int = MOST_ITEMS) -> Likeness:
    """From who had what, once or often."""
    users, items, _ = having.pairs()
    counts = np.bincount(items, minlength=len(having.names))
    kept = np.sort(np.argsort(-counts, kind="stable")[:most])
    kept = kept[counts[kept] > 0]
    place = np.full(len(having.names), -1, np.int64)
    place[kept] = np.arange(len(kept))
    some = place[items] >= 0
    shape = (having.people, len(kept))
    ones = np.ones(int(some.sum()), np.float32)
    table = scipy("sparse").csr_matrix((ones, (users[some], place[items[some]])), shape=shape)
    together = np.asarray((table.T @ table).todense(), np.float32)
    weights = np.zeros((0, 0), np.float32)
    if len(kept):
        gram = together.astype(np.float64)
        gram[np.diag_indices_from(gram)] += ridge
        inverse = np.linalg.inv(gram)
        found = inverse / -np.diag(inverse)
        found[np.diag_indices_from(found)] = 0.0
        weights = found.astype(np.float32)
    return Likeness(kept, place, together, weights)


def said_for(likeness: Likeness, had: Int64s) -> Floats:
    """What the items somebody had say for each item learned from; at most 1, 0 for nothing."""
    rows = likeness.place[had]
    rows = rows[rows >= 0]
    if not len(rows):
        return np.zeros(len(likeness.items))
    scores = likeness.weights[rows].sum(axis=0, dtype=np.float64)
    most = scores.max()
    return scores / most if most > 0 else np.zeros(len(scores))


def like(likeness: Likeness, item: int) -> Floats:
    """How much alike each item learned from is: people in common, drawn to 0 where they are few."""
    row = likeness.place[item]
    if row < 0:
        return np.zeros(len(likeness.items))
    both = likeness.together[row].astype(np.float64)
    own = np.diag(likeness.together).astype(np.float64)
    alike = both / np.sqrt(own * own[row]) * both / (both + SUPPORT)
    alike[row] = 0.0
    return alike
