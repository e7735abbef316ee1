"""A model learned in a process beside answers as one learned here, and its refusals arrive."""

from __future__ import annotations

import pytest

import shoal
from shoal.core.errors import NotFoundError, TooFewError
from shoal.project.opening import open_project
from shoal.project.reading import read
from shoal.project.recommendations.asked import HavingAsked
from shoal.project.recommendations.beside import learn_beside
from shoal.project.recommendations.recommending import (
    Recommending,
    items_trending,
    learn,
    recommend_for,
)
from shoal.recommendations.items import Rules

pytestmark = pytest.mark.serving
ASKED = HavingAsked("bought", "item", rules=Rules(hide={"kind": ("advert",)}))


@pytest.fixture(scope="module")
def reading(tmp_path_factory):
    folder = tmp_path_factory.mktemp("beside") / "shop"
    project = shoal.init(folder)
    rows = ["who,on,item,kind"]
    for number in range(30):
        rows += [
            f"p{number},2026-03-{1 + number % 20:02},{item},{kind}"
            for item, kind in (("tea", "food"), ("cup", "ware"), ("ad", "advert"))[: 1 + number % 3]
        ]
    (folder.parent / "bought.csv").write_text("\n".join(rows))
    project.import_file(folder.parent / "bought.csv", event="bought", user="who", time="on")
    (folder.parent / "once.csv").write_text("who,on,item\np1,2026-03-01,tea\n")
    project.import_file(folder.parent / "once.csv", event="once", user="who", time="on")
    return read(open_project(folder))


def test_it_answers_like_one_that_was_learned_here(reading):
    at = reading.vocabulary.zone.parse("2026-03-25")
    beside, here = learn_beside(reading, ASKED, at), learn(reading, ASKED, at)
    assert (beside.asked, beside.version, beside.at) == (here.asked, here.version, here.at)
    one, other = Recommending(beside, reading, at), Recommending(here, reading, at)
    for user in ("p0", "p1", "p2"):
        told = recommend_for(one, user, 5)
        assert told == recommend_for(other, user, 5)
        assert told["again"]
        assert "ad" not in [it["item"] for rows in told.values() for it in rows]
    assert items_trending(one, 5) == items_trending(other, 5)


def test_what_it_refuses_is_told_as_it_is(reading):
    at = reading.vocabulary.zone.parse("2026-03-25")
    with pytest.raises(TooFewError, match="1 people had anything"):
        learn_beside(reading, HavingAsked("once", "item"), at)
    with pytest.raises(NotFoundError, match="no event `nothing`"):
        learn_beside(reading, HavingAsked("nothing", "item"), at)
