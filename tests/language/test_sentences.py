"""What a rule says in plain English."""

from __future__ import annotations

import pytest
from hypothesis import given

from shoal.language import parse_expression, parse_rule, sentence
from shoal.language.vocabulary import EventEntry, SegmentEntry, TraitEntry, Vocabulary
from tests.language.trees import SHOP, rules, values

VOCABULARY = Vocabulary(
    events={
        "order_completed": EventEntry("order_completed", "placed an order"),
        "page_viewed": EventEntry("page_viewed", "Page viewed"),
        "gift_wrapped": EventEntry("gift_wrapped", "wrote a gift card to a friend"),
        "newsletter": EventEntry("newsletter", "Newsletter"),
    },
    segments={"lapsed": SegmentEntry("lapsed", parse_expression("everyone"), "Lapsed customers")},
    traits={"points": TraitEntry("points", title="Loyalty points"), "rfm": TraitEntry("rfm", title="RFM")},
)  # fmt: skip

SAID = [
    ("everyone", "All customers."),
    ("nobody", "No customers."),
    ("not everyone", "No customers."),
    ("vip", "Customers whose vip is true."),
    ("not vip", "Customers whose vip is not true."),
    ("did order_completed", "Customers who have placed an order."),
    ("did not order_completed in last 1d",
     "Customers who have not placed an order in the last day."),
    ("did order_completed between 60d and 30d ago",
     "Customers who placed an order between 60 and 30 days ago."),
    ("did order_completed between 1y and 2w ago",
     "Customers who placed an order between 1 year and 2 weeks ago."),
    ("did order_completed from 2026-01-01 to 2026-02-01",
     "Customers who placed an order from 1 January 2026 until 1 February 2026."),
    ("did order_completed since 2026-01-01T09:30:00Z",
     "Customers who have placed an order since 1 January 2026 at 09:30:00 UTC."),
    ("did not order_completed in next 90d",
     "Customers who will not have placed an order in the next 90 days."),
    ("did any event in last 7d", "Customers who have done something in the last 7 days."),
    ("did not any event ever", "Customers who have not done anything at any time."),
    ("did any of (order_completed, page_viewed)",
     "Customers who have placed an order or viewed a page."),
    ("count(any event) > 1", "Customers who have done more than 1 thing."),
    ("count(order_completed) = 0", "Customers who have not placed an order."),
    ("3 <= count(order_completed)", "Customers who have placed at least 3 orders."),
    ("count(gift_wrapped) < 2",
     "Customers who have written fewer than 2 gift cards to a friend."),
    ("count(newsletter) = 3", "Customers who have had exactly 3 “Newsletter” events."),
    ("count(signed_up) > 2", "Customers who have signed up more than 2 times."),
    ("age(last(page_viewed)) < 3d", "Customers who last viewed a page less than 3 days ago."),
    ("age(last(order_completed)) between 3d and 10d",
     "Customers whose last order was between 3 and 10 days ago."),
    ("age(birth_date) > 18y", "Customers whose birth date was more than 18 years ago."),
    ("did order_completed where weekday(time) in (6, 7) and hour(time) < 12",
     "Customers who have placed an order on a Saturday or Sunday and before 12:00."),
    ("did order_completed where month(time) = 12 or not channel = 'app'",
     "Customers who have placed an order in December or with channel other than “app”."),
    ("did order_completed where coupon is set and (x > 1 or name contains 'q')",
     ("Customers who have placed an order with coupon known and either with x above 1 or name "
     "containing “q”.")),
    ("points > 1000000", "Customers whose loyalty points is more than 1,000,000."),
    ("rfm in ('a', 'b')", "Customers whose RFM is “a” or “b”."),
    ("rfm not in ('a', 'b')", "Customers whose RFM is none of “a” or “b”."),
    ("not rfm = 'a'", "Customers whose RFM is not “a”."),
    ("rfm is not set", "Customers whose RFM is not known."),
    ("in segment lapsed for at least 30d",
     "Customers who have been in the segment “Lapsed customers” for at least 30 days."),
    ("not in segment lapsed and not in segment other",
     "Customers who are in none of the segments “Lapsed customers” and “other”."),
    ("not entered segment lapsed in last 7d",
     "Customers who have not entered the segment “Lapsed customers” in the last 7 days."),
    ("not consents to marketing", "Customers who do not consent to marketing."),
    ("not sequence (page_viewed, order_completed within 2h)",
     "Customers who have not viewed a page, then placed an order within 2 hours."),
    ("points in bottom 10%", "Customers whose loyalty points is in the bottom 10% of all customers."),
    ("not points in top 10%",
     "Customers whose loyalty points is not in the top 10% of all customers."),
    ("vip or did order_completed", "Customers whose vip is true, or who have placed an order."),
    ("vip and (did order_completed or did page_viewed)",
     "Customers whose vip is true, and either who have placed an order or who have viewed a page."),
    ("vip or did order_completed and did page_viewed",
     "Customers whose vip is true, or both who have placed an order and who have viewed a page."),
    ("not (vip or did order_completed)",
     "Customers whose vip is not true, and who have not placed an order."),
    ("vip and (did order_completed or (did page_viewed and rfm = 'a'))",
     ("Customers matching all of: whose vip is true; either who have placed an order or both who "
     "have viewed a page and whose RFM is “a”.")),
    ("avg(order_completed.revenue)", "Average revenue of orders."),
    ("count(order_completed in last 90d)", "Number of orders in the last 90 days."),
    ("last(order_completed.channel)", "Last known channel of orders."),
    ("coalesce(points, 0)", "Loyalty points, or 0 where that is unknown."),
    ("age(last(page_viewed))", "Time since their last page viewed."),
    ("until(next_anniversary(birthday)) <= 14d",
     "Customers whose next birthday is at most 14 days away."),
    ("age(last_anniversary(first(order_completed))) < 7d",
     "Customers whose last anniversary of their first order was less than 7 days ago."),
    ("until(next_holiday()) < 3d", "Customers whose next public holiday is less than 3 days away."),
    ("next_holiday('Good Friday') < 2026-04-01",
     "Customers whose next Good Friday is before 1 April 2026."),
    ("did order_completed where days_to_holiday(time, 'Christmas Day') <= 30 and x = 1",
     "Customers who have placed an order at most 30 days before Christmas Day and with x 1."),
    ("did order_completed where not days_since_holiday(time) > 1",
     "Customers who have placed an order at most 1 day after a public holiday."),
    ("did order_completed where days_to_holiday(time) = 0",
     "Customers who have placed an order on a public holiday."),
    ("until(birthday)", "Time until their birthday."),
    ("top(page_viewed.hour(time) in last 90d)",
     "Most frequent hour of the day of pages viewed in the last 90 days."),
    ("share(order_completed.weekday(time)) > 0.5",
     "Customers whose share of the most frequent day of the week among orders is more than 0.5."),
]  # fmt: skip


@pytest.mark.parametrize(("text", "said"), SAID)
def test_the_sentence(text, said):
    is_rule = said.startswith(("Customers", "All", "No "))
    assert sentence((parse_rule if is_rule else parse_expression)(text), VOCABULARY) == said


@given(rules())
def test_every_rule_has_a_sentence(rule):
    said = sentence(rule, SHOP)
    assert said.endswith(".")
    assert "  " not in said
    assert said == sentence(rule, SHOP)


@given(values(odd=True))
def test_every_value_has_a_sentence(value):
    assert sentence(value, Vocabulary()).endswith(".")
