"""What happens in a visit: pages, searches, products, the cart, checkout, and the order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

import numpy as np

from shoal.samples.behaviour import People
from shoal.samples.catalogue import Tastes
from shoal.samples.drawing import Weights, by_weight
from shoal.samples.rhythm import DAY, Days, in_promotion
from shoal.samples.spec import Spec
from shoal.samples.stream import Bools, Floats, Ints, Stream, Values, only_where, texts

SECOND = 1_000_000
MINUTE = 60 * SECOND
SEEN = ("product_id", "name", "category", "brand", "price")
PAGES = {
    ("/", "Home"): 6,
    ("/offers", "Offers"): 3,
    ("/news", "News"): 2,
    ("/delivery", "Delivery"): 1,
    ("/help", "Help"): 1,
}
REFERRERS = {None: 6, "search": 3, "social": 1, "newsletter": 1}


@dataclass(frozen=True, eq=False)
class Shop:
    """All that a visit depends on."""

    spec: Spec
    people: People
    days: Days
    tastes: Tastes
    rng: np.random.Generator

    def happens(self, name: str, person: Ints) -> Bools:
        """By the chance that a parameter gives each person."""
        return self.rng.random(len(person)) < self.people.numbers(name)[person]

    def many(self, name: str, person: Ints) -> Ints:
        """How many of something each of them does."""
        return self.rng.poisson(np.maximum(self.people.numbers(name)[person], 0))

    def moment(self, at: Ints, first: float, last: float) -> Ints:
        """Some minutes later."""
        return at + self.rng.integers(int(first * MINUTE), int(last * MINUTE), len(at))

    def products(self, product: Ints) -> dict[str, Values]:
        """What every product event says of a product; more where the catalogue has more."""
        columns = self.tastes.catalogue.columns
        return {name: columns[name][product] for name in columns if name != "premium"}


@dataclass(frozen=True, eq=False)
class Basket:
    """Products about to be bought: of which visit, which product, how many."""

    visit: Ints
    product: Ints
    quantity: Ints


def shop_visits(shop: Shop, person: Ints, at: Ints) -> list[Stream]:
    """Everything that happens in these visits, by person and time."""
    direct = shop.happens("direct", person)
    streams = list(_looks(shop, person[~direct], at[~direct]))
    cart, browsing = _browses(shop, person[~direct], at[~direct])
    streams += browsing
    bought, checking = _checks_out(shop, person[~direct], at[~direct], cart)
    streams += checking
    streams += _orders(shop, person[~direct], at[~direct], bought, "")
    basket = _fills_basket(shop, person[direct])
    streams += _orders(shop, person[direct], at[direct], basket, "shop")
    return [stream for stream in streams if len(stream)]


def _looks(shop: Shop, person: Ints, at: Ints) -> Iterator[Stream]:
    """Pages and searches."""
    rng = shop.rng
    visit = np.repeat(np.arange(len(person)), shop.many("pages", person))
    pages = by_weight(PAGES, len(visit), rng)
    mean = shop.people.numbers("seconds")[person[visit]]
    yield Stream(
        "page_viewed",
        person[visit],
        shop.moment(at[visit], 0, 2),
        {
            "url": texts([it[0] for it in pages]),
            "title": texts([it[1] for it in pages]),
            "referrer": by_weight(REFERRERS, len(visit), rng),
            "seconds": texts(np.ceil(rng.exponential(mean)).astype(np.int64).tolist()),
        },
    )
    who = np.flatnonzero(shop.happens("searches", person))
    product = shop.tastes.pick(person[who], rng)
    fruitless = shop.happens("fruitless", person[who])
    found = rng.integers(1, 40, len(who))
    words = shop.tastes.catalogue.columns["category"][product]
    yield Stream(
        "products_searched",
        person[who],
        shop.moment(at[who], 1, 2),
        {
            "query": texts(
                [
                    f"{word} refill" if none else word
                    for word, none in zip(words, fruitless, strict=True)
                ]
            ),
            "results": texts(np.where(fruitless, 0, found).tolist()),
        },
    )


def _browses(shop: Shop, person: Ints, at: Ints) -> tuple[Basket, list[Stream]]:
    """Products viewed, compared, wished for, put into the cart and taken out again."""
    rng, tastes = shop.rng, shop.tastes
    visit = np.repeat(np.arange(len(person)), shop.many("views", person))
    who = person[visit]
    product = tastes.pick(who, rng)
    seen_at = shop.moment(at[visit], 2, 9)
    seen = shop.products(product)
    streams = [Stream("product_viewed", who, seen_at, seen)]

    wished = shop.happens("wishes", who)
    streams.append(
        Stream(
            "wishlist_added",
            who[wished],
            seen_at[wished] + 15 * SECOND,
            {"product_id": seen["product_id"][wished]},
        )
    )
    compares = np.flatnonzero(
        shop.happens("compares", person) & (np.bincount(visit, minlength=len(person)) > 1)
    )
    firsts = np.searchsorted(visit, compares)
    pairs = zip(seen["product_id"][firsts], seen["product_id"][firsts + 1], strict=True)
    streams.append(
        Stream(
            "product_compared",
            person[compares],
            shop.moment(at[compares], 9, 10),
            {
                "product_ids": texts([f"{one},{two}" for one, two in pairs]),
                "category": seen["category"][firsts],
            },
        )
    )
    added = np.flatnonzero(shop.happens("adds", who) & ~tastes.refuses(who, product))
    quantity = 1 + rng.poisson(np.maximum(shop.people.numbers("quantity")[who[added]] - 1, 0))
    into = {name: column[added] for name, column in seen.items()}
    streams.append(
        Stream(
            "product_added",
            who[added],
            seen_at[added] + 20 * SECOND,
            {**into, "quantity": texts(quantity.tolist())},
        )
    )
    out = shop.happens("removes", who[added])
    streams.append(
        Stream(
            "product_removed",
            who[added][out],
            seen_at[added][out] + 50 * SECOND,
            {name: column[out] for name, column in into.items()},
        )
    )
    kept = ~out
    return Basket(visit[added][kept], product[added][kept], quantity[kept]), streams


def _checks_out(shop: Shop, person: Ints, at: Ints, cart: Basket) -> tuple[Basket, list[Stream]]:
    """Checkouts, where they fail, and the baskets that become orders."""
    price = shop.tastes.catalogue.price[cart.product] * cart.quantity
    value = np.bincount(cart.visit, price, minlength=len(person))
    visit = np.unique(cart.visit)
    day = (at[visit] - shop.days.start) // DAY
    waits = shop.happens("waits", person[visit]) & ~in_promotion(shop.spec, day)
    visit = visit[shop.happens("checks_out", person[visit]) & ~waits]
    who = person[visit]
    streams = [
        Stream(
            "checkout_started",
            who,
            shop.moment(at[visit], 11, 12),
            {"value": texts(np.round(value[visit], 2).tolist())},
        )
    ]
    stumbles = shop.happens("stumbles", who)
    step, reason = shop.people.objects("stumbles_at")[who], shop.people.objects("reason")[who]
    failed_at = shop.moment(at[visit], 13, 14)
    pays = np.array([it == "payment" for it in step], dtype=np.bool_)
    at_step, at_payment = stumbles & ~pays, stumbles & pays
    streams += [
        Stream(
            "checkout_step_failed",
            who[at_step],
            failed_at[at_step],
            {"step": step[at_step], "reason": reason[at_step]},
        ),
        Stream(
            "payment_failed", who[at_payment], failed_at[at_payment], {"reason": reason[at_payment]}
        ),
    ]
    goes_on = shop.happens("completes", who) & (~stumbles | shop.happens("despite", who))
    buys = np.zeros(len(person), dtype=np.bool_)
    buys[visit[goes_on]] = True
    lines = buys[cart.visit]
    return Basket(cart.visit[lines], cart.product[lines], cart.quantity[lines]), streams


def _fills_basket(shop: Shop, person: Ints) -> Basket:
    """A basket in the shop: no views, no cart, at least one line; each product once."""
    size = 1 + shop.rng.poisson(np.maximum(shop.people.numbers("basket")[person] - 1, 0))
    visit = np.repeat(np.arange(len(person)), size)
    product = shop.tastes.pick(person[visit], shop.rng)
    kept = ~shop.tastes.refuses(person[visit], product)
    visit, product = visit[kept], product[kept]
    both = np.unique(np.stack([visit, product], axis=1), axis=0)
    visit, product = both[:, 0], both[:, 1]
    mean = shop.people.numbers("quantity")[person[visit]]
    return Basket(visit, product, 1 + shop.rng.poisson(np.maximum(mean - 1, 0)))


def _orders(shop: Shop, person: Ints, at: Ints, basket: Basket, place: str) -> list[Stream]:
    """Orders with their lines; and the coupons, cancellations and returns that go with them."""
    rng, spec = shop.rng, shop.spec
    order = np.argsort(basket.visit, kind="stable")
    basket = Basket(basket.visit[order], basket.product[order], basket.quantity[order])
    visit, offsets = np.unique(basket.visit, return_index=True)
    who, when = person[visit], shop.moment(at[visit], 15, 17)
    if not len(visit):
        return []
    promoted = in_promotion(spec, (at[visit] - shop.days.start) // DAY)
    depth = spec.promotions.discount if spec.promotions else 0.1
    coupon = shop.happens("coupons", who)
    rate = np.where(promoted | coupon | shop.happens("discounts", who), depth, 0.0)
    row = np.searchsorted(visit, basket.visit)
    lines, revenue, discount = _lines(shop, basket, rate[row], len(visit), row)
    number = rng.permutation(len(visit)) + 1
    prefix = f"s{place[:1]}"
    campaign = spec.mailings.campaigns if spec.mailings else ("coupons",)
    coupons = texts([f"C{it:03d}" for it in rng.integers(1, 200, len(visit))])
    firsts = shop.products(basket.product[offsets])
    orders = Stream(
        "order_completed",
        who,
        when,
        {
            "order_id": texts([f"{prefix}{it:07d}" for it in number]),
            "revenue": texts(revenue.tolist()),
            "discount": texts(discount.tolist()),
            "coupon": only_where(coupon, coupons),
            "channel": texts([place] * len(visit)) if place else _channels(shop, who),
        },
        lines,
        np.append(offsets, len(basket.visit)).astype(np.int64),
        {**firsts, "total": texts(revenue.tolist())},
    )
    return [orders, *_afterwards(shop, orders, coupon, campaign)]


def _lines(
    shop: Shop, basket: Basket, rate: Floats, orders: int, row: Ints
) -> tuple[dict[str, Values], Floats, Floats]:
    """The lines of orders, and each order's revenue and discount, exact to the cent."""
    catalogue = shop.tastes.catalogue
    full = np.round(catalogue.price[basket.product] * basket.quantity * 100)
    off = np.round(full * rate)
    lines = {
        **shop.products(basket.product),
        "premium": catalogue.columns["premium"][basket.product],
        "quantity": texts(basket.quantity.tolist()),
        "revenue": texts(((full - off) / 100).tolist()),
        "discount": texts((off / 100).tolist()),
    }
    revenue = np.bincount(row, full - off, minlength=orders) / 100
    return lines, revenue, np.bincount(row, off, minlength=orders) / 100


def _channels(shop: Shop, who: Ints) -> Values:
    """The channel of each order, by what is usual for its person."""
    column = shop.people.objects("channel")[who]
    for kind, weights in enumerate(shop.people.of_kinds("channel")):
        if isinstance(weights, dict):
            rows = np.flatnonzero(shop.people.kind[who] == kind)
            column[rows] = by_weight(cast("Weights", weights), len(rows), shop.rng)
    return column


def _afterwards(
    shop: Shop, orders: Stream, coupon: Bools, campaigns: tuple[str, ...]
) -> list[Stream]:
    """Coupons redeemed with orders, orders cancelled at once, orders returned days later."""
    rng, who = shop.rng, orders.person
    campaign = texts([campaigns[it] for it in rng.integers(0, len(campaigns), len(who))])
    cancelled = shop.happens("cancels", who)
    returned = shop.happens("refunds", who) & ~cancelled
    reasons = texts([None] * len(who))
    for kind, weights in enumerate(shop.people.of_kinds("refund_reasons")):
        rows = np.flatnonzero(shop.people.kind[who] == kind)
        reasons[rows] = by_weight(weights, len(rows), rng)
    known = orders.columns
    return [
        Stream(
            "coupon_redeemed",
            who[coupon],
            orders.at[coupon] - SECOND,
            {"coupon_id": known["coupon"][coupon], "campaign": campaign[coupon]},
        ),
        Stream(
            "order_cancelled",
            who[cancelled],
            shop.moment(orders.at[cancelled], 5, 120),
            {"order_id": known["order_id"][cancelled], "reason": reasons[cancelled]},
        ),
        Stream(
            "order_refunded",
            who[returned],
            shop.moment(orders.at[returned], 3 * 1440, 20 * 1440),
            {
                "order_id": known["order_id"][returned],
                "total": known["revenue"][returned],
                "reason": reasons[returned],
            },
        ),
    ]
