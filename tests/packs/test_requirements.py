"""The requirements of sections B, C and H, each on people whose timelines are written by hand.

The ecommerce pack is added to a project, the people are imported as JSON lines, and one pass answers
all segments and traits of the pack as of 2026-11-01. B12 and C21 belong to discovery.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import shoal
from shoal.project.packs import add_pack, contents
from shoal.project.reading import read
from shoal.project.shop import Shop
from shoal.runners import evaluate

NOW = datetime(2026, 11, 1, tzinfo=UTC)
MAP = """\
events: {event_column: event, user: userId, time: timestamp, id: messageId, except: [type, messageId]}
"""
PROFILES_MAP = "profiles: {user: userId, except: [type]}\n"

Deed = tuple[str, float, dict[str, Any]]


def deed(event: str, *days: float, **properties: Any) -> list[Deed]:
    """Something done so many days ago, once for each number."""
    return [(event, day, properties) for day in days]


def line(product: str = "pan", category: str = "kitchen", **more: Any) -> dict[str, Any]:
    return {"product_id": product, "category": category, "price": 20, **more}


def order(*days: float, lines: Any = None, **properties: Any) -> list[Deed]:
    given = {"revenue": 50, "discount": 0, "channel": "web", **properties}
    return deed("order_completed", *days, **given, products=lines or [line()])


TV = {"product_id": "tv", "category": "electronics", "price": 1200}
CAMERA = {"product_id": "camera", "category": "electronics", "price": 900}
LISBON = {"city": "Lisboa", "country": "PT", "age_group": "35-44", "gender": "female"}

PROFILES: dict[str, dict[str, Any]] = {
    "ana": LISBON,
    "bea": LISBON,
    "birthday": {"birthday": "1985-11-06"},
    "no_birthday_soon": {"birthday": "1985-03-06"},
    "finance": {"company.role": "finance", "company.size": "10-49", "company.industry": "retail"},
    "holidays": {"country": "PT"},
    "christmas": {"country": "PT"},
    "anytime": {"country": "PT"},
    "looker": {"email": "looker@example.com"},
}


def mails(count: int, *, opened: int = 0) -> list[Deed]:
    found: list[Deed] = []
    for number in range(count):
        day = 50 - 7 * number
        found += deed("email_sent", day, message_id=f"m{number}", campaign="news")
        if number < opened:
            found += deed("email_opened", day - 0.3, message_id=f"m{number}", campaign="news")
    return found


PEOPLE: dict[str, list[Deed]] = {
    # value, rhythm, life cycle
    "whale": order(
        10, 60, 110, 160, revenue=900, lines=[line("knife", premium=True, brand="Lume")]
    ),
    "weekly": order(
        3, 10, 17, 24, 31, 38, revenue=30, lines=[line("milk", "grocery")], channel="app"
    ),
    "erratic": order(4, 5, 6, 100, 300),
    "newbie": order(3),
    "once": order(90),
    "gone": order(200, 230, revenue=20),
    "gone_dear": order(190, 260, 330, revenue=800, discount=80, lines=[line("pot", premium=False)]),
    "back": order(300, 330) + order(12),
    "just_back": order(188) + order(3),
    "due": order(30, 60, 90, lines=[line("beans", "coffee")]),
    # leaving, and why
    "risk_silent": order(80, 90, 100),
    "risk_return": order(80, 90, 100) + deed("order_refunded", 75, reason="broken", total=50),
    "risk_payment": order(80, 90, 100) + deed("payment_failed", 60, reason="card_declined"),
    "risk_price": order(80, 90, 100, discount=10),
    "risk_looks": order(80, 90, 100) + deed("product_viewed", 5, product_id="pan"),
    # carts
    "cart": deed("product_added", 3, product_id="kettle", name="Kettle")
    + deed("product_added", 3, product_id="toaster", name="Toaster")
    + order(2.9, lines=[line("toaster")]),
    "cart_hot": deed("product_added", 0.5, product_id="kettle", name="Kettle"),
    "cart_bought": deed("product_added", 3, product_id="kettle")
    + order(2.9, lines=[line("kettle")]),
    "checkout": deed("checkout_started", 4, value=80),
    "looks_again": deed("product_viewed", 12, 8, product_id="lamp", price=40),
    "tv_browser": deed("product_viewed", 20, 15, **TV)
    + deed("product_viewed", 10, **CAMERA)
    + order(40),
    "tv_buyer": deed("product_viewed", 20, 15, **TV)
    + deed("product_viewed", 10, **CAMERA)
    + order(9, lines=[line("tv", "electronics")]),
    "tv_glance": deed("product_viewed", 20, **TV),
    # use
    "power": deed("app_opened", *range(1, 15)) + deed("feature_used", 1, 2, feature="scanner"),
    "steady": deed("app_opened", 2, 9, 16, 23)
    + deed("feature_used", 2, 9, 16, 23, feature="lists"),
    "light": deed("page_viewed", 5, url="/news", seconds=120),
    "asleep": deed("page_viewed", 70, url="/"),
    "falling": deed("page_viewed", 35, 40, 45, 50, 55, url="/") + deed("page_viewed", 5, url="/"),
    "reader": deed(
        "content_viewed", *range(1, 10), genre="jazz", topic="music", mood="calm", title="Blue"
    ),
    # the benefit sought
    "cheap": order(20, 50, discount=5, lines=[line("soap", "care", benefit="affordability")]),
    "fine": order(20, 50, lines=[line("oil", "food", benefit="quality", premium=True)]),
    "quick": order(20, 50, channel="app", lines=[line("soup", "food", benefit="convenience")]),
    "white": order(20, 50, lines=[line("t1", "toothpaste", benefit="whitening")]),
    "sensitive": order(20, lines=[line("t2", "toothpaste", benefit="price")])
    + deed("survey_answered", 10, survey="toothpaste", answer="sensitivity"),
    "thrifty": order(20, lines=[line("t3", "toothpaste", benefit="price")]),
    "minty": deed(
        "product_viewed", *range(1, 6), category="toothpaste", benefit="taste", product_id="t4"
    ),
    # loyalty and journey
    "advocate": order(20, 60, 100, lines=[line("pan")])
    + deed("review_posted", 15, product_id="pan", rating=5, sentiment="positive"),
    "regular": order(20, 60, 100, 140, lines=[line("pan")]),
    "switcher": [
        it
        for d, p in zip((20, 60, 100, 140), "abcd", strict=True)
        for it in order(d, lines=[line(p)])
    ],
    "aware": deed("page_viewed", 15, url="/"),
    "considers": deed("page_viewed", 100, url="/")
    + deed("product_compared", 3, category="kitchen"),
    "compares_on": deed("product_compared", 40, 30, category="kitchen"),
    "decided": deed("product_added", 15, product_id="pan") + order(12),
    # occasions
    "birthday": deed("page_viewed", 20, url="/"),
    "no_birthday_soon": deed("page_viewed", 20, url="/"),
    "holidays": order(316, 195, 148, 82),  # 20 Dec, 20 Apr, 6 Jun, 11 Aug
    "christmas": order(320, 690),
    "anytime": order(270, 160, 50, 30),
    "autumn": order(401, 410, 780, 200),  # three Septembers
    # what was last
    "pleased": order(20)
    + deed("review_posted", 10, rating=5, sentiment="positive", product_id="pan"),
    "returned": order(20) + deed("order_refunded", 10, reason="broken"),
    "bad_review": order(20) + deed("review_posted", 10, rating=1, product_id="pan"),
    "made_up": order(20) + deed("order_refunded", 10, reason="broken") + order(5),
    "helped": deed("ticket_opened", 9, topic="delivery") + deed("ticket_resolved", 8),
    "unhelped": deed("ticket_opened", 9, topic="delivery", sentiment="negative"),
    # offers and e-mails
    "bargains": order(30, 60, 90, discount=10),
    "pays_full": order(30, 60, 90),
    "deaf": deed("promotion_viewed", 20, 40, 60, 80, 100, promotion_id="p"),
    "takes": deed("promotion_viewed", 20, 40, promotion_id="p")
    + deed("promotion_clicked", 19, 39, promotion_id="p")
    + order(19, discount=5)
    + order(50),
    "one_coupon": deed("promotion_viewed", 20, 30, promotion_id="p")
    + deed("promotion_clicked", 19, promotion_id="p")
    + deed("coupon_redeemed", 19, coupon_id="c")
    + order(19, discount=5)
    + order(50),
    "ignores": mails(6),
    "reads_unnumbered": deed("email_sent", 40, 30, 20) + deed("email_opened", 39, 29, 19),
    "told_yesterday": deed("email_sent", 1, message_id="x"),
    "reads": mails(6, opened=4),
    "signed_off": [*mails(6), *deed("email_unsubscribed", 5)],
    # buying
    "impulse": deed("product_viewed", 20.02, product_id="pan") + order(20),
    "ponders": deed("product_viewed", 40, 35, 30, product_id="pan") + order(20),
    "weighs": deed("product_compared", 30, 28, 26, category="kitchen")
    + deed("product_viewed", 26, product_id="pan")
    + order(20),
    "finance": order(20, 80),
    "scout": deed("product_compared", 30, 20, category="kitchen"),
    "user": deed("feature_used", 3, feature="recipes"),
    "no_card": deed("checkout_started", 6, 5) + deed("payment_failed", 5.9, 4.9, reason="declined"),
    "no_parcel": deed("checkout_started", 6)
    + deed("checkout_step_failed", 5.9, step="shipping", reason="shipping_cost"),
    "no_stock": deed("checkout_started", 6)
    + deed("checkout_step_failed", 5.9, step="cart", reason="out_of_stock"),
    "no_login": deed("checkout_started", 6)
    + deed("checkout_step_failed", 5.9, step="login", reason="password"),
    "no_trouble": deed("checkout_started", 20.1) + order(20),
    "unnamed": order(20, 60, 100, lines=[{"category": "kitchen", "price": 20}]),
    "retries": deed("checkout_started", 6)
    + deed("payment_failed", 5.9, reason="declined")
    + order(5.8),
    # knowledge and attitude
    "expert": deed("survey_answered", 9, survey="knowledge", score=9),
    "novice": deed("survey_answered", 9, survey="knowledge", score=2),
    "promoter": deed("survey_answered", 9, survey="nps", score=10),
    "promoter_then_cross": deed("survey_answered", 90, survey="nps", score=10)
    + deed("ticket_opened", 5, topic="delivery", sentiment="negative"),
    "detractor": deed("survey_answered", 9, survey="nps", score=2),
    # the same on paper, and hours
    "ana": deed("appointment_booked", 10, 30, 50, channel="app") + deed("app_installed", 60),
    "bea": deed("appointment_booked", 10, 30, 50, channel="phone"),
    "evening": order(10.15, 30.15, 50.15, 70.15, channel="store"),  # 20:24
    "looker": deed("page_viewed", 5, url="/delivery", seconds=30)
    + deed("page_viewed", 4, 3, url="/offers", seconds=45)
    + deed("products_searched", 4, 3, query="oat milk", results=0),
}


@dataclass(frozen=True)
class Found:
    """Who is in which segment, and every trait of everybody."""

    shop: Shop
    members: dict[str, set[str]]
    traits: dict[str, dict[str, Any]]

    def of(self, user: str) -> set[str]:
        """Everything that the person is in."""
        return {name for name, them in self.members.items() if user in them}

    def part(self, partition: str, user: str) -> str:
        """The one part that the person is in."""
        of = [
            n for n, them in self.members.items() if n.startswith(f"{partition}.") and user in them
        ]
        assert len(of) == 1, (partition, user, of)
        return of[0].partition(".")[2]

    def parts(self, partition: str, **expected: str) -> None:
        """Each of these people is in that part."""
        assert {user: self.part(partition, user) for user in expected} == expected

    def is_in(self, segment: str, *users: str, never: tuple[str, ...] = ()) -> None:
        """These people are members, and those are not."""
        members = self.members[segment]
        assert set(users) <= members, sorted(set(users) - members)
        assert not set(never) & members, sorted(set(never) & members)


def rows() -> list[dict[str, Any]]:
    number, found = 0, []
    for user, deeds in PEOPLE.items():
        for event, days, properties in deeds:
            number += 1
            at = (NOW - timedelta(days=days)).isoformat()
            found.append(
                {"type": "track", "event": event, "userId": user, "timestamp": at,
                 "messageId": str(number), "properties": properties}
            )  # fmt: skip
    return found


def write_lines(path: Path, them: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(it) + "\n" for it in them), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def found(tmp_path_factory) -> Found:
    folder = tmp_path_factory.mktemp("requirements")
    shop = shoal.init(folder, name="Requirements", time_zone="UTC")
    add_pack(folder, "ecommerce")
    (folder / "e.map.yml").write_text(MAP)
    (folder / "p.map.yml").write_text(PROFILES_MAP)
    people = [
        {"type": "identify", "userId": user, "traits": PROFILES.get(user, {"first_name": user})}
        for user in PEOPLE
    ]
    shop.import_file(write_lines(folder / "p.jsonl", people), map_file=folder / "p.map.yml")
    shop.import_file(write_lines(folder / "e.jsonl", rows()), map_file=folder / "e.map.yml")
    shop = shoal.open(folder)
    shop.apply()
    reading = read(shop.project)
    vocabulary = reading.vocabulary
    computed = {n: it.value for n, it in vocabulary.traits.items() if it.value is not None}
    asked = {**{n: it.rule for n, it in vocabulary.segments.items()}, **computed}
    answers = evaluate(reading.snapshot, asked, vocabulary, shop.zone.parse("2026-11-01"))
    members = {
        name: set(answers[name].members().column("user_id").to_pylist())
        for name in vocabulary.segments
    }
    traits = {
        name: {row["user_id"]: row["value"] for row in answers[name].table().to_pylist()}
        for name in computed
        if hasattr(answers[name], "table")
    }
    return Found(shop, members, traits)


# --- B: behaviour features -------------------------------------------------------------------


def test_b1_recency_frequency_value_and_average_order_value(found):
    traits = found.traits
    assert traits["days_since_order"]["whale"] == pytest.approx(10)
    assert traits["orders"]["whale"] == 4
    assert traits["revenue"]["whale"] == 3600
    assert traits["average_order_value"]["whale"] == 900
    assert traits["average_order_value"]["aware"] is None
    assert traits["revenue_kept"]["risk_return"] == 100
    assert found.part("rfm", "aware") == "without_order"
    assert found.part("rfm", "gone_dear") in {"cannot_lose", "at_risk"}
    assert found.part("rfm", "once") in {"hibernating", "lost", "about_to_sleep"}


def test_b2_preferred_products_categories_and_premium_share(found):
    traits = found.traits
    assert traits["preferred_product"]["weekly"] == "milk"
    assert traits["preferred_category"]["due"] == "coffee"
    assert traits["preferred_brand"]["whale"] == "Lume"
    assert traits["premium_share"]["whale"] == 1
    assert traits["premium_share"]["gone_dear"] == 0
    assert traits["category_count"]["switcher"] == 1
    assert traits["products_bought"]["switcher"] == ["a", "b", "c", "d"]


def test_b3_usage_by_days_and_by_feature(found):
    assert found.traits["active_days_30d"]["power"] == 14
    assert found.traits["most_used_feature"]["steady"] == "lists"
    found.is_in("one_feature", "steady", never=("power", "light"))


def test_b4_content_genre_and_mood(found):
    traits = found.traits
    assert traits["preferred_genre"]["reader"] == "jazz"
    assert traits["current_mood"]["reader"] == "calm"
    assert traits["genre_share"]["reader"] == 1
    assert traits["titles_viewed"]["reader"] == ["Blue"]
    found.is_in("content_fans", "reader", never=("light",))
    found.is_in("firm_taste", "reader", never=("light",))


def test_b5_inactivity_is_behaviour_too(found):
    found.is_in("inactive_30d", "asleep", "ignores", never=("light", "reads", "weekly"))
    found.is_in("inactive_90d", "gone", never=("asleep", "light"))
    # Nobody has been silent for a month who was first heard of yesterday.
    assert not {"inactive_30d", "inactive_90d"} & found.of("told_yesterday")
    assert found.traits["emails_ignored"]["ignores"] == 6
    assert found.traits["emails_ignored"]["reads"] == 2


def test_b6_cart_abandonment_rate_and_those_very_items(found):
    assert found.traits["abandoned_items"]["cart"] == ["kettle"]
    assert found.traits["abandoned_item_names"]["cart"] == ["Kettle"]
    assert found.traits["cart_abandonment_rate"]["cart"] == 0.5
    assert found.traits["cart_abandonment_rate"]["cart_bought"] == 0
    assert found.traits["viewed_not_bought"]["looks_again"] == ["lamp"]


def test_b7_browsing_time_on_site_and_most_visited_page(found):
    assert found.traits["most_visited_page"]["looker"] == "/offers"
    assert found.traits["minutes_on_site_30d"]["looker"] == 2
    assert found.traits["pages_viewed_30d"]["looker"] == 3
    found.is_in("searched_in_vain", "looker", never=("light",))


def test_b8_promotions_and_price_sensitivity(found):
    sensitivity = found.traits["price_sensitivity"]
    assert sensitivity["bargains"] == pytest.approx(1.0)
    assert sensitivity["whale"] == 0
    assert sensitivity["aware"] is None
    assert found.traits["offer_response_rate"]["takes"] == 1
    assert found.traits["offer_response_rate"]["deaf"] == 0


def test_b9_last_interaction_kind_time_and_sentiment(found):
    kind = found.traits["last_contact_kind"]
    assert kind["returned"] == "return"
    assert kind["bad_review"] == "review"
    assert kind["made_up"] == "order"
    assert kind["light"] == "visit"
    assert found.traits["last_sentiment"]["pleased"] == "positive"
    assert found.traits["last_sentiment"]["unhelped"] == "negative"


def test_b10_value_and_rank(found):
    rank = found.traits["value_rank"]
    assert rank["whale"] == 100
    assert rank["whale"] > rank["gone_dear"] > rank["weekly"] > rank["gone"]
    assert rank["aware"] is None
    assert found.traits["value_decile"]["whale"] == 10


def test_b11_approach_difficulty_role_and_barriers(found):
    traits = found.traits
    assert traits["days_to_first_order"]["ponders"] == pytest.approx(20)
    assert traits["comparisons"]["weighs"] == 3
    assert traits["checkout_troubles"]["no_card"] == 2
    assert traits["checkout_retries"]["retries"] == 1
    assert traits["last_barrier"]["no_parcel"] == "shipping_cost"
    assert traits["quick_share"]["impulse"] == 1
    assert traits["quick_share"]["ponders"] == 0


def test_b13_preferred_channel_and_best_hour(found):
    assert found.traits["preferred_channel"]["weekly"] == "app"
    assert found.traits["best_hour"]["evening"] == 20
    assert found.traits["answers_best_on"]["reads"] == "email"
    assert found.traits["answers_best_on"]["signed_off"] == "none"
    found.parts("order_channel", weekly="app", evening="store", aware="unknown")
    found.is_in("evening_shoppers", "evening", never=("weekly",))


def test_b14_same_demographics_different_segments(found):
    assert PROFILES["ana"] == PROFILES["bea"]
    ana, bea = found.of("ana"), found.of("bea")
    assert "app_bookers" in ana - bea
    assert "never_installed_app" in bea - ana
    found.is_in("small_companies", "finance", never=("whale",))


# --- C: segments out of the box --------------------------------------------------------------


def test_c1_high_value_purchasers_who_buy_premium_regularly(found):
    found.is_in("high_value", "whale", never=("newbie", "aware", "gone"))
    found.is_in("premium_regulars", "whale", never=("fine", "weekly"))


def test_c2_frequent_buyers_as_in_weekly_grocery(found):
    found.is_in("frequent_buyers", "weekly", never=("erratic", "due"))
    found.is_in("regular_rhythm", "weekly", never=("erratic", "newbie"))


def test_c3_new_customers(found):
    found.is_in("new_customers", "newbie", never=("weekly", "once", "aware"))
    assert found.part("lifecycle", "newbie") == "new"


def test_c4_lapsed_customers(found):
    found.is_in("lapsed", "gone", "gone_dear", never=("once", "back", "aware"))
    # Whoever comes back after 185 silent days is won back at once, not weeks later.
    found.is_in("won_back", "back", "just_back", never=("newbie", "gone", "weekly", "erratic"))
    found.parts("lifecycle", gone="lapsed", back="won_back", aware="prospect", weekly="active")


def test_c5_abandoned_cart_checkout_and_browse(found):
    found.is_in("abandoned_cart", "cart", never=("cart_bought", "cart_hot"))
    found.is_in("abandoned_checkout", "checkout", never=("no_trouble", "cart"))
    found.is_in("abandoned_browse", "looks_again", never=("tv_glance", "impulse"))


def test_c6_high_end_browsers_who_never_buy_with_those_very_items(found):
    found.is_in("high_end_browsers", "tv_browser", never=("tv_buyer", "tv_glance"))
    assert found.traits["high_end_items_viewed"]["tv_browser"] == ["camera", "tv"]
    advice = contents("ecommerce").suggestions["high_end_browsers"]
    assert advice.actions[0].kind == "offer"
    assert "high_end_items_viewed" in advice.fit.uses


def test_c7_power_regular_light_dormant_and_falling_use(found):
    found.parts("usage", power="power", steady="regular", light="light", asleep="dormant")
    found.is_in("falling_use", "falling", never=("steady", "asleep"))


def test_c8_benefit_sought_and_the_toothpaste_example(found):
    found.parts("primary_benefit", cheap="affordability", fine="quality", quick="convenience",
                aware="not_known")  # fmt: skip
    found.parts("toothpaste_benefit", white="whitening", thrifty="price", minty="taste",
                aware="not_known")  # fmt: skip
    # What was said outweighs one purchase.
    assert found.part("toothpaste_benefit", "sensitive") == "sensitivity"
    assert found.traits["sensitivity_score"]["sensitive"] == 4
    assert found.traits["price_score"]["sensitive"] == 2
    assert found.traits["benefit_certainty"]["fine"] == 1


def test_c9_advocate_regular_switcher_and_tiers(found):
    found.parts("loyalty", advocate="advocate", regular="regular", switcher="switcher",
                newbie="not_yet", unnamed="not_yet")  # fmt: skip
    found.parts("loyalty_tier", whale="platinum", gone="bronze", aware="none")


def test_c10_journey_stages_and_transitions(found):
    found.parts("journey_stage", aware="awareness", considers="consideration", newbie="purchase",
                advocate="advocacy")  # fmt: skip
    found.is_in("moved_to_consideration", "considers", never=("compares_on", "aware"))
    found.is_in("stuck_in_consideration", "compares_on", never=("considers", "aware"))
    found.is_in("moved_to_purchase", "decided", never=("newbie", "weekly"))
    found.is_in("became_advocates", "advocate", never=("regular",))


def test_c11_birthdays_holidays_seasons_and_the_own_rhythm(found):
    found.is_in("birthday_soon", "birthday", never=("no_birthday_soon", "aware"))
    found.is_in("holiday_buyers", "holidays", never=("anytime",))
    found.is_in("christmas_buyers", "christmas", never=("anytime", "holidays"))
    found.is_in("seasonal_buyers", "autumn", never=("anytime",))
    found.is_in("holiday_soon", "holidays", never=("aware",))
    found.is_in("due_now", "due", never=("weekly", "risk_silent", "erratic"))


def test_c12_at_risk_with_the_reason(found):
    risky = ("risk_silent", "risk_return", "risk_payment", "risk_price", "risk_looks")
    found.is_in("at_risk", *risky, never=("weekly", "gone", "due"))
    found.parts("churn_reason", risk_return="bad_experience", risk_payment="barrier",
                risk_price="price", risk_looks="looking_elsewhere", risk_silent="faded",
                weekly="not_leaving")  # fmt: skip
    advice = contents("ecommerce").suggestions
    assert advice["churn_reason.bad_experience"].actions[0].kind == "service"
    assert advice["churn_reason.price"].actions[0].kind == "offer"


def test_c13_last_interaction_good_to_reward_bad_to_service(found):
    found.is_in("last_contact_positive", "pleased", never=("returned", "bad_review"))
    found.is_in(
        "last_contact_negative", "returned", "bad_review", "unhelped", never=("pleased", "made_up")
    )
    found.is_in("waiting_for_help", "unhelped", never=("helped",))
    advice = contents("ecommerce").suggestions
    assert advice["last_contact_negative"].actions[0].channel == "service"
    assert advice["last_contact_positive"].actions[0].kind == "reward"


def test_c14_response_to_promotions(found):
    found.parts("offer_response", bargains="only_on_discount", takes="responsive",
                deaf="unresponsive", pays_full="unresponsive", newbie="not_known")  # fmt: skip
    found.is_in("discount_only", "bargains", never=("pays_full", "takes"))
    # A coupon that was clicked, redeemed and bought with is one offer taken, not three.
    assert found.traits["offers_taken"]["one_coupon"] == 1
    found.is_in("promotion_responsive", "takes", never=("one_coupon", "deaf"))
    found.is_in("promotion_unresponsive", "deaf", never=("takes",))


def test_c15_buying_approach_difficulty_role_and_barrier(found):
    found.parts("buying_approach", impulse="impulsive", ponders="considered", weighs="comparer",
                aware="no_purchase", regular="settled")  # fmt: skip
    found.parts("buying_difficulty", no_card="hard", no_trouble="smooth", no_login="some_trouble",
                aware="not_tried")  # fmt: skip
    found.parts("buying_role", finance="payer", impulse="decider", scout="researcher", user="user",
                aware="not_known")  # fmt: skip
    found.parts("primary_barrier", no_card="payment", no_parcel="shipping", no_stock="stock",
                no_login="login", no_trouble="none")  # fmt: skip
    found.is_in("stopped_by_barrier", "no_card", never=("retries", "no_trouble"))


def test_c16_knowledge_attitude_use_and_response(found):
    found.parts("knowledge", expert="expert", novice="novice")
    found.parts("attitude", promoter="enthusiastic", detractor="negative", pleased="enthusiastic",
                bad_review="negative", promoter_then_cross="negative", aware="silent")  # fmt: skip
    found.parts("usage", power="power")
    found.parts("offer_response", takes="responsive")


def test_c17_email_reads_ignores_and_unsubscribed(found):
    found.is_in("email_ignorers", "ignores", never=("reads", "weekly"))
    found.is_in("email_readers", "reads", never=("ignores",))
    found.parts("email_attitude", ignores="ignores", reads="reads", signed_off="unsubscribed",
                reads_unnumbered="reads", weekly="not_written_to")  # fmt: skip


def test_c18_app_journey_same_region_different_message(found):
    found.parts("app_journey", ana="books_in_app", bea="books_elsewhere", aware="never_installed")
    assert PROFILES["ana"]["city"] == PROFILES["bea"]["city"]
    advice = contents("ecommerce").suggestions
    ana, bea = advice["app_journey.books_in_app"], advice["app_journey.books_elsewhere"]
    assert ana.actions != bea.actions
    assert ana.actions[0].channel == "push"


def test_c19_polarity_and_growth_of_positive_and_negative_segments(found):
    shown = contents("ecommerce").shown()["segments"]
    polarity = {it["name"]: it["polarity"] for it in shown}
    assert {polarity[n] for n in ("high_value", "won_back", "usage.power")} == {"positive"}
    assert {polarity[n] for n in ("lapsed", "falling_use", "at_risk")} == {"negative"}
    sizes = found.shop.segment("lapsed").history("2026-10-01", "2026-11-01", every="31d")["size"]
    before, now = sizes.to_pylist()
    assert now - before == len(found.members["lapsed"]) - before > 0


def test_c20_lapsed_and_valuable_and_price_sensitive(found):
    combined = found.members["lapsed_valuable_price_sensitive"]
    assert combined == {"gone_dear"}
    assert combined < found.members["lapsed"]


# --- H: sectors ------------------------------------------------------------------------------


def test_h1_ecommerce_personalises_messages_by_what_each_did(found):
    advice = contents("ecommerce").suggestions["abandoned_cart"]
    assert {"abandoned_items", "abandoned_item_names"} & set(advice.fit.uses)
    named = {
        user: found.traits["abandoned_item_names"][user] for user in found.members["abandoned_cart"]
    }
    assert named["cart"] == ["Kettle"]
    assert all(named.values())


def test_h8_grocery_electronics_oral_care_and_appointments(found):
    found.is_in("frequent_buyers", "weekly")  # weekly grocery orders
    found.is_in("high_end_browsers", "tv_browser")  # electronics
    assert found.part("toothpaste_benefit", "white") == "whitening"  # oral care
    found.is_in("app_bookers", "ana", never=("bea",))  # appointments


def test_everybody_is_in_exactly_one_part_of_every_partition(found):
    names = {name.partition(".")[0] for name in found.members if "." in name}
    assert len(names) >= 17
    for name in names:
        parts = [them for part, them in found.members.items() if part.startswith(f"{name}.")]
        assert set.union(*parts) == set(PEOPLE)
        assert sum(map(len, parts)) == len(PEOPLE)
