"""Which items go together: EASE for people, cosine for pairs.

Steck (2019), Embarrassingly shallow autoencoders for sparse data, WWW: the weights that foretell
each item best from all others have a closed form. It costs the cube of the items, so of a large
catalogue only the items that most people had are learned so; for the others their nearest
neighbours speak.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from shoal.predictions.learning import scipy
from shoal.recommendations.having import Floats, Having, Int64s

MOST_ITEMS = 8_000
"""Items whose weights are learned; of more those that most people had."""
RIDGE = 200.0
SUPPORT = 10.0
"""People in common at which a likeness counts half."""
NEAREST = 50
"""Neighbours that speak for an item whose weights are not learned."""
AT_ONCE = 2_000


@dataclass(frozen=True, eq=False)
class Likeness:
    """Among all items: how many people had both, and what having one says for another."""

    items: Int64s
    """The item of each row of the weights, by its number."""
    place: Int64s
    """Of each item its row; -1 for one whose weights were not learned."""
    together: Any
    """Sparse, items by items: people who had both; on the diagonal, people who had it."""
    weights: npt.NDArray[np.float32]
    """``weights[i, j]``: what having the item of row i says for having that of row j."""
    beyond: Any
    """Sparse, items by items: what having one says for one whose weights were not learned."""
    people: Floats
    """How many people had each item."""


def learn_likeness(having: Having, ridge: float = RIDGE, most: int = MOST_ITEMS) -> Likeness:
    """From who had what, once or often."""
    users, items, _ = having.pairs()
    count = len(having.names)
    counts = np.bincount(items, minlength=count)
    kept = np.sort(np.argsort(-counts, kind="stable")[:most])
    kept = kept[counts[kept] > 0]
    place = np.full(count, -1, np.int64)
    place[kept] = np.arange(len(kept))
    sparse = scipy("sparse")
    ones = np.ones(len(users), np.float32)
    table = sparse.csr_matrix((ones, (users, items)), shape=(having.people, count))
    together = (table.T @ table).tocsr()
    weights = np.zeros((0, 0), np.float32)
    if len(kept):
        gram = np.asfortranarray(together[kept][:, kept].toarray(), np.float64)
        gram[np.diag_indices_from(gram)] += ridge
        weights = _weights(gram)
    own = counts.astype(np.float64)
    return Likeness(kept, place, together, weights, _beyond(together, own, place), own)


def _weights(gram: npt.NDArray[np.float64]) -> npt.NDArray[np.float32]:
    """The closed form; the table is used up, since at 8,000 items each copy is 512 MB."""
    lapack = scipy("linalg").lapack
    factor, failed = lapack.dpotrf(gram, lower=1, overwrite_a=1)
    assert not failed  # a ridge above 0 makes it positive definite
    inverse, failed = lapack.dpotri(factor, lower=1, overwrite_c=1)
    assert not failed
    size = len(inverse)
    across = -np.diag(inverse)
    found = np.empty((size, size), np.float32)
    for start in range(0, size, AT_ONCE):  # only what lies below the diagonal was written
        end = min(start + AT_ONCE, size)
        rows = np.tril(inverse[start:end], start)
        found[start:end] = rows / across
        found[:start, start:end] = rows[:, :start].T / across[start:end]
        inside = rows[:, start:end]
        square = inside + np.tril(inside, -1).T
        found[start:end, start:end] = square / across[start:end]
    found[np.diag_indices_from(found)] = 0.0
    return found


def _beyond(together: Any, own: Floats, place: Int64s) -> Any:
    """For items whose weights were not learned, what their nearest neighbours say (item-kNN)."""
    sparse = scipy("sparse")
    count = len(place)
    others = np.flatnonzero((place < 0) & (own > 0))
    rows: list[Int64s] = []
    columns: list[Int64s] = []
    values: list[Floats] = []
    for item in others.tolist():
        near, alike = _alike(together, own, item)
        best = np.argsort(-alike, kind="stable")[:NEAREST]
        rows.append(near[best])
        columns.append(np.full(len(best), item))
        values.append(alike[best])
    if not rows:
        return sparse.csr_matrix((count, count))
    cells = (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns)))
    return sparse.csr_matrix(cells, shape=(count, count))


def said_for(likeness: Likeness, had: Int64s) -> Floats:
    """What the items somebody had say for each item; at most 1, 0 for nothing.

    What the learned weights say and what neighbours say is each set against its own most.
    """
    scores = np.zeros(len(likeness.place))
    rows = likeness.place[had]
    rows = rows[rows >= 0]
    if len(rows):
        scores[likeness.items] = _to_one(likeness.weights[rows].sum(axis=0, dtype=np.float64))
    if likeness.beyond.nnz and len(had):
        said = np.asarray(likeness.beyond[had].sum(axis=0)).ravel()
        scores += _to_one(said)
    return scores


def _to_one(scores: Floats) -> Floats:
    most = scores.max(initial=0.0)
    return scores / most if most > 0 else np.zeros(len(scores))


def like(likeness: Likeness, item: int) -> Floats:
    """How much alike each item is: people in common, drawn to 0 where they are few."""
    found = np.zeros(len(likeness.place))
    near, alike = _alike(likeness.together, likeness.people, item)
    found[near] = alike
    return found


def _alike(together: Any, own: Floats, item: int) -> tuple[Int64s, Floats]:
    """The items that people of one had too, and how much alike each is."""
    start, end = together.indptr[item], together.indptr[item + 1]
    near = together.indices[start:end].astype(np.int64)
    both = together.data[start:end].astype(np.float64)
    others = near != item
    near, both = near[others], both[others]
    alike = both / np.sqrt(own[near] * own[item]) * both / (both + SUPPORT)
    return near, alike


def speaker(likeness: Likeness, had: Int64s, item: int) -> int | None:
    """The item had that says most for another one; None where none says anything."""
    if likeness.place[item] < 0:
        said = np.asarray(likeness.beyond[had][:, [item]].toarray()).ravel()
        best = int(np.argmax(said)) if len(said) else 0
        return int(had[best]) if len(said) and said[best] > 0 else None
    rows = likeness.place[had]
    some = rows >= 0
    if not some.any():
        return None
    says = likeness.weights[rows[some], likeness.place[item]]
    best = int(np.argmax(says))
    return int(had[some][best]) if says[best] > 0 else None
