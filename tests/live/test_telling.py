"""Pages of transitions leave nothing out, whoever has no name any more and however short they are."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from shoal.live.telling import page_of
from tests.store.test_following import frame_of

FRAMES = st.lists(st.lists(st.integers(1, 4), max_size=5), max_size=5)


@example(frames=[[1, 2, 2], [2]], unnamed={1}, limit=2)
@given(frames=FRAMES, unnamed=st.sets(st.integers(1, 4)), limit=st.integers(1, 6))
def test_pages_are_everything_in_order(frames, unnamed, limit) -> None:
    seq = 1
    told, expected = [], []
    for numbers in frames:
        told.append(frame_of(seq, numbers))
        expected += [seq + at for at, one in enumerate(numbers) if one not in unnamed]
        seq += len(numbers)

    def names_of(numbers) -> list[str | None]:
        return [None if one in unnamed else str(one) for one in numbers.tolist()]

    heard, after = [], 0
    while True:
        rows, last = page_of(told, after, limit, names_of)
        assert len(rows) <= limit
        heard += [row["seq"] for row in rows]
        if last == after:
            break
        after = last
    assert heard == expected
