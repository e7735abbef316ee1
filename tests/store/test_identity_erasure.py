"""An erasure takes every identifier that is only the person's; a migration finds every link."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from shoal.events.event import Event
from shoal.store import create, open_store, run_file
from shoal.store.linking import COLUMNS
from shoal.store.run_file import read_run, write_run
from tests.store.test_erasure import everything
from tests.store.test_identity import NOW, bring, held, plainly

BEFORE = [
    Event("viewed", None, "tab-77", 1, NOW),
    Event("$identify", None, "tab-77", 2, NOW, None, {"email": "Lud@Secret.org"}),
    Event("opened", None, "email:lud@secret.org", 3, NOW),
    Event("$identify", "lud-1", "phone-88", 4, NOW, None, {"email": "lud@secret.org"}),
    Event("viewed", None, "phone-88", 5, NOW),
    Event("$link", "lud-2", None, 6, NOW, None, {"previous_id": "lud-1"}),
    Event("viewed", "lud-2", "shared-99", 7, NOW),
    Event("viewed", "kim", "shared-99", 8, NOW),
    Event("viewed", None, "shared-99", 7, NOW),
    Event("viewed", None, "shared-99", 8, NOW),
    Event("$unmerge", "kim", None, 9, NOW, None, {"other": "user=lud-2"}),
    Event("viewed", "kim", "kims-own", 9, NOW),
]
TRACES = (b"tab-77", b"lud-1", b"lud-2", b"secret.org", b"phone-88")


def test_every_identifier_goes_and_what_others_share_stays(tmp_path: Path) -> None:
    for way in ("append", "import", "compact"):
        folder = tmp_path / way
        store = create(folder, buckets=2)
        bring(store, BEFORE, way)
        assert all(trace in everything(folder).lower() for trace in TRACES)
        with store.write() as writer:
            plan = writer.plan_erasure("anon:email:Lud@secret.org".lower())
            counts = writer.erase("anon:tab-77")
        assert dict(plan.found) == dict(counts.places)
        assert counts.places["identifiers"] == 6  # lud-1 in both readings
        assert counts.places["events"] + counts.places["log"] == 9
        assert [trace for trace in TRACES if trace in everything(folder).lower()] == []
        assert b"shared-99" in everything(folder)
        left = [event for event in BEFORE if event.user_id == "kim" and event.name == "viewed"]
        left.append(BEFORE[9])
        assert held(store) == plainly(left)
        later = [Event("viewed", "kim", "tab-77", 9, NOW), Event("viewed", None, "tab-77", 9, NOW)]
        with store.write() as writer:
            assert writer.append(later).dropped == 1
        assert b"tab-77" not in everything(folder)


def test_an_older_store_gets_its_links_when_it_is_opened(tmp_path: Path, monkeypatch) -> None:
    store = create(tmp_path, buckets=2)
    bring(store, BEFORE, "compact")
    expected = held(store)
    monkeypatch.setattr(run_file, "_links", lambda _: {})
    for path in (tmp_path / ".shoal" / "buckets").iterdir():
        run = read_run(path)
        columns = {key: run.columns[key] for key in run.columns if key not in COLUMNS.values()}
        write_run(path.with_suffix(".old"), replace(run, columns=columns))
        path.with_suffix(".old").replace(path)
    monkeypatch.undo()
    assert held(store) != expected
    assert held(open_store(tmp_path)) == expected == plainly(BEFORE)
    before = everything(tmp_path)
    assert held(open_store(tmp_path)) == expected
    assert everything(tmp_path) == before
