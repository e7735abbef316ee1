from __future__ import annotations

from shoal.access import Action, Principal, Role, may

EVERY = frozenset(Action)


def test_each_role_may_do_all_that_the_one_before_may():
    viewer, marketer, admin = (Principal.of_role("user:1", role).actions for role in Role)
    assert viewer < marketer < admin
    assert admin == EVERY - {Action.CAPTURE}


def test_a_write_key_reads_nothing_and_nobody_may_nothing():
    key = Principal.of_write_key("key:1")
    assert [action for action in Action if may(key, action)] == [Action.CAPTURE]
    assert not any(may(None, action) for action in Action)
    assert all(may(Principal.of_admin_key("key:2"), action) for action in Action)


def test_viewers_see_nobody_s_name():
    viewer = Principal.of_role("user:1", Role.VIEWER)
    assert not may(viewer, Action.PEOPLE)
    assert not may(viewer, Action.DEFINE)
