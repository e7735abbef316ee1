"""Predictions on the page: how far each may be trusted, whom it selects, and what makes one score."""

from __future__ import annotations

import re

import pytest

import shoal
from shoal.project.sampling import Wanted, import_sample
from shoal.project.settings import write_setting
from shoal.project.starting import start_with
from tests.page.conftest import expect, shown

WORK = 240_000
"""Milliseconds in which a step of a prediction is over, on a busy machine."""
SAID = """\
predictions:
  will_buy:
    title: {en: chance of an order, pt: probabilidade de um pedido}
    target: did order_completed in next 30d
    population: did order_completed in last 365d
  spend:
    title: {en: spend in 30 days, pt: gasto em 30 dias}
    target: sum(order_completed.revenue in next 30d)
  returns:
    title: {en: chance of many returns, pt: probabilidade de muitas devoluções}
    target: count(order_refunded in next 30d) >= 3
"""


@pytest.fixture(scope="module")
def foretold(tmp_path_factory):
    """A made-up shop with three predictions: one fitted and tested, one fitted, one never learned."""
    folder = tmp_path_factory.mktemp("foretold") / "shop"
    for _ in start_with(folder, ["small-business"], name="Test shop"):
        pass
    write_setting(folder, "now", "latest_event")
    from shoal.project.changes.planning import apply_plan, make_plan
    from shoal.project.opening import open_project
    from shoal.project.predictions.backtesting import backtest_prediction
    from shoal.project.predictions.predicting import fit_prediction
    from shoal.project.reading import read

    import_sample(open_project(folder), Wanted("small-business", people=300, until="2026-10-01"))
    (folder / "predictions").mkdir(exist_ok=True)
    (folder / "predictions" / "next.yml").write_text(SAID)
    project = open_project(folder)
    apply_plan(project, make_plan(project, None))
    shoal.open(folder).rule("everyone").count()  # compiles what is compiled at the first use
    for name in ("will_buy", "spend"):
        reading = read(open_project(folder))
        fit_prediction(reading, name, reading.at(None))
    reading = read(open_project(folder))
    backtest_prediction(reading, "will_buy", reading.at(None), 2)
    return folder


@pytest.fixture(scope="module")
def foretold_site(foretold, browser):
    with shown(foretold, browser) as site:
        yield site


@pytest.fixture
def at(opened_at, foretold_site):
    return opened_at(foretold_site)


def told(page, site, name):
    return page.request.get(f"{site.address}/api/v1/predictions/{name}").json()


def test_the_list_says_which_can_be_trusted(at, foretold_site):
    with at("/predictions") as page:
        table = page.get_by_role("table", name="Predictions")
        table.get_by_role("row").nth(3).wait_for()
        rows = page.request.get(f"{foretold_site.address}/api/v1/predictions").json()["predictions"]
        expect(table.get_by_role("row")).to_have_count(1 + len(rows))
        for row in rows:
            shown = table.get_by_role("row").filter(has_text=row["sentence"])
            expect(shown).to_have_count(1)
            if row["last_scored"]:
                expect(shown).to_contain_text(
                    f"{row['last_scored']['people']:,}", use_inner_text=True
                )
        expect(table.get_by_role("row").filter(has_text="spend")).to_contain_text(
            "Not tested yet", use_inner_text=True
        )
        never = table.get_by_role("row").filter(has_text="many returns")
        expect(never).to_contain_text("Nothing learned yet", use_inner_text=True)
        page.get_by_role("link", name="chance of an order").click()
        page.get_by_role("heading", level=1, name="Chance of an order").wait_for()


def test_a_test_is_shown_against_what_is_known_without_a_model(at, foretold_site):
    with at("/predictions/will_buy") as page:
        charts = page.get_by_role("figure")
        charts.nth(2).wait_for()
        whole = told(page, foretold_site, "will_buy")
        found = whole["test"]
        for number in range(3):
            charts.nth(number).get_by_role("button", name="Show as table").click()
        over_time = charts.nth(0).get_by_role("row")
        expect(over_time).to_have_count(1 + len(found["by_cutoff"]))
        expect(charts.nth(1).get_by_role("row")).to_have_count(1 + len(found["reliability"]))
        held = charts.nth(2).get_by_role("row", name="this prediction").inner_text()
        assert f"{100 * found['top_decile']:.1f}".removesuffix(".0") in held
        first = page.get_by_role("listitem").filter(has_text=whole["fit"]["features"][0]["title"])
        expect(first.first).to_be_attached()


def test_a_threshold_says_how_many_and_becomes_a_segment(at, foretold_site):
    with at("/predictions/will_buy?tab=scores") as page:
        slider = page.get_by_role("slider", name="At least")
        slider.wait_for()
        found = told(page, foretold_site, "will_buy")
        place = int(slider.input_value())
        slider.press("ArrowLeft")
        place -= 1
        many = sum(it["people"] for it in found["scores"]["spread"][place:])
        status = page.get_by_role("status")
        status.filter(has_text=f"{many:,} customers have at least {place}%").wait_for()
        then = found["test"]["by_threshold"][place]
        expect(status.last).to_contain_text(
            f"({then['came']:,} of {then['people']:,})", use_inner_text=True
        )
        page.get_by_role("link", name="Make a segment of these").click()
        page.get_by_role("heading", name="New segment").wait_for()
        aside = page.get_by_role("complementary", name="Who matches")
        aside.get_by_text(f"{many:,}", exact=True).wait_for()
        row = page.get_by_role("group", name="Condition 1", exact=True)
        expect(row.get_by_label("Condition 1: value, %")).to_have_value(str(place))
        row.get_by_label("Condition 1: value, %").fill("0")
        page.get_by_text("customers match", exact=True).first.wait_for()


def test_a_prediction_is_chosen_as_a_condition_by_keyboard(at):
    with at("/segments/new") as page:
        page.get_by_role("button", name=re.compile("^Add condition")).wait_for()
        page.keyboard.press("/")
        page.keyboard.type("chance of an order")
        page.keyboard.press("Enter")
        value = page.get_by_label("Condition 1: value, %")
        value.wait_for()
        expect(value).to_have_value("60")
        page.get_by_text("Text", exact=True).click()
        text = page.get_by_label("The rule as text: rule")
        expect(text).to_have_value("will_buy >= 60%")
        text.fill("will_buy ")
        page.get_by_role("option", name=re.compile("^>= 80%")).click()
        expect(text).to_have_value(re.compile("^will_buy >= 80%"))


def test_too_little_is_refused_with_how_much_is_missing(at, foretold_site):
    with at("/predictions/returns") as page:
        page.get_by_role("button", name="Fit", exact=True).click()
        page.get_by_text("Too little to learn from").wait_for(timeout=WORK)
        refusal = told(page, foretold_site, "returns")["refusal"]
        page.get_by_text(f"{refusal['missing']} more needed").wait_for()
        bar = page.get_by_role("img", name=re.compile("How much there is"))
        assert f"{refusal['there']} / {refusal['needed']}" in bar.get_attribute("aria-label")
        page.reload()
        page.get_by_text(f"{refusal['missing']} more needed").wait_for()


def test_a_step_says_how_far_it_is_and_what_came_of_it(at, foretold_site):
    with at("/predictions/spend?tab=scores") as page:
        page.get_by_role("button", name="Score now").click()
        page.get_by_role("status").filter(has_text="being scored").wait_for()
        page.get_by_text(re.compile("customers have at least")).first.wait_for()
        page.get_by_role("status").filter(has_text="being scored").wait_for(
            state="detached", timeout=WORK
        )
        people = told(page, foretold_site, "spend")["scores"]["people"]
        expect(page.get_by_text(f"{people:,}", exact=True).first).to_be_attached()


def test_a_step_that_goes_on_is_cancelled_and_another_may_begin(at, foretold_site, faults):
    with at("/predictions/spend") as page:
        page.get_by_role("button", name="Test", exact=True).click()
        cancel = page.get_by_role("button", name="Cancel: spend in 30 days")
        cancel.wait_for()
        assert faults(page) == []
        cancel.focus()
        page.keyboard.press("Enter")
        page.get_by_role("status").filter(has_text="The last step was cancelled").wait_for()
        expect(cancel).to_have_count(0)
        work = told(page, foretold_site, "spend")["work"]
        assert (work["kind"], work["state"], work["is_cancelled"]) == ("backtest", "failed", True)
        expect(page.get_by_role("button", name="Test", exact=True)).to_be_enabled()
        page.evaluate("localStorage.setItem('shoal-language', 'pt')")
        page.reload()
        page.get_by_role("status").filter(has_text="O último passo foi cancelado").wait_for()


def test_the_customer_page_says_what_makes_a_score(at, foretold_site):
    address = f"{foretold_site.address}/api/v1"
    with at("/customers") as page:
        asked = f"{address}/segments/members?name=frequent&limit=1"
        who = page.request.get(asked).json()["user_ids"][0]
        one = page.request.get(f"{address}/predictions/will_buy/people/{who}").json()
        page.goto(f"{foretold_site.address}/customers/{who}")
        page.get_by_role("heading", name="What they will probably do").wait_for()
        page.get_by_text("Why: chance of an order").or_(
            page.get_by_label("Why: chance of an order")
        ).first.click()
        for it in one["reasons"]:
            expect(page.get_by_text(it["title"]).first).to_be_visible()
        raised = sum(it["adds"] > 0 for it in one["reasons"])
        if raised:
            expect(
                page.get_by_text(re.compile("points, raises it")).nth(raised - 1)
            ).to_be_attached()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_predictions(at, faults, scheme):
    with at("/predictions", scheme=scheme) as page:
        for path, until in (
            ("/predictions", "table"),
            ("/predictions/will_buy", "figure"),
            ("/predictions/will_buy?tab=scores", "[type=range]"),
            ("/predictions/will_buy?tab=definition", "dl"),
            ("/predictions/returns", "[role=tab]"),
            ("/segments/new?rule=will_buy+%3E%3D+60%25", "aside li"),
        ):
            page.evaluate("path => { history.pushState(null, '', path) }", path)
            page.reload()
            page.locator(f"main {until}").first.wait_for()
            page.wait_for_load_state("networkidle")
            assert faults(page) == [], path


@pytest.mark.parametrize("width", [390, 768])
def test_nothing_is_wider_than_the_window(at, width):
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    with at("/predictions/will_buy", width=width, height=800) as page:
        page.get_by_role("figure").nth(2).wait_for()
        assert page.evaluate(wide) == 0
        page.get_by_role("tab", name="Who, and what to do").click()
        page.get_by_role("slider").wait_for()
        assert page.evaluate(wide) == 0


def test_where_there_is_none_the_page_says_how_to_begin(opened):
    with opened("/predictions") as page:
        page.get_by_text("No prediction yet").wait_for()
        page.get_by_text("did order_completed in next 30d").first.wait_for()


def test_in_portuguese(at):
    with at("/predictions/will_buy") as page:
        page.evaluate("localStorage.setItem('shoal-language', 'pt')")
        page.reload()
        page.get_by_role("tab", name="Quanto confiar").wait_for()
        page.get_by_role("heading", level=1, name="Probabilidade de um pedido").wait_for()
        page.get_by_role("heading", name="O que move as pontuações").wait_for()
