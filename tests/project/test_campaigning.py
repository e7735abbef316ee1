"""E1: Campaigns that run: a thread that sends, a real mail server, a process that is killed half-way."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller

from shoal.project.campaigns import campaigns
from shoal.project.campaigns.beside import Campaigning
from shoal.project.opening import system_clock
from shoal.store.campaign_books import CampaignBooks
from tests.project.campaign_shop import WINBACK, Shop, shop_in

pytestmark = pytest.mark.serving

ROOT = Path(__file__).resolve().parents[2]
PEOPLE = 60


class Inbox:
    """A mail server that takes everything; every message once it has its last byte."""

    def __init__(self, pause=0.0):
        self.got = []
        self.pause = pause

    async def handle_DATA(self, server, session, envelope):
        import asyncio

        self.got.append(envelope.rcpt_tos[0])
        await asyncio.sleep(self.pause)
        return "250 taken"


@pytest.fixture
def inbox():
    handler = Inbox(pause=0.02)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        handler.port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=handler.port)
    controller.start()
    yield handler
    controller.stop()


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return shop_in(tmp_path_factory.mktemp("campaigning") / "shop", PEOPLE)


@pytest.fixture
def shop(made, tmp_path, inbox):
    shutil.copytree(made.folder, tmp_path / "shop")
    settings = tmp_path / "shop" / "shoal.yml"
    settings.write_text(settings.read_text().replace("port: 1,", f"port: {inbox.port},"))
    shop = Shop(tmp_path / "shop")
    shop.define(WINBACK)
    shop.go()
    return shop


def _until(true, seconds=180):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.1)


def test_a_pass_sends_through_a_real_server(shop, inbox):
    found = campaigns.run(shop.project)
    assert found["messages"]["sent"] == len(inbox.got) == len(set(inbox.got))
    assert found["done"] == ["winback"]


def test_a_process_beside_sends_what_is_due_and_ends_when_it_is_told(made, tmp_path, inbox):
    shop = _shop_now(made, tmp_path, inbox)
    project = shop.project
    running = Campaigning(lambda: project)
    running.start()
    try:
        _until(lambda: CampaignBooks(project.store.books).one("winback").state == "done")
        _until(lambda: running.number is None)  # where nothing runs, there is no process
    finally:
        running.stop()
    assert len(inbox.got) == len(set(inbox.got)) == shop.standing()["sent"]
    assert running.status() == {"trouble": None, "channels": []}


def test_a_process_beside_that_is_killed_begins_again_and_sends_nothing_twice(
    made, tmp_path, inbox
):
    shop = _shop_now(made, tmp_path, inbox)
    inbox.pause = 0.1
    project = shop.project
    running = Campaigning(lambda: project)
    running.start()
    try:
        _until(lambda: len(inbox.got) >= 3)
        os.kill(running.number, signal.SIGKILL)
        _until(lambda: CampaignBooks(project.store.books).one("winback").state == "done")
    finally:
        running.stop()
    standing = shop.standing()
    assert len(inbox.got) == len(set(inbox.got)), "somebody got it twice"
    assert standing["sent"] + standing.get("uncertain", 0) == shop.waterfall["sendable"]


def _shop_now(made, tmp_path, inbox):
    """As it is by the clock on the wall, which a process beside looks at."""
    shutil.copytree(made.folder, tmp_path / "now")
    settings = tmp_path / "now" / "shoal.yml"
    settings.write_text(settings.read_text().replace("port: 1,", f"port: {inbox.port},"))
    shop = Shop(tmp_path / "now", system_clock())
    shop.define(WINBACK)
    shop.go()
    return shop


SENDS = """
import sys
from tests.project.campaign_shop import Shop
from pathlib import Path
from shoal.project.campaigns import campaigns
campaigns.run(Shop(Path(sys.argv[1])).project)
"""


@pytest.mark.parametrize("after", [1, 17])
def test_nobody_gets_a_message_twice_however_the_process_is_killed(shop, inbox, after):
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
    sending = subprocess.Popen(
        [sys.executable, "-c", SENDS, str(shop.folder)], env=environment, cwd=ROOT
    )
    try:
        _until(lambda: len(inbox.got) >= after or sending.poll() is not None)
    finally:
        sending.send_signal(signal.SIGKILL)
        sending.wait()
    killed_at = len(inbox.got)
    found = campaigns.run(shop.project)
    standing = shop.standing()
    assert len(inbox.got) == len(set(inbox.got)), "somebody got it twice"
    assert killed_at < len(inbox.got) or not found["messages"]
    # Everybody but the holdout is accounted for, and what may have arrived is told as that.
    assert standing["sent"] + standing.get("uncertain", 0) == shop.waterfall["sendable"]
    lost = shop.waterfall["sendable"] - len(inbox.got)
    assert 0 <= lost <= standing.get("uncertain", 0) == found["uncertain"]
    assert campaigns.run(shop.project)["messages"] == {}
