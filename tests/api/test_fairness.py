"""Fairness over HTTP: what the command line tells, and decisions that are kept."""

from __future__ import annotations

import pytest

from shoal.access import KeyKind, Role
from shoal.project.changes.planning import apply_plan, make_plan
from shoal.project.imports.importing import Wanted, import_files

pytestmark = pytest.mark.serving


@pytest.fixture
def admin(keys):
    return {"authorization": f"Bearer {keys[KeyKind.ADMIN]}"}


@pytest.fixture(scope="module")
def people(shop, served):
    """A hundred people of two countries, of whom half and a fifth bought."""
    folder = shop.folder
    rows = [(f"p{n}", "PT" if n < 60 else "ES", n < 30 or 60 <= n < 68) for n in range(100)]
    who = "".join(f"{user},{country}\n" for user, country, _ in rows)
    (folder / "people.csv").write_text(f"id,country\n{who}")
    buys = "".join(f"{user},2026-10-01\n" for user, _, bought in rows if bought)
    (folder / "orders.csv").write_text(f"id,at\n{buys}")
    import_files(shop, [folder / "people.csv"], Wanted(profiles=True, user="id"))
    wanted = Wanted(event="order_completed", user="id", time="at")
    import_files(shop, [folder / "orders.csv"], wanted)
    apply_plan(shop, make_plan(shop, None), "test")


def test_outcomes_by_group_and_what_stands_for_it(client, admin, people):
    traits = client.get("/api/v1/fairness/traits", headers=admin).json()
    assert traits == {"traits": ["country"], "guarded": []}
    asked = {"name": "buyers", "trait": "country"}
    told = client.get("/api/v1/fairness/compare", params=asked, headers=admin).json()
    assert (told["segment"], told["by"], told["outcome"]) == ("buyers", "country", "in")
    groups = {it["group"]: (it["people"], it["with_outcome"]) for it in told["groups"]}
    assert groups == {"PT": (60, 30), "ES": (40, 8)}
    assert (told["highest"], told["flagged"], told["unset"]) == ("PT", ["ES"], 0)
    near = client.get("/api/v1/fairness/proxies", params=asked, headers=admin).json()
    assert (near["trait"], near["threshold"], near["traits"]) == ("country", 0.2, [])
    slip = {"name": "buyers", "trait": "countri"}
    answer = client.get("/api/v1/fairness/compare", params=slip, headers=admin)
    assert (answer.status_code, "country" in answer.text) == (400, True)


def test_who_may_not_look_at_people_is_told_no_group_that_could_be_somebody(
    client, admin, people, logged_in
):
    asked = {"rule": "everyone", "trait": "country", "among": "did order_completed"}
    path = "/api/v1/fairness/compare"
    told = client.get(path, params=asked, headers=admin).json()
    groups = [(it["group"], it["people"]) for it in told["groups"]]
    assert (groups, told["withheld"]) == ([("PT", 30), ("ES", 8)], 0)
    told = client.get(path, params=asked, headers=logged_in(Role.VIEWER)).json()
    groups = [(it["group"], it["people"]) for it in told["groups"]]
    assert (groups, told["withheld"]) == ([("PT", 30)], 1)


def test_a_decision_is_kept_with_who_made_it_and_names_nobody_in_the_log(client, admin, people):
    made = {
        "segment": "buyers", "user": "p7", "outcome": "invited",
        "because": "Bought twice within a month.", "by": "Rita Alves",
    }  # fmt: skip
    answer = client.post("/api/v1/fairness/decisions", json=made, headers=admin).json()
    assert (answer["outcome"], answer["decided_by"], answer["in_segment"]) == (
        "invited", "Rita Alves", True,
    )  # fmt: skip
    log = "/api/v1/fairness/log"
    (entry,) = client.get(log, params={"segment": "buyers"}, headers=admin).json()
    assert (entry["action"], entry["actor"][:4]) == ("fairness.decide", "key:")
    assert entry["detail"]["decided_by"] == "Rita Alves"
    assert "p7" not in str(entry)
    assert client.get(log, params={"segment": "others"}, headers=admin).json() == []
    short = client.post("/api/v1/fairness/decisions", json={**made, "because": "so"}, headers=admin)
    assert short.status_code == 400
    none = client.post("/api/v1/fairness/decisions", json={**made, "user": "x"}, headers=admin)
    assert none.status_code == 404
