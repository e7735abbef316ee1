"""Who gets what: by a salted hash of the person, so that it never changes and needs no list.

Somebody who joins a segment later finds their arm waiting; nobody else's arm moves. A larger holdout
holds out everyone a smaller one did. Experiments with different salts know nothing of each other.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING

from shoal.core.errors import UsageError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pyarrow as pa

HOLDOUT = "holdout"
"""The arm of those who get nothing."""
_WHOLE = 1 << 64


@dataclass(frozen=True, slots=True)
class Variant:
    """An arm and its weight beside the others, in any unit."""

    name: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Design:
    """What people are divided into.

    ``holdout`` is the share of this experiment that gets nothing; ``global_holdout`` the share of
    all people that no experiment under ``global_salt`` may touch.
    """

    salt: str
    variants: tuple[Variant, ...]
    holdout: float = 0.0
    global_holdout: float = 0.0
    global_salt: str = "everyone"

    def __post_init__(self) -> None:
        names = [it.name for it in self.variants]
        if not self.salt:
            raise UsageError("an experiment needs a salt, such as its own name")
        if not names or len(set(names)) < len(names) or HOLDOUT in names:
            raise UsageError(f"variants have different names, none of them `{HOLDOUT}`")
        if not all(0 <= it.weight < float("inf") for it in self.variants):
            raise UsageError("weights of variants are 0 or more")
        if sum(it.weight for it in self.variants) <= 0:
            raise UsageError("at least one variant has a weight above 0")
        for share in (self.holdout, self.global_holdout):
            if not 0 <= share <= 1:
                raise UsageError("a holdout is a share from 0 to 1")


def arm_of(design: Design, user_id: str) -> str:
    """The person's arm: a variant's name, or ``holdout``.

    >>> halves = Design("spring", (Variant("a"), Variant("b")))
    >>> [arm_of(halves, user) for user in ("c1", "c2", "c3")]
    ['b', 'a', 'b']
    """
    if is_held_out(design.global_salt, user_id, design.global_holdout):
        return HOLDOUT
    if is_held_out(f"{design.salt}\0{HOLDOUT}", user_id, design.holdout):
        return HOLDOUT
    marks = _marks(design.variants)
    return design.variants[bisect_right(marks, _point(design.salt, user_id))].name


def arms_of(design: Design, user_ids: Iterable[str]) -> list[str]:
    """The arms of many people, in their order."""
    return [arm_of(design, user_id) for user_id in user_ids]


def is_held_out(salt: str, user_id: str, share: float) -> bool:
    """Whether the person is among the share that the salt holds out."""
    return share > 0 and _point(salt, user_id) < round(share * _WHOLE)


def held_out_of(design: Design, user_ids: pa.Array) -> npt.NDArray[np.bool_]:
    """Whether each person is left alone: whether :func:`arm_of` says ``holdout``, for many."""
    names: list[bytes] = user_ids.cast("binary").to_pylist()
    found = _among(design.global_salt, names, design.global_holdout)
    return found | _among(f"{design.salt}\0{HOLDOUT}", names, design.holdout)


def _among(salt: str, names: Sequence[bytes], share: float) -> npt.NDArray[np.bool_]:
    """:func:`is_held_out` of each, the salt taken in once for all."""
    import numpy as np

    mark = round(share * _WHOLE)
    if mark <= 0 or mark >= _WHOLE:
        return np.full(len(names), mark > 0, np.bool_)
    begun = _salted(salt).copy
    digests: list[bytes] = []
    for name in names:
        hashed = begun()
        hashed.update(name)
        digests.append(hashed.digest())
    return np.frombuffer(b"".join(digests), ">u8") < np.uint64(mark)


def arm_after_merge(arms: Sequence[str]) -> str:
    """The arm of somebody who turns out to have been several, in the order they were assigned.

    The holdout wins, since what was not sent can still not be sent; else the first arm stays.
    """
    return HOLDOUT if HOLDOUT in arms else arms[0]


def _point(salt: str, user_id: str) -> int:
    """Where the person lies on a circle of 2**64 points, evenly."""
    hashed = _salted(salt)
    hashed.update(user_id.encode("utf-8", "surrogatepass"))
    return int.from_bytes(hashed.digest())


def _salted(salt: str) -> blake2b:
    """The hash of everybody under a salt, as far as it is the same."""
    text = f"{len(salt)}:{salt}".encode("utf-8", "surrogatepass")
    return blake2b(text, digest_size=8, person=b"shoal arm")


def _marks(variants: tuple[Variant, ...]) -> list[int]:
    """Where each variant's stretch ends, the last one's left out."""
    total = sum(it.weight for it in variants)
    marks: list[int] = []
    reached = 0.0
    for variant in variants[:-1]:
        reached += variant.weight
        marks.append(round(reached / total * _WHOLE))
    return marks
