from __future__ import annotations

import httpx
import pytest

from shoal.access import KeyKind, Role
from shoal.api.speaking import LANGUAGE


@pytest.fixture(scope="module")
def bought(address, keys):
    with httpx.Client(base_url=address, timeout=300) as client:
        for number in range(40):
            call = {"event": "Order Completed", "userId": f"p{number}", "messageId": f"b{number}",
                    "timestamp": "2026-10-01T10:00:00Z", "properties": {"revenue": number}}  # fmt: skip
            sender = {"authorization": f"Bearer {keys[KeyKind.WRITE]}"}
            assert client.post("/v1/track", json=call, headers=sender).status_code == 200


def test_a_text_is_told_what_is_wrong_with_its_names_and_where(client, logged_in, bought):
    headers = logged_in(Role.VIEWER)
    text = "did order_completed\nor did ordr_completed"
    found = client.post("/api/v1/rules/check", json={"text": text}, headers=headers).json()
    [problem] = found["problems"]
    assert (problem["line"], problem["column"]) == (2, 8)
    assert problem["hint"] == "did you mean `order_completed`?"
    same = client.post("/api/v1/rules/tree", json={"rule": found["rule"]}, headers=headers).json()
    assert same == {"rule": found["rule"], "text": text.replace("\n", " ")}
    broken = client.post("/api/v1/rules/check", json={"text": "did a an"}, headers=headers)
    assert broken.status_code == 200, "a rule that is being written is no mistake yet"
    assert broken.json()["rule"] is None
    assert (broken.json()["problems"][0]["line"], broken.json()["problems"][0]["column"]) == (1, 7)


@pytest.mark.parametrize(
    ("language", "begins"), [(None, "Customers who"), ("pt", "Clientes que"), ("fi", "Customers who")]
)  # fmt: skip
def test_the_reader_chooses_the_language(client, logged_in, bought, language, begins):
    headers = logged_in(Role.VIEWER) | ({LANGUAGE: language} if language else {})
    asked = {"rule": "did order_completed"}
    found = client.post("/api/v1/segments/preview", json=asked, headers=headers).json()
    assert found["sentence"].startswith(begins)
    [template] = [
        it
        for it in client.get("/api/v1/templates", headers=headers).json()
        if (it["pack"], it["name"]) == (None, "repeat")
    ]
    assert template["sentence"].startswith(begins)


def test_an_audit_has_a_verdict_for_every_aspect(client, logged_in, bought):
    logged_in(Role.VIEWER)
    found = client.get("/api/v1/segments/audit", params={"rule": "did order_completed"})
    assert found.status_code == 200, found.text
    told = found.json()
    assert {it["aspect"] for it in told["findings"]} == set(told["aspects"])
    assert told["verdict"] in {"good", "careful", "poor", "unknown"}
    assert client.get("/api/v1/segments/audit", params={"name": "nowhere"}).status_code == 404
