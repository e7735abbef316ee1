from __future__ import annotations

import csv
import io
from hashlib import sha256

import pytest

AT = ("--as-of", "2026-11-01")
NAMES = ["matched", "consented", "reachable", "suppressed", "held_out", "capped", "sendable"]


@pytest.fixture
def crowd(run, shop):
    """Forty people, all of whom consent to marketing and have an address."""
    rows = [f"p{number:02},2026-10-01,p{number}@example.org" for number in range(40)]
    (shop / "v.csv").write_text("user,at,email\n" + "\n".join(rows) + "\n")
    (shop / "c.csv").write_text(
        "user,purpose,state,form\n" + "".join(f"p{n:02},marketing,yes,f{n}\n" for n in range(40))
    )
    words = ("--user", "user", "--purpose", "purpose", "--state", "state", "--proof", "form")
    assert run("import", "v.csv", "--event", "visit", "--user", "user", "--time", "at").code == 0
    people = ("import", "v.csv", "--profiles", "--user", "user", "--trait", "email")
    assert run(*people).code == 0
    assert run("consent", "import", "c.csv", *words, "--json").json["imported"] == 40
    return shop


def shown(run, *words):
    return run(
        "audience", "show", "--rule", "did visit", "--purpose", "marketing", *words, "--json"
    ).json


def states(run, *words):
    wanted = ("--rule", "did visit", "--purpose", "marketing", *words)
    header, *rows = run("audience", "members", *wanted).out.splitlines()
    assert header == "user_id,state"
    found = [row.split(",") for row in rows]
    assert [user for user, _ in found] == sorted(user for user, _ in found)
    return dict(found)


def test_the_waterfall_is_as_the_contract_says(run, crowd):
    found = shown(run, "--channel", "email", "--holdout", "25%")
    assert list(found) == NAMES
    assert (found["matched"], found["consented"], found["reachable"]) == (40, 40, 40)
    assert (found["suppressed"], found["capped"]) == (0, 0)
    assert 0 < found["held_out"] < 40
    assert found["sendable"] == 40 - found["held_out"]
    listed = list(states(run, "--channel", "email", "--holdout", "25%").values())
    assert listed.count("held_out") == found["held_out"]
    assert listed.count("sendable") == found["sendable"]


def test_the_segment_s_own_purpose_is_the_default(run, shop):
    found = run("audience", "show", "lapsed", *AT, "--json").json
    assert found == {**dict.fromkeys(NAMES, 0), "matched": 2}
    run("consent", "set", "c2", "marketing", "granted", "--at", "2026-01-01")
    run("consent", "set", "c1", "marketing", "granted", "--at", "2026-01-01")
    found = run("audience", "show", "lapsed", *AT, "--json").json
    assert (found["consented"], found["reachable"], found["sendable"]) == (2, 1, 1)
    said = run("audience", "show", "lapsed", *AT).out
    assert "of them can be reached" in said


def test_what_people_say_takes_them_out_one_by_one(run, crowd):
    run("consent", "set", "p00", "marketing", "denied")
    run("subscription", "set", "p01", "email", "unsubscribed", "--reason", "too often")
    run("suppression", "add", "p02", "--reason", "asked by phone")
    run("suppression", "add", "p03", "--channel", "sms")
    run("subscription", "set", "p04", "all", "unsubscribed")
    found = states(run, "--channel", "email")
    told = {user: state for user, state in found.items() if state != "sendable"}
    assert told == {
        "p00": "no_consent", "p01": "unreachable", "p02": "suppressed", "p04": "suppressed",
    }  # fmt: skip
    narrow = states(run, "--channel", "email", "--state", "suppressed", "--state", "no_consent")
    assert list(narrow) == ["p00", "p02", "p04"]
    assert states(run, "--channel", "webhook")["p01"] == "sendable"
    run("suppression", "remove", "p02")
    run("subscription", "set", "p01", "email", "subscribed")
    found = states(run, "--channel", "email")
    assert (found["p01"], found["p02"]) == ("sendable", "sendable")


def test_the_list_of_the_suppressed_says_why(run, crowd):
    run("suppression", "add", "p02", "--reason", "asked by phone", "--at", "2026-09-01")
    run("suppression", "add", "stranger", "--channel", "email")
    run("subscription", "set", "p04", "all", "unsubscribed")
    rows = run("suppression", "list").out.splitlines()
    assert rows == [
        "user_id,channel,reason",
        "p02,all,asked by phone",
        "p04,all,left every channel",
        "stranger,email,on the list",
    ]
    assert run("suppression", "list", "--as-of", "2026-09-02").out.splitlines()[1:] == [
        "p02,all,asked by phone"
    ]
    run("suppression", "remove", "p02")
    assert "p02" not in run("suppression", "list").out
    # who is on the list and nothing else is nobody's customer
    assert run("segment", "count", "--rule", "everyone", *AT, "--json").json["known"] == 46


def test_lists_are_imported_and_the_same_file_adds_nothing(run, crowd):
    (crowd / "s.csv").write_text("who,where,why\np05,email,old list\np06,,\np07,pigeon,\n")
    words = ("suppression", "import", "s.csv", "--user", "who", "--channel", "where",
             "--reason", "why", "--json")  # fmt: skip
    found = run(*words).json
    assert (found["imported"], found["rejected"], found["events"]) == (2, 1, {"$suppression": 2})
    assert "no channel `pigeon`" in run("quarantine", "list").out
    assert run(*words).json["imported"] == 0
    assert run("suppression", "list").out.splitlines()[1:] == [
        "p05,email,old list", "p06,all,on the list",
    ]  # fmt: skip
    (crowd / "u.csv").write_text("who,where,is\np08,E-Mail,no\np09,email,yes\n")
    words = ("subscription", "import", "u.csv", "--user", "who", "--channel", "where", "--state",
             "is", "--json")  # fmt: skip
    assert run(*words).json["events"] == {"$subscription": 2}
    found = states(run, "--channel", "email")
    assert [found[f"p0{number}"] for number in range(5, 10)] == [
        "suppressed", "suppressed", "sendable", "unreachable", "sendable",
    ]  # fmt: skip


def test_wording_source_and_proof_of_a_consent_are_shown(run, crowd):
    said = ("--source", "checkout", "--wording", "2026-03", "--proof", "form 17", "--json")
    found = run("consent", "set", "p00", "marketing", "granted", "--at", "2026-10-02", *said).json
    beside = {"source": "checkout", "wording": "2026-03", "proof": "form 17"}
    assert {key: found[key] for key in beside} == beside
    run("consent", "set", "p00", "marketing", "denied", "--at", "2026-10-03")
    run("subscription", "set", "p00", "email", "unsubscribed", "--at", "2026-10-04")
    told = run("consent", "history", "p00", "--json", *AT).json
    # the file's consents are of the project's now, its latest event
    assert [(it["kind"], it["about"], it["state"], it["beside"]) for it in told["history"]] == [
        ("consent", "marketing", "granted", beside),
        ("consent", "marketing", "denied", {}),
        ("subscription", "email", "unsubscribed", {}),
        ("consent", "marketing", "granted", {"proof": "f0"}),
    ]
    assert told["subscriptions"] == [
        {"channel": "email", "state": "unsubscribed", "at": "2026-10-04T00:00:00Z"}
    ]
    assert "form 17" in run("consent", "history", "p00", *AT).out
    assert run("consent", "show", "p01", *AT).out.splitlines()[0].split() == [
        "purpose", "state", "since", "proof",
    ]  # fmt: skip
    assert run("consent", "history", "nobody").out == "nobody never said anything.\n"


def test_the_settings_hold_out_and_cap_everybody(run, crowd):
    settings = crowd / "shoal.yml"
    settings.write_text(settings.read_text() + "holdout: 50%\ncap: 1 per 7d\n")
    everywhere = {user for user, state in states(run).items() if state == "held_out"}
    assert 0 < len(everywhere) < 40
    assert everywhere == {u for u, s in states(run, "--campaign", "x").items() if s == "held_out"}
    settings.write_text("holdout: 0.5\ncap: often\n")
    ran = run("audience", "show", "lapsed")
    assert ran.code == 1
    assert "holdout: `0.5` is not a share" in ran.err
    assert "cap: `often` is not a cap" in ran.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["show", "--rule", "did visit"], "for which purpose?"),
        (["show", "nosuch", "--purpose", "marketing"], "no segment `nosuch`"),
        (["show", "lapsed", "--channel", "emal"], "did you mean `email`?"),
        (["show", "lapsed", "--holdout", "10"], "such as 10%"),
        (["show", "lapsed", "--holdout", "110%"], "is not a share"),
        (["show", "lapsed", "--cap", "lots"], "2 per 7d"),
        (["show", "lapsed", "--purpose", "E mail"], "e_mail"),
        (["show"], "neither is given"),
        (["members", "lapsed", "--state", "sendabel"], "did you mean `sendable`?"),
    ],
)
def test_what_is_wrong_with_an_audience_is_said(run, shop, words, said):
    ran = run("audience", *words)
    assert ran.code in {1, 2}
    assert ran.out == ""
    assert said in ran.err


def test_a_purpose_that_nobody_was_asked_about_is_doubted(run, crowd):
    words = ("audience", "show", "--rule", "did visit", "--json", "--purpose")
    ran = run(*words, "marketting")
    assert (ran.code, ran.out) == (1, "")
    assert "did you mean `marketing`?" in ran.err
    ran = run(*words, "surveys")
    assert ran.json["consented"] == 0
    assert "no purpose `surveys`" in ran.err


def test_statements_go_with_the_person(run, crowd):
    run("suppression", "add", "p00", "--reason", "the cat ate it")
    run("subscription", "set", "p00", "sms", "unsubscribed", "--source", "call centre")
    erased = run("privacy", "erase", "p00", "--json").json
    assert sum(erased["erased"].values()) > 0
    assert "p00" not in states(run)
    assert run("suppression", "list").out == "user_id,channel,reason\n"
    held = [path for path in crowd.rglob(".shoal/**/*") if path.is_file()]
    assert not any(b"the cat ate it" in path.read_bytes() for path in held)


def exported(run, tool, *words):
    """A11, E8: the file that a tool named there imports."""
    wanted = ("--rule", "did visit", "--purpose", "marketing", "--name", "visitors", *words)
    told = run("audience", "export", "--for", tool, *wanted)
    assert told.code == 0, told.err
    return told, list(csv.DictReader(io.StringIO(told.out)))


@pytest.mark.parametrize(
    ("tool", "heads"),
    [
        ("mailchimp", ["Email Address", "First Name", "Last Name", "Tags"]),
        ("hubspot", ["Email", "First Name", "Last Name", "Shoal Segment"]),
        ("salesforce", ["Email", "First Name", "Last Name", "Shoal User ID", "Shoal Segment"]),
        ("ga4", ["user_id", "shoal_segment"]),
        ("dynamic_yield", ["hashed_email", "shoal_segment"]),
    ],
)
def test_a_tool_gets_those_who_may_be_written_to_by_its_own_columns(run, crowd, tool, heads):
    named = "".join(f'p{number:02},"Ana, {number}"\n' for number in range(40))
    (crowd / "n.csv").write_text(f"user,first_name\n{named}")
    assert run("import", "n.csv", "--profiles", "--user", "user").code == 0
    run("suppression", "add", "p03")
    _, rows = exported(run, tool, "--holdout", "25%")
    told = states(run, "--channel", "email", "--holdout", "25%")
    sendable = [user for user, state in told.items() if state == "sendable"]
    assert 0 < len(rows) == len(sendable) < 39
    assert all(list(row) == heads and row[heads[-1]] == "visitors" for row in rows)
    by_tool = {
        "user_id": lambda user: user,
        "hashed_email": lambda user: sha256(f"p{int(user[1:])}@example.org".encode()).hexdigest(),
    }
    known_by = by_tool.get(heads[0], lambda user: f"p{int(user[1:])}@example.org")
    assert [row[heads[0]] for row in rows] == [known_by(user) for user in sendable]
    if "First Name" in heads:
        assert [row["First Name"] for row in rows] == [f"Ana, {int(it[1:])}" for it in sendable]
        assert {row["Last Name"] for row in rows} == {""}


def test_whom_a_tool_cannot_know_or_must_not_is_left_out_and_told(run, crowd):
    (crowd / "w.csv").write_text("user,at\np50@example.org,2026-10-01\nq,2026-10-01\n")
    assert run("import", "w.csv", "--event", "visit", "--user", "user", "--time", "at").code == 0
    for user in ("p50@example.org", "q"):
        run("consent", "set", user, "marketing", "granted", "--at", "2026-01-01")
    told, rows = exported(run, "ga4")
    assert len(rows) == 41
    assert "1 who may be written to are not in it: their user id is an e-mail address" in told.err
    told, rows = exported(run, "dynamic_yield")
    assert len(rows) == 40
    assert "2 who may be written to are not in it: no e-mail address is known" in told.err
    _, rows = exported(run, "mailchimp")
    assert len(rows) == 40


def test_a_tool_that_is_not_there_and_people_without_a_name_are_refused(run, crowd):
    wanted = ("--rule", "did visit", "--purpose", "marketing")
    told = run("audience", "export", "--for", "mailchimpp", *wanted, "--name", "x")
    assert told.code == 2
    assert "did you mean `mailchimp`?" in told.err
    told = run("audience", "export", "--for", "ga4", *wanted)
    assert told.code == 2
    assert "give --name" in told.err
