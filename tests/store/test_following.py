"""Whoever reads on sees everything once, whatever becomes of the files meanwhile."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shoal.events.event import Event
from shoal.identity import Identifier
from shoal.store import create
from shoal.store import transitions as transitions_module
from shoal.store.following import LogReader, People, TransitionReader, last_frame
from shoal.store.transitions import Frame, Position, Told, Transitions, last_told, read_transitions

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("tell"), st.integers(0, 4)),
        st.tuples(st.just("erase"), st.integers(1, 5)),
        st.tuples(st.just("read"), st.integers(0, 2)),
        st.just(("restart", 0)),
    ),
    max_size=25,
)


def frame_of(first: int, numbers: list[int]) -> Frame:
    many = len(numbers)
    columns = {name: np.zeros(many, np.int64) for name in ("at", "arrival", "of")}
    small = {name: np.zeros(many, np.uint8) for name in ("kind", "cause", "late")}
    told = Told(
        seq=np.arange(first, first + many, dtype=np.int64),
        number=np.array(numbers, dtype=np.int64),
        segment=np.zeros(many, np.int32),
        event=np.full(many, -1, np.int32),
        **columns,
        **small,
    )
    return Frame(Position(), first, 0, 1, ("s",), (), told)


@example(steps=[("tell", 1), ("tell", 0), ("read", 1)], start=0, size=1)
@example(
    steps=[("tell", 1), ("tell", 2), ("read", 1), ("erase", 1), ("erase", 2)], start=0, size=600
)
@given(steps=STEPS, start=st.integers(0, 6), size=st.sampled_from([1, 600, 1 << 20]))
def test_each_transition_is_read_once_and_in_order(steps, start, size) -> None:
    with (
        tempfile.TemporaryDirectory() as name,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr(transitions_module, "SEGMENT_SIZE", size)
        folder = Path(name) / "transitions"
        owner = Transitions(folder)
        readers = [TransitionReader(folder), TransitionReader(folder, start)]
        heard: list[list[tuple[int, int]]] = [[], []]
        told: dict[int, int] = {}
        erased_unheard: list[set[int]] = [set(), set()]
        erased: set[int] = set()
        number = 0

        def listen(at: int, upto: int = 1 << 62) -> None:
            for frame in readers[at].read(upto):
                assert int(frame.told.seq[-1]) <= upto
                heard[at] += zip(frame.told.seq.tolist(), frame.told.number.tolist(), strict=True)

        for step, amount in steps:
            if step == "tell":
                who = [1 + (number + k) % 5 for k in range(amount)]
                who = [one for one in who if one not in erased]
                first = max(told, default=0) + 1
                told |= {first + k: one for k, one in enumerate(who)}
                number += amount
                owner.append(frame_of(first, who))
            elif step == "erase":
                owner.erase([amount])
                erased.add(amount)
                for at in (0, 1):
                    known = {seq for seq, _ in heard[at]}
                    erased_unheard[at] |= {
                        seq for seq, one in told.items() if one == amount and seq not in known
                    }
            elif step == "restart":
                owner.close()
                owner = Transitions(folder)
                assert owner.last_seq == max(told, default=0)
            else:
                for at in (0, 1):
                    listen(at, max(told, default=0) - amount)
        listen(0)
        listen(1)
        owner.close()
        for at, after in ((0, 0), (1, start)):
            due = [
                it for it in told.items() if it[0] > after and it[0] not in erased_unheard[at]
            ]  # fmt: skip
            assert heard[at] == due
        assert last_told(folder) == max(told, default=0) == Transitions(folder).last_seq
        frames = list(read_transitions(folder))
        found = last_frame(folder)
        assert (found and found.as_of) == (frames[-1].as_of if frames else None)


EVENTS = st.lists(
    st.sampled_from(["append", "append", "fold", "erase", "read", "again"]), max_size=20
)


@given(steps=EVENTS)
def test_each_event_of_the_log_is_read_once(steps) -> None:
    with tempfile.TemporaryDirectory() as name:
        store = create(Path(name), buckets=2)
        heard: list[str | None] = []
        sent: list[str] = []
        gone: set[str] = set()
        erasures = 0
        people = People(store.root)
        with store.write() as writer:
            reader = LogReader(store.root)

            def listen() -> bool:
                logged = reader.read()
                numbers = np.array([one.profile for one in logged], dtype=np.int64)
                names = people.names_of(numbers)
                assert [one.event.user_id for one in logged] == names
                heard.extend(one.event.message_id for one in logged)
                return False

            is_let_go = False
            for step in steps:
                if step == "append":
                    sent.append(f"m{len(sent)}")
                    who = f"u{len(sent) % 3}-{erasures}"
                    writer.append([Event("ping", who, None, len(sent), len(sent), sent[-1])])
                elif step == "again" and sent:
                    before = set(sent) - gone
                    who = f"again-{erasures}"
                    writer.append([Event("ping", who, None, 1, 1, one) for one in sorted(before)])
                elif step == "fold":
                    if is_let_go:  # an erasure waits for no reader
                        is_let_go = listen()
                    writer.fold()
                elif step == "erase":
                    listen()
                    is_let_go = True
                    numbers = len(sent)
                    for k in range(3):
                        writer.erase(f"u{k}-{erasures}")
                    gone |= set(sent[:numbers])
                    erasures += 1
                elif step == "read":
                    is_let_go = listen()
            listen()
            reader.close()
        assert heard == sent


def test_somebody_of_whom_only_others_speak_has_a_name(tmp_path) -> None:
    """A person may be told of under an identifier that no row of their own came with."""
    store = create(tmp_path, buckets=2)
    with store.write() as writer:
        for fold in (False, True):
            at = 10 + fold
            writer.append([Event("viewed", f"new {at}", f"old {at}", at, at, f"m{at}")])
            known = {}
            with store.snapshot() as snapshot:
                for one in (Identifier(f"new {at}"), Identifier(f"old {at}", anonymous=True)):
                    known[one.display] = snapshot.identities.number_of(one)
            assert min(known.values()) > 0
            if fold:
                writer.fold()
            asked = np.array([*known.values(), 10**9], dtype=np.int64)
            assert People(store.root).names_of(asked) == [*known, None]
