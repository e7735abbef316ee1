"""Packs are copied into a project without harm: nothing overwritten, nothing defined twice."""

from __future__ import annotations

from itertools import permutations

import pytest

from shoal.packs import pack_names
from shoal.project.checking import check_project
from shoal.project.init import init_project
from shoal.project.leaving_out import without
from shoal.project.opening import open_project
from shoal.project.packs import add_pack, suggestions_of
from shoal.project.testing import run_tests

OWN = """\
segments:
  # our own rule
  lapsed:
    rule: did order_completed and age(last(order_completed)) > 45d
"""


@pytest.fixture
def folder(tmp_path):
    init_project(tmp_path / "shop")
    return tmp_path / "shop"


def texts(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in folder.rglob("*.yml")
    }


@pytest.mark.parametrize("name", pack_names())
def test_adding_a_pack_again_changes_nothing(folder, name):
    first = add_pack(folder, name)
    assert first.written
    assert not first.differing
    before = texts(folder)
    again = add_pack(folder, name)
    assert (again.written, again.differing) == ((), {})
    assert again.unchanged == first.written
    assert texts(folder) == before


def test_a_changed_file_is_left_and_what_differs_is_said(folder):
    add_pack(folder, "grocery")
    path = "segments/grocery/value.yml"
    changed = (folder / path).read_text(encoding="utf-8").replace("in top 20%", "in top 10%")
    (folder / path).write_text(changed, encoding="utf-8")
    again = add_pack(folder, "grocery")
    assert again.written == ()
    assert list(again.differing) == [path]
    assert any("+" in line and "top 10%" in line for line in again.differing[path])
    assert (folder / path).read_text(encoding="utf-8") == changed


def test_a_file_taken_away_comes_back(folder):
    add_pack(folder, "grocery")
    (folder / "segments/grocery/tastes.yml").unlink()
    assert add_pack(folder, "grocery").written == ("segments/grocery/tastes.yml",)


def test_what_a_project_defines_itself_stays_its_own(folder):
    (folder / "segments" / "own.yml").write_text(OWN, encoding="utf-8")
    added = add_pack(folder, "grocery")
    assert added.left_out == {"lapsed": "segments/own.yml"}
    copied = (folder / "segments/grocery/lifecycle.yml").read_text(encoding="utf-8")
    assert "\n  lapsed:\n" not in copied
    assert "\n  lapsed_six_months:\n" in copied
    project = open_project(folder)
    assert check_project(project).errors == ()
    assert add_pack(folder, "grocery").written == ()


SHOPS = ("ecommerce", "grocery", "small-business")
"""Packs that speak of the same things; those of other sectors share no name with any pack."""
ORDERS = [*permutations(SHOPS, 2), pack_names(), pack_names()[::-1]]


@pytest.mark.parametrize("order", ORDERS, ids="-then-".join)
def test_packs_in_one_project_never_clash(folder, order):
    for name in order:
        assert add_pack(folder, name).differing == {}
    project = open_project(folder)
    assert [str(it) for it in check_project(project).problems] == []
    assert run_tests(project, ()).failures == ()


def test_shared_parts_stand_once(folder):
    add_pack(folder, "grocery")
    again = add_pack(folder, "small-business")
    assert "events/orders/orders.yml" in again.unchanged
    assert set(again.left_out) >= {"lapsed", "stage", "high_value"}
    assert "rfm" not in again.left_out


def test_suggestions_are_read_from_the_project_where_they_can_be_changed(folder):
    add_pack(folder, "grocery")
    assert suggestions_of(folder)["lapsed"].actions[0].channel == "post"
    path = folder / "actions" / "grocery.yml"
    path.write_text("segments: {lapsed: {actions: [{channel: sms, kind: help, do: Ask}]}}\n")
    assert suggestions_of(folder)["lapsed"].actions[0].channel == "sms"


def test_comments_and_the_rest_of_a_file_stay_as_written():
    text = "# head\nsegments:\n  # of a\n  a: everyone\n\n  # of b\n  b: nobody\ntraits:\n  t: 1\n"
    left, gone = without(text, {("segment", "a")})
    assert left == "# head\nsegments:\n  # of b\n  b: nobody\ntraits:\n  t: 1\n"
    assert gone == (("segment", "a"),)
    assert without(text, {("segment", "a"), ("segment", "b")})[0] == "# head\ntraits:\n  t: 1\n"
    assert without(text, {("trait", "a")}) == (text, ())
