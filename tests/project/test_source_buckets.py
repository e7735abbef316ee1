"""Buckets as sources: what reading an S3 server takes, against one that is strict."""

from __future__ import annotations

import gzip

import pytest

from shoal.project.init import init_project
from shoal.project.opening import open_project
from shoal.project.sources.sourcing import new_source, run_named, source_row, write_source
from shoal.store.files import FETCHED
from tests.project.bucket_server import KEY, serving_bucket

HEAD = "customer,at,total\n"
AT = 1_767_225_600


@pytest.fixture
def served(tmp_path, monkeypatch):
    """A project with a source in a bucket, and the bucket."""
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("BUCKET_KEY", KEY)
    monkeypatch.setenv("BUCKET_SECRET", "x" * 40)
    init_project(tmp_path, examples=False)
    (tmp_path / "orders.yml").write_text(
        "events: {event: order_completed, user: customer, time: at}\n"
    )
    project = open_project(tmp_path)
    with serving_bucket("shop") as (bucket, url):
        said = {
            "from": "s3://shop/exports/*.csv*",
            "mapping": "orders.yml",
            "endpoint": url,
            "region": "eu-west-1",
            "access_key": "${BUCKET_KEY}",
            "secret_key": "${BUCKET_SECRET}",
        }
        write_source(project, new_source(project, "orders", said))
        yield project, bucket


def run(project):
    (row,) = run_named(project, [], pause=lambda _: None)
    return row


def test_objects_are_brought_once_and_again_only_where_they_changed(served):
    project, bucket = served
    bucket.page = 2  # so that the list has several pages
    one = f"{HEAD}c1,2026-01-01,5\n".encode()
    bucket.objects = {
        "exports/a.csv": (one, AT),
        "exports/b.csv.gz": (gzip.compress(f"{HEAD}c2,2026-01-02,6\n".encode()), AT),
        "exports/c.csv": (b"", AT),
        "exports/d.csv": (one, AT),
        "exports/notes.md": (b"nothing of ours", AT),
        "other/e.csv": (f"{HEAD}c9,2026-01-02,6\n".encode(), AT),
    }
    row = run(project)
    assert {it["file"]: it["state"] for it in row["files"]} == {
        "shop/exports/a.csv": "imported",
        "shop/exports/b.csv.gz": "imported",
        "shop/exports/c.csv": "left",
        "shop/exports/d.csv": "known",
    }
    assert (row["imported"], row["failure"]) == (2, None)
    bucket.asked.clear()
    row = run(project)
    assert (row["rows"], [it["state"] for it in row["files"]]) == (0, ["left"])
    assert not [it for it in bucket.asked if it.startswith("GET")]
    bucket.objects["exports/a.csv"] = (one + b"c3,2026-01-03,7\n", AT + 60)
    row = run(project)
    assert (row["imported"], row["duplicates"]) == (1, 1)
    assert not list((project.store.root / FETCHED).glob("*"))


def test_a_damaged_object_stops_alone_and_stays_due(served):
    project, bucket = served
    packed = gzip.compress((HEAD + "c1,2026-01-01,5\n" * 5000).encode())
    bucket.objects = {
        "exports/a.csv.gz": (packed[: len(packed) // 2], AT),
        "exports/b.csv": (f"{HEAD}c2,2026-01-02,6\n".encode(), AT),
    }
    row = run(project)
    assert [it["state"] for it in row["files"]] == ["stopped", "imported"]
    assert row["failure"].startswith("shop/exports/a.csv.gz: `a.csv.gz` begins as gzip does, but")
    bucket.objects["exports/a.csv.gz"] = (packed, AT)
    assert run(project)["imported"] == 5000


def test_what_the_server_says_is_one_sentence(served, monkeypatch):
    project, _ = served
    monkeypatch.setenv("BUCKET_KEY", "NOBODY")
    failure = run(project)["failure"]
    assert failure.startswith("the bucket says: ")
    assert "\n" not in failure
    assert "x" * 40 not in failure
    assert source_row(project, "orders")["state"] == "failed"


def test_an_object_that_cannot_be_fetched_stops_no_other(served):
    project, bucket = served
    bucket.objects = {
        f"exports/{name}.csv": (f"{HEAD}{name},2026-01-01,5\n".encode(), AT) for name in "abc"
    }
    bucket.broken = {"exports/b.csv"}
    row = run(project)
    assert [it["state"] for it in row["files"]] == ["imported", "stopped", "imported"]
    assert row["failure"].startswith("shop/exports/b.csv: the bucket says: ")
    bucket.broken = set()
    row = run(project)
    assert ([it["file"] for it in row["files"]], row["failure"]) == (["shop/exports/b.csv"], None)
    assert row["imported"] == 1


def test_a_bucket_that_gives_nothing_is_not_asked_for_every_object(served):
    project, bucket = served
    bucket.objects = {f"exports/{n}.csv": (HEAD.encode() + b"x" * n, AT) for n in range(1, 30)}
    bucket.broken = set(bucket.objects)
    row = run(project)
    assert [it["state"] for it in row["files"]] == ["stopped"] * 7
    assert row["failure"]
    assert len({it for it in bucket.asked if it.startswith("GET")}) == 8


def test_objects_that_nobody_may_have_hold_none_behind_them(served):
    project, bucket = served
    bucket.objects = {
        f"exports/{n:02}.csv": (f"{HEAD}c{n},2026-01-01,5\n".encode(), AT) for n in range(20)
    }
    bucket.broken = {f"exports/{n:02}.csv" for n in (*range(6), 10, 11, 12)}
    row = run(project)
    assert row["imported"] == 11
    assert row["failure"].startswith("shop/exports/00.csv: the bucket says: ")
