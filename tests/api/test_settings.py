from __future__ import annotations

import re
import threading
from dataclasses import replace

import pytest

from shoal.access import Role
from shoal.core.errors import ShoalError
from shoal.project.settings import read_settings, write_settings


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


@pytest.mark.parametrize(
    "name",
    ["A\\1", "C:\\new", 'the "best"', "a\u2028b", "tab\there", "'", "{x", "é 🛒", "#1"],
    ids=ascii,
)
def test_any_name_is_read_back_as_it_was_given(client, logged_in, served, name):
    headers = logged_in(Role.ADMIN)
    for wanted in (name, name, "shop#1", name):  # over itself, and over a `#` that is no comment
        told = client.patch("/api/v1/settings", json={"name": wanted}, headers=headers)
        assert (told.status_code, told.json().get("name")) == (200, wanted), told.text
        assert read_settings(served.project.folder).name == wanted


@pytest.mark.parametrize(
    "lines",
    [
        'name: "Shop#1"  # ours\ncountry: PT\n',
        "# first\r\nname: 'a: b' # ours\r\ncountry: PT\r\n",
        "name: >\n  a long\n  name\n# after it\ncountry: PT",
        'currency: # none yet\n"name": x\nidentity:\n  ignored:\n  - name\n',
        "{name: x, country: PT}\n",
        "",
    ],
)
def test_a_change_leaves_what_else_is_in_the_file(tmp_path, lines):
    path = tmp_path / "shoal.yml"
    path.write_bytes(lines.encode())
    before = read_settings(tmp_path)
    write_settings(tmp_path, {"name": '"new"'})
    assert read_settings(tmp_path) == replace(before, name="new")
    written = path.read_bytes().decode()
    comments = re.findall(r" # .*|^# .*", lines, re.MULTILINE)
    assert [it for it in comments if it not in written] == []
    assert written.count("\n") - written.count("\r\n") == 0 or "\r" not in lines


def test_a_file_that_cannot_take_a_line_stays_as_it_is(tmp_path):
    path = tmp_path / "shoal.yml"
    path.write_text("{name: x}\n")
    with pytest.raises(ShoalError, match="cannot be changed here"):
        write_settings(tmp_path, {"name": "y", "country": "PT"})
    assert path.read_text() == "{name: x}\n"
    assert [it.name for it in tmp_path.iterdir()] == ["shoal.yml"]


def test_changes_at_the_same_time_all_arrive(tmp_path):
    (tmp_path / "shoal.yml").write_text("name: x\n")
    wanted = {"currency": "EUR", "country": "PT", "language": "pt", "now": "latest_event"}
    ready = threading.Barrier(len(wanted))

    def change(key, value):
        ready.wait(30)
        for _ in range(20):
            write_settings(tmp_path, {key: value})

    threads = [threading.Thread(target=change, args=one) for one in wanted.items()]
    for one in threads:
        one.start()
    for one in threads:
        one.join(30)
    found = read_settings(tmp_path)
    assert {key: str(getattr(found, key)) for key in wanted} == wanted
