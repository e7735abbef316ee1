"""`shoal fairness`: outcomes by group, what stands for what, and a person's decision on the record."""

from __future__ import annotations

import pytest

import shoal
from shoal.project.packs import add_pack
from shoal.project.sampling import Wanted, import_sample

PEOPLE = 400


@pytest.fixture(scope="module")
def hired(tmp_path_factory):
    """Made-up candidates, of whom nationality decides nothing and age the year of graduation."""
    folder = tmp_path_factory.mktemp("hired")
    shop = shoal.init(folder, name="Hired", time_zone="Europe/Lisbon")
    add_pack(folder, "recruitment")
    shoal.open(folder).apply()
    import_sample(shop.project, Wanted("recruitment", PEOPLE, 5, "2026-11-01"))
    (folder / "shoal.yml").write_text(
        (folder / "shoal.yml").read_text().replace("now: clock", "now: latest_event")
    )
    return folder


def ask(run, folder, *words):
    return run("--project", folder, "fairness", *words)


def test_h7_what_goes_by_behaviour_treats_groups_alike(run, hired):
    told = ask(run, hired, "match_level.most", "--by", "nationality", "--json").json
    assert told["segment"] == "match_level.most"
    assert sum(it["people"] for it in told["groups"]) + told["unset"] == PEOPLE
    assert [it["group"] for it in told["groups"]] == ["first", "second"]
    assert "below four fifths" not in {it["standing"] for it in told["groups"]}
    for it in told["groups"]:
        assert it["rate"] == it["with_outcome"] / it["people"]
        assert it["low"] < it["rate"] < it["high"]


def test_h7_a_rule_by_a_proxy_is_flagged(run, hired):
    words = ("compare", "--rule", "graduated_in >= 2010", "--by", "age_group")
    ran = ask(run, hired, *words, "--json")
    assert "treat nobody by it" in ran.err
    told = ran.json
    assert told["highest"] == "18-29"
    assert set(told["flagged"]) == {"30-44", "45-64"}
    oldest = next(it for it in told["groups"] if it["group"] == "45-64")
    assert (oldest["ratio"], oldest["standing"]) == (0, "below four fifths")
    assert "Somebody must ask why" in ask(run, hired, *words).out


def test_h2_h7_the_bad_outcome_is_turned_round(run, hired):
    """To be in a segment whose growth is bad news is no favour: the rates are of those outside."""
    words = ("waiting_for_our_answer", "--by", "gender", "--json")
    out, inside = ask(run, hired, *words).json, ask(run, hired, *words, "--outcome", "in").json
    assert (out["outcome"], inside["outcome"]) == ("out", "in")
    for one, other in zip(out["groups"], inside["groups"], strict=True):
        assert one["with_outcome"] + other["with_outcome"] == one["people"] == other["people"]


def test_only_those_who_could_have_had_it_are_compared(run, hired):
    among = "did application_submitted in last 90d"
    told = ask(run, hired, "read_first", "--by", "gender", "--among", among, "--json").json
    applied = run("--project", hired, "segment", "count", "--rule", among, "--json").json["count"]
    assert sum(it["people"] for it in told["groups"]) + told["unset"] == applied < PEOPLE


def test_what_stands_for_age_is_found_and_what_does_not_is_not(run, hired):
    told = ask(run, hired, "proxies", "age_group", "--json").json
    near = {it["trait"]: it for it in told["traits"]}
    assert told["traits"][0]["trait"] == "graduated_in"
    assert near["graduated_in"]["cramers_v"] > 0.8
    assert near["graduated_in"]["declared"]
    assert not near["city"]["notable"]
    assert not near["match_of_requirements"]["notable"]
    assert "graduated_in" in ask(run, hired, "proxies", "age_group").out


def test_h7_a_person_decides_and_the_log_shows_it(run, hired):
    said = ("--outcome", "invited", "--because", "Two years on the same machines.", "--by", "Rita")
    told = ask(run, hired, "decide", "read_first", "--user", "sample-00007", *said, "--json").json
    assert (told["outcome"], told["decided_by"]) == ("invited", "Rita")
    entry, guard = ask(run, hired, "log", "--json").json
    assert (guard["action"], guard["no_longer"]) == ("fairness.guard", [])
    assert {"gender", "nationality", "graduated_in"} <= set(guard["guarded"])
    assert (entry["subject"], entry["outcome"]) == ("segment:read_first", "invited")
    assert entry["decided_by"] == "Rita"
    assert "sample-00007" not in str(entry)
    log = ask(run, hired, "log").out
    assert "Rita" in log
    assert "guards age_group" in log
    rule = "last(decision_recorded.outcome) = 'invited' and last(decision_recorded.because) is set"
    members = run("--project", hired, "segment", "members", "--rule", rule)
    assert members.out.split() == ["user_id", "sample-00007"]
    by_group = ask(run, hired, "compare", "--rule", rule, "--by", "gender", "--json").json
    assert sum(it["with_outcome"] for it in by_group["groups"]) == 1
    erased = run("--project", hired, "privacy", "erase", "sample-00007", "--json")
    assert erased.code == 0
    assert run("--project", hired, "segment", "members", "--rule", rule).out.split() == ["user_id"]
    assert len(ask(run, hired, "log", "--json").json) == 2


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("read_first",), 2, "--by"),
        (("read_first", "--by", "gendre"), 2, "did you mean `gender`"),
        (("proxies", "gendre"), 2, "did you mean `gender`"),
        (("read_first", "--by", "top(application_answered.posting where posting = 'p99')"), 0,
         "no two groups"),
        (("read_frist", "--by", "gender"), 1, "did you mean `read_first`"),
        (("read_first", "--by", "gender", "--outcome", "up"), 2, "in or out"),
        (("read_first", "--by", "last(any event)"), 2, "no trait that people"),
        (("decide", "read_first", "--user", "nobody", "--outcome", "x", "--because",
          "Because it must be.", "--by", "R"), 1, "nobody is called"),
        (("decide", "read_first", "--user", "sample-00001", "--outcome", "x", "--because", "no",
          "--by", "R"), 2, "say why"),
    ],
    ids=["no-trait", "slip-of-trait", "slip-of-proxy", "unset", "slip", "outcome", "instant", "unknown-person", "no-reason"],
)  # fmt: skip
def test_mistakes_are_answered_in_a_sentence(run, hired, words, code, told):
    ran = ask(run, hired, *words)
    assert (ran.code, told in ran.out + ran.err) == (code, True), ran.out + ran.err
