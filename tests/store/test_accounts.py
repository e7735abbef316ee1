from __future__ import annotations

import pytest

from shoal.access import AuditEntry, KeyKind, Role
from shoal.core.errors import NotFoundError, UsageError
from shoal.store import create
from shoal.store.accounts import Accounts


@pytest.fixture
def accounts(tmp_path):
    return Accounts(create(tmp_path, buckets=1).books)


def test_a_key_is_kept_by_its_digest_and_revoked_for_good(accounts):
    key = accounts.add_key(KeyKind.WRITE, "shop", "d1", 5)
    assert accounts.all_keys() == [key]
    accounts.revoke_key(key.id, 9)
    assert [(one.is_valid, one.revoked_at) for one in accounts.all_keys()] == [(False, 9)]
    with pytest.raises(NotFoundError):
        accounts.revoke_key(99, 9)


def test_a_user_has_one_address_whatever_its_case(accounts):
    user = accounts.add_user(" Ana@Example.org", Role.MARKETER, None, 1)
    assert accounts.user("ANA@example.org") == accounts.user(user.id) == user
    with pytest.raises(UsageError):
        accounts.add_user("ana@example.org", Role.VIEWER, None, 2)


def test_changing_a_user_ends_their_sessions(accounts):
    user = accounts.add_user("ana@example.org", Role.ADMIN, None, 1)
    accounts.start_session("s1", user.id, 10)
    accounts.see_session("s1", 20)
    assert accounts.session("s1").seen_at == 20
    accounts.change_user(user.id, password="$argon2id$x", role="viewer")
    assert accounts.session("s1") is None
    assert accounts.user(user.id).role is Role.VIEWER
    accounts.start_session("s2", user.id, 30)
    accounts.end_session("s2")
    assert accounts.session("s2") is None


def test_a_link_opens_once_and_not_too_late(accounts):
    accounts.add_link("l1", 7, until=100)
    assert accounts.use_link("l1", 50) == 7
    assert accounts.use_link("l1", 50) is None
    accounts.add_link("l2", 7, until=100)
    assert accounts.use_link("l2", 100) is None
    assert accounts.use_link("never", 1) is None


def test_the_trail_is_added_to_and_read_newest_first(accounts):
    for number in range(3):
        accounts.note(AuditEntry(number, "cli", "key.create", f"key:{number}", {"kind": "write"}))
    assert [entry.at for entry in accounts.audit(limit=2)] == [2, 1]
    assert accounts.audit()[0].detail == {"kind": "write"}
