"""Killed under load, started again, sent again: every acknowledged message is there once."""

from __future__ import annotations

import threading
import time

import pytest

from tests.api.loading import Served, Writer, new_project, pings


@pytest.mark.parametrize("kills", [3, pytest.param(50, marks=pytest.mark.slow)])
def test_nothing_acknowledged_is_lost_by_kills_under_load(tmp_path, kills) -> None:
    folder, secret = new_project(tmp_path / "shop")
    writers = [Writer(f"w{number}", secret) for number in range(8)]
    for number in range(kills):
        served = Served(folder)
        for writer in writers:
            writer.send_again(served.port)
        stop = threading.Event()
        threads = [
            threading.Thread(target=writer.run, args=(served.port, stop)) for writer in writers
        ]
        before = sum(len(writer.acknowledged) for writer in writers)
        for thread in threads:
            thread.start()
        until = time.monotonic() + 20
        while sum(len(writer.acknowledged) for writer in writers) < before + 200 + 37 * number:
            assert time.monotonic() < until
            time.sleep(0.002)
        served.kill()
        for thread in threads:
            thread.join(30)
        stop.set()
        held = pings(folder)
        assert max(held.values()) == 1
        acknowledged = {name for writer in writers for name in writer.acknowledged}
        assert acknowledged <= set(held), "acknowledged and not there"
    served = Served(folder)
    for writer in writers:
        writer.send_again(served.port)
    code, _ = served.stop()
    assert code == 0
    held = pings(folder)
    assert set(held) == {name for writer in writers for name in writer.acknowledged}
    assert set(held.values()) == {1}
    assert sum(len(writer.unsure) for writer in writers) == 0
