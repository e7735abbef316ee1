"""Campaigns written by the page: what is read again is what was given, and nothing else is touched."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shoal.core.errors import DefinitionError, NotFoundError, UsageError
from shoal.language import parse_definitions
from shoal.project.campaigns.campaigns import campaign_rows
from shoal.project.changes.campaign_editing import (
    campaign_fields,
    fields_of,
    plan_campaign,
    replaced_campaign,
    save_campaign,
    written_campaign,
)
from tests.project.campaign_shop import Shop, shop_in

SPRING = {
    "audience": "did visit",
    "purpose": "offers",
    "goal": "did visit in next 14d",
    "subject": "A visit",
    "text": "You made a visit\n{{ unsubscribe_url }}",
    "holdout": "10%",
}

# Whatever somebody types into a field of a form.
text = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1).map(
    str.strip
)
lines = st.lists(text, min_size=1, max_size=4).map("\n".join).map(str.strip).filter(bool)
part = st.fixed_dictionaries(
    {"text": lines}, optional={"subject": text.filter(bool), "html": lines}
)
fields = st.fixed_dictionaries(
    {
        "audience": st.just("did visit"),
        "purpose": st.just("offers"),
        "goal": st.just("did visit in next 14d"),
        "channel": st.just("email"),
        "timing": st.sampled_from(["once", "every 7d", "on entering big"]),
        "priority": st.integers(-1000, 1000),
    },
    optional={
        "title": text.filter(bool),
        "why": st.fixed_dictionaries({"en": text.filter(bool), "pt": text.filter(bool)}),
        "quiet_hours": st.just("21:00-08:00"),
        "holdout": st.sampled_from(["0%", "7.5%", "90%"]),
        "cap": st.just("2 per 7d"),
        "reward": text.filter(bool),
    },
)
messages = part | st.fixed_dictionaries(
    {"variants": st.dictionaries(st.sampled_from(["a", "b", "c"]), part, min_size=1)}
)


@given(said=fields, message=messages)
def test_what_is_written_is_read_again_word_for_word(said, message):
    given_fields = said | message
    found = parse_definitions(written_campaign("one", given_fields), "campaigns/one.yml")
    assert found.problems == ()
    assert fields_of(found.campaigns[0]) == given_fields


PAGE = """\
# Everything of spring.
campaigns:
   first:   # the first one
      audience: did visit
      purpose: offers
      goal: did visit in next 7d
      text: |
         Hello
         you

   # what follows is the second
   second:
      audience: did visit
      purpose: offers
      goal: did visit in next 7d
      text: Hello   # so friendly
# The end.
"""


@given(said=fields, message=messages, name=st.sampled_from(["first", "second"]))
def test_a_campaign_is_replaced_where_it_stands_and_nothing_else_is(said, message, name):
    given_fields = said | message
    other = {"first": "second", "second": "first"}[name]
    page = replaced_campaign(PAGE, name, written_campaign(name, given_fields))
    found = parse_definitions(page, "campaigns/spring.yml")
    assert found.problems == ()
    before = {it.name: it for it in parse_definitions(PAGE, "campaigns/spring.yml").campaigns}
    after = {it.name: it for it in found.campaigns}
    assert list(after) == ["first", "second"]
    assert fields_of(after[other]) == fields_of(before[other])
    assert fields_of(after[name]) == given_fields
    for comment in ("# Everything of spring.", "# what follows is the second", "# The end."):
        assert comment in page.splitlines() or f"   {comment}" in page.splitlines()


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    return shop_in(tmp_path_factory.mktemp("editing") / "shop", 3)


def test_a_new_one_is_a_file_that_is_applied_and_an_old_one_is_changed_there(shop):
    project = shop.project
    plan, version = save_campaign(project, "spring", SPRING, "me", is_new=True)
    assert not plan.errors
    path = shop.folder / "campaigns" / "spring.yml"
    assert "You made a visit\n" in path.read_text()
    assert campaign_fields(shop.reading, "spring") == {**SPRING, "channel": "email",
                                                       "timing": "once", "priority": 0}  # fmt: skip
    shop.go("spring")
    _, later = save_campaign(project, "spring", SPRING | {"cap": "1 per 7d"}, "me", is_new=False)
    assert later == version + 1
    row = next(it for it in campaign_rows(shop.reading) if it["name"] == "spring")
    assert (row["state"], row["is_changed"]) == ("running", True)
    assert project.store.books.definitions_versions()[-1].author == "me"


def test_what_does_not_hold_together_is_not_written(shop):
    wrong = [
        ({"text": "{{ first_name "}, DefinitionError),
        ({"audience": "did nothing_like_it where"}, DefinitionError),
        ({"goal": None}, DefinitionError),
        ({"text": "half of \ud83d"}, UsageError),
        ({"text": "x" * 2_000_000}, UsageError),
    ]
    for change, error in wrong:
        with pytest.raises(error):
            save_campaign(shop.project, "winter", SPRING | change, "me", is_new=True)
    assert not (shop.folder / "campaigns" / "winter.yml").exists()
    assert plan_campaign(shop.project, "winter", SPRING | {"text": "{{ a "}).errors
    assert not plan_campaign(shop.project, "winter", SPRING).errors
    assert not (shop.folder / "campaigns" / "winter.yml").exists()


@pytest.mark.parametrize("name", ["", "../x", "Spring Sale", "x" * 200, "a\nb", "."])
def test_a_name_is_one_that_a_file_can_have(shop, name):
    with pytest.raises(UsageError, match="no name for a campaign"):
        save_campaign(shop.project, name, SPRING, "me", is_new=True)


def test_there_is_no_second_one_and_no_change_of_none(tmp_path):
    shop = Shop(shop_in(tmp_path / "shop", 1).folder)
    save_campaign(shop.project, "spring", SPRING, "me", is_new=True)
    with pytest.raises(UsageError, match="already"):
        save_campaign(shop.project, "spring", SPRING, "me", is_new=True)
    with pytest.raises(NotFoundError):
        save_campaign(shop.project, "autumn", SPRING, "me", is_new=False)
    shop.define('campaigns: {tiny: {audience: did visit, purpose: offers, '
                'goal: "did visit in next 7d", subject: A visit, '
                "text: A visit}}\n", "tiny")  # fmt: skip
    with pytest.raises(UsageError, match="braces"):
        save_campaign(shop.project, "tiny", SPRING, "me", is_new=False)
