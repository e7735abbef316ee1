from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from shoal.cli import main

ORDERS = """\
customer,date,total,category
c1,2026-01-01,10.50,toys
c1,2026-03-01T10:00:00Z,20,games
c2,2026-03-05,7.25,toys
c2,2026-03-05,7.25,toys
,2026-03-05,7.25,toys
c3,banana,7.25,toys
007,2026-10-05,abc,
"=1+1",2026-10-01,1000,games
"""
PEOPLE = "id,country,email\nc1,PT,a@example.org\nc9,DE,\n"
VISITS = """\
{"user": null, "visitor": "x1", "ts": "2026-09-01T08:00:00Z", "page": "/"}
{"user": "c1", "visitor": null, "ts": "2026-09-02T08:00:00Z", "page": "/a"}
"""
DEFINITIONS = """\
segments:
  lapsed:
    title: Lapsed customers
    rule: did order_completed and age(last(order_completed)) > 180d
    polarity: negative
    purpose: marketing
    tests:
      - member: [{order_completed: 2026-01-01}]
        as_of: 2026-11-01
      - not member: [{order_completed: 2026-10-20, revenue: 5}]
        as_of: 2026-11-01
  big: sum(order_completed.revenue) in top 50% of (did order_completed)
partitions:
  stage:
    - buyer: did order_completed in last 90d
    - former: did order_completed
    - rest: everyone
traits:
  aov: avg(order_completed.revenue)
"""


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str

    @property
    def json(self):
        assert self.code == 0, self.err
        return json.loads(self.out)


@pytest.fixture
def run(capsys, monkeypatch):
    """Calls the command line in this process; nothing may ever show a traceback."""
    monkeypatch.delenv("SHOAL_PROJECT", raising=False)
    monkeypatch.delenv("SHOAL_DEBUG", raising=False)

    def call(*words: object) -> Ran:
        capsys.readouterr()
        code = main([str(word) for word in words])
        found = capsys.readouterr()
        assert "Traceback" not in found.err
        assert "please report it" not in found.err, found.err
        return Ran(code, found.out, found.err)

    return call


@pytest.fixture(scope="session")
def made_shop(tmp_path_factory) -> Path:
    """A project with orders, visits, people and applied definitions."""
    folder = tmp_path_factory.mktemp("shop")
    files = folder / "files"
    files.mkdir()
    (files / "orders.csv").write_text(ORDERS)
    (files / "people.csv").write_text(PEOPLE)
    (files / "visits.jsonl").write_text(VISITS)
    at = ["--project", str(folder)]
    imports = [
        [files / "orders.csv", "--event", "Order Completed", "--user", "customer", "--time", "date",
         "--prop", "revenue=total", "--prop", "category=category"],
        [files / "people.csv", "--profiles", "--user", "id"],
        [files / "visits.jsonl", "--event", "Page Viewed", "--user", "user", "--anonymous", "visitor",
         "--time", "ts"],
    ]  # fmt: skip
    assert main(["init", str(folder), "--name", "Test shop"]) == 0
    for words in imports:
        assert main(["import", *map(str, words), *at]) == 0
    (folder / "segments" / "all.yml").write_text(DEFINITIONS)
    assert main(["apply", *at]) == 0
    return folder


@pytest.fixture
def shop(made_shop, tmp_path, monkeypatch) -> Path:
    """A copy of the shop to read and write, and the current folder."""
    folder = tmp_path / "shop"
    shutil.copytree(made_shop, folder)
    monkeypatch.chdir(folder)
    return folder
