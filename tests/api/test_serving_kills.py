"""Killed under load, started again, sent again: every acknowledged message is there once."""

from __future__ import annotations

import threading
import time

import pytest

from tests.api.loading import Served, Writer, new_project, pings, serving

pytestmark = pytest.mark.serving


def load_and_kill(served: Served, writers: list[Writer], more: int) -> None:
    """Sends what is unsure again, then new messages; kills when ``more`` were acknowledged."""
    for writer in writers:
        writer.send_again(served.port)
    stop = threading.Event()
    threads = [threading.Thread(target=it.run, args=(served.port, stop)) for it in writers]
    before = sum(len(writer.acknowledged) for writer in writers)
    for thread in threads:
        thread.start()
    until = time.monotonic() + 30
    while sum(len(it.acknowledged) for it in writers) < before + more and time.monotonic() < until:
        time.sleep(0.002)
    served.kill()
    for thread in threads:
        thread.join(30)
    stop.set()
    assert time.monotonic() < until


@pytest.mark.parametrize("kills", [3, pytest.param(50, marks=pytest.mark.slow)])
def test_nothing_acknowledged_is_lost_by_kills_under_load(tmp_path, kills) -> None:
    folder, secret = new_project(tmp_path / "shop")
    writers = [Writer(f"w{number}", secret) for number in range(8)]
    for number in range(kills):
        with serving(folder) as served:
            load_and_kill(served, writers, 200 + 37 * (number % 10))
        held = pings(folder)
        assert max(held.values()) == 1
        acknowledged = {name for writer in writers for name in writer.acknowledged}
        assert acknowledged <= set(held), "acknowledged and not there"
    with serving(folder) as served:
        for writer in writers:
            writer.send_again(served.port)
        code, _ = served.stop()
    assert code == 0
    held = pings(folder)
    assert set(held) == {name for writer in writers for name in writer.acknowledged}
    assert set(held.values()) == {1}
    assert sum(len(writer.unsure) for writer in writers) == 0
