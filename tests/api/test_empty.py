"""A project that holds nothing: each screen learns that, and not that something failed."""

from __future__ import annotations

import pytest

from shoal.access import Role


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("lifecycle/rfm", 404),
        ("lifecycle/rfm?event=order_completed", 200),
        ("lifecycle/overlap", 200),
        ("segments", 200),
        ("segments/sizes", 200),
        ("templates", 200),
        ("words", 200),
        ("data/work", 200),
        ("kpis", 200),
        ("kpis?name=nowhere", 404),
    ],
)
def test_an_empty_project_answers(client, logged_in, path, status):
    logged_in(Role.VIEWER)
    answer = client.get(f"/api/v1/{path}")
    assert answer.status_code == status, answer.text


def test_groups_of_nobody_are_refused_in_words(client, logged_in):
    headers = logged_in(Role.VIEWER)
    answer = client.post("/api/v1/explore/groups", json={}, headers=headers)
    assert answer.status_code == 400, answer.text
    assert answer.json()["title"]


@pytest.mark.parametrize("told", ["pt-BR", "PT", "x" * 5_000, "en, pt", "", "../pt", "%00"])
def test_a_language_nobody_speaks_is_the_projects(client, logged_in, told):
    logged_in(Role.VIEWER)
    plain = client.get("/api/v1/templates").json()
    assert client.get("/api/v1/templates", headers={"x-language": told}).json() == plain


def test_figures_of_nobody_are_periods_without_series(client, logged_in):
    logged_in(Role.VIEWER)
    found = client.get("/api/v1/kpis?count=3").json()
    assert (len(found["periods"]), found["series"], found["goal"]) == (3, [], None)
    assert found["warnings"] == ["there are no events yet"]
