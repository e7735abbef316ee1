"""What is kept between questions stays within its limit, and is right when it is made again."""

from __future__ import annotations

import gc
from dataclasses import dataclass

import numpy as np

from shoal.engine.keeping import RECENT, Keeping, all_rows, owned_bytes


@dataclass(eq=False)
class Owner:
    made: int = 0

    def ask(self, keeping: Keeping, key: str = "it", size: int = 10) -> int:
        def make() -> int:
            self.made += 1
            return self.made

        return keeping.get(self, key, make, lambda _: size)


def test_what_fits_is_made_once() -> None:
    keeping, owner = Keeping(100), Owner()
    assert [owner.ask(keeping) for _ in range(3)] == [1, 1, 1]
    keeping.finished(owner)
    assert owner.ask(keeping) == 1


def test_a_task_keeps_its_own_until_it_is_done() -> None:
    keeping, owner = Keeping(100), Owner()
    assert [owner.ask(keeping, size=500) for _ in range(3)] == [1, 1, 1]
    keeping.finished(owner)
    assert keeping.size == 0
    assert owner.ask(keeping, size=500) == 2


def test_going_round_finds_what_there_was_room_for() -> None:
    keeping, owners = Keeping(50), [Owner() for _ in range(10)]
    for _ in range(4):
        keeping.begin_pass()
        for owner in owners:
            owner.ask(keeping)
            keeping.finished(owner)
            assert keeping.size <= 50
    assert [owner.made for owner in owners] == [1] * 5 + [4] * 5


def test_what_nobody_asks_for_gives_way() -> None:
    keeping, old, new = Keeping(50), Owner(), Owner()
    old.ask(keeping, size=40)
    keeping.finished(old)
    for _ in range(RECENT + 1):
        keeping.begin_pass()
    new.ask(keeping, size=40)
    keeping.finished(new)
    assert new.ask(keeping) == 1
    assert old.ask(keeping) == 2


def test_values_go_with_their_owner() -> None:
    keeping, owner = Keeping(100), Owner()
    owner.ask(keeping)
    assert keeping.size == 10
    del owner
    gc.collect()
    assert keeping.size == 0


def test_mapped_arrays_are_not_counted() -> None:
    own = np.zeros(100, dtype=np.int64)
    mapped = np.frombuffer(bytes(800), dtype=np.int64)
    assert owned_bytes(own, own[10:], mapped, mapped[3:]) == 800
    assert all_rows(5).tolist() == [0, 1, 2, 3, 4]
