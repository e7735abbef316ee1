"""What `recommendations.yml` adds: looks, searches, a table of items, rules, parts, playlists."""

from __future__ import annotations

import json

import pytest

import shoal
from shoal.cli import main
from shoal.core.errors import (
    DefinitionError,
    ImportFileError,
    NotFoundError,
    ShoalError,
    UsageError,
)
from shoal.project.opening import open_project
from shoal.project.reading import read
from shoal.project.recommendations.asked import having_asked, parse_asked
from shoal.project.recommendations.left_out import left_out, without_rules
from shoal.project.recommendations.recommending import (
    Playing,
    items_in_a_row,
    items_together,
    items_trending,
    recommend_all,
    recommend_for,
    recommending,
)
from shoal.project.recommendations.segments import segment_meant
from shoal.recommendations.weighing import Weights

SAID = """event: played
item: song
looks: {viewed: song}
searches: {searched: query}
file: songs.csv
title: name
category: genre
stock: left
most_per: {genre: 2}
hide: {genre: [advert]}
partition: region
"""
SONGS = """item,name,genre,mood,left
a,Alpha,jazz,calm,1
b,Beta,jazz,calm,1
c,Gamma,jazz,loud,1
d,Delta,soul,calm,1
e,Epsilon,soul,loud,0
f,Advert One,advert,calm,1
new,Brand New,jazz,calm,1
"""
PARTS = """partitions:
  region:
    - north: region = "north"
    - south: everyone
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Forty people of the north play a and b, thirty of the south d; some only look or search."""
    folder = tmp_path_factory.mktemp("rules") / "radio"
    project = shoal.init(folder)
    rows = ["who,on,song"]
    for number in range(40):
        rows += [
            f"n{number},2026-03-{1 + number % 20:02},{song}" for song in "abcf"[: 2 + number % 3]
        ]
    rows += [f"s{number},2026-03-{1 + number % 20:02},d" for number in range(35)]
    rows += [f"s{number},2026-03-21,e" for number in range(30)]
    (folder.parent / "played.csv").write_text("\n".join(rows))
    (folder.parent / "viewed.csv").write_text("who,on,song\nlooker,2026-03-20,c\n")
    (folder.parent / "searched.csv").write_text(
        "who,on,query\nseeker,2026-03-20,some DELTA please\n"
    )
    (folder.parent / "people.csv").write_text(
        "who,region\n"
        + "\n".join(f"n{it},north" for it in range(40))
        + "\nnobody_n,north\nnobody_s,south\n"
    )
    for event in ("played", "viewed", "searched"):
        project.import_file(folder.parent / f"{event}.csv", event=event, user="who", time="on")
    assert main(["import", str(folder.parent / "people.csv"), "--profiles", "--user", "who",
                 "--project", str(folder)]) == 0  # fmt: skip
    (folder / "partitions").mkdir(exist_ok=True)
    (folder / "partitions" / "region.yml").write_text(PARTS)
    assert main(["apply", "--project", str(folder)]) == 0
    (folder / "recommendations.yml").write_text(SAID)
    (folder / "songs.csv").write_text(SONGS)
    return folder


@pytest.fixture(scope="module")
def found(folder):
    reading = read(open_project(folder))
    at = reading.vocabulary.zone.parse("2026-03-25")
    return recommending(
        reading, having_asked(folder, None, None), at, Weights(0.5, (1.0, 1.0), 0.5)
    )


def listed(rows, key="item"):
    return [it[key] for it in rows]


def test_rules_hold_on_every_list(found):
    for user in ("n0", "s31", "looker", "nobody_n"):
        lists = recommend_for(found, user, 10)
        for rows in lists.values():
            assert not {"e", "f"} & set(listed(rows))  # none left, and an advert
        assert sum(it in {"a", "b", "c", "new"} for it in listed(lists["new"])) <= 2
    assert "f" not in listed(items_together(found, "a", 10)["items"])
    assert "e" not in listed(items_trending(found, 10)["items"])


def test_what_rules_keep_off_a_list_is_told_with_the_rule(found):
    for user in ("n0", "s31", "looker", "nobody_n"):
        shown = recommend_for(found, user, 4)
        kept = left_out(found, shown, recommend_for(without_rules(found), user, 4))
        assert not {it["item"] for it in kept} & set(listed(shown["new"]) + listed(shown["again"]))
        for it in kept:
            expected = {"e": ("stock", "left"), "f": ("hidden", "genre")}
            assert (it["why"], it["property"]) == expected.get(it["item"], ("kind", "genre"))
    shown = items_trending(found, 10)
    by_item = {
        it["item"]: it for it in left_out(found, shown, items_trending(without_rules(found), 10))
    }
    assert by_item["e"]["value"] == "0"
    assert left_out(found, shown, shown) == []


def test_looks_and_searches_say_what_somebody_wants_and_are_the_reason(found):
    first = recommend_for(found, "looker", 3)["new"][0]
    assert (first["item"], first["title"], first["reason"]) == (
        "c",
        "Gamma",
        "because you looked at it",
    )
    first = recommend_for(found, "seeker", 3)["new"][0]
    assert (first["item"], first["reason"]) == ("d", "because you searched for “delta”")


def test_a_new_item_is_worth_what_its_category_is(found):
    rows = recommend_for(found, "n0", 10)["new"]  # has a and b
    new = next(it for it in rows if it["item"] == "new")
    assert new["reason"] == "new in `jazz`"
    assert "new" not in listed(recommend_for(found, "looker", 10)["new"][:1])


def test_who_did_nothing_sees_what_is_popular_where_they_are(found):
    assert listed(recommend_for(found, "nobody_n", 1)["new"]) == ["a"]
    assert listed(recommend_for(found, "nobody_s", 1)["new"]) == ["d"]
    everywhere = recommend_for(found, "nobody_s", 1, segment_meant(found.reading, "did played"))
    assert listed(everywhere["new"]) == ["a"]
    rows = recommend_all(found, 1).to_pylist()
    assert {it["user_id"]: it["item"] for it in rows if it["user_id"].startswith("nobody")} == {
        "nobody_n": "a", "nobody_s": "d",
    }  # fmt: skip


def test_what_rises_in_a_segment(found):
    among = segment_meant(found.reading, "region.south")
    assert listed(items_trending(found, 5, among)["items"]) == ["d"]
    assert listed(items_trending(found, 5, None, "s0")["items"])[0] == "a"


def test_a_playlist_keeps_to_what_it_must_be_and_varies(found):
    calm = items_in_a_row(found, "n0", 10, Playing(only=(("mood", ("CALM",)),)))["items"]
    assert set(listed(calm)) <= {"a", "b", "d", "new"}
    assert sum(it in {"a", "b", "new"} for it in listed(calm)) == 2  # so many of one kind
    assert len(set(listed(calm))) == len(calm)
    on = items_in_a_row(found, None, 3, Playing(begin=("a",), variety=0.0))["items"]
    assert listed(on)[0] == "b"
    varied = items_in_a_row(found, None, 3, Playing(begin=("a",), variety=1.0))["items"]
    assert listed(varied)[0] == "d"
    assert "a" not in listed(items_in_a_row(found, "n0", 5, Playing(only_new=True))["items"])
    with pytest.raises(NotFoundError, match="nothing is known of items by `tempo`"):
        items_in_a_row(found, "n0", 5, Playing(only=(("tempo", ("fast",)),)))
    with pytest.raises(UsageError, match="give one of them"):
        items_in_a_row(found, None, 5, Playing())
    with pytest.raises(UsageError, match="0 to 1"):
        items_in_a_row(found, "n0", 5, Playing(variety=2.0))


def test_the_command_needs_no_event_with_the_file(folder, capsys):
    given = ["--project", str(folder), "--as-of", "2026-03-25", "--json"]
    assert main(["recommend", "playlist", "n0", "--only", "genre=soul", *given]) == 0
    assert listed(json.loads(capsys.readouterr().out)["items"]) == ["d"]
    assert main(["recommend", "trending", "--segment", "region.south", *given]) == 0
    assert listed(json.loads(capsys.readouterr().out)["items"]) == ["d"]
    assert main(["recommend", "playlist", "n0", "--only", "genre", *given]) == 2
    kept = folder / ".shoal" / "recommendation-weights.json"
    before = kept.read_bytes()
    assert main(["recommend", "together", "a", *given]) == 0
    assert kept.read_bytes() == before  # chosen once for the same data and day
    kept.write_text("no json")
    assert main(["recommend", "together", "a", *given]) == 0
    assert json.loads(kept.read_bytes()) == json.loads(before)


@pytest.mark.parametrize(("text", "said"), [
    ("event: a", "lacks `item`"),
    ("event: a\nitem: b\nmost_per: {genre: 0}", "whole number"),
    ("event: a\nitem: b\nmargin_counts: much", "share from 0 to 10"),
    ("event: a\nitem: b\nowned: maybe", "`true` or `false`"),
    ("event: a\nitm: b", "did you mean `item`?"),
    ("event: a\nitem: b\nhide: {genre: advert}", "is a list"),
    ("- a", "mapping"),
    ("", "lacks `event`"),
], ids=["item", "cap", "margin", "owned", "key", "hide", "list", "empty"])  # fmt: skip
def test_a_file_that_is_wrong_is_told(text, said):
    with pytest.raises((DefinitionError, ShoalError)) as raised:
        parse_asked(text)
    told = str(raised.value)
    if isinstance(raised.value, DefinitionError):
        told = " ".join(f"{it.message} {it.hint}" for it in raised.value.problems)
    assert said in told


@pytest.mark.parametrize(
    ("file", "said"),
    [("../played.csv", "outside the project's folder"), ("none.csv", "no table of items `none")],
    ids=["outside", "missing"],
)
def test_a_table_of_items_lies_in_the_project(folder, file, said):
    reading = read(open_project(folder))
    asked = parse_asked(f"{{event: played, item: song, file: {file}}}")
    with pytest.raises(ImportFileError, match=said) as raised:
        recommending(reading, asked, reading.at(None))
    assert str(folder) not in str(raised.value)
