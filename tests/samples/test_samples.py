"""Samples: the same seed makes the same people, marked as made up, and the truth is as declared."""

from __future__ import annotations

from collections import Counter
from datetime import date

import numpy as np
import pytest

from shoal.core.errors import DefinitionError
from shoal.samples import make_sample, parse_spec

UNTIL = date(2026, 11, 1)
TEXT = """\
days: 180
people: 1500
catalogue:
  - category: toothpaste
    products: 16
    brands: [Alba, {Clario: 2}]
    price: [1, 9]
    premium_from: 6
    vary: {benefit: {whitening: 1, sensitivity: 1, price: 1, taste: 1}}
    cheap: {benefit: price}
    same: {department: oral care}
  - {category: televisions, products: 10, price: [200, 4000], premium_from: 1500}
behaviour: {visits: 6, adds: 40%, reviews: 30%, stars: 4, uses: 2, starts: [180, 180]}
truths:
  benefit:
    whitening: {prefers: {benefit: whitening}}
    price: {prefers: {benefit: price}, price_taste: -1}
  loyalty:
    regular: {repeats: 95%}
    switcher: {repeats: 0}
  barrier:
    none: {stumbles: 0}
    payment: {stumbles: 90%, stumbles_at: payment, reason: card_declined}
personas:
  - {name: buyer, share: 3, truths: {loyalty: {regular: 70, switcher: 30}}}
  - {name: dreamer, share: 1, behaviour: {never_buys: [televisions], likes: {televisions: 9}}}
  - {name: gone, share: 1, behaviour: {stops: [100, 90]}}
  - {name: fading, share: 1, behaviour: {visits: x2, fades: 20%, fades_days: 60}}
shop:
  promotions: {every: 30d, lasts: 5d, discount: 20%}
  emails: {every: 14d, campaigns: [spring, news]}
profiles:
  email: 80%
  country: {any: {PT: 3, NO: 1}}
  birthday: {dates: [1950-01-01, 2000-12-31]}
  company.size: {any: {1-9: 1}, chance: 25%}
acts:
  review_posted:
    on: order
    chance: reviews
    after: [1d, 9d]
    properties:
      product_id: {from: product_id}
      rating: {around: stars, spread: 1, between: [1, 5], whole: true}
      sentiment: {by: rating, up_to: {2: negative, 3: neutral, 5: positive}}
  survey_answered:
    on: once
    chance: 60%
    properties: {survey: benefit, answer: {truth: benefit, chance: 85%}}
  feature_used: {on: month, chance: uses, properties: {feature: {any: {scan: 3, list: 1}}}}
"""


@pytest.fixture(scope="module")
def spec():
    return parse_spec(TEXT)


@pytest.fixture(scope="module")
def sample(spec):
    return make_sample(spec, UNTIL)


def stream(sample, event):
    (found,) = [it for it in sample.streams if it.event == event]
    return found


def content(sample):
    return [
        (
            it.event,
            it.person.tolist(),
            it.at.tolist(),
            {k: v.tolist() for k, v in it.columns.items()},
        )
        for it in sample.streams
    ]


def test_the_same_seed_makes_the_same_people(spec):
    one, two = (make_sample(spec, UNTIL, people=80, seed=3) for _ in range(2))
    assert content(one) == content(two)
    assert list(one.truth()[1]) == list(two.truth()[1])
    assert content(make_sample(spec, UNTIL, people=80, seed=4)) != content(one)


def test_everybody_is_marked_as_made_up(sample):
    assert all(user.startswith("sample-") for user in sample.user_ids)
    assert len(set(sample.user_ids)) == 1500


def test_truths_are_as_often_as_declared(sample):
    head, rows = sample.truth()
    assert head == ("user_id", "persona", "benefit", "loyalty", "barrier")
    rows = list(rows)
    personas = Counter(row[1] for row in rows)
    assert personas["buyer"] / 1500 == pytest.approx(0.5, abs=0.04)
    loyalty = Counter(row[3] for row in rows if row[1] == "buyer")
    assert loyalty["regular"] / personas["buyer"] == pytest.approx(0.7, abs=0.05)
    benefits = Counter(row[2] for row in rows)
    assert benefits["price"] / 1500 == pytest.approx(0.5, abs=0.04)


def test_the_truth_is_in_no_event_and_no_profile(sample):
    for it in sample.streams:
        assert not {"persona", "loyalty", "barrier"} & set(it.columns), it.event
    assert set(sample.profiles) == {"email", "country", "birthday", "company.size"}


def test_c8_what_people_seek_shows_in_what_they_view(sample):
    seen = stream(sample, "product_viewed")
    truth = sample.people.truths["benefit"][seen.person]
    paste = seen.columns["category"] == "toothpaste"
    for benefit in ("whitening", "price"):
        theirs = seen.columns["benefit"][paste & (truth == benefit)] == benefit
        others = seen.columns["benefit"][paste & (truth != benefit)] == benefit
        assert theirs.mean() > 2 * others.mean()


def test_c9_the_loyal_buy_their_usual_product(sample):
    added = stream(sample, "product_added")
    paste = added.columns["category"] == "toothpaste"
    people, product = added.person[paste], added.columns["product_id"][paste]
    kinds = sample.people.truths["loyalty"]

    def variety(kind):
        mine = [product[people == it] for it in np.flatnonzero(kinds == kind)]
        return np.mean([len(set(them)) / len(them) for them in mine if len(them) >= 4])

    assert variety("regular") < 0.6 * variety("switcher")


def test_c15_barriers_stop_those_who_meet_them(sample):
    truth = sample.people.truths["barrier"]
    failed = stream(sample, "payment_failed")
    assert set(truth[failed.person]) == {"payment"}
    assert set(failed.columns["reason"]) == {"card_declined"}
    started, done = stream(sample, "checkout_started"), stream(sample, "order_completed")
    rate = {
        it: (truth[done.person] == it).sum() / (truth[started.person] == it).sum()
        for it in ("none", "payment")
    }
    assert rate["payment"] < 0.7 * rate["none"]


def test_c6_dreamers_look_at_what_they_never_buy(sample):
    dreamers = set(np.flatnonzero(sample.people.persona == "dreamer"))
    seen, added = stream(sample, "product_viewed"), stream(sample, "product_added")
    theirs = np.isin(seen.person, list(dreamers)) & (seen.columns["category"] == "televisions")
    assert theirs.sum() > 1000
    bought = np.isin(added.person, list(dreamers)) & (added.columns["category"] == "televisions")
    assert bought.sum() == 0


def test_b5_people_who_stop_are_silent_and_fading_ones_come_less(sample):
    seen = stream(sample, "page_viewed")
    end = seen.at.max()
    ago = (end - seen.at) / 86_400_000_000
    gone = sample.people.persona[seen.person] == "gone"
    assert ago[gone].min() > 88  # a visit may go on past midnight
    fading = sample.people.persona[seen.person] == "fading"
    late, early = (ago[fading] < 60).sum() / 60, (ago[fading] >= 60).sum() / 120
    assert late < 0.35 * early


def test_b14_demographics_say_nothing_about_behaviour(sample):
    orders = np.bincount(stream(sample, "order_completed").person, minlength=1500)
    norway = sample.profiles["country"] == "NO"
    assert norway.mean() == pytest.approx(0.25, abs=0.04)
    difference = orders[norway].mean() - orders[~norway].mean()
    assert abs(difference) < 3 * orders.std() / np.sqrt(norway.sum())


def test_orders_add_up_to_the_cent(sample):
    orders = stream(sample, "order_completed")
    cents = np.round(orders.lines["revenue"].astype(float) * 100).astype(int)
    sums = np.add.reduceat(cents, orders.offsets[:-1])
    assert (sums == np.round(orders.columns["revenue"].astype(float) * 100)).all()
    assert (np.diff(orders.offsets) >= 1).all()
    assert len(set(orders.columns["order_id"])) == len(orders)
    assert {"product_id", "category", "benefit", "premium", "price", "quantity"} <= set(
        orders.lines
    )


def test_products_have_the_prices_their_group_says(sample):
    seen = stream(sample, "product_viewed").columns
    price = seen["price"].astype(float)
    paste = seen["category"] == "toothpaste"
    assert 1 <= price[paste].min() <= price[paste].max() <= 9
    cheap = price[paste & (seen["benefit"] == "price")].max()
    assert cheap < price[paste & (seen["benefit"] != "price")].min()
    assert set(seen["department"][paste]) == {"oral care"}


def test_c17_mails_end_with_a_no_and_go_to_addresses_only(sample):
    sent, left = stream(sample, "email_sent"), stream(sample, "email_unsubscribed")
    assert all(sample.profiles["email"][it] is not None for it in np.unique(sent.person))
    last = dict(zip(left.person.tolist(), left.at.tolist(), strict=True))
    assert last
    assert not [1 for who, at in zip(sent.person, sent.at, strict=True) if at > last.get(who, at)]
    opened = stream(sample, "email_opened")
    assert 0.2 < len(opened) / len(sent) < 0.3
    pairs = set(zip(sent.person.tolist(), sent.columns["message_id"].tolist(), strict=True))
    told = zip(opened.person.tolist(), opened.columns["message_id"].tolist(), strict=True)
    assert set(told) <= pairs


def test_acts_follow_on_what_they_follow_on(sample):
    reviews, orders = stream(sample, "review_posted"), stream(sample, "order_completed")
    assert 0.2 < len(reviews) / len(orders) < 0.32
    said = dict(zip(reviews.columns["rating"], reviews.columns["sentiment"], strict=True))
    assert {rating: said[rating] for rating in (1, 3, 5)} == {
        1: "negative", 3: "neutral", 5: "positive",
    }  # fmt: skip
    first = dict(zip(orders.person[::-1], orders.at[::-1], strict=True))
    assert all(at > first[who] for who, at in zip(reviews.person, reviews.at, strict=True))
    answers = stream(sample, "survey_answered")
    honest = answers.columns["answer"] == sample.people.truths["benefit"][answers.person]
    assert honest.mean() == pytest.approx(0.85, abs=0.04)


def test_nothing_happens_after_the_end(sample):
    end = (UNTIL - date(1970, 1, 1)).days * 86_400_000_000
    for it in sample.streams:
        assert end - 180 * 86_400_000_000 <= it.at.min() <= it.at.max() < end, it.event


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("days: 180", "dayz: 180"), "did you mean `days`"),
        (("chance: reviews", "chance: reveiws"), "no parameter `reveiws`"),
        (("after: [1d, 9d]", "after: [soon, 9d]"), "`soon` is no span"),
        (("on: order", "on: orders"), "`on: orders`"),
        (("price: [1, 9]", "price: low"), "sample.yml"),
    ],
)
def test_what_makes_no_sense_is_said(change, said):
    with pytest.raises(DefinitionError, match=said):
        make_sample(parse_spec(TEXT.replace(*change)), UNTIL, people=50)
