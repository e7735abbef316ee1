"""Whatever happens in whatever order, what was told is what an evaluation from scratch says."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from shoal.core.instants import DAY
from shoal.identity import MERGE, UNMERGE, Identifier, decided_text
from shoal.identity.mentions import OTHER
from shoal.live import judging, narrowing
from shoal.store.files import TRANSITIONS
from shoal.store.log import segment_numbers, segment_path
from tests.live.world import HOUR, World
from tests.store.model import SOURCE, Row, tables

USERS = st.sampled_from([f"u{number}" for number in range(5)])
DEVICES = st.sampled_from(["x", "y", "z", "null"])
WHO = st.one_of(
    st.tuples(USERS, st.none()),
    st.tuples(USERS, st.none()),
    st.tuples(st.none(), DEVICES),
    st.tuples(USERS, DEVICES),
)
ANYBODY = st.one_of(
    USERS.map(Identifier), st.sampled_from("xyz").map(lambda text: Identifier(text, anonymous=True))
)
AGO = st.sampled_from([0, 0, 0, 1, 1000, HOUR // 7, HOUR, 5 * HOUR, DAY, 3 * DAY, -1, -HOUR])
PAGES = st.tuples(
    st.just("page_viewed"), st.fixed_dictionaries({"path": st.sampled_from(["/a", "/b", "/c"])})
)
ORDERS = st.tuples(
    st.just("order_completed"),
    st.fixed_dictionaries(
        {"revenue": st.sampled_from([10, 30, 55.5, "20"])},
        optional={"products": st.just([{"sku": "a"}, {"sku": "b"}])},
    ),
)
TRAITS = st.tuples(st.just("$identify"), st.fixed_dictionaries({"vip": st.booleans()}))
ADDRESSES = st.tuples(
    st.just("$identify"), st.sampled_from([{"email": "1@x"}, {"email": "2@x"}, {"phone": "123456"}])
)
ALIASES = st.tuples(st.just("$link"), st.fixed_dictionaries({"previous_id": USERS | DEVICES}))
ANSWERS = st.tuples(
    st.just("$consent"),
    st.fixed_dictionaries(
        {"purpose": st.just("mail"), "state": st.sampled_from(["granted", "denied"])}
    ),
)
EVENTS = st.lists(
    st.tuples(
        WHO,
        st.one_of(PAGES, PAGES, ORDERS, ORDERS, TRAITS, ADDRESSES, ALIASES, ANSWERS),
        AGO,
    ),
    min_size=1,
    max_size=6,
)
STEPS = st.sampled_from([1, 1000, HOUR // 3, HOUR, 7 * HOUR, DAY, 3 * DAY])
OTHERS = {
    "busy": ("count(order_completed in last 2d) >= 2", "count(order_completed in last 1d) >= 1"),
    "curious": ("distinct(page_viewed.path in last 1d) >= 2", None),
    "fresh": (None, "did page_viewed in last 3h"),
}


class AlwaysTrue(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.jumped = False
        """Everybody was set right at once: then, what was told is true but not each instant of it."""
        self.imports: list[int] = []

    @initialize(before=EVENTS, pays=st.booleans())
    def begin(self, before, pays) -> None:
        """``pays``: work is shared out as it is for very many people."""
        self.usual = narrowing.PAYS, judging.MANY
        if pays:
            narrowing.PAYS, judging.MANY = 1, 2
        self.world = World(self.folder)
        self._send(before)

    def teardown(self) -> None:
        if hasattr(self, "world"):
            try:
                self.told_changes_are_the_true_ones()
            finally:
                self.world.close()
                narrowing.PAYS, judging.MANY = self.usual
        shutil.rmtree(self.folder)

    def _send(self, events) -> None:
        now = self.world.now
        self.world.send(*((who, what[0], now - ago, what[1]) for who, what, ago in events))

    @rule(events=EVENTS)
    def send(self, events) -> None:
        self._send(events)

    @rule(events=EVENTS, step=STEPS)
    def send_and_go_on(self, events, step) -> None:
        self._send(events)
        self.world.now += step
        self.look()

    @rule(one=ANYBODY, other=ANYBODY, name=st.sampled_from([MERGE, UNMERGE]), ago=AGO)
    def decide(self, one, other, name, ago) -> None:
        who = (None, one.text) if one.anonymous else (one.text, None)
        if one != other:
            said = {OTHER: decided_text(other)}
            self.world.send((who, name, self.world.now - ago, said))
            self.look()

    @rule(step=STEPS)
    def time_goes_on(self, step) -> None:
        self.world.now += step
        self.look()

    @rule()
    def fold(self) -> None:
        self.world.writer.fold()

    @rule()
    def compact(self) -> None:
        self.world.writer.compact()

    @rule()
    def restart(self) -> None:
        self.world.restart()
        self.look()

    @rule()
    def restart_with_what_was_remembered(self) -> None:
        self.world.live.remember()
        self.world.restart()
        self.look()

    @rule()
    def remember(self) -> None:
        self.world.live.remember()

    @rule()
    def a_kill_while_telling(self) -> None:
        """The last frame did not get to the disk whole; neither did anything that stood on it."""
        self.world.close()
        folder = self.world.store.root / TRANSITIONS
        path = segment_path(folder, segment_numbers(folder)[-1])
        with path.open("r+b") as file:
            size = path.stat().st_size
            if size > 4096:
                file.truncate(size - 3)
        self.world._open()
        self.look()

    @rule(some=st.lists(st.tuples(WHO, AGO), min_size=1, max_size=4), key=st.integers(0, 10**6))
    def bring(self, some, key) -> None:
        now = self.world.now
        rows = [
            Row("order_completed", *who, now - ago, key + at, x=5.0)
            for at, (who, ago) in enumerate(some)
        ]
        counts = self.world.writer.import_tables(SOURCE, tables(rows), imported_at=now)
        self.imports.append(counts.import_id)
        self.jumped = True

    @precondition(lambda self: self.imports)
    @rule(data=st.data())
    def undo(self, data) -> None:
        wanted = data.draw(st.sampled_from(self.imports))
        self.imports.remove(wanted)
        self.world.writer.undo(wanted)
        self.jumped = True

    @rule(one=ANYBODY)
    def erase(self, one) -> None:
        self.world.writer.erase(one.display)
        self.look()

    @rule(name=st.sampled_from(sorted(OTHERS)), way=st.integers(0, 1))
    def define(self, name, way) -> None:
        rules = {one: text for one, text in self.world.rules.items() if one != name}
        text = OTHERS[name][way]
        if text is not None:
            rules[name] = text
        if "busy" in rules and rules != self.world.rules:
            self.world.define(rules)
            self.look(ticks=False)

    def look(self, *, ticks: bool = True) -> None:
        world = self.world
        if ticks:
            world.tick()
            own = [name for name in world.rules if name != "top"]
            assert not world.live.failed
            members, true = world.members(), world.scratch(own)
            for name in own:
                assert members[name] == true[name], name
        assert world.summed() == world.members()

    def told_changes_are_the_true_ones(self) -> None:
        self.look()
        if self.jumped:
            return
        for name in self.world.rules:
            if name != "top":
                told, true = self.world.standing_changes(name), self.world.true_changes(name)
                assert told == true, name


TestAlwaysTrue = AlwaysTrue.TestCase
TestAlwaysTrue.settings = settings(max_examples=8, stateful_step_count=12)


@pytest.mark.slow
class TestAlwaysTrueForLong(AlwaysTrue.TestCase):
    settings = settings(max_examples=300, stateful_step_count=30)
