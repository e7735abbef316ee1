from __future__ import annotations

import time

import httpx
import pytest

from shoal.access import KeyKind, Role

ROWS = (
    "customer_id,order_date,total,city\n"
    "anna,2026-10-01,12.50,Lisbon\n"
    "bert,2026-10-02,8,Porto\n"
    ",2026-10-03,9,Porto\n"
)
PATIENCE = 120


@pytest.fixture(scope="module")
def ask(address, keys):
    headers = {"authorization": f"Bearer {keys[KeyKind.ADMIN]}"}
    with httpx.Client(base_url=f"{address}/api/v1/data/", timeout=300) as client:

        def call(method, path, **given):
            given["headers"] = {**headers, **given.get("headers", {})}
            return client.request(method, path, **given)

        yield call


def send(ask, content, name="orders.csv", step=50):
    """Sends a file in parts; its id."""
    given = ask("POST", "files", json={"name": name, "size": len(content)})
    assert given.status_code == 201, given.text
    key = given.json()["id"]
    for offset in range(0, len(content), step):
        answer = put(ask, key, offset, content[offset : offset + step])
        assert answer.status_code == 200, answer.text
    return key


def put(ask, key, offset, content):
    params = {"file": key, "offset": offset}
    headers = {"content-type": "application/octet-stream"}
    return ask("PUT", "files/part", params=params, content=content, headers=headers)


def ended(ask):
    """The work, once it is over."""
    until = time.monotonic() + PATIENCE
    while (told := ask("GET", "work").json())["state"] == "running":
        assert time.monotonic() < until
        time.sleep(0.05)
    return told


def test_a_file_is_understood_in_words_then_imported_and_taken_back(ask, shop):
    assert ask("GET", "work").json() is None
    key = send(ask, ROWS.encode())
    read = ask("POST", "files/read", params={"file": key}, json={}).json()
    assert [it["name"] for it in read["columns"]] == ["customer_id", "order_date", "total", "city"]
    assert read["columns"][3]["cells"] == ["Lisbon", "Porto", "Porto"]
    assert (read["said"]["user"], read["said"]["time"]) == ("customer_id", "order_date")
    assert "customer anna did" in read["says"][0]
    said = {**read["said"], "event": "Sale", "properties": {"revenue": "total"}}
    again = ask("POST", "files/read", params={"file": key}, json={"said": said}).json()
    assert "did sale" in again["says"][0]
    assert "revenue 12.50 (number)" in again["says"][0]
    begun = ask("POST", "files/import", params={"file": key}, json=said)
    assert (begun.status_code, begun.json()["subject"]) == (202, "orders.csv")
    told = ended(ask)
    assert told["state"] == "done", told
    assert (told["answer"]["imported"], told["answer"]["rejected"]) == (2, 1)
    assert told["answer"]["events"] == {"sale": 2}
    assert ask("POST", "files/read", params={"file": key}, json={}).status_code == 404
    assert list((shop.folder / ".shoal" / "uploads").iterdir()) == []
    [number] = told["answer"]["imports"]
    assert ask("GET", "imports").json()[-1]["file"] == "orders.csv"
    assert ask("POST", f"imports/{number}/undo").json()["removed"] == 2


def test_what_is_not_to_be_guessed_is_asked_for(ask):
    key = send(ask, b"a,b\n1,2\n", "thing.csv")
    read = ask("POST", "files/read", params={"file": key}, json={}).json()
    assert (read["said"], read["says"]) == (None, [])
    assert any("--user" in it for it in read["missing"])
    assert [it["name"] for it in read["columns"]] == ["a", "b"]
    wrong = {"said": {"event": "x", "user": "a", "time": "no_such_column"}}
    answer = ask("POST", "files/read", params={"file": key}, json=wrong)
    assert (answer.status_code, "no_such_column" in answer.text) == (400, True)
    assert ask("DELETE", "files", params={"file": key}).status_code == 204
    assert ask("DELETE", "files", params={"file": key}).status_code == 404


def test_a_file_that_several_mappings_read_is_told_as_a_document(ask):
    lines = (
        "invoice,customer_id,date,product,quantity,price\n"
        "1,anna,2026-10-01,bread,2,3.5\n"
        "1,anna,2026-10-01,cake,1,9\n"
        "2,bert,2026-10-02,bread,1,3.5\n"
    )
    key = send(ask, lines.encode(), "lines.csv")
    read = ask("POST", "files/read", params={"file": key}, json={}).json()
    assert read["said"] is None
    given = {"document": read["document"]}
    again = ask("POST", "files/read", params={"file": key}, json={"said": given}).json()
    assert again["says"] == read["says"] != []
    for wrong in ("{", "[]", "{}", "[" * 200_000):
        body = {"said": {"document": wrong}}
        assert 400 <= ask("POST", "files/read", params={"file": key}, json=body).status_code < 500
    ask("DELETE", "files", params={"file": key})


def test_parts_come_in_their_order_and_no_more_than_was_said(ask):
    key = ask("POST", "files", json={"name": "../../etc/passwd", "size": 6}).json()
    assert key["name"] == "passwd"
    assert put(ask, key["id"], 3, b"def").status_code == 400
    assert put(ask, key["id"], 0, b"abc").json()["received"] == 3
    assert ask("POST", "files/read", params={"file": key["id"]}, json={}).status_code == 400
    assert put(ask, key["id"], 3, b"defg").status_code == 400
    assert put(ask, key["id"], 3, b"def").json()["received"] == 6
    assert put(ask, key["id"], 0, b"x" * (1 << 20) + b"y").status_code == 422
    ask("DELETE", "files", params={"file": key["id"]})


def test_only_so_many_and_so_large_files_wait(ask):
    size = {"name": "large.csv", "size": 1 << 40}
    assert ask("POST", "files", json=size).status_code == 400
    few = [ask("POST", "files", json={"name": "a.csv", "size": 1}) for _ in range(5)]
    assert [it.status_code for it in few] == [201] * 4 + [400]
    for one in few[:4]:
        ask("DELETE", "files", params={"file": one.json()["id"]})


def test_who_only_looks_brings_nothing(client, logged_in):
    headers = logged_in(Role.VIEWER)
    data = "/api/v1/data/"
    tries = [
        client.post(f"{data}files", json={"name": "a.csv", "size": 1}, headers=headers),
        client.post(f"{data}sample", json={}, headers=headers),
        client.post(f"{data}files/import", params={"file": "x"}, json={}, headers=headers),
    ]
    assert [it.status_code for it in tries] == [403] * 3
    assert client.get(f"{data}work", headers=headers).status_code == 200
    headers = logged_in(Role.MARKETER)
    assert client.delete(f"{data}sample", headers=headers).status_code == 403


def test_what_a_hostile_file_says_is_shown_as_text_or_refused(ask):
    cells = ['=cmd|"/C calc"!A0', "<script>", "\0", "\u202e", "x" * 300_000]
    lines = ["customer_id,order_date,total,city"]
    lines += [f"p{number},2026-10-01,1,{it}" for number, it in enumerate(cells)]
    for content in ("\n".join(lines).encode(), b"\xff\xfe" * 50, b'"' * 5_000, b"," * 9_000, b"\0"):
        key = send(ask, content, "odd.csv", 1 << 19)
        answer = ask("POST", "files/read", params={"file": key}, json={})
        assert answer.status_code in {200, 400, 422}, answer.text
        ask("DELETE", "files", params={"file": key})
