"""Late rows correct what was told, also where what was told is not what was so at each instant."""

from __future__ import annotations

from pathlib import Path

import pytest

from shoal.core.instants import DAY
from shoal.live import live, standing
from tests.live.world import HOUR, World
from tests.store.model import SOURCE, Row, tables

BUYERS = {
    "bought": "did order_completed",
    "busy": "count(order_completed in last 2d) >= 2",
    "lately": "did order_completed in last 3h",
    "no_order": "not did order_completed in last 36h",
}


def is_true(world: World) -> None:
    assert world.members() == world.scratch(world.rules)
    assert world.summed() == world.members()


@pytest.mark.parametrize("hours_ago", [1, 9, 30], ids=str)
def test_a_row_before_an_import_was_told(tmp_path: Path, hours_ago: int) -> None:
    """An import is told as of when it came; what it says of the time before is told by nobody."""
    world = World(tmp_path, BUYERS)
    world.send(("u1", "order_completed", world.now, {"revenue": 10}))
    world.now += 3 * DAY
    world.send(("u0", "page_viewed", world.now, {}))
    world.tick()
    rows = [Row("order_completed", "u0", None, world.now - 20 * HOUR + at, at) for at in range(3)]
    world.writer.import_tables(SOURCE, tables(rows), imported_at=world.now)
    world.now += 3 * HOUR
    world.tick()
    is_true(world)
    world.send(("u0", "order_completed", world.now - hours_ago * HOUR, {"revenue": 10}))
    world.now += 1
    world.tick()
    is_true(world)
    world.close()


def test_a_row_of_when_more_was_told_than_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One look told in several frames, of which the first are no longer at hand."""
    monkeypatch.setattr(live, "PEOPLE_AT_ONCE", 2)
    monkeypatch.setattr(standing, "MOST_RECENT", 2)
    world = World(tmp_path, BUYERS)
    people = [f"u{number}" for number in range(8)]
    at = world.now + HOUR
    world.send(*((one, "order_completed", at, {"revenue": 10}) for one in people))
    world.now += 10 * HOUR
    world.tick()
    world.tick()
    is_true(world)
    world.send(*((one, "order_completed", at + HOUR, {"revenue": 10}) for one in people))
    world.now += 1
    world.tick()
    is_true(world)
    world.close()


def test_who_is_no_more_by_an_undone_import_has_left_also_when_somebody_is_erased(
    tmp_path: Path,
) -> None:
    """Of the erased nothing is told; of who goes with an import's rows it is, in one look or two."""
    world = World(tmp_path, BUYERS)
    world.send(("u1", "order_completed", world.now, {"revenue": 10}))
    rows = [Row("order_completed", "u0", None, world.now - HOUR, 1)]
    done = world.writer.import_tables(SOURCE, tables(rows), imported_at=world.now)
    world.now += 1
    world.tick()
    is_true(world)
    world.writer.undo(done.import_id)
    world.writer.erase("u1")
    world.now += 1
    world.tick()
    is_true(world)
    world.close()
