from __future__ import annotations

import subprocess
import sys
import threading
import time
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pytest

import shoal
from shoal.project.opening import open_project
from shoal.project.shop import Shop

ORDERS = """\
who,day,total
c1,2026-01-01,10.50
c1,2026-03-01,20
c2,2026-03-05,7.25
"""
LAPSED = "segments: {lapsed: {title: Lapsed, rule: did order and age(last(order)) > 180d}}\n"


@pytest.fixture
def shop(tmp_path):
    made = shoal.init(tmp_path, name="Shop", time_zone="Europe/Lisbon")
    (tmp_path / "orders.csv").write_text(ORDERS)
    counts = made.import_file(
        tmp_path / "orders.csv", event="Order", user="who", time="day",
        properties={"revenue": "total"},
    )  # fmt: skip
    assert counts["imported"] == 3
    (tmp_path / "segments" / "lapsed.yml").write_text(LAPSED)
    return shoal.open(tmp_path)


def test_the_public_face_is_sorted_and_complete():
    assert list(shoal.__all__) == sorted(shoal.__all__)
    for name in shoal.__all__:
        assert getattr(shoal, name).__doc__
    public = {name for name in vars(shoal) if not name.startswith("_")}
    modules = {name for name in public if isinstance(getattr(shoal, name), type(sys))}
    assert public - modules - {"TYPE_CHECKING", "Any", "annotations", "os"} <= set(shoal.__all__)
    with pytest.raises(AttributeError, match="no attribute 'oepn'"):
        shoal.oepn  # noqa: B018


def test_every_public_name_of_the_shop_is_described():
    for noun in (shoal.Shop, shoal.Members, shoal.Values):
        for name, value in vars(noun).items():
            if not name.startswith("_") and callable(value):
                assert value.__doc__, name


def test_the_contract_s_example(shop):
    shop.apply()
    lapsed = shop.segment("lapsed")
    assert lapsed.count(as_of="2026-11-01") == 2
    members = lapsed.members(as_of="2026-11-01")
    assert isinstance(members, pa.Table)
    assert members.to_pylist() == [{"user_id": "c1"}, {"user_id": "c2"}]
    assert shop.rule("count(order in last 90d) >= 2").members("2026-03-02").num_rows == 1
    values = shop.trait("avg(order.revenue)").values()
    assert values.to_pylist() == [
        {"user_id": "c1", "value": 15.25}, {"user_id": "c2", "value": 7.25},
    ]  # fmt: skip
    assert shop.explain("lapsed", user="c1", as_of="2026-11-01")["member"] is True
    assert shop.explain("did order", user="c1")["member"] is True
    with pytest.raises(shoal.NotFoundError, match="did you mean `lapsed`"):
        shop.explain("lapse", user="c1")
    assert shop.counts(as_of="2026-11-01") == {"lapsed": 2}
    assert shop.counts("2026-04-01", names=["lapsed"]) == {"lapsed": 0}
    assert shop.segments("2026-11-01")[0]["title"] == "Lapsed"
    assert lapsed.sizes("2026-11-01")["known"] == 2
    history = lapsed.history("2026-08-27", "2026-09-01")
    assert history.column_names == ["at", "size", "entered", "left"]
    assert history["size"].to_pylist() == [0, 0, 1, 1, 1, 1]
    assert shop.sql("select count(*) n from events").to_pylist() == [{"n": 3}]


@pytest.mark.parametrize(
    "moment",
    [
        "2026-03-01",
        date(2026, 3, 1),
        datetime(2026, 3, 1),  # noqa: DTZ001
        datetime(2026, 3, 1, tzinfo=UTC),
        "2026-03-01T00:00:00Z",
    ],
)
def test_moments_may_be_texts_dates_and_datetimes(shop, moment):
    assert shop.rule("count(order) = 2").count(moment) == 1


def test_local_midnight_is_of_the_project_s_zone(shop):
    assert shop.rule("everyone").sizes("2026-07-01")["as_of"] == "2026-06-30T23:00:00Z"
    assert shop.rule("everyone").sizes(date(2026, 7, 1))["as_of"] == "2026-06-30T23:00:00Z"


def test_now_is_the_clock_s_where_the_settings_say_so(tmp_path):
    shoal.init(tmp_path)
    clock = Shop(open_project(tmp_path, clock=lambda: 1_000_000))
    assert clock.rule("everyone").sizes()["as_of"] == "1970-01-01T00:00:01Z"


def test_fresh_data_leaves_now_to_the_clock(tmp_path):
    shop = Shop(
        open_project(shoal.init(tmp_path).project.folder, clock=lambda: 1_767_400_000_000_000)
    )
    (tmp_path / "o.csv").write_text("who,day\nc1,2026-01-01\n")
    told = shop.import_file(tmp_path / "o.csv", event="order", user="who", time="day")
    assert told["notices"] == []
    assert shop.rule("everyone").sizes()["as_of"] == "2026-01-03T00:26:40Z"


def test_old_data_makes_now_the_latest_event_and_says_so_once(tmp_path):
    shop = shoal.init(tmp_path)
    for day in ("2016-01-01", "2016-01-02"):
        (tmp_path / "o.csv").write_text(f"who,day\nc1,{day}\n")
        told = shop.import_file(tmp_path / "o.csv", event="order", user="who", time="day")
        assert len(told["notices"]) == (1 if day == "2016-01-01" else 0)
    assert shoal.open(tmp_path).rule("everyone").sizes()["as_of"] == "2016-01-02T00:00:00Z"


def test_what_is_doubtful_about_a_rule_is_told_to_who_asks(shop):
    asked = shop.rule("did something_unheard_of")
    assert ["something_unheard_of" in text for text in asked.warnings] == [True]
    for ask in (asked.count, asked.members, lambda: shop.audit(asked.text)):
        with pytest.warns(shoal.RuleWarning, match="something_unheard_of") as told:
            ask()
        assert [one.filename for one in told] == [__file__]
    with pytest.warns(shoal.RuleWarning, match="something_unheard_of"):
        shop.trait("count(something_unheard_of)").values()
    assert shop.rule("did order").warnings == ()


def test_errors_are_shoal_s_own(shop):
    with pytest.raises(shoal.NotFoundError, match="no segment `lapsed` is applied"):
        shop.segment("lapsed").count()
    with pytest.raises(shoal.DefinitionError, match="did you mean `order`"):
        shop.rule("did ordr").count()
    with pytest.raises(shoal.NotFoundError, match="no Shoal project"):
        shoal.open(shop.project.folder / "segments")
    with pytest.raises(shoal.ShoalError, match="is not a date"):
        shop.rule("everyone").count("whenever")
    (shop.project.folder / "segments" / "bad.yml").write_text("segments: {a: did}\n")
    with pytest.raises(shoal.DefinitionError, match=r"segments/bad.yml:1:\d+"):
        shop.apply()


def test_definitions_of_then_answer_by_then(shop):
    shop.apply()
    between = shop.project.clock()
    (shop.project.folder / "segments" / "lapsed.yml").write_text(LAPSED.replace("180d", "1d"))
    shop.apply()
    from shoal.project.answers import asked, count_members
    from shoal.project.reading import read

    def count(applied_at):
        reading = read(shop.project, applied_at)
        at = reading.at(shop.zone.parse("2026-03-10"))
        return count_members(reading, asked(reading, "lapsed", None), at)["count"]

    assert (count(between), count(None)) == (0, 2)


def test_a_write_is_handed_to_the_owner(shop):
    """While one process owns the store, others write through it; nobody is turned away."""
    folder = shop.project.folder
    hold = threading.Event()
    ready = threading.Event()

    def own():
        with shop.project.store.write():
            ready.set()
            hold.wait(60)

    owner = threading.Thread(target=own)
    owner.start()
    try:
        assert ready.wait(30)
        source = str(Path(shoal.__file__).parent.parent)
        more = folder / "more.csv"
        more.write_text("who,day,total\nc9,2026-03-06,1\n")
        commands = [
            ["consent", "set", "c1", "marketing", "granted"],
            ["import", str(more), "--event", "Order", "--user", "who", "--time", "day"],
            ["privacy", "erase", "c2"],
        ]
        for words in commands:
            ran = subprocess.run(
                [sys.executable, "-m", "shoal", *words, "--json", "--project", str(folder)],
                capture_output=True, text=True, check=False, env={"PYTHONPATH": source},
            )  # fmt: skip
            assert ran.returncode == 0, ran.stderr
    finally:
        hold.set()
        owner.join()
    assert shop.rule("everyone").members().to_pylist() == [{"user_id": "c1"}, {"user_id": "c9"}]
    assert shop.rule("consents to marketing").count() == 1


def test_readers_are_not_kept_waiting_by_a_writer(shop):
    with shop.project.store.write():
        began = time.monotonic()
        assert shop.rule("everyone").count() == 2
        assert time.monotonic() - began < 9
