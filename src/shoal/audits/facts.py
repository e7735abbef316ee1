"""What an audit is made from: answers of the engine as plain numbers and arrays.

Arrays run over everybody known at the instant, in one order; ``members`` says who belongs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from shoal.language.tree import Rule
from shoal.language.vocabulary import Vocabulary

Truths = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Week:
    """The segment at one past instant, and against the one before, ``after`` weeks earlier.

    ``kept`` is the share of those before who still belong, ``alike`` the Jaccard of the two; both
    are NaN for the first, whose ``after`` is 0.
    """

    at: int
    after: int
    size: int
    entered: int
    left: int
    kept: float
    alike: float
    value: float | None = None
    everyone_value: float | None = None


@dataclass(frozen=True, slots=True)
class Overlap:
    """How many belong to another segment, and how many to both."""

    name: str
    title: str
    size: int
    both: int
    own: int

    @property
    def jaccard(self) -> float:
        """Both among either."""
        either = self.size + self.own - self.both
        return self.both / either if either else 0.0

    @property
    def inside(self) -> float:
        """Which share of the audited segment belongs to the other."""
        return self.both / self.own if self.own else 0.0

    @property
    def contains(self) -> float:
        """Which share of the other belongs to the audited segment."""
        return self.both / self.size if self.size else 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Behaviour:
    """A value of everybody's, unset as NaN. ``labels`` make its numbers categories.

    ``by_rule`` is true of what the segment's own rule reads: a difference there is no discovery.
    ``unit`` divides the numbers and names them (``days``).
    """

    name: str
    title: str
    values: Numbers
    labels: tuple[str, ...] | None = None
    by_rule: bool = False
    is_profile: bool = False
    unit: tuple[float, str] = (1.0, "")


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of the rule by itself: for how many it is true, for how many unknown."""

    rule: Rule
    text: str
    true: int
    unknown: int


@dataclass(frozen=True, slots=True)
class Dropped:
    """The rule without one of its parts: how many would come in or go out."""

    text: str
    changes: int


@dataclass(frozen=True, slots=True)
class Moved:
    """The rule with one number of a condition moved a little."""

    text: str
    number: str
    to: str
    size: int
    alike: float


@dataclass(frozen=True, slots=True)
class Field:
    """Something the rule reads: a trait of the profile, an event, or a property of one.

    ``filled`` of ``of`` profiles or events have it. ``last_at`` is an event's latest instant.
    """

    name: str
    kind: str
    filled: int
    of: int
    first_at: int | None = None
    last_at: int | None = None

    @property
    def coverage(self) -> float:
        """The share that has it."""
        return self.filled / self.of if self.of else 0.0


@dataclass(frozen=True, slots=True)
class Channel:
    """A way to reach people: what it needs, and how many members have that, and may be reached."""

    name: str
    needs: str
    have: int
    may: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a campaign would want, as it came about without one.

    Of ``people`` who belonged ``days`` ago, the share that did it since, and what it came to for
    each: mean and standard deviation.
    """

    done: str
    days: int
    people: int
    share: float
    mean: float | None = None
    deviation: float | None = None


@dataclass(frozen=True, slots=True)
class Worth:
    """What people are worth: how it is reckoned, and for everybody."""

    text: str
    values: Numbers
    currency: str | None = None
    chosen: bool = True  # by Shoal, not by the user


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """Everything an audit judges."""

    rule: Rule
    vocabulary: Vocabulary
    as_of: int
    members: Truths
    unknown: int
    name: str | None = None
    polarity: str | None = None
    purpose: str | None = None
    worth: Worth | None = None
    weeks: tuple[Week, ...] = ()
    overlaps: tuple[Overlap, ...] = ()
    behaviours: tuple[Behaviour, ...] = ()
    conditions: tuple[Condition, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    moved: tuple[Moved, ...] = ()
    resampled: tuple[float, ...] = ()
    ranked: bool = False
    fields: tuple[Field, ...] = ()
    first_at: int | None = None
    channels: tuple[Channel, ...] = ()
    reachable: int = 0  # members whom one of the direct channels may reach
    consenting: int | None = None
    outcome: Outcome | None = None
    sensitive: frozenset[str] = frozenset()
    young: bool = False  # value looks back to before the data began, in the first weeks
    days: Mapping[int, str] = field(default_factory=dict[int, str])

    @property
    def size(self) -> int:
        """Members."""
        return int(self.members.sum())

    @property
    def known(self) -> int:
        """Everybody known at the instant."""
        return len(self.members)
