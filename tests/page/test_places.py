"""Sources on the page: how each stands, what would come, a run now; and fairness of a segment."""

from __future__ import annotations

import pytest

from tests.page.conftest import expect, settled
from tests.page.test_data import DATA, asked

RUN = 120_000
"""Milliseconds a run may take: a process is started for it."""


@pytest.fixture
def place(shop):
    """A folder that is read as a source, with a file in it; gone afterwards."""
    (shop / "calls").mkdir(exist_ok=True)
    (shop / "calls" / "a.csv").write_text("who,at\nc1,2026-09-01\nc2,2026-09-02\n")
    (shop / "calls.yml").write_text("events: {event: called, user: who, time: at}\n")
    (shop / "sources").mkdir(exist_ok=True)
    file = shop / "sources" / "calls.yml"
    file.write_text("from: calls\nmapping: calls.yml\n")
    broken = shop / "sources" / "lost.yml"
    broken.write_text("from: nowhere\nmapping: calls.yml\n")
    yield "calls"
    file.unlink()
    broken.unlink()


def test_a_place_is_tried_and_run_and_says_what_is_wrong(opened, site, place, faults):
    with opened("/data") as page:
        settled(page, *DATA)
        calls = page.get_by_role("region", name="calls")
        calls.get_by_text("only by hand").wait_for()
        calls.get_by_text("Never run").wait_for()
        page.get_by_role("button", name="What would come of calls?").click()
        sheet = page.get_by_role("dialog", name="What the next run of calls would bring")
        sheet.get_by_text("would be imported").wait_for()
        assert faults(page) == []
        page.keyboard.press("Escape")
        sheet.wait_for(state="hidden")
        page.get_by_role("button", name="The file of calls").click()
        page.get_by_role("dialog").get_by_text('from: "calls"').wait_for()
        page.keyboard.press("Escape")
        page.get_by_role("dialog").wait_for(state="hidden")
        page.get_by_role("button", name="Run calls now").click()
        calls.get_by_text("2 events came in").wait_for(timeout=RUN)
        calls.get_by_text("Runs well").wait_for()
        told = {it["name"]: it for it in asked(page, site, "sources")}
        assert told["calls"]["state"] == "well"
        page.get_by_role("button", name="Run lost now").click()
        lost = page.get_by_role("region", name="lost")
        lost.get_by_text("there is no folder").first.wait_for(timeout=RUN)
        lost.get_by_text("Failed", exact=True).wait_for()
        assert faults(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_fairness(opened, faults, site, scheme):
    with opened("/segments", scheme=scheme) as page:
        name = asked(page, site, "segments")[0]["name"]
        traits = asked(page, site, "fairness/traits")["traits"]
        page.goto(f"{site.address}/segments/{name}?tab=fairness&trait={traits[0]}")
        page.get_by_role("heading", name="What stands for it").wait_for()
        page.wait_for_load_state("networkidle")
        page.locator("[aria-busy=true]").first.wait_for(state="detached")
        told = asked(page, site, f"fairness/compare?name={name}&trait={traits[0]}")
        table = page.get_by_role("table", name="Who gets it, by group")
        expect(table.locator("tbody tr")).to_have_count(len(told["groups"]))
        assert faults(page) == []


def test_a_decision_is_recorded_and_names_nobody(opened, site):
    with opened("/segments") as page:
        name = asked(page, site, "segments")[0]["name"]
        rows = asked(page, site, f"segments/members?name={name}&limit=1")["user_ids"]
        page.goto(f"{site.address}/segments/{name}?tab=fairness")
        page.get_by_label("Customer").fill(rows[0])
        page.get_by_label("What was decided").fill("invited")
        page.get_by_label("Why").fill("Bought twice within a month.")
        page.get_by_label("Who decided").fill("Rita Alves")
        page.get_by_role("button", name="Record it").click()
        page.get_by_text("invited, decided by Rita Alves").wait_for()
        assert asked(page, site, f"fairness/log?segment={name}")[0]["action"] == "fairness.decide"


def test_it_reads_in_portuguese(opened, place):
    with opened("/data") as page:
        settled(page, *DATA)
        page.evaluate("localStorage.setItem('shoal-language', 'pt')")
        page.reload()
        page.get_by_role("heading", name="Lidos de novo e de novo").wait_for()
        lost = page.get_by_role("region", name="lost")
        lost.get_by_role("button", name="Rodar lost agora").click()
        lost.get_by_text("não existe a pasta").first.wait_for(timeout=RUN)
