"""A sequence of items: what somebody likes, each following well on the one before, not all alike."""

from __future__ import annotations

import numpy as np

from shoal.recommendations.having import Int64s
from shoal.recommendations.items import Shelf, Truths
from shoal.recommendations.likeness import like, said_for, speaker
from shoal.recommendations.lists import Fitted, Listed, Person, Why
from shoal.recommendations.popular import scaled

LOOKED_BACK = 5
"""Items before that the next one should not be too much alike."""
IN_A_ROW = 0.5
"""What it costs to be of the same category as the item before, at full variety."""


def playlist(  # noqa: PLR0913  what a sequence is made of
    fitted: Fitted,
    person: Person,
    begin: Int64s,
    count: int,
    *,
    shelf: Shelf,
    allowed: Truths,
    variety: float,
    only_new: bool = False,
) -> list[Listed]:
    """Up to ``count`` items among those ``allowed``, each once, after those it begins with.

    ``variety`` from 0 (only what fits best) to 1 says how much being like the last items counts
    against an item. Deterministic: of equals the first.
    """
    known = fitted.learned
    taste = said_for(known.likeness, np.unique(np.append(person.items, begin)))
    base = taste + fitted.weights.popular * known.lately
    base = np.where(base > 0, base * shelf.factor, base)
    shut = shelf.hidden | ~allowed
    shut[begin] = True
    if only_new:
        shut[person.items] = True
    chosen: list[Listed] = []
    row = begin.tolist() or person.items[-1:].tolist()
    held: dict[tuple[int, int], int] = {}
    while len(chosen) < count and not shut.all():
        follows = scaled(known.occasions.after(row[-1])) if row else np.zeros(len(base))
        against = np.zeros(len(base))
        for item in row[-LOOKED_BACK:]:
            against = np.maximum(against, like(known.likeness, item))
        if row and shelf.category is not None:
            code = shelf.category.codes[row[-1]]
            against += IN_A_ROW * ((shelf.category.codes == code) & (code >= 0))
        scores = np.where(shut, -np.inf, base + follows - variety * against)
        item = int(np.argmax(scores))
        because = row[-1] if row and follows[item] > taste[item] else None
        why = Why.AFTER
        if because is None:
            had = person.had if len(person.items) else np.unique(begin)
            because = speaker(known.likeness, had, item) if taste[item] > 0 else None
            why = Why.POPULAR if because is None else Why.HAD
        chosen.append(Listed(item, float(scores[item]), because, why=why))
        row.append(item)
        shut[item] = True
        for number, (codes, most) in enumerate(shelf.caps):
            kind = number, int(codes[item])
            held[kind] = held.get(kind, 0) + 1
            if kind[1] >= 0 and held[kind] >= most:
                shut |= codes == codes[item]
    return chosen
