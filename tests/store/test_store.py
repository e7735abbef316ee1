"""Whatever is done to a store, in whatever order, it holds what a plain list would hold."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shoal.core.errors import NotFoundError, StoreError
from shoal.core.instants import EARLIEST
from shoal.store import create, open_store
from tests.store.model import SOURCE, Model, Row, event_of, people_in, tables

DAY = 86_400_000_000
NOW = 100 * DAY

instants = st.integers(0, 6).map(lambda day: day * DAY) | st.just(150 * DAY)
people = st.sampled_from([("a", None), ("b", None), ("c", "x"), ("d", None), (None, "x")]) | (
    st.integers(0, 30).map(lambda number: (f"user {number}", None))
)
numbers = st.none() | st.sampled_from([0.0, 1.5, -2.25, 0.1, 1 / 3, 1e13])
words = st.none() | st.sampled_from(["red", "blue", "ünï", "with\0nul"])


@st.composite
def rows(draw: st.DrawFn) -> Row:
    user, anonymous = draw(people)
    event = draw(st.sampled_from(["order", "page", "$identify", "$consent"]))
    at = EARLIEST if event == "$identify" and draw(st.booleans()) else draw(instants)
    lines = draw(st.lists(st.sampled_from([1.0, 2.5]), max_size=3)) if event == "order" else []
    yes = draw(st.none() | st.booleans())
    key = draw(st.integers(0, 60))
    return Row(event, user, anonymous, at, key, draw(numbers), draw(words), yes, tuple(lines))


some_rows = st.lists(rows(), max_size=25)
steps = st.one_of(
    st.tuples(st.just("import"), some_rows, st.integers(1, 30), st.sampled_from([0, 1 << 30])),
    st.tuples(
        st.just("import meanwhile"),
        some_rows,
        st.integers(1, 10),
        st.sampled_from([0, 1 << 30]),
        st.lists(rows(), min_size=1, max_size=6),
        st.booleans(),
    ),
    st.tuples(st.just("replace"), some_rows, st.integers(0, 3)),
    st.tuples(st.just("append"), st.lists(rows(), max_size=6)),
    st.tuples(st.just("fold")),
    st.tuples(st.just("compact")),
    st.tuples(st.just("undo"), st.integers(0, 3)),
    st.tuples(st.just("erase"), people),
    st.tuples(st.just("reopen")),
)


@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(steps, max_size=7), st.sampled_from([1, 3]))
def test_a_store_is_a_list_of_rows(done: list[tuple], buckets: int) -> None:
    folder = Path(tempfile.mkdtemp(dir="/dev/shm" if Path("/dev/shm").is_dir() else None))
    try:
        store = create(folder, buckets=buckets)
        model = Model()
        live: list[int] = []
        for step in done:
            with store.write() as writer:
                take(step, writer, model, live)
            with store.snapshot() as snapshot:
                assert people_in(snapshot) == model.people()
                assert snapshot.latest_event_at == model.latest()
                check_catalogue(snapshot, model)
    finally:
        shutil.rmtree(folder)


def take(step: tuple, writer, model: Model, live: list[int]) -> None:
    match step:
        case ("import", some, batch, memory):
            counts = writer.import_tables(
                SOURCE, tables(some, batch), imported_at=NOW, memory=memory
            )
            before = len(model.kept)
            live.append(model.bring(some, NOW))
            assert counts.import_id == live[-1]
            assert counts.imported == len(model.kept) - before
            assert counts.rows == len(some)
        case ("import meanwhile", some, batch, memory, others, fails):
            with suppress(OverflowError):
                writer.import_tables(
                    SOURCE,
                    between(writer, tables(some, batch), others, fails=fails),
                    imported_at=NOW,
                    memory=memory,
                )
            if not fails:  # its arrival numbers were set aside before the others came
                live.append(model.bring(some, NOW))
            model.append(others, NOW + 5)
        case ("replace", some, which) if live:
            old = live.pop(which % len(live))
            writer.import_tables(SOURCE, tables(some), imported_at=NOW, replaces=old)
            model.undo(old)
            live.append(model.bring(some, NOW))
        case ("append", some):
            counts = writer.append([event_of(row, NOW + 5) for row in some])
            before = len(model.kept)
            model.append(some, NOW + 5)
            assert counts.appended == len(model.kept) - before
            assert counts.appended + counts.duplicates + counts.dropped == len(some)
        case ("fold",):
            writer.fold()
        case ("compact",):
            writer.compact()
            assert all(one.delta is None for one in writer.state.manifest.buckets)
        case ("undo", which) if live:
            old = live.pop(which % len(live))
            writer.undo(old)
            model.undo(old)
        case ("erase", (user, anonymous)):
            person = user if user is not None else f"anon:{anonymous}"
            writer.erase(person)
            model.erase(person)


def between(writer, some: list, others: list[Row], *, fails: bool):
    """The tables; while they are read, others append, and what they appended is folded."""
    for at in range(max(len(some), len(others))):
        yield from some[at : at + 1]
        writer.append([event_of(row, NOW + 5) for row in others[at : at + 1]])
        if at % 2:
            writer.fold()
    if fails:
        raise OverflowError


def check_catalogue(snapshot, model: Model) -> None:
    counted: dict[str, int] = {}
    exact: dict[tuple[str, str], bool] = {}
    for _, some in model.people().values():
        for event, *_, told in some:
            counted[event] = counted.get(event, 0) + 1
            for name in ("x", "price"):
                if name in told:
                    fits = round(told[name] * 1e6) / 1e6 == told[name] and told[name] < 9e12
                    exact[event, name] = exact.get((event, name), True) and fits
    events = snapshot.catalogue.events
    assert {name: facts.rows for name, facts in events.items()} == counted
    for (event, name), fits in exact.items():
        facts = events[event].properties[name]
        assert fits or not facts.exact
        kinds = {snapshot.history(bucket).column(event, name) for bucket in range(snapshot.buckets)}
        assert len({column.kind for column in kinds if column is not None}) == 1


def test_an_import_is_seen_by_a_reader_that_opens_later_only(tmp_path: Path) -> None:
    store = create(tmp_path)
    before = store.snapshot()
    with store.write() as writer:
        writer.import_tables(SOURCE, tables([Row("order", "a", None, 1, 1)]), imported_at=NOW)
        assert before.find("a") is None
        with store.snapshot() as held:
            writer.import_tables(SOURCE, tables([Row("order", "b", None, 1, 2)]), imported_at=NOW)
            writer.compact()
            assert set(people_in(held)) == {"a"}
    assert set(people_in(open_store(tmp_path).snapshot())) == {"a", "b"}
    before.close()
    with store.write():
        pass
    assert len(list((tmp_path / ".shoal").glob("manifest-*.json"))) == 1
    assert len(list((tmp_path / ".shoal" / "buckets").iterdir())) <= 2


def test_versions_change_with_the_data_only(tmp_path: Path) -> None:
    store = create(tmp_path)
    first = store.snapshot().version
    assert store.snapshot().version == first
    with store.write() as writer:
        writer.append([event_of(Row("order", "a", None, 1, 1), NOW)])
    second = store.snapshot().version
    assert second != first
    with store.write() as writer:
        writer.fold()
    assert store.snapshot().version not in (first, second)


def test_imports_are_listed_with_what_became_of_them(tmp_path: Path) -> None:
    store = create(tmp_path)
    with store.write() as writer:
        some = [Row("order", "a", None, 1, 1)]
        writer.import_tables(SOURCE, tables(some), imported_at=NOW)
        writer.import_tables(SOURCE, tables(some), imported_at=NOW)
        writer.undo(1)
        with pytest.raises(NotFoundError, match="no import 1"):
            writer.undo(1)
        writer.import_tables(SOURCE, tables(some), imported_at=NOW)
    first, second, third = store.imports()
    assert first.undone_at is not None
    assert (second.counts["duplicates"], third.counts["imported"]) == (1, 1)
    assert second.source == SOURCE


def test_what_an_undone_import_made_known_is_forgotten(tmp_path: Path) -> None:
    store = create(tmp_path)
    with store.write() as writer:
        writer.import_tables(
            SOURCE, tables([Row("order", "a", None, 1, 1, word="x")]), imported_at=NOW
        )
        writer.undo(1)
    snapshot = store.snapshot()
    assert snapshot.catalogue.events == {}
    assert snapshot.find("a") is None
    assert b"a" not in b"".join(
        path.read_bytes() for path in (tmp_path / ".shoal/identifiers").iterdir()
    )


def test_a_store_is_made_once_and_opened_where_it_is(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no store"):
        open_store(tmp_path)
    create(tmp_path)
    with pytest.raises(StoreError, match="already"):
        create(tmp_path)
    assert people_in(open_store(tmp_path).snapshot()) == {}
