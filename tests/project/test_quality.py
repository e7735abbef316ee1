"""Questions to the data themselves, asked of projects: what is planted is found, and nothing else."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

import shoal
from shoal.audits.insight import Theme
from shoal.core.instants import SECOND
from shoal.events.event import Event
from shoal.project.data.claims import claims_to_test
from shoal.project.opening import open_project
from shoal.sources import guess
from tests.sources.reading import DATA

PLAN = """\
events:
  order_completed:
    why: Everything about value starts here.
    properties:
      order_id: {type: text, why: To count each order once}
      revenue: {type: money, why: Value is measured by it}
      category: {type: text}
      coupon: text
  page_viewed: {properties: {url: {type: text, why: Interest}, title: text}}
  survey_answered: {properties: {answer: text}}
"""
SEGMENTS = """\
segments:
  big: sum(order_completed.revenue) > 100
  toys: did order_completed where category = "toys"
traits:
  holiday_people: {value: count(order_completed where days_to_holiday(time) <= 7)}
"""
BEGIN = datetime(2024, 1, 8, 9, tzinfo=UTC)
WEEKS = 24
QUIET = 20
"""The week in which hardly anything came."""


def at(**span) -> str:
    return (BEGIN + timedelta(**span)).isoformat().replace("+00:00", "Z")


def order(number: int, user: str | None, when: str, **properties) -> dict:
    cells = {"order_id": f"o{number}", "revenue": 10.5, "category": "toys", **properties}
    return {"event": "order_completed", "user": user, "time": when, **cells}


def rows() -> list[dict]:
    """Orders of 40 people for 24 weeks, and everything that can go wrong with them."""
    found: list[dict] = []
    number = 0
    for week in range(WEEKS):
        for person in range(2 if week == QUIET else 40):
            number += 1
            when = at(weeks=week, hours=person * 3, minutes=number % 50)
            wrong: dict = {}
            if number % 50 == 0:
                wrong["revenue"] = f"{number},50 EUR"
            elif number % 50 == 1:
                wrong["revenue"] = 10.123456
            if number % 40 == 0:
                wrong["category"] = "Toys"
            wrong["currency"] = "USD" if number % 30 == 0 else "EUR"
            if week < 12:
                wrong["coupon"] = "SPRING"
            wrong["colour"] = "red"
            found.append(order(number, f"c{person}", when, **wrong))
    once = order(9_001, "c1", at(weeks=2, days=6), currency="EUR")
    found += [once, {**once, "time": at(weeks=2, days=6, seconds=1)}]  # a double click
    found += [order(9_100 + n, None, at(weeks=3)) for n in range(20)]  # nobody's
    found.append({"event": "order_complete", "user": "c2", "time": at(weeks=4)})
    for second in range(300):  # a robot: one page, five times a second
        when = at(weeks=6, seconds=second / 5)
        page = {"event": "page_viewed", "user": "spider", "time": when, "url": "/sale"}
        found.append(page)
    found.append({"event": "page_viewed", "user": "c5", "time": "2150-01-01T00:00:00Z", "url": "/"})
    tried = {"event": "page_viewed", "user": "test-3", "time": at(weeks=7), "url": "/a"}
    return [*found, tried]


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("quality")
    shoal.init(folder, name="Q", time_zone="Europe/Lisbon")
    settings = "name: Q\ntime_zone: Europe/Lisbon\nnow: latest_event\ncurrency: EUR\n"
    (folder / "shoal.yml").write_text(settings + "country: PT\n")
    (folder / "events").mkdir(exist_ok=True)
    (folder / "events" / "plan.yml").write_text(PLAN)
    (folder / "segments" / "some.yml").write_text(SEGMENTS)
    (folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows()))
    (folder / "people.csv").write_text(
        "id,email,religion,favourite,country\n" + "".join(
            f"c{n},c{n}@mail.pt,none,{n},PT\n" for n in range(10)
        )
    )  # fmt: skip
    made = shoal.open(folder)
    options = {"event_column": "event", "user": "user", "time": "time"}
    made.import_file(folder / "rows.jsonl", **options)
    again = folder / "again.jsonl"
    again.write_text("".join(json.dumps(row) + "\n" for row in rows()[:30]))
    made.import_file(again, source="rows", **options)
    made.import_file(folder / "people.csv", profiles=True, user="id")
    received = int((BEGIN + timedelta(weeks=WEEKS)).timestamp()) * SECOND
    live = [
        Event("page_viewed", "c3", None, received - delay * 3_600 * SECOND, received, None,
              {"url": "/x", **said})
        for delay, said in ((0, {"said_at": "2099-01-01"}), (0, {}), (30, {}), (400, {}))
    ]  # fmt: skip
    made.project.store.append(live)
    made.apply()
    return shoal.open(folder)


@pytest.fixture(scope="module")
def checked(shop):
    return shop.check_data()


def sentences(report, check: str) -> str:
    return " ".join(it.sentence for it in report.findings if str(it.check) == check)


def figures(report, check: str, key: str) -> dict:
    return next(
        it.figures for it in report.findings if str(it.check) == check and key in it.figures
    )


def test_a13_the_tracking_plan_and_what_came(checked):
    text = sentences(checked, "tracking plan")
    assert (
        "`order_complete` is not in the plan and came 1 time: did you mean `order_completed`?"
        in text
    )
    assert "1 unplanned name among the properties of `order_completed`: `colour`." in text
    assert "1 planned event never came: `survey_answered`." in text
    assert "`page_viewed.title`" in text


def test_a13_values_that_did_not_convert_are_told_by_their_shape(checked):
    found = figures(checked, "types", "shapes")
    wrong = sum(row["revenue"] != 10.5 and isinstance(row["revenue"], str)
                for row in rows() if row["event"] == "order_completed")  # fmt: skip
    assert found["unconverted"] == wrong > 10
    assert found["shapes"] == {"9,9 A": wrong}
    text = sentences(checked, "types")
    assert "no number" in text or "no money" in text
    assert ",50 EUR" not in json.dumps(checked.as_json(), ensure_ascii=False)


def test_a13_missing_data_by_property_and_by_month(checked):
    coupon = next(it for it in checked.filled if it.text == "order_completed.coupon")
    total = next(it.rows for it in checked.events if it.name == "order_completed")
    assert coupon.of == total
    assert coupon.set == 12 * 40
    assert coupon.by_month["2024-01"] > 0.95
    assert coupon.by_month["2024-05"] == 0.0
    assert "`order_completed.coupon` was set in" in sentences(checked, "missing data")
    email = next(it for it in checked.filled if it.text == "email")
    assert (email.set, email.of) == (10, checked.profiles)
    refused = figures(checked, "missing data", "code")
    assert (refused["code"], refused["rows"]) == ("no_user", 20)


def test_a13_duplicates_recognised_and_near(checked):
    assert figures(checked, "duplicates", "duplicates")["duplicates"] == 30
    assert figures(checked, "duplicates", "repeated")["repeated"] == 1
    pairs = [it.figures for it in checked.findings if "pairs" in it.figures]
    near = {it["event"]: it["pairs"] for it in pairs if "event" in it}
    assert near["order_completed"] == 1


def test_a13_late_future_and_impossible_times(checked):
    late = figures(checked, "times", "by_delay")
    assert late["live"] == 4
    assert late["by_delay"] == {"a minute": 2, "an hour": 0, "a day": 0, "a week": 1, "longer": 1}
    assert figures(checked, "times", "most_seconds")["rows"] == 1
    assert figures(checked, "times", "outside")["outside"] == 1
    assert figures(checked, "times", "by_event")["by_event"] == {"page_viewed": 1}


def test_a13_a_weekly_drop_is_found(checked):
    quiet = figures(checked, "volume", "weeks")
    assert quiet["event"] == "order_completed"
    assert quiet["weeks"][0] == {"monday": at(weeks=QUIET)[:10], "rows": 2, "usual": 40.0}


def test_a13_values_currencies_spellings_dust_and_constants(checked):
    text = sentences(checked, "values")
    assert '"toys" and "Toys"' in text
    assert "Amounts come in 2 currencies" in text
    assert "more than four decimals" in text
    assert "`order_completed.colour`" in text  # always red


def test_a13_likely_bots_are_told_with_the_reason_and_stay(shop, checked):
    found = figures(checked, "bots", "by_sign")
    assert found["profiles"] == 1
    assert found["examples"][0]["user_id"] == "spider"
    assert found["by_sign"] == {"rate": 1, "one page": 1}
    assert shop.sql("select count(*) n from page_viewed where user_id = 'spider'").to_pylist() == [
        {"n": 300}
    ]
    assert "called like test accounts" in sentences(checked, "test accounts")
    assert figures(checked, "test accounts", "profiles")["profiles"] == 1


def test_a13_findings_are_in_order_each_with_a_remedy(checked):
    order = ["poor", "careful", "unknown", "good"]
    verdicts = [order.index(str(it.verdict)) for it in checked.findings]
    assert verdicts == sorted(verdicts)
    assert all(it.remedy for it in checked.findings if str(it.verdict) in {"poor", "careful"})
    assert checked.as_json()["findings"][0]["verdict"] == "poor"
    assert checked.summary.startswith("Mend first: ")


def test_a14_what_no_definition_uses_and_why_each_field_is_collected(shop):
    report = shop.minimisation()
    fields = {it.text: it for it in report.fields}
    assert fields["order_completed.revenue"].used_by == ("segment big",)
    assert fields["order_completed.revenue"].suggestion is None
    assert fields["order_completed.category"].used_by == ("segment toys",)
    assert "say why" in fields["order_completed.category"].suggestion
    assert "stop collecting it: nothing uses it" in fields["favourite"].suggestion
    assert "write the definition" in fields["page_viewed.url"].suggestion
    assert fields["country"].used_by == ("trait holiday_people",)
    assert fields["email"].serves == "to reach people"
    assert fields["email"].suggestion is None
    told = report.as_json()
    assert told["sensitive"]["religion"] == "religion or belief"
    assert "religion" in told["unused"]
    assert "order_completed.colour" in told["no_reason"]
    assert next(it.text for it in report.fields) == "religion"  # sensitive and unused
    assert "used by no definition" in report.summary


def test_a14_what_a_webhook_brings_is_named_with_its_file(shop):
    folder = shop.project.folder / "hooks"
    folder.mkdir(exist_ok=True)
    (folder / "till.yml").write_text(
        "events: {event: order completed, user: c, time: t, properties: {colour: c}}\n"
    )
    fields = {it.text: it for it in shop.minimisation().fields}
    assert fields["order_completed.colour"].held.brought_by == ("hooks/till.yml",)
    assert "hooks/till.yml" in fields["order_completed.colour"].suggestion


def test_a13_a_project_without_events(tmp_path):
    shoal.init(tmp_path)
    empty = shoal.open(tmp_path)
    assert empty.check_data().findings == ()
    assert empty.minimisation().summary == "Nothing is collected yet."
    assert all(it.needs for it in empty.insight().insights)


# --- product insight -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def market(tmp_path_factory):
    """Searches, views, barriers, features, reviews and returns whose numbers are known."""
    folder = tmp_path_factory.mktemp("market")
    made = shoal.init(folder, name="M")
    found: list[dict] = []

    def add(user: str, event: str, day: float, **properties) -> None:
        found.append({"event": event, "user": user, "time": at(days=day), **properties})

    for n in range(10):  # searched in vain; two of them buy all the same
        add(f"s{n}", "products_searched", 1, query="Oat Milk" if n % 2 else "oat milk ", results=0)
        if n < 2:
            add(f"s{n}", "order_completed", 2, revenue=50)
    for n in range(4):  # found something; half of them buy
        add(f"f{n}", "products_searched", 1, query="bread", results=5)
        if n < 2:
            add(f"f{n}", "order_completed", 2, revenue=50)
    for n in range(40):  # viewed: the lamp is bought by half, the vase by nobody
        add(f"v{n}", "product_viewed", 1, product_id="lamp", name="Lamp", price=20)
        add(f"v{n}", "product_viewed", 1.5, product_id="vase", name="Vase", price=30)
        if n < 20:
            add(f"v{n}", "product_added", 2, product_id="lamp")
            add(f"v{n}", "checkout_started", 2.1, value=20)
            add(f"v{n}", "order_completed", 2.2, revenue=50, product_id="lamp")
    for n in range(20, 30):
        add(f"v{n}", "checkout_started", 3)
        reason = "no courier" if n < 26 else "too dear"
        add(f"v{n}", "checkout_step_failed", 3.01, step="shipping", reason=reason)
    for n in range(24):
        add(f"v{n}", "feature_used", 5, feature="wishlist")
    add("v1", "feature_used", 5, feature="gift card")
    for n in range(6):
        mood = "negative" if n < 4 else "positive"
        add(f"v{n}", "review_posted", 6, theme="packaging", sentiment=mood)
    for n in range(3):
        add(f"v{n}", "order_refunded", 7, reason="broken", total=20)
    add("v9", "page_viewed", 30, url="/")
    (folder / "m.jsonl").write_text("".join(json.dumps(row) + "\n" for row in found))
    made.import_file(folder / "m.jsonl", event_column="event", user="user", time="time")
    return shoal.open(folder)


@pytest.fixture(scope="module")
def insight(market):
    return market.insight(as_of="2024-02-13")


def test_f6_searches_without_result(insight):
    found = insight.of(Theme.SEARCHES)
    assert (found.events, found.people) == (10, 10)
    assert [(it.name, it.events, it.people) for it in found.rows] == [("oat milk", 10, 10)]
    assert found.at_stake == pytest.approx(
        8 * 0.5 * 50
    )  # eight lost, half of the lucky buy, 50 each


def test_f6_viewed_never_bought(insight):
    found = insight.of(Theme.UNBOUGHT)
    (vase,) = found.rows
    assert (vase.name, vase.people, vase.figures["buyers"]) == ("Vase", 40, 0)
    assert vase.at_stake == pytest.approx(40 * 20 / 80 * 30)


def test_f6_steps_with_barriers_and_drop_off(insight):
    found = insight.of(Theme.BARRIERS)
    assert [(it.name, it.people) for it in found.rows] == [
        ("shipping: no courier", 6), ("shipping: too dear", 4),
    ]  # fmt: skip
    assert found.at_stake == pytest.approx(10 * 1.0 * 50)  # whoever met no failure ordered
    journey = insight.of(Theme.JOURNEY)
    assert [it.figures["reached"] for it in journey.rows] == [40, 20, 20]
    assert journey.rows[0].people == 20


def test_f6_features_reviews_and_returns(insight):
    features = insight.of(Theme.FEATURES)
    assert [it.name for it in features.rows] == ["gift card"]
    reviews = insight.of(Theme.REVIEWS)
    assert reviews.rows[0].name == "packaging"
    assert reviews.rows[0].figures["negative"] == 4
    assert reviews.at_stake == pytest.approx(4 * 50)  # what the four brought in a year
    returns = insight.of(Theme.RETURNS)
    assert (returns.rows[0].name, returns.events, returns.at_stake) == ("broken", 3, 60.0)
    assert insight.of(Theme.HELP).needs == ("ticket_opened.topic",)
    stakes = [it.at_stake or 0 for it in insight.insights if it.is_told]
    assert stakes == sorted(stakes, reverse=True)


def test_f8_claims_are_sized_on_these_data_and_never_told_as_results(market):
    reading, when = market.reading("2024-02-13")
    found = {it.claim.name: it for it in claims_to_test(reading, when)}
    assert found["people_expect_it"].base.audience > 0
    assert found["revenue_of_personalisation"].base.share == pytest.approx(24 / 54)
    assert all(it.as_json()["status"] == "a claim to test, not a result" for it in found.values())


def test_a13_a14_f6_f8_on_the_command_line(shop, capsys):
    from shoal.cli import main

    project = ["--project", str(shop.project.folder)]
    for noun, wanted in (("check", "findings"), ("minimisation", "fields"), ("insight", "insights"),
                         ("claims", "claims")):  # fmt: skip
        assert main(["data", noun, *project]) == 0
        assert capsys.readouterr().out
        assert main(["data", noun, "--json", *project]) == 0
        assert json.loads(capsys.readouterr().out)[wanted]
    assert main(["data", "claims", *project]) == 0
    assert "a claim to test, not a result" in " ".join(capsys.readouterr().out.split())


# --- real data -----------------------------------------------------------------------------------

RETAIL = DATA / "online_retail" / "online_retail.parquet"


@pytest.fixture(scope="module")
def retail(tmp_path_factory):
    """Online Retail's last weeks as it lies: cancellations, missing customers, duplicates."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    folder = tmp_path_factory.mktemp("retail")
    shoal.init(folder, name="R", time_zone="Europe/London")
    whole = pq.read_table(RETAIL)
    began = pa.scalar("2011-11-01 00:00:00").cast(whole["InvoiceDate"].type)
    late = whole.filter(pc.greater_equal(whole["InvoiceDate"], began))
    pq.write_table(late, folder / "late.parquet")
    made = shoal.open(folder)
    made.import_file(folder / "late.parquet", mapping=guess(RETAIL).mapping)
    return shoal.open(folder), late


@pytest.mark.skipif(not RETAIL.exists(), reason="shared data not there")
def test_a13_online_retail_rows_without_customer_and_repeated_rows(retail):
    shop, late = retail
    report = shop.check_data()
    frame = late.to_pandas()
    refused = figures(report, "missing data", "code")
    missing = int(frame.CustomerID.isna().sum())
    assert (refused["code"], refused["rows"]) == ("no_user", missing)
    assert refused["share"] == pytest.approx(missing / len(frame), abs=1e-4)
    known = frame[frame.CustomerID.notna()]
    sold = known[~known.InvoiceNo.str.startswith("C")]
    alike = next(it.figures["alike"] for it in report.findings
                 if it.figures.get("event") == "order_completed_line" and "alike" in it.figures)  # fmt: skip
    # one customer's invoices of the same minute count together
    columns = [it for it in sold.columns if it != "InvoiceNo"]
    assert alike == pytest.approx(int(sold.duplicated(columns).sum()), rel=0.01)


@pytest.mark.skipif(not RETAIL.exists(), reason="shared data not there")
def test_f6_online_retail_cancellations_are_returns_and_say_what_is_missing(retail):
    shop, late = retail
    found = shop.insight(as_of="2011-12-10").of(Theme.RETURNS)
    frame = late.to_pandas()
    back = frame[frame.CustomerID.notna() & frame.InvoiceNo.str.startswith("C")]
    assert found.events == back.InvoiceNo.nunique()
    assert found.people == back.CustomerID.nunique()
    assert found.at_stake == pytest.approx(-(back.Quantity * back.UnitPrice).sum())
    assert found.needs == ("order_refunded.reason",)


def test_what_is_open_is_read_only(shop, checked):
    del checked
    project = open_project(shop.project.folder)
    assert project.store.snapshot().version == shop.project.store.snapshot().version


def test_f6_fields_of_other_types_are_no_trouble(tmp_path):
    shoal.init(tmp_path, name="T")
    found = [
        {"event": event, "user": "u", "time": at(days=1), **cells}
        for event, cells in (
            ("products_searched", {"query": 7, "results": "none"}),
            ("product_viewed", {"product_id": 5, "price": "dear"}),
            ("order_completed", {"product_id": 5, "revenue": "free"}),
            ("checkout_step_failed", {"step": 2, "reason": True}),
            ("review_posted", {"theme": 3, "rating": "bad"}),
            ("order_refunded", {"reason": 4, "total": "all"}),
            ("feature_used", {"feature": 1}),
        )
    ]
    (tmp_path / "t.jsonl").write_text("".join(json.dumps(row) + "\n" for row in found))
    made = shoal.open(tmp_path)
    made.import_file(tmp_path / "t.jsonl", event_column="event", user="user", time="time")
    report = made.insight(as_of="2024-02-13")
    assert report.of(Theme.SEARCHES).needs == ("products_searched.results",)
    assert report.of(Theme.BARRIERS).rows[0].name == "2.0: True"
    assert made.check_data().rows == len(found)
