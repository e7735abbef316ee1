from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from shoal.access import Bucket, Rate, Session, csrf_token, is_alive, is_csrf_token, take
from shoal.access.sessions import IDLE, LONGEST
from shoal.core.instants import SECOND


def test_a_session_ends_by_silence_and_by_age():
    session = Session("d", 1, created_at=0, seen_at=0)
    assert is_alive(session, IDLE - 1)
    assert not is_alive(session, IDLE)
    kept_awake = Session("d", 1, created_at=0, seen_at=LONGEST - 1)
    assert is_alive(kept_awake, LONGEST - 1)
    assert not is_alive(kept_awake, LONGEST)


def test_a_token_belongs_to_one_session():
    assert is_csrf_token("cookie", csrf_token("cookie"))
    assert not is_csrf_token("cookie", csrf_token("another"))
    assert not is_csrf_token("cookie", "\ud800")


@given(st.lists(st.integers(0, 3 * SECOND), max_size=50))
def test_no_more_than_the_burst_and_the_rate_ever_pass(steps):
    rate = Rate(per_second=2.0, burst=5.0)
    now, bucket, passed = 0, None, 0
    for step in steps:
        now += step
        bucket, wait = take(bucket, rate, now)
        passed += wait is None
        assert passed <= rate.burst + rate.per_second * now / SECOND + 1e-6
        if wait is not None:
            assert take(bucket, rate, now + round(wait * SECOND) + 1)[1] is None
    assert bucket is None or isinstance(bucket, Bucket)
