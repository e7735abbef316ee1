"""What is in quarantine can be mended and replayed; nothing leaves it unseen."""

from __future__ import annotations

import gzip
import json

import pytest

from shoal.core.errors import NotFoundError, UsageError
from shoal.project.imports.importing import Wanted, import_files, quarantine_items
from shoal.project.imports.quarantining import drop_item, mend_item, replay_items, show_item
from shoal.project.init import init_project
from shoal.project.opening import open_project
from shoal.store import Refused
from shoal.store.accounts import Accounts

AT = 1_760_000_000_000_000
ORDERS = 'customer,date,total\nana,2026-01-01,5\n,2026-01-02,6\nbo,banana,"7"\ncy,"2026-01-03,8\n'


@pytest.fixture
def shop(tmp_path):
    init_project(tmp_path / "shop")
    return open_project(tmp_path / "shop")


def events_of(shop, name):
    facts = shop.store.snapshot().catalogue.events.get(name)
    return 0 if facts is None else facts.rows


def refuse(shop, *documents):
    rows = [
        Refused(json.dumps(it) if isinstance(it, dict) else it, "odd", "no_user", AT, "key:1")
        for it in documents
    ]
    with shop.store.write() as writer:
        writer.append([], rows)
    return [it["id"] for it in quarantine_items(shop)]


CALL = {"type": "track", "event": "Order Completed", "messageId": "m1", "properties": {"n": 1}}


def test_a_mended_live_row_becomes_the_event_it_should_have_been(shop):
    first, second = refuse(shop, CALL, "{no json")
    assert replay_items(shop, [], "cli")["left"] == 2, "nothing has changed yet"
    mend_item(shop, first, json.dumps({**CALL, "userId": "ana"}), "cli")
    assert "ana" in show_item(shop, first)["raw"]
    done = replay_items(shop, [], "user:1")
    assert (done["rows"], done["replayed"], done["appended"], done["left"]) == (2, 1, 1, 1)
    assert [it["id"] for it in quarantine_items(shop)] == [second]
    assert show_item(shop, second)["reason"] == "it is not JSON"
    assert events_of(shop, "order_completed") == 1
    again = refuse(shop, {**CALL, "userId": "ana"})[-1]
    done = replay_items(shop, [again], "cli")
    assert (done["appended"], done["duplicates"], done["left"]) == (0, 1, 0)
    trail = Accounts(shop.store.books).audit()
    assert [entry.action for entry in trail] == [
        "quarantine.replay", "quarantine.replay", "quarantine.mend", "quarantine.replay",
    ]  # fmt: skip
    assert trail[1].actor == "user:1"
    assert "ana" not in str(trail)


def test_a_row_is_dropped_only_by_name_and_noted(shop):
    (first,) = refuse(shop, CALL)
    with pytest.raises(NotFoundError):
        drop_item(shop, "live-999", "cli")
    with pytest.raises(NotFoundError):
        replay_items(shop, [first, "live-999"], "cli")
    with pytest.raises(UsageError):
        mend_item(shop, first, "  ", "cli")
    drop_item(shop, first, "cli", "a test call")
    assert quarantine_items(shop) == []
    assert Accounts(shop.store.books).audit()[0].detail == {"why": "a test call"}


@pytest.mark.parametrize("packed", [False, True])
def test_rows_of_a_file_are_read_again_by_the_mapping_of_their_import(shop, tmp_path, packed):
    path = tmp_path / ("orders.csv.gz" if packed else "orders.csv")
    data = ORDERS.encode()
    path.write_bytes(gzip.compress(data) if packed else data)
    wanted = Wanted(event="order", user="customer", time="date")
    made = import_files(shop, [path], wanted)
    assert (made.imported, made.rejected) == (1, 3)
    ids = {it["row"]: it["id"] for it in quarantine_items(shop)}
    mend_item(shop, ids[1 + 1], "dee,2026-01-02,6", "cli")
    mend_item(shop, ids[3], "bo,2026-01-03,7", "cli")
    done = replay_items(shop, [], "cli")
    assert (done["replayed"], done["appended"], done["left"]) == (2, 2, 1)
    assert events_of(shop, "order") == 3
    assert shop.store.snapshot().find("dee") is not None
    with shop.store.write() as writer:
        writer.undo(made.ids[0])
    assert events_of(shop, "order") == 0, "they are rows of their import"
    assert quarantine_items(shop) == []


def test_a_file_that_is_gone_leaves_its_rows_where_they_are(shop, tmp_path):
    path = tmp_path / "orders.csv"
    path.write_text(ORDERS)
    import_files(shop, [path], Wanted(event="order", user="customer", time="date"))
    path.unlink()
    assert replay_items(shop, [], "cli")["left"] == 3
    assert "is gone" in quarantine_items(shop)[0]["reason"]


def test_an_erased_person_does_not_come_back_by_a_replay(shop):
    (first,) = refuse(shop, CALL)
    with shop.store.write() as writer:
        writer.erase("ana")
    mend_item(shop, first, json.dumps({**CALL, "userId": "ana"}), "cli")
    done = replay_items(shop, [], "cli")
    assert (done["dropped"], done["appended"], done["left"]) == (1, 0, 0)
    assert events_of(shop, "order_completed") == 0
