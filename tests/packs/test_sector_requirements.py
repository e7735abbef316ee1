"""The requirements of sectors, each on people whose timelines are written by hand.

All seven sector packs stand in one project, as in a company with many trades; one pass answers
everything as of 2026-11-01. What a whole sample shows is in test_sectors.py.
"""

from __future__ import annotations

import csv
import json
import shlex
from datetime import UTC, datetime, timedelta

import pytest

import shoal
from shoal.cli import main
from shoal.packs import read_pack
from shoal.project.imports.importing import Wanted, import_files
from shoal.project.packs import add_pack, suggestions_of
from shoal.project.reading import read
from shoal.runners import evaluate

SECTORS = ("appointments", "finance", "gaming", "media", "recruitment", "social", "telecom")
NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
MAP = """\
events: {event_column: event, user: userId, time: timestamp, id: messageId, except: [messageId]}
profiles: {user: userId, traits: {city: city, gender: gender, age_group: age_group}}
"""
EVORA = {"city": "Évora", "gender": "female", "age_group": "30-44"}


def deed(event, *days, **properties):
    """Something done so many days ago, once for each number."""
    return [(event, day, properties) for day in days]


PEOPLE = {
    "ana": deed("app_installed", 300)
    + deed("appointment_booked", 75, 45, 15, channel="app", service="haircut"),
    "bea": deed("appointment_booked", 75, 45, 15, channel="telephone", service="haircut"),
    "ignores": deed("appointment_booked", 20, channel="web")
    + [it for n in range(4) for it in deed("email_sent", 80 - 20 * n, message_id=f"m{n}")],
    "clicker": deed("ad_seen", *range(1, 21), topic="travel")
    + deed("ad_clicked", 3, 9, topic="travel")
    + deed("post_seen", *range(1, 11), topic="cooking", seconds=40)
    + deed("post_reacted", 2, topic="cooking"),
    "hider": deed("ad_seen", *range(1, 21), topic="betting")
    + deed("ad_hidden", 3, 9, topic="betting"),
    "pays": deed("payment_settled", *range(20, 340, 30), days_late=0)
    + deed("balance_recorded", 1, balance=6000, spent=1500, overdraft_days=0)
    + deed("calculator_used", 5, 9, kind="home"),
    "strains": deed("payment_settled", *range(80, 340, 30), days_late=6)
    + deed("payment_missed", 20, 50)
    + deed("balance_recorded", 1, balance=-200, spent=1500, overdraft_days=12)
    + deed("calculator_used", 5, 9, kind="home"),
    "pestered": deed("product_offered", 20, 50, 80, product="fund"),
    "heavy": deed("usage_recorded", 2, 32, 62, data_gb=14, allowance_gb=10, minutes=50),
    "light": deed("usage_recorded", 2, 32, 62, data_gb=1, allowance_gb=50, minutes=50),
    "cross": deed("bill_issued", 20, 50, amount=90)
    + deed("ticket_opened", 9, 19, topic="bill")
    + deed(
        "survey_answered", 5, survey="nps", answer="A lentidão é insuportável", score=2
    ),
    "fighter": deed("task_completed", *range(1, 11), kind="fight", minutes=4)
    + deed("item_used", 2, 3, kind="weapon")
    + deed("item_purchased", 30, 60, amount=4.99),
    "builder": deed("task_completed", 1, 2, 3, 4, 5, kind="build")
    + deed("task_failed", *range(1, 10), kind="build", level=12),
    "jazz": deed("content_played", *range(1, 9), title="Blue", genre="jazz", mood="calm",
                 part_played=0.9)
    + deed("content_played", 2, title="The Bridge", genre="drama", mood="dark", part_played=0.4),
    "seeker": deed("content_searched", 4, 9, query="fado", results=0),
    "candidate": deed("posting_viewed", 9, 8, posting="p1", field="care")
    + deed("application_submitted", 7, posting="p1", field="care", tailored=True, matched=0.9),
}  # fmt: skip


class Found:
    """Segments' members, and traits' values by person."""

    def __init__(self, folder):
        reading = read(shoal.open(folder).project)
        rules = {name: it.rule for name, it in reading.vocabulary.segments.items()}
        at = reading.vocabulary.zone.parse("2026-11-01T12:00:00Z")
        answers = evaluate(reading.snapshot, rules, reading.vocabulary, at)
        self.members = {
            name: set(it.members().column("user_id").to_pylist()) for name, it in answers.items()
        }
        self.folder, self.advice = folder, suggestions_of(folder)

    def part(self, partition, user):
        """The one part of a partition that holds them."""
        (part,) = (
            name.partition(".")[2]
            for name, them in self.members.items()
            if name.startswith(f"{partition}.") and user in them
        )
        return part

    def value(self, trait, user):
        """A trait of a person."""
        rows = shoal.open(self.folder).trait(trait).values(as_of="2026-11-01T12:00:00Z")
        return {it["user_id"]: it["value"] for it in rows.to_pylist()}[user]

    def kinds(self, segment):
        """What kinds of things are suggested for it."""
        return {it.kind for it in self.advice[segment].actions}


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sectors")
    shop = shoal.init(folder, name="All trades")
    for name in SECTORS:
        add_pack(folder, name)
    shoal.open(folder).apply()
    rows = [
        {"event": event, "userId": user, "timestamp": f"{NOW - timedelta(days=day):%FT%TZ}",
         "messageId": f"{user}-{n}", **properties}
        for user, deeds in PEOPLE.items()
        for n, (event, day, properties) in enumerate(deeds)
    ]  # fmt: skip
    lines = "".join(json.dumps(it) + "\n" for it in rows)
    (folder / "events.jsonl").write_text(lines, encoding="utf-8")
    people = "".join(json.dumps({"userId": user, **EVORA}) + "\n" for user in ("ana", "bea"))
    (folder / "people.jsonl").write_text(people, encoding="utf-8")
    for file, part in zip(("events", "people"), MAP.splitlines(), strict=True):
        (folder / f"{file}.map.yml").write_text(part, encoding="utf-8")
        wanted = Wanted(map_file=folder / f"{file}.map.yml")
        import_files(shop.project, [folder / f"{file}.jsonl"], wanted)
    return Found(folder)


def test_c18_b14_two_neighbours_one_in_the_app_and_one_without_it(found):
    """The same town, sex and age: one books in the app, one never had it; other words for each."""
    assert found.value("city", "ana") == found.value("city", "bea") == "Évora"
    assert found.part("booking_way", "ana") == "in_the_app"
    assert found.part("booking_way", "bea") == "without_the_app"
    assert "ana" in found.members["books_in_the_app_regularly"]
    assert "bea" in found.members["books_by_telephone_only"] & found.members["never_had_the_app"]
    ana, bea = (found.advice[f"booking_way.{it}"] for it in ("in_the_app", "without_the_app"))
    assert {it.channel for it in ana.actions} == {"push"}
    assert {it.channel for it in bea.actions}.isdisjoint({"push", "app"})
    assert "install" in found.advice["books_in_the_app_regularly"].fit.not_words["en"]


def test_h2_trust_follows_payments_and_nothing_is_sold_to_those_in_need(found):
    assert found.value("trust_score", "pays") > 90 > 50 > found.value("trust_score", "strains")
    assert found.part("payment_standing", "pays") == "reliable"
    assert found.part("payment_standing", "strains") == "strained"
    # Both reckoned with a home; only one of them is offered anything.
    assert found.part("next_product", "pays") == "home"
    assert found.part("next_product", "strains") == "reserve_first"
    assert found.kinds("next_product.reserve_first") == {"help"}
    assert found.kinds("payment_standing.strained") == {"service"}


def test_h3_a1_content_and_adverts_follow_engagement(found):
    assert found.value("ad_click_rate", "clicker") == pytest.approx(0.1)
    assert found.value("ad_topic", "clicker") == "travel"
    assert found.value("favourite_topic", "clicker") == "cooking"
    assert found.part("ad_attitude", "clicker") == "receptive"
    assert found.part("ad_attitude", "hider") == "averse"
    assert "clicker" in found.members["lingering_readers"]
    assert found.kinds("tired_of_adverts") == {"nothing"}


def test_h4_tasks_and_items_follow_how_somebody_plays(found):
    assert found.part("player_style", "fighter") == "fighter"
    assert found.value("favourite_item", "fighter") == "weapon"
    assert found.value("task_that_fits", "fighter") == "a harder one of the same kind"
    assert found.part("player_style", "builder") == "builder"
    assert found.part("challenge", "builder") == "too_hard"
    assert found.value("task_that_fits", "builder") == "an easier one of the same kind"


def test_h5_the_plan_that_fits_follows_from_use(found):
    assert found.value("recommended_plan", "heavy") == "medium"
    assert found.part("plan_fit", "heavy") == "too_small"
    assert found.value("recommended_plan", "light") == "small"
    assert found.part("plan_fit", "light") == "too_large"
    assert "light" in found.members["paying_for_unused"]
    assert "recommended_plan" in found.advice["paying_for_unused"].fit.uses


def test_h6_b4_genre_mood_and_those_very_titles(found):
    assert found.part("genre_taste", "jazz") == "jazz"
    assert found.part("mood_taste", "jazz") == "calm"
    assert found.value("titles_left_unfinished", "jazz") == ["The Bridge"]
    assert "favourite_mood" in found.advice["playlist_makers"].fit.uses


def test_h7_a_good_application_is_read_first_and_nothing_is_rejected(found):
    assert found.members["read_first"] == {"candidate"}
    assert found.part("match_level", "candidate") == "most"
    for name in ("read_first", "meets_the_requirements", "nearly_meets"):
        assert found.kinds(name) == {"service"}  # a person reads


def test_a2_app_events_and_their_absence(found):
    assert "bea" in found.members["never_had_the_app"]
    assert "ana" not in found.members["never_had_the_app"]


def test_a3_reminders_sent_and_ignored(found):
    assert found.members["reminders_unread"] == {"ignores"}


def test_a4_a8_tickets_and_a_survey_with_words_beside_a_mark(found):
    assert found.members["unhappy_and_valuable"] == {"cross"}
    said = found.value("last(survey_answered.answer where survey = 'nps')", "cross")
    assert said == "A lentidão é insuportável"


def test_a5_transactions_with_their_amounts(found):
    assert found.value("spent_90d", "fighter") == pytest.approx(9.98)
    assert found.value("typical_bill", "cross") == pytest.approx(90)


def test_a6_offers_made_and_not_taken(found):
    assert found.members["offered_in_vain"] == {"pestered"}


def test_a9_searches_without_a_result(found):
    assert found.members["searches_in_vain_for_titles"] == {"seeker"}


def starts():
    """The commands by which packs say one may begin from a spreadsheet, without a mapping."""
    for name in SECTORS:
        for start in read_pack(name).starts_from:
            words = shlex.split(start.command)
            if words[1] == "import" and "--event" in words:
                yield pytest.param(name, words, id=f"{name}-{words[2]}")


@pytest.mark.parametrize(("name", "words"), list(starts()))
def test_a10_a7_each_pack_begins_from_a_spreadsheet_as_it_says(tmp_path, capsys, name, words):
    shoal.init(tmp_path / "new", name="New")
    add_pack(tmp_path / "new", name)
    columns = [words[words.index(option) + 1] for option in ("--user", "--time")]
    columns += [words[n + 1].partition("=")[2] for n, it in enumerate(words) if it == "--prop"]
    file = tmp_path / words[2]
    with file.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(columns)
        for row in range(3):
            writer.writerow([f"c{row}", f"2026-10-0{row + 1}", *("1" for _ in columns[2:])])
    command = ["--project", str(tmp_path / "new"), "import", str(file), *words[3:], "--json"]
    assert main(command) == 0
    done = json.loads(capsys.readouterr().out)
    assert (done["imported"], done["rejected"]) == (3, 0)
    event = words[words.index("--event") + 1]
    shop = shoal.open(tmp_path / "new")
    assert shop.rule(f"count({event}) = 1").count() == 3
    kept = read(shop.project).vocabulary.events[event].properties
    assert {words[n + 1].partition("=")[0] for n, it in enumerate(words) if it == "--prop"} <= set(
        kept
    )
