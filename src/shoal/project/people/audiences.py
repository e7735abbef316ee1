"""Audiences: whom of a segment a message may be sent to, and what stops the others.

Consent, address, subscription, suppression and cap are rules over the person's history, asked in
the same pass as the segment itself; only the holdout is a hash of the id.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from shoal.campaigns import (
    Audience,
    Cap,
    State,
    Stood,
    Terms,
    questions_of,
    waterfall,
)
from shoal.campaigns.audience import STATES
from shoal.campaigns.channel import ADDRESS
from shoal.consent.channel import Channel
from shoal.consent.state import parse_purpose
from shoal.core.errors import UsageError
from shoal.core.names import nearest
from shoal.experiments import Design, Variant, held_out_of
from shoal.language import check_rule
from shoal.language.tree import ConsentsTo
from shoal.project.answers import Question, asked, asked_either
from shoal.project.checking import refuse_errors

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pyarrow as pa

    from shoal.language.tree import Rule
    from shoal.project.reading import Reading
    from shoal.store import Snapshot

SALT = "audience"
"""Under which audiences without a campaign hold people out: the same ones in every segment."""
MEMBER = 2
"""What the engine says of a rule that is true."""
FEW = 64
"""People asked about one by one; more are looked up among everybody's answers."""


@dataclass(frozen=True, slots=True)
class AudienceAsked:
    """Who is to be written to, on which terms, and who of them is left alone."""

    question: Question
    terms: Terms
    design: Design

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is doubtful about the question and can be answered all the same."""
        return self.question.warnings


@dataclass(frozen=True, eq=False)
class Resolved:
    """An audience at an instant: who stands where."""

    audience: Audience
    snapshot: Snapshot
    asked: AudienceAsked
    as_of: int

    def as_json(self) -> dict[str, int]:
        """The counts of the waterfall."""
        return self.audience.as_json()

    @cached_property
    def user_ids(self) -> pa.Array:
        """The ids of everybody matched, in the order of ``audience.places``."""
        return _ids_of(self.snapshot, self.audience.places)

    def table(self, states: Collection[State] = ()) -> pa.Table:
        """Columns ``user_id, state``, sorted by user id; ``states`` narrows to some."""
        import numpy as np
        import pyarrow as pa
        import pyarrow.compute as pc

        names = pa.array([str(it) for it in STATES])
        ids, said = self.user_ids, names.take(pa.array(self.audience.codes))
        if states:
            codes = [STATES.index(it) for it in states]
            here = pa.array(np.isin(self.audience.codes, codes))
            ids, said = ids.filter(here), said.filter(here)
        order = pc.sort_indices(ids)
        return pa.table({"user_id": ids.take(order), "state": said.take(order)})


def audience_asked(  # noqa: PLR0913  what the command says
    reading: Reading,
    name: str | None,
    rule: str | None,
    *,
    purpose: str | None = None,
    channel: Channel | None = None,
    holdout: float = 0.0,
    campaign: str | None = None,
    cap: Cap | None = None,
) -> AudienceAsked:
    """The audience of an applied segment or of a rule.

    ``purpose`` is by default the one that the segment's definition names; ``cap`` the project's.
    Without a channel any way to write to people will do. A campaign's name is the salt under which
    its holdout is drawn.
    """
    question = asked(reading, name, rule)
    if purpose is None and name is not None and name in reading.definitions.segments:
        purpose = reading.definitions.segments[name].purpose
    if purpose is None:
        raise UsageError("for which purpose?", hint="give --purpose, as in `consents to marketing`")
    return audience_of(
        reading,
        question,
        parse_purpose(purpose),
        channels=channels_of(reading, channel),
        holdout=holdout,
        campaign=campaign,
        cap=cap,
    )


def audience_of(  # noqa: PLR0913  the parts of an audience
    reading: Reading,
    question: Question | str,
    purpose: str,
    *,
    channels: Sequence[Channel],
    holdout: float = 0.0,
    campaign: str | None = None,
    cap: Cap | None = None,
) -> AudienceAsked:
    """The audience of a question, or of a segment's name or a rule as text."""
    if isinstance(question, str):
        question = asked_either(reading, question)
    doubts = refuse_errors(check_rule(ConsentsTo(purpose), reading.vocabulary))
    settings = reading.project.settings
    return AudienceAsked(
        replace(question, warnings=(*question.warnings, *doubts)),
        Terms(purpose, tuple(channels), cap or settings.cap, campaign),
        Design(campaign or SALT, (Variant("message"),), holdout, settings.holdout),
    )


def states_named(words: Iterable[str]) -> tuple[State, ...]:
    """The states of these names."""
    found: list[State] = []
    for word in words:
        if word not in set(State):
            meant = nearest(word, [*State])
            hint = f"did you mean `{meant}`?" if meant else f"states are {', '.join(State)}"
            raise UsageError(f"no state `{word}`", hint=hint)
        found.append(State(word))
    return tuple(found)


def channels_of(reading: Reading, channel: Channel | None) -> tuple[Channel, ...]:
    """The channel, or else every one that an address held here opens; none where none is held."""
    if channel is not None:
        return (channel,)
    traits = reading.snapshot.catalogue.traits
    return tuple(it for it, trait in ADDRESS.items() if trait in traits)


def resolve(reading: Reading, asked_for: AudienceAsked, at: int) -> Resolved:
    """Everybody matched at an instant and what becomes of them, in one pass."""
    import numpy as np

    from shoal.runners import RuleAnswer, evaluate

    questions = {"matched": asked_for.question.rule, **questions_of(asked_for.terms)}
    answers = evaluate(reading.snapshot, questions, reading.vocabulary, at)

    def truths(name: str) -> npt.NDArray[np.bool_]:
        answer = answers[name]
        assert isinstance(answer, RuleAnswer)
        return np.concatenate([np.empty(0, np.bool_), *answer.chosen()])

    found = {name: truths(name) for name in questions}
    asks_holdout = found["matched"] & found["consented"] & found["reachable"] & ~found["suppressed"]
    places = np.flatnonzero(asks_holdout)
    held_out = np.zeros(len(asks_holdout), np.bool_)
    held_out[places] = _held_out(
        asked_for.design,
        lambda: _ids_of(reading.snapshot, places),
        found["assigned"][places],
        found["left alone"][places],
    )
    stood = Stood(
        found["matched"],
        found["consented"],
        found["reachable"],
        found["suppressed"],
        held_out,
        found["capped"],
    )
    return Resolved(waterfall(stood), reading.snapshot, asked_for, at)


def states_now(
    reading: Reading, user_ids: Sequence[str], terms: Terms, design: Design, at: int
) -> list[State]:
    """Where people stand at an instant, whether the audience's rule holds for them or not.

    It is for the moment of sending: what they withdrew since counts. Who is not known any more has
    agreed to nothing.
    """
    import numpy as np
    import pyarrow as pa

    places = reading.snapshot.find_all(user_ids)
    there = [number for number, place in enumerate(places) if place is not None]
    states = [State.NO_CONSENT] * len(user_ids)
    if not there:
        return states
    some = [place for place in places if place is not None]
    found = _truths_of(reading, some, questions_of(terms), at)
    ids = pa.array([user_ids[number] for number in there], pa.string())
    held_out = _held_out(design, lambda: ids, found["assigned"], found["left alone"])
    everybody = np.ones(len(there), np.bool_)
    consented, reachable = found["consented"], found["reachable"]
    stood = Stood(everybody, consented, reachable, found["suppressed"], held_out, found["capped"])
    for number, code in zip(there, waterfall(stood).codes.tolist(), strict=True):
        states[number] = STATES[code]
    return states


def _truths_of(
    reading: Reading, places: Sequence[tuple[int, int]], questions: dict[str, Rule], at: int
) -> dict[str, npt.NDArray[np.bool_]]:
    """Each question's truth for the people in these places of their buckets."""
    import numpy as np

    from shoal.engine.evaluation import evaluate_histories
    from shoal.engine.one_profile import OneProfile
    from shoal.runners import RuleAnswer, evaluate

    snapshot, vocabulary = reading.snapshot, reading.vocabulary
    if len(places) <= FEW:
        histories = [OneProfile(snapshot.history(bucket), at_, at) for bucket, at_ in places]
        told = evaluate_histories(histories, questions, vocabulary, at)
        return {name: np.array([one[0] == MEMBER for one in each]) for name, each in told.items()}
    found: dict[str, npt.NDArray[np.bool_]] = {}
    for name, answer in evaluate(snapshot, questions, vocabulary, at).items():
        assert isinstance(answer, RuleAnswer)
        found[name] = answer.of(places)
    return found


def _held_out(
    design: Design,
    user_ids: Callable[[], pa.Array],
    assigned: npt.NDArray[np.bool_],
    left_alone: npt.NDArray[np.bool_],
) -> npt.NDArray[np.bool_]:
    """Who is left alone: by the holdout of all campaigns, or by that of their own.

    The arm somebody was given before is the arm they keep, also where ids were joined since.
    """
    if not (design.holdout or design.global_holdout):
        return left_alone
    ids = user_ids()
    everywhere = held_out_of(replace(design, holdout=0.0), ids)
    own = held_out_of(replace(design, global_holdout=0.0), ids)
    return everywhere | left_alone | (own & ~assigned)


def _ids_of(snapshot: Snapshot, places: npt.NDArray[np.int64]) -> pa.Array:
    """The ids of people by their places among everybody, bucket after bucket."""
    import numpy as np
    import pyarrow as pa

    parts: list[pa.Array] = []
    first = 0
    for bucket in range(snapshot.buckets):
        size = len(snapshot.history(bucket).profiles)
        low, high = np.searchsorted(places, [first, first + size])
        if high > low:
            parts.append(snapshot.user_ids(bucket).take(pa.array(places[low:high] - first)))
        first += size
    return pa.concat_arrays(parts) if parts else pa.array([], pa.string())
