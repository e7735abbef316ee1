from __future__ import annotations

import pytest

from shoal.access import Role


def test_an_admin_changes_settings_and_answers_follow_at_once(client, logged_in, served):
    headers = logged_in(Role.ADMIN)
    before = client.get("/api/v1/settings").json()
    assert before["shoal"]
    wanted = {
        "name": "Corner: shop #1",
        "time_zone": "America/Sao_Paulo",
        "currency": "BRL",
        "language": "pt",
    }
    told = client.patch("/api/v1/settings", json=wanted, headers=headers)
    assert told.status_code == 200, told.text
    assert {key: told.json()[key] for key in wanted} == wanted
    facts = client.get("/api/v1/project").json()
    assert {key: facts[key] for key in wanted} == wanted
    written = (served.project.folder / "shoal.yml").read_text()
    assert "America/Sao_Paulo" in written
    trail = client.get("/api/v1/audit").json()
    assert trail[0]["action"] == "settings.change"
    back = {key: before[key] for key in ("name", "time_zone", "language")}
    assert (
        client.patch("/api/v1/settings", json=back, headers=headers).json()["name"]
        == before["name"]
    )


@pytest.mark.parametrize(
    "wanted",
    [
        {"time_zone": "Mars/Olympus"},
        {"language": "tlh"},
        {"now": "later"},
        {"name": "a\nnow: clock"},
    ],
)
def test_what_cannot_be_meant_changes_nothing(client, logged_in, served, wanted):
    headers = logged_in(Role.ADMIN)
    before = (served.project.folder / "shoal.yml").read_text()
    told = client.patch("/api/v1/settings", json={"name": "other", **wanted}, headers=headers)
    assert told.status_code in {400, 422}
    assert (served.project.folder / "shoal.yml").read_text() == before


def test_only_those_who_manage_change_settings(client, logged_in):
    headers = logged_in(Role.MARKETER)
    assert client.get("/api/v1/settings").status_code == 200
    assert (
        client.patch("/api/v1/settings", json={"name": "mine"}, headers=headers).status_code == 403
    )
