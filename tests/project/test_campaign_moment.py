"""The moment of sending: what was acknowledged before a message is handed over reaches it."""

from __future__ import annotations

import shutil
import socket
import tempfile
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from hypothesis import given, settings
from hypothesis import strategies as st

from shoal.channels.email import Outcome, Told
from shoal.events.event import Event
from shoal.project.campaigns import campaigns
from shoal.project.campaigns.passing import pass_campaigns
from shoal.project.campaigns.sending import Sender
from shoal.store import open_store
from tests.project.campaign_shop import NOON, WINBACK, Shop, shop_in

PEOPLE = 12


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    shop = shop_in(tmp_path_factory.mktemp("moment") / "shop", PEOPLE)
    shop.define(WINBACK.replace("holdout: 20%", "holdout: 0%"))
    shop.go()
    return shop


def said(user, event, cells, *, anonymous=None, at=NOON):
    mark = f"{event}-{user}-{anonymous}-{sorted(cells.items())}"
    return Event(event, user, anonymous, at, at, mark, dict(cells))


DENIED = {"purpose": "offers", "state": "denied"}
KINDS = {
    "consent": lambda who: [said(who, "$consent", DENIED)],
    "left": lambda who: [said(who, "$subscription", {"channel": "email", "state": "unsubscribed"})],
    "listed": lambda who: [said(who, "$suppression", {"channel": "all", "state": "suppressed"})],
    # Under another identifier, which is known to be theirs since the row before.
    "by another name": lambda who: [
        said(who, "visit", {"pages": 1}, anonymous=f"phone of {who}"),
        said(None, "$consent", DENIED, anonymous=f"phone of {who}"),
    ],
    "by another id": lambda who: [
        said(f"{who}b", "$consent", DENIED),
        said(who, "$link", {"previous_id": f"{who}b"}),
    ],
}
NOISE = "noise"


class Interrupting:
    """A mail server in front of which people say things, right before each message is handed over."""

    def __init__(self, append, happening):
        self.append = append
        self.happening = happening
        self.stopped = set()
        self.got = []

    def __call__(self, envelopes):
        told = []
        for envelope in envelopes:
            kind, number = self.happening.pop() if self.happening else (None, 0)
            who = f"p{number}"
            if kind == NOISE:
                self.append([said(who, "visit", {"pages": len(self.happening)})])
            elif kind is not None:
                self.append(KINDS[kind](who))
                self.stopped.add(who)
            may_go = envelope.may_go()
            if may_go:
                receiver = envelope.to.partition("@")[0]
                assert receiver not in self.stopped, "it was withdrawn before"
                self.got.append(receiver)
            told.append(Told(Outcome.SENT if may_go else Outcome.KEPT_BACK))
        return told


@settings(max_examples=12)
@given(
    happening=st.lists(
        st.tuples(st.sampled_from([*KINDS, NOISE]), st.integers(0, PEOPLE - 1)), max_size=8
    ),
    at_once=st.integers(1, PEOPLE),
)
def test_who_withdrew_before_the_moment_gets_nothing_and_everybody_else_does(
    made, happening, at_once
):
    with tempfile.TemporaryDirectory() as above:
        shop = Shop(Path(shutil.copytree(made.folder, Path(above) / "shop")))
        project = shop.project
        with campaigns.passing(project), project.store.write() as writer:
            pass_campaigns(project, writer.append)
            server = Interrupting(writer.append, list(happening))
            Sender(project, writer.append, deliver=server, at_once=at_once).run()
        everybody = {f"p{number}" for number in range(PEOPLE)}
        assert sorted(server.got) == sorted(set(server.got))
        assert everybody - set(server.got) <= server.stopped
        assert sum(shop.standing().values()) == PEOPLE


class Hesitating:
    """A mail server to which somebody withdraws between the address and the message."""

    def __init__(self, folder, victim):
        self.folder = folder
        self.victim = victim
        self.asked = []
        self.got = []

    async def handle_RCPT(self, server, session, envelope, address, options):
        self.asked.append(address)
        if address == self.victim and self.asked.count(address) == 1:
            store = open_store(self.folder)
            store.append([said(self.victim.partition("@")[0], "$consent", DENIED)])
            store.close()
        envelope.rcpt_tos.append(address)
        return "250 fine"

    async def handle_DATA(self, server, session, envelope):
        self.got.append(envelope.rcpt_tos[0])
        return "250 taken"


def test_a_withdrawal_between_the_address_and_the_message_stops_it_at_a_real_server(made, tmp_path):
    shop = Shop(Path(shutil.copytree(made.folder, tmp_path / "shop")))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    path = shop.folder / "shoal.yml"
    path.write_text(path.read_text().replace("port: 1,", f"port: {port},"))
    handler = Hesitating(shop.folder, "p3@example.org")
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        found = campaigns.run(shop.project)
    finally:
        controller.stop()
    assert "p3@example.org" in handler.asked
    assert "p3@example.org" not in handler.got
    assert len(handler.got) == len(set(handler.got)) == PEOPLE - 1
    assert found["messages"] == {"sent": PEOPLE - 1, "dropped": 1}
    assert shop.reasons() == {"no consent": 1}


def test_what_comes_into_force_while_messages_wait_counts_from_then_on(made, tmp_path):
    """A withdrawal that a clock ahead of ours dates into the next minutes."""
    shop = Shop(Path(shutil.copytree(made.folder, tmp_path / "shop")))
    later = NOON + 60_000_000
    shop.project.store.append([said("p3", "$consent", DENIED, at=later)])
    shop.give()

    def deliver(envelopes):
        shop.at = later
        told = [it.may_go() for it in envelopes]
        assert told == [it.to != "p3@example.org" for it in envelopes]
        return [Told(Outcome.SENT if it else Outcome.KEPT_BACK) for it in told]

    project = shop.project
    from dataclasses import replace

    project = replace(project, clock=lambda: shop.at)
    with campaigns.passing(project):
        counts = Sender(project, project.store.append, deliver=deliver).run()
    assert counts == {"sent": PEOPLE - 1, "dropped": 1}


def test_what_changes_all_the_time_is_looked_at_in_smaller_lots_and_all_is_sent(made, tmp_path):
    """Under much capture the log is folded again and again, also while a lot is looked at."""
    shop = Shop(Path(shutil.copytree(made.folder, tmp_path / "shop")))
    project = shop.project
    with campaigns.passing(project), project.store.write() as writer:
        pass_campaigns(project, writer.append)
        looks = []
        got = []

        def deliver(envelopes):
            told = [it.may_go() for it in envelopes]
            got.extend(it.to for it, may_go in zip(envelopes, told, strict=True) if may_go)
            writer.append([said("p0", "visit", {"pages": len(got)})])
            writer.fold()
            return [Told(Outcome.SENT if it else Outcome.KEPT_BACK) for it in told]

        sender = Sender(project, writer.append, deliver=deliver, at_once=3)
        look = sender._sending_now

        def looking(lot, stands):
            found = look(lot, stands)
            if len(looks) < 2:  # the first two lots are out of date before anything of them goes
                writer.append([said("p0", "visit", {"pages": 100 + len(looks)})])
                writer.fold()
            looks.append(len(got))
            return found

        sender._sending_now = looking
        assert sender.run() == {"sent": PEOPLE}
    assert len(got) == len(set(got)) == PEOPLE
    assert looks[:2] == [0, 0]
