from __future__ import annotations

import httpx
import pytest

from shoal.access import KeyKind

AT = {"as_of": "2026-10-20"}


@pytest.fixture(scope="module")
def ask(address, keys):
    """Three people look, two of them order; asks with an admin key."""
    sender = {"authorization": f"Bearer {keys[KeyKind.WRITE]}"}
    headers = {"authorization": f"Bearer {keys[KeyKind.ADMIN]}"}
    with httpx.Client(base_url=address, timeout=300) as client:
        for number in range(5):
            person, event = number % 3, "Page Viewed" if number < 3 else "Order Completed"
            call = {"event": event, "userId": f"x{person}", "messageId": f"x{number}",
                    "timestamp": f"2026-10-{10 + number}T10:00:00Z", "properties": {"revenue": 7}}  # fmt: skip
            assert client.post("/v1/track", json=call, headers=sender).status_code == 200
        client.post("/api/v1/apply", headers=headers)

        def call(method, path, **given):
            return client.request(method, f"/api/v1/{path}", headers=headers, **given)

        yield call


def test_where_people_drop_go_and_come_back(ask):
    funnel = ask(
        "POST", "explore/funnel", json={"steps": ["page_viewed", "order_completed"], **AT}
    ).json()
    assert [it["count"] for it in funnel["steps"]] == [3, 2]
    assert funnel["steps"][1]["median_seconds"] == 3 * 86_400
    count = ask("GET", "segments/count", params={"rule": funnel["steps"][0]["dropped_rule"], **AT})
    assert count.json()["count"] == funnel["steps"][0]["dropped"] == 1
    paths = ask("POST", "explore/paths", json={"start": "page_viewed", "steps": 1, **AT}).json()
    assert {it["name"]: it["count"] for it in paths["levels"][1]["nodes"]} == {
        "order_completed": 2, "(nothing more)": 1,
    }  # fmt: skip
    asked = {"first": "page_viewed", "kept": "did order_completed", "by": "month", "count": 1, **AT}
    (cohort,) = ask("POST", "explore/retention", json=asked).json()["cohorts"]
    assert (cohort["size"], cohort["kept"], cohort["over"]) == (3, [2], [False])


def test_people_behind_cohorts_and_barriers_are_rules(ask):
    asked = {"first": "page_viewed", "kept": "did order_completed", "by": "month", "count": 1, **AT}
    (cohort,) = ask("POST", "explore/retention", json=asked).json()["cohorts"]
    rules = [cohort["rule"], *cohort["kept_rules"]]
    counts = [
        ask("GET", "segments/count", params={"rule": it, **AT}).json()["count"] for it in rules
    ]
    assert counts == [cohort["size"], *cohort["kept"]] == [3, 2]
    entered = ask("POST", "explore/retention", json={"entering": "buyers", **AT}).json()["cohorts"]
    assert {it["rule"] for it in entered} == {None}
    assert {rule for it in entered for rule in it["kept_rules"]} == {None}
    steps = {"steps": ["page_viewed", "order_completed"], "barriers": True}
    among = {"rule": "did any event", **AT}
    (barrier,) = ask("POST", "explore/funnel", json={**steps, **among}).json()["barriers"]
    for row in (*barrier["did_more"], *barrier["did_less"]):
        found = ask("GET", "segments/count", params={"rule": row["rule"], **AT}).json()
        assert found["count"] == row["dropped"]


def test_too_few_people_have_no_groups(ask):
    answer = ask("POST", "explore/groups", json=AT)
    assert answer.status_code == 400
    assert "too few" in answer.json()["title"]


def test_figures_and_how_segments_stand_beside_each_other(ask):
    params = {"name": "buyers", "by": "day", "count": 10, "target": "revenue=5", **AT}
    found = ask("GET", "kpis", params=params).json()
    assert [it["segment"] for it in found["series"]] == [None, "buyers"]
    assert sum(found["series"][0]["points"]["revenue"]) == 14
    assert ask("GET", "lifecycle/rfm", params=AT).json()["people"] == 2
    overlap = ask("GET", "lifecycle/overlap", params={"name": "buyers", **AT}).json()
    assert (overlap["shared"], overlap["jaccard"]) == ([[2]], [[1.0]])


@pytest.mark.parametrize(
    ("method", "path", "given", "status"),
    [
        ("POST", "explore/funnel", {"json": {"steps": ["page_viewed"]}}, 400),
        ("POST", "explore/funnel", {"json": {"steps": []}}, 422),
        ("POST", "explore/paths", {"json": {"start": "page_viewed", "top": 99}}, 422),
        ("POST", "explore/retention", {"json": {}}, 400),
        ("GET", "kpis", {"params": {"target": "revenue=much"}}, 400),
        ("GET", "kpis", {"params": {"name": "nobody_knows"}}, 404),
        ("GET", "kpis", {"params": {"count": 401}}, 422),
    ],
)
def test_what_cannot_be_answered_is_a_problem_document(ask, method, path, given, status):
    answer = ask(method, path, **given)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
