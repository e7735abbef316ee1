from __future__ import annotations


def test_flows_of_a_partition_reconcile_with_its_sizes(run, shop):
    found = run(
        "segment", "flows", "stage", "--from", "2026-03-01", "--to", "2026-11-01", "--json"
    ).json
    assert found["places"] == [
        "stage.buyer",
        "stage.former",
        "stage.rest",
        "(none)",
        "(not yet known)",
    ]
    (step,) = found["flows"]
    sizes = [
        run("segment", "count", f"stage.{part}", "--as-of", "2026-11-01", "--json").json["count"]
        for part in ("buyer", "former", "rest")
    ]
    assert step["sizes_after"][:3] == sizes
    assert step["sizes_after"][3:] == [0, 0]
    assert sum(step["sizes_before"]) == sum(step["sizes_after"])


def test_flows_of_segments_go_by_the_first_that_fits_step_by_step(run, shop):
    words = ["segment", "flows", "lapsed", "big", "--from", "2026-09-01", "--to", "2026-11-01"]
    found = run(*words, "--every", "1mo", "--json").json
    assert found["places"][:2] == ["lapsed", "big"]
    assert [step["from"][:10] for step in found["flows"]] == ["2026-09-01", "2026-10-01"]
    text = run(*words).out
    assert "from \\ to" in text
    assert "after" in text


def test_wrong_questions_are_told(run, shop):
    at = ["--from", "2026-09-01", "--to", "2026-11-01"]
    assert run("segment", "flows", "stag", *at).code == 1
    assert "no segment or partition `stag`" in run("segment", "flows", "stag", *at).err
    assert run("segment", "flows", "stage", "--from", "2026-11-01", "--to", "2026-11-01").code == 2
