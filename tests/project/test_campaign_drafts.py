"""A campaign that is being written: its problems, and a message as soon as one can be made."""

from __future__ import annotations

import pytest

from shoal.core.errors import NotFoundError
from shoal.project.campaigns.previews import preview
from shoal.project.changes.campaign_drafts import preview_draft
from shoal.store.outbox import Outbox
from tests.project.campaign_shop import shop_in

SAID = {
    "audience": "did visit",
    "purpose": "offers",
    "goal": "did visit in next 14d",
    "subject": "A visit to {{ shop }}",
    "text": "{{ first_name | default: 'Hello' }}, you made a visit",
}


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    return shop_in(tmp_path_factory.mktemp("drafts") / "shop", 3)


def drafted(shop, said, variant=None, user="p1"):
    return preview_draft(shop.reading, "spring", said, user=user, variant=variant)


def test_a_message_is_that_of_the_dry_run_once_it_is_saved(shop):
    found = drafted(shop, SAID)
    assert found["problems"] == []
    shop.define(
        "campaigns:\n  spring:\n"
        "    audience: did visit\n    purpose: offers\n    goal: did visit in next 14d\n"
        '    subject: "A visit to {{ shop }}"\n'
        "    text: \"{{ first_name | default: 'Hello' }}, you made a visit\"\n",
        "spring",
    )
    saved = preview(shop.reading, "spring", user="p1")["messages"][0]
    assert found["message"]["parts"] == saved["parts"]
    assert found["message"]["problem"] is None


def test_a_message_is_made_while_other_things_are_missing(shop):
    found = drafted(shop, {"subject": "Hello", "text": "from {{ shop }}"})
    assert {it["message"] for it in found["problems"]} >= {"`purpose` is missing"}
    assert found["message"]["parts"]["subject"] == "Hello"


def test_each_variant_is_shown_by_its_name(shop):
    said = {key: SAID[key] for key in ("audience", "purpose", "goal")}
    said["variants"] = {it: {"subject": it, "text": f"text {it}"} for it in ("one", "two")}
    for name in ("one", "two"):
        assert drafted(shop, said, name)["message"]["parts"]["text"] == f"text {name}"
    assert drafted(shop, said, "three")["message"] is None


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"text": "{{ first_name"}, "text: "),
        ({"text": "{% for it in items %}"}, "text: "),
        ({"text": "{{ no_such }}"}, "templates know no `no_such`"),
        ({"goal": "did visit in last 3d"}, "`goal` says no time to come"),
        ({"channel": "pigeon"}, "`pigeon` is no channel"),
        ({"audience": "did ("}, ""),
        ({"timing": "soon"}, "`soon` is no timing"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_breaks(shop, change, told):
    found = drafted(shop, SAID | change)
    said = [it["message"] for it in (*found["problems"], *found["warnings"])]
    assert any(it.startswith(told) for it in said), said


def test_nobody_is_nobody_and_nothing_is_kept(shop):
    with pytest.raises(NotFoundError):
        drafted(shop, SAID, user="who")
    assert drafted(shop, {})["message"]["parts"] == {}
    assert Outbox(shop.project.store.books).counts() == {}
