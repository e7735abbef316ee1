"""D9, F3: what is watched is told, and nothing else."""

from __future__ import annotations

import http.server
import json
import threading
from datetime import date, timedelta

import pytest

ORDERS = [
    *(("2026-08-03", week, 10) for week in range(12)),  # ten buyers a week, then forty
    ("2026-08-03", 12, 40),
]


@pytest.fixture
def watched(run, tmp_path, monkeypatch):
    folder = tmp_path / "watched"
    assert run("init", folder).code == 0
    monkeypatch.chdir(folder)
    rows = ["customer,date"]
    for start, week, count in ORDERS:
        day = date.fromisoformat(start) + timedelta(weeks=week)
        rows += [f"w{week}-{number},{day}" for number in range(count)]
    (folder / "orders.csv").write_text("\n".join(rows) + "\n")
    assert run("import", "orders.csv", "--event", "order_completed", "--user", "customer",
               "--time", "date").code == 0  # fmt: skip
    (folder / "segments" / "all.yml").write_text("""\
segments:
  recent:
    title: {en: Recent buyers, pt: Compradores recentes}
    rule: did order_completed in last 7d
    polarity: positive
    vital: true
  buyers:
    rule: did order_completed
    target: {at_least: 5000, by: 2026-12-31}
  calm: {rule: did order_completed, vital: yes}
  unwatched: did order_completed in last 7d
""")
    assert run("apply").code == 0
    return folder


AT = ["--as-of", "2026-10-26T12:00:00Z"]


def test_a_vital_segment_that_moves_and_a_target_that_falls_behind_are_told(run, watched):
    found = run("alerts", *AT, "--json").json
    assert found["watched"] == ["recent", "buyers", "calm"]
    assert [(it["segment"], it["kind"]) for it in found["alerts"]] == [
        ("recent", "moved"), ("buyers", "behind"), ("calm", "moved"),
    ]  # fmt: skip
    text = run("alerts", *AT).out
    assert "Recent buyers grew from 10 to 40 within a week" in text
    assert "That is good news." in text
    assert "should come to at least 5,000 by 2026-12-31: it is 160 and, as it goes, will be" in text


def test_a_quiet_week_is_not_told(run, watched):
    found = run("alerts", "--as-of", "2026-10-19T12:00:00Z", "--json").json
    assert [it["kind"] for it in found["alerts"]] == ["behind"]
    told = run("alerts", "--as-of", "2026-10-19T12:00:00Z").out
    assert told.endswith("1 alert; 3 segments watched.\n")


def test_alerts_are_posted_and_logged(run, watched):
    heard = []

    class Hears(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            heard.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            """Says nothing."""

    with http.server.HTTPServer(("127.0.0.1", 0), Hears) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/hook"
        ran = run("alerts", *AT, "--webhook", url, "--log", "alerts.jsonl")
    assert ran.code == 0
    assert len(heard[0]["alerts"]) == 3
    lines = (watched / "alerts.jsonl").read_text().splitlines()
    assert [json.loads(line)["segment"] for line in lines] == ["recent", "buyers", "calm"]
    assert run("alerts", *AT, "--webhook", "http://127.0.0.1:1/x").code == 1
    assert run("alerts", *AT, "--webhook", "file:///etc/passwd").code == 2


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("{at_least: many, by: 2026-12-31}", "no number of profiles"),
        ("{at_least: 5}", "a target has a day"),
        ("{by: 2026-12-31}", "a target has a bound"),
        ("{at_least: 5, at_most: 10%, by: 2026-12-31}", "both are shares"),
        ("{atleast: 5, by: 2026-12-31}", "did you mean `at_least`?"),
        ("{at_least: 120%, by: 2026-12-31}", "no share"),
    ],
)
def test_a_target_that_makes_no_sense_is_told(run, watched, given, said):
    (watched / "segments" / "all.yml").write_text(
        f"segments: {{a: {{rule: everyone, target: {given}}}}}\n"
    )
    ran = run("check")
    assert ran.code == 1
    assert said in ran.out
