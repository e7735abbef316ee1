from __future__ import annotations


def test_a_funnel_is_told_in_a_table_and_as_a_document(run, shop):
    steps = [
        "page_viewed",
        "order_completed",
        "--window",
        "since 2026-01-01",
        "--breakdown",
        "stage",
    ]
    found = run("funnel", *steps, "--barriers", "--json").json
    assert [it["count"] for it in found["steps"]] == [2, 0]
    assert found["steps"][0]["dropped_rule"] == (
        "sequence (page_viewed) since 2026-01-01 and "
        "not sequence (page_viewed, order_completed) since 2026-01-01"
    )
    assert [it["segment"] for it in found["breakdown"]] == [
        "stage.buyer",
        "stage.former",
        "stage.rest",
    ]
    rule = found["steps"][0]["dropped_rule"]
    assert run("segment", "count", "--rule", rule, "--json").json["count"] == 2
    text = run("funnel", *steps, "--barriers").out
    assert "of first" in text
    assert "After page_viewed: 2 dropped, 0 went on" in text


def test_paths_and_retention_are_told(run, shop):
    found = run("paths", "order_completed", "--steps", "2", "--json").json
    assert found["people"] == sum(it["count"] for it in found["levels"][1]["nodes"]) == 4
    assert "step 1 before" in run("paths", "order_completed", "--before").out
    found = run("retention", "order_completed", "--by", "month", "--count", "3", "--json").json
    assert [it["size"] for it in found["cohorts"]] == [0, 0, 2]
    assert "began: entered segment big" in run("retention", "--entering", "big", "--count", "2").out


def test_figures_grids_and_overlaps_are_told(run, shop):
    words = ["kpi", "lapsed", "--by", "month", "--count", "4", "--target", "conversion_rate=5%"]
    found = run(*words, "--json").json
    assert [it["segment"] for it in found["series"]] == [None, "lapsed"]
    assert len(found["series"][0]["points"]["revenue"]) == 4
    text = run(*words).out
    assert "Lapsed customers" in text
    assert "target: conversion_rate at least 5.0%" in text
    grid = run("segment", "rfm", "--json").json
    assert len(grid["cells"]) == 25
    assert grid["people"] == sum(it["count"] for it in grid["cells"]) == 4
    assert "recency" in run("segment", "rfm").out
    assert run("segment", "overlap", "stage", "--json").json["jaccard"][0] == [1.0, 0.0, 0.0]
    assert "100%" in run("segment", "overlap").out


def test_wrong_questions_are_told(run, shop):
    assert run("funnel", "page_viewed").code == 2
    assert run("funnel", "page_viewed", "order_complete").code == 1
    assert run("paths", "page_viewed", "--detail", "page_viewed.pag").code == 1
    assert run("retention").code == 2
    assert run("retention", "page_viewed", "--by", "year").code == 2
    assert run("kpi", "--target", "conversion_rate=much").code == 2
    assert run("kpi", "byers").code == 1
