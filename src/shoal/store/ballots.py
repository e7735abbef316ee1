"""What the first values of a property say about its type, where nobody has declared it.

One bad value at the beginning shall not decide for all that follow: until some hundred values have
spoken, they are kept as received, and none of them is converted before all of them are counted.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import pyarrow as pa

from shoal.events.columns import is_text, plain
from shoal.events.property_type import PropertyType, majority_type

ENOUGH = 1_000
"""So many first values settle a type."""
STRAY = 3
STRAY_SHARE = 0.1
"""A majority is clear beside so few others, as among cells of one column."""

Key = tuple[str, str]


@dataclass(slots=True)
class _Box:
    """Votes of one property: texts to be asked, and values whose file says what they are."""

    texts: list[pa.StringArray] = field(default_factory=list[pa.StringArray])
    said: Counter[PropertyType] = field(default_factory=Counter[PropertyType])

    @property
    def votes(self) -> int:
        return sum(map(len, self.texts)) + self.said.total()

    def winner(self) -> PropertyType:
        votes = self.said.copy()
        if self.texts:
            kind = majority_type(pa.concat_arrays(self.texts))
            votes[kind] += sum(map(len, self.texts))
        [(kind, count)] = votes.most_common(1)
        others = votes.total() - count
        is_clear = count > others and (others <= STRAY or others <= STRAY_SHARE * votes.total())
        return kind if is_clear else PropertyType.TEXT


@dataclass(slots=True)
class Ballots:
    """The votes of an import. ``open`` are the properties of which some values still wait."""

    _boxes: dict[Key, _Box] = field(default_factory=dict[Key, _Box])
    open: set[Key] = field(default_factory=set[Key])

    def cast(self, key: Key, array: pa.Array, said: PropertyType | None) -> PropertyType | None:
        """The property's type, once it is settled; None while these values have to wait.

        ``said`` is what the file itself says the values are. An array of numbers, instants or
        truths settles it at once.
        """
        array = plain(array)
        count = len(array) - array.null_count
        if key not in self._boxes and (
            count >= ENOUGH or (said is None and not is_text(array.type))
        ):
            return said or majority_type(array)
        box = self._boxes.setdefault(key, _Box())
        if said is not None:
            box.said[said] += count
        elif is_text(array.type):
            box.texts.append(array.drop_null())
        else:
            box.said[majority_type(array)] += count
        if box.votes >= ENOUGH:
            return self.settled(key)
        self.open.add(key)
        return None

    def settled(self, key: Key) -> PropertyType:
        """What the votes so far say; nobody is asked again."""
        return self._boxes.pop(key).winner()
