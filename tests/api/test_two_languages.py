"""Who chose Portuguese reads no English: findings, warnings, problems, a file in words, groups."""

from __future__ import annotations

import re

import pytest

from shoal.access import KeyKind
from shoal.project.opening import open_project
from shoal.project.sampling import Wanted, import_sample
from shoal.project.settings import write_setting
from shoal.project.starting import start_with

ENGLISH = re.compile(
    r"\b(the|of|is|are|was|were|not|nobody|everybody|people|which|what|with|from|been|it|they|them|"
    r"this|that|only|never|and|or|than|has|have|in|on|by|more|write|expected|always|placed|bought|done)\b",
    re.IGNORECASE,
)
"""Words that stand in nearly every English sentence and in no Portuguese one."""
NAMES = re.compile(r"`[^`]*`|“[^”]*”|\"[^\"]*\"|\([^()]*[=<>][^()]*\)|[\w.-]*_[\w.]*")
"""What is written as the data and the language of rules write it."""
SENTENCES = {
    "sentence", "remedy", "message", "hint", "summary", "suggestion", "serves", "detail",
    "notes", "says", "reasons", "doubts", "missing", "why", "title",
}  # fmt: skip
KEYWORDS = re.compile(
    r"(em|como|como:|janela|comparação|use|escreva|a primeira:?) \([^)]*\)|between \w+ and \w+ ago"
)


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shop") / "shop"
    for _ in start_with(folder, ["small-business"], name="Loja"):
        pass
    write_setting(folder, "now", "latest_event")
    (folder / "segments" / "odd.yml").write_text(
        "segments:\n"
        "  odd:\n    title: {en: Odd ones, pt: Os estranhos}\n"
        "    rule: did order_completed in last 900d and gender != 'f'\n"
    )
    import_sample(open_project(folder), Wanted("small-business", people=300, until="2026-10-01"))
    return open_project(folder)


@pytest.fixture
def ask(client, keys):
    """A question of a Portuguese reader with every right; the answer as data."""
    headers = {"authorization": f"Bearer {keys[KeyKind.ADMIN]}", "x-language": "pt"}

    def asked(method, path, **given):
        return client.request(method, f"/api/v1{path}", headers=headers, **given).json()

    return asked


def said(found, key=""):
    """Every sentence of an answer."""
    if isinstance(found, dict):
        for name, it in found.items():
            yield from said(it, name)
    elif isinstance(found, list):
        for it in found:
            yield from said(it, key)
    elif isinstance(found, str) and key in SENTENCES:
        yield found


def english(found):
    return [it for it in said(found) if ENGLISH.search(KEYWORDS.sub("", NAMES.sub("", it)))]


@pytest.mark.serving
def test_an_audit_of_every_segment(ask):
    names = [it["name"] for it in ask("GET", "/segments")]
    assert len(names) > 5
    for name in names:
        found = ask("GET", f"/segments/audit?name={name}")
        assert found["findings"], name
        assert english({"findings": found["findings"], "summary": found["summary"]}) == [], name


def test_what_sets_members_apart(ask):
    apart = ask("GET", "/segments/lapsed/portrait")["sets_apart"]
    assert any("habitual" in it["words"] for it in apart)
    assert english({"why": [it["words"] for it in apart]}) == []


@pytest.mark.parametrize("path", ["/data/check", "/data/minimisation", "/alerts", "/check"])
def test_what_the_data_and_the_files_tell(ask, path):
    found = ask("GET", path)
    assert "status" not in found, found
    assert english({key: it for key, it in found.items() if key != "fields"}) == []
    fields = [{"why": it["suggestion"], "serves": it["serves"]} for it in found.get("fields", ())]
    assert english(fields) == []


WRONG = [
    "did order_complete",
    "did order_completed in",
    "sum(order_completed.revenue) = 'a'",
    "count(order_completed) < 0",
    "did order_completed and did not order_completed",
    "did order_completed in next 7d",
    "in segment nowhere",
    "country == 'PT'",
    "did order_completed in last 3 days",
    "hour(time) = 3",
    "",
    "(did order_completed",
    "avg(order_completed) > 3",
    "consents to nothing",
]


@pytest.mark.parametrize("text", WRONG)
def test_what_is_wrong_with_a_rule_while_it_is_written(ask, text):
    found = ask("POST", "/rules/check", json={"text": text})
    assert found["problems"], text
    assert english(found["problems"]) == []


@pytest.mark.parametrize(
    "rule", ["gender != 'f'", "did order_completed and did order_completed in last 9000d", "did x"]
)
def test_what_to_look_at_before_saving(ask, rule):
    found = ask("POST", "/segments/preview", json={"rule": rule})
    assert found["warnings"]
    assert english(found["warnings"]) == []


def test_a_file_in_words(ask):
    body = (
        b"order_id,customer_id,date,revenue\n1,u1,2026-09-01,10\n2,u2,2026-09-02,x\n"
        b"3,,2026-09-03,5\n4,u4,no time,5\n"
    )
    kept = ask("POST", "/data/files", json={"name": "orders.csv", "size": len(body)})
    ask("PUT", f"/data/files/part?file={kept['id']}&offset=0", content=body)
    found = ask("POST", f"/data/files/read?file={kept['id']}", json={"said": None})
    assert found["says"]
    assert english(found) == []


CAMPAIGN = """\
campaigns:
  back:
    audience: did order_completed
    purpose: marketing
    goal: did order_completed in next 14d
    subject: "Yesterday you were here"
    text: "Hello from {{ first_nam }}"
    offer: "-10%"
"""


def test_a_campaign_is_checked_refused_and_what_is_missing_told(ask, served):
    folder = served.project.folder
    (folder / "campaigns").mkdir(exist_ok=True)
    file = folder / "campaigns" / "back.yml"
    file.write_text(CAMPAIGN)
    wrong = ask("POST", "/apply")["problems"]
    assert wrong
    assert english(wrong) == []
    file.write_text(CAMPAIGN.replace("first_nam", "shop"))
    assert "version" in ask("POST", "/apply")
    found = ask("POST", "/campaigns/back/check")
    assert found["settings"]
    assert found["fit"], found
    assert english(found["fit"]) == []
    assert english({"says": found["settings"]}) == []
    assert english({"why": (found["holdout"] or {}).get("because", "")}) == []
    refused = ask("POST", "/campaigns/back/state", json={"action": "resume"})
    assert refused["status"] == 400
    assert english(refused) == []


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/people/facts?user=nobody-at-all", 404),
        ("GET", "/segments/nowhere", 404),
        ("GET", "/quarantine/nothing", 404),
        ("POST", "/data/imports/999/undo", 404),
        ("POST", "/explore/paths?", 422),
    ],
)
def test_a_refusal(ask, method, path, status):
    body = {"json": {"start": "nothing_at_all ("}} if path.endswith("?") else {}
    found = ask(method, path, **body)
    assert found["status"] == status, found
    assert english(found) == []


@pytest.mark.parametrize(
    "odd", ["a: ", "a; ", "a\n", "it is empty: ", 'for "', " and ", "`a` is a PDF; "]
)
def test_whatever_a_refusal_repeats_is_refused_all_the_same(ask, odd):
    for times in (3, 400):
        found = ask("GET", "/segments", params={"as_of": odd * times})
        assert found["status"] == 400, found
        assert odd.strip() in found["title"]


def test_groups_that_were_found(ask):
    found = ask("POST", "/explore/groups", json={"k": 3})
    assert len(found["clusters"]) == 3, found
    titles = [{"title": it["title"], "sentence": it["sentence"]} for it in found["clusters"]]
    assert english([titles, {"notes": found["notes"]}]) == []


def test_without_a_choice_it_is_the_projects_language(client, keys):
    headers = {"authorization": f"Bearer {keys[KeyKind.ADMIN]}"}
    plain = client.get("/api/v1/data/check", headers=headers).json()
    other = client.get("/api/v1/data/check", headers={**headers, "x-language": "pt"}).json()
    assert english(plain["findings"])
    assert [it["figures"] for it in plain["findings"]] == [
        it["figures"] for it in other["findings"]
    ]
