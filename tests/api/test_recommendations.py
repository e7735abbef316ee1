"""Recommendations over HTTP: every kind, from a model that is learned anew behind what is asked."""

from __future__ import annotations

import httpx
import pytest

from shoal.access import KeyKind

BY = {"event": "order_completed", "property": "product"}
BASKETS = {"ada": ("tea", "cup"), "ben": ("tea", "cup"), "cem": ("tea", "cup"), "dea": ("tea",)}


@pytest.fixture(scope="module")
def ask(address, keys):
    """Four people buy, three of them come back for a pot; asks with an admin key."""
    sender = {"authorization": f"Bearer {keys[KeyKind.WRITE]}"}
    headers = {"authorization": f"Bearer {keys[KeyKind.ADMIN]}"}
    with httpx.Client(base_url=address, timeout=300) as client:

        def call(language="en", **params):
            for _ in range(20):  # a busy machine may take long to learn, and says so meanwhile
                answer = client.get("/api/v1/recommendations", params={**BY, **params},
                                    headers={**headers, "x-language": language})  # fmt: skip
                if answer.status_code != 503:
                    break
            return answer

        def buy(person, item, day):
            told = {"event": "Order Completed", "userId": person, "messageId": f"{person}{item}{day}",
                    "timestamp": f"2026-10-{day:02}T10:00:00Z", "properties": {"product": item}}  # fmt: skip
            assert client.post("/v1/track", json=told, headers=sender).status_code == 200

        call.buy = buy
        for person, items in BASKETS.items():
            for item in items:
                buy(person, item, 10)
        for person in ("ben", "cem"):
            buy(person, "pot", 12)
        client.post("/api/v1/apply", headers=headers)
        yield call


def items(answer, name="items"):
    assert answer.status_code == 200, answer.text
    return [it["item"] for it in answer.json()[name]]


def test_every_kind_of_list_has_reasons(ask):
    mine = ask(user="ada")
    assert items(mine, "new") == ["pot"]
    assert set(items(mine, "again")) == {"tea", "cup"}
    assert "items" not in mine.json()
    assert items(ask(kind="again", user="ada")) == items(mine, "again")
    assert items(ask(kind="similar", item="tea")) == ["cup", "pot"]
    along = ask(kind="together", item="tea").json()["items"]
    assert [it["item"] for it in along] == ["cup"]
    assert along[0]["reason"] == "bought together with `tea` 3 times"
    after = ask(kind="next", user="ada").json()["items"]
    assert (after[0]["item"], after[0]["reason"].startswith("what people bought next")) == (
        "pot",
        True,
    )
    assert "tea" in items(ask(kind="playlist", user="ada"))
    assert items(ask(kind="similar", item="tea", user="ben")) == []  # they had all of it


def test_what_somebody_bought_meanwhile_is_not_new_to_them(ask):
    assert items(ask(user="dea"), "new")
    first = items(ask(user="dea"), "new")[0]
    ask.buy("dea", first, 20)
    later = ask(user="dea").json()
    assert first not in [it["item"] for it in later["new"]]
    assert first in [it["item"] for it in later["again"]]
    assert later["is_current"] is False  # the model has not seen it; the person's own rows have


def test_as_of_an_earlier_instant_nothing_later_is_known(ask):
    then = ask(kind="similar", item="tea", as_of="2026-10-11T12:00:00Z")
    assert items(then) == ["cup"]
    assert (then.json()["as_of"], then.json()["is_current"]) == ("2026-10-11T12:00:00Z", True)
    assert items(ask(user="ada", as_of="2026-10-11T12:00:00Z"), "new") == []
    assert ask(user="ada", as_of="soon").status_code == 400


def test_a_reader_of_portuguese_is_told_in_it(ask):
    [along] = ask(kind="together", item="tea", language="pt").json()["items"]
    assert along["reason"] == "quem comprou `tea` levou-o também 3 vezes"


@pytest.mark.parametrize(("params", "status", "said"), [
    ({"kind": "for"}, 400, "needs `user`"),
    ({"kind": "similar"}, 400, "needs `item`"),
    ({"user": "nobody"}, 404, "nobody is known"),
    ({"kind": "similar", "item": "tee"}, 404, "did you mean `tea`?"),
    ({"kind": "odd"}, 422, "not as described"),
    ({"kind": "similar", "item": "tea", "as_of": "2026-01-01T00:00:00Z"}, 422, "2 are needed"),
    ({"user": "ada", "event": "order_complete"}, 404, "did you mean `order_completed`?"),
    ({"user": "ada", "property": "size"}, 404, "has no property `size`"),
    ({"kind": "trending", "segment": "did ("}, 422, ""),
    ({"user": "ada", "k": 0}, 422, "not as described"),
], ids=["user", "item", "nobody", "near", "kind", "few", "event", "property", "segment", "k"])  # fmt: skip
def test_what_cannot_be_answered_is_told(ask, params, status, said):
    answer = ask(**params)
    assert answer.status_code == status, answer.text
    assert said in answer.text


def test_too_little_to_learn_from_is_no_slip(ask):
    """The page tells them apart by the places, which a slip has."""
    few = ask(kind="similar", item="tea", as_of="2026-01-01T00:00:00Z")
    slips = [ask(kind="odd"), ask(kind="trending", segment="did (")]
    assert {it.status_code for it in (few, *slips)} == {422}
    assert "problems" not in few.json()
    assert all(it.json()["problems"] for it in slips)


def test_what_is_not_there_is_told_in_portuguese(ask):
    event = ask(user="ada", event="xyzzy", language="pt").json()
    assert event["title"] == "não existe o evento `xyzzy`"
    assert event["detail"].startswith("os eventos são ")
    of = ask(user="ada", property="size", language="pt").json()
    assert of["title"] == "`order_completed` não tem a propriedade `size`"


def test_without_an_event_the_file_is_asked(ask, shop):
    answer = ask(user="ada", event=None, property=None)
    assert (answer.status_code, "which property" in answer.text) == (400, True)
    path = shop.folder / "recommendations.yml"
    path.write_text("event: order_completed\nitem: product\nhide: {product: [pot]}\n")
    try:
        assert items(ask(user="ada", event=None, property=None), "new") == []
        path.write_text("event: order_completed\nitm: product\n")
        answer = ask(user="ada", event=None, property=None)
        assert answer.status_code == 422
        assert "did you mean `item`?" in answer.text
        assert [it["line"] for it in answer.json()["problems"]] == [2]
    finally:
        path.unlink()
