"""Set W: 24 segments a shop would ask for, each as a rule and as one SQL query.

The SQL is written by hand from the meanings of the language (windows open at the far end, ties at
a cut are in, sequences strictly by ``row``), so that equal counts mean something. ``events`` is
the generated file, or a table made of it; every query gives the members' ``user_id``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bench.generate import NOW

PAST = NOW - timedelta(days=183)  # where `as of` is asked, too


@dataclass(frozen=True)
class Definition:
    """One segment, said twice."""

    name: str
    rule: str
    sql: str


def instant(moment: datetime) -> str:
    return f"TIMESTAMPTZ '{moment:%Y-%m-%d %H:%M:%S}+00'"


def set_w(now: datetime = NOW) -> list[Definition]:
    """The 24; the SQL is bound to ``now`` and reads ``events`` as holding nothing later."""
    return [*_counting(now), *_comparing(now), *_ranking(now), *_following(now)]


def _ago(now: datetime, days: float) -> str:
    return instant(now - timedelta(days=days))


def _counting(now: datetime) -> list[Definition]:
    return [
        Definition(
            "frequent_buyers",
            "count(order_completed in last 28d) >= 2",
            f"""SELECT user_id FROM events
            WHERE event = 'order_completed' AND time > {_ago(now, 28)}
            GROUP BY user_id HAVING count(*) >= 2""",
        ),
        Definition(
            "spent_200_in_90d",
            "sum(order_completed.price in last 90d) >= 200",
            f"""SELECT user_id FROM events
            WHERE event = 'order_completed' AND time > {_ago(now, 90)}
            GROUP BY user_id HAVING sum(price) >= 200""",
        ),
        Definition(
            "new_customers",
            "age(first(order_completed)) <= 30d",
            f"""SELECT user_id FROM events WHERE event = 'order_completed'
            GROUP BY user_id HAVING min(time) >= {_ago(now, 30)}""",
        ),
        Definition(
            "lapsed",
            "did order_completed and age(last(order_completed)) > 180d",
            f"""SELECT user_id FROM events WHERE event = 'order_completed'
            GROUP BY user_id HAVING max(time) < {_ago(now, 180)}""",
        ),
        Definition(
            "at_risk",
            "count(order_completed in last 365d) >= 3 and did not order_completed in last 90d",
            f"""SELECT user_id FROM events
            WHERE event = 'order_completed' AND time > {_ago(now, 365)}
            GROUP BY user_id HAVING count(*) >= 3 AND max(time) <= {_ago(now, 90)}""",
        ),
        Definition(
            "electronics_browsers",
            "count(product_viewed where category = 'electronics' and price >= 50 in last 30d) >= 2 "
            "and did not order_completed where category = 'electronics'",
            f"""SELECT user_id FROM events
            WHERE event = 'product_viewed' AND category = 'electronics' AND price >= 50
              AND time > {_ago(now, 30)}
              AND user_id NOT IN (SELECT user_id FROM events
                WHERE event = 'order_completed' AND category = 'electronics')
            GROUP BY user_id HAVING count(*) >= 2""",
        ),
        Definition(
            "wide_taste",
            "distinct(product_viewed.category in last 90d) >= 5",
            f"""SELECT user_id FROM events
            WHERE event = 'product_viewed' AND time > {_ago(now, 90)}
            GROUP BY user_id HAVING count(DISTINCT category) >= 5""",
        ),
        Definition(
            "every_channel",
            "distinct(any event.channel in last 180d) >= 4",
            f"""SELECT user_id FROM events WHERE time > {_ago(now, 180)}
            GROUP BY user_id HAVING count(DISTINCT channel) >= 4""",
        ),
        Definition(
            "often_here",
            "days(any event in last 90d) >= 4",
            f"""SELECT user_id FROM events WHERE time > {_ago(now, 90)}
            GROUP BY user_id HAVING count(DISTINCT epoch_us(time) // 86400000000) >= 4""",
        ),
    ]


def _comparing(now: datetime) -> list[Definition]:
    return [
        Definition(
            "usage_falling",
            "count(any event in last 30d) < 0.5 * count(any event between 60d and 30d ago)",
            f"""SELECT user_id FROM events WHERE time > {_ago(now, 60)}
            GROUP BY user_id HAVING count(*) FILTER (time > {_ago(now, 30)})
              < 0.5 * count(*) FILTER (time <= {_ago(now, 30)})""",
        ),
        Definition(
            "ignores_mail",
            "count(email_sent in last 60d) >= 2 and did not email_opened in last 60d",
            f"""SELECT user_id FROM events
            WHERE event IN ('email_sent', 'email_opened') AND time > {_ago(now, 60)}
            GROUP BY user_id HAVING count(*) FILTER (event = 'email_sent') >= 2
              AND count(*) FILTER (event = 'email_opened') = 0""",
        ),
        Definition(
            "follows_campaigns",
            "did email_sent in last 90d and "
            "count(email_clicked in last 90d) >= 0.2 * count(email_sent in last 90d)",
            f"""SELECT user_id FROM events
            WHERE event IN ('email_sent', 'email_clicked') AND time > {_ago(now, 90)}
            GROUP BY user_id HAVING count(*) FILTER (event = 'email_sent') >= 1
              AND count(*) FILTER (event = 'email_clicked')
                >= 0.2::DOUBLE * count(*) FILTER (event = 'email_sent')""",
        ),
        Definition(
            "only_on_offer",
            "count(order_completed where campaign is set) / count(order_completed) >= 0.6 "
            "and count(order_completed) >= 3",
            """SELECT user_id FROM events WHERE event = 'order_completed'
            GROUP BY user_id HAVING count(campaign) / count(*) >= 0.6 AND count(*) >= 3""",
        ),
        Definition(
            "large_baskets",
            "avg(order_completed.price) >= 90 and count(order_completed) >= 2",
            """SELECT user_id FROM events WHERE event = 'order_completed'
            GROUP BY user_id HAVING sum(price) >= 90 * count(price) AND count(*) >= 2""",
        ),
        Definition(
            "one_large_order",
            "max(order_completed.price in last 365d) >= 300",
            f"""SELECT user_id FROM events
            WHERE event = 'order_completed' AND time > {_ago(now, 365)}
            GROUP BY user_id HAVING max(price) >= 300""",
        ),
        Definition(
            "sends_back",
            "did order_refunded and sum(order_refunded.price) > 0.3 * sum(order_completed.price)",
            """SELECT user_id FROM events WHERE event IN ('order_refunded', 'order_completed')
            GROUP BY user_id HAVING count(*) FILTER (event = 'order_refunded') >= 1
              AND coalesce(sum(price) FILTER (event = 'order_refunded'), 0)::DOUBLE
                > 0.3::DOUBLE
                * coalesce(sum(price) FILTER (event = 'order_completed'), 0)::DOUBLE""",
        ),
        Definition(
            "favourite_electronics",
            "top(any event.category) = 'electronics'",
            """SELECT user_id FROM (
              SELECT user_id, category, count(*) * 1000000000 + max(row) AS weight
              FROM events GROUP BY user_id, category)
            GROUP BY user_id HAVING arg_max(category, weight) = 'electronics'""",
        ),
        Definition(
            "lapsed_but_valuable",
            "in segment lapsed and sum(order_completed.price) >= 300",
            f"""SELECT user_id FROM events WHERE event = 'order_completed'
            GROUP BY user_id HAVING max(time) < {_ago(now, 180)} AND sum(price) >= 300""",
        ),
    ]


def _ranking(now: datetime) -> list[Definition]:
    return [
        Definition(
            "top_spenders",
            "sum(order_completed.price in last 365d) in top 20% of (did order_completed)",
            f"""SELECT user_id FROM (
              SELECT user_id, rank() OVER (ORDER BY spent DESC) AS place, count(*) OVER () AS n
              FROM (SELECT user_id,
                  coalesce(sum(price) FILTER (time > {_ago(now, 365)}), 0) AS spent
                FROM events WHERE event = 'order_completed' GROUP BY user_id))
            WHERE place <= ceil(n * 20 / 100)""",
        ),
        Definition(
            "champions",
            "quintile(age(last(order_completed)) of (did order_completed)) = 1 "
            "and quintile(count(order_completed) of (did order_completed)) = 5",
            """SELECT user_id FROM (
              SELECT user_id, cume_dist() OVER (ORDER BY latest DESC) AS recency,
                cume_dist() OVER (ORDER BY orders) AS frequency
              FROM (SELECT user_id, max(time) AS latest, count(*) AS orders
                FROM events WHERE event = 'order_completed' GROUP BY user_id))
            WHERE ceil(5 * recency) = 1 AND ceil(5 * frequency) = 5""",
        ),
        Definition(
            "big_and_loyal",
            "quintile(sum(order_completed.price) of (did order_completed)) = 5 "
            "and quintile(count(order_completed) of (did order_completed)) >= 4",
            """SELECT user_id FROM (
              SELECT user_id, cume_dist() OVER (ORDER BY spent) AS money,
                cume_dist() OVER (ORDER BY orders) AS frequency
              FROM (SELECT user_id, sum(price) AS spent, count(*) AS orders
                FROM events WHERE event = 'order_completed' GROUP BY user_id))
            WHERE ceil(5 * money) = 5 AND ceil(5 * frequency) >= 4""",
        ),
    ]


def _following(now: datetime) -> list[Definition]:
    return [
        Definition(
            "straight_to_order",
            "sequence (product_viewed, product_added within 7d, order_completed within 7d) "
            "in last 90d",
            f"""WITH
              a AS (SELECT user_id, row, time FROM events
                WHERE event = 'product_viewed' AND time > {_ago(now, 90)}),
              b AS (SELECT user_id, row, time FROM events
                WHERE event = 'product_added' AND time > {_ago(now, 90)}),
              c AS (SELECT user_id, row, time FROM events
                WHERE event = 'order_completed' AND time > {_ago(now, 90)}),
              ab AS (SELECT b.user_id, b.row, b.time
                FROM b ASOF JOIN a ON b.user_id = a.user_id AND b.row > a.row
                WHERE b.time <= a.time + INTERVAL 168 HOUR)
            SELECT DISTINCT c.user_id
            FROM c ASOF JOIN ab ON c.user_id = ab.user_id AND c.row > ab.row
            WHERE c.time <= ab.time + INTERVAL 168 HOUR""",
        ),
        Definition(
            "abandoned_cart",
            "sequence by category (product_added, not order_completed within 24h) in last 7d",
            f"""WITH
              a AS (SELECT user_id, category, row, time FROM events
                WHERE event = 'product_added' AND time > {_ago(now, 7)}
                  AND time <= {_ago(now, 1)}),
              o AS (SELECT user_id, category, row, time FROM events
                WHERE event = 'order_completed' AND time > {_ago(now, 7)})
            SELECT DISTINCT a.user_id
            FROM a ASOF LEFT JOIN o
              ON a.user_id = o.user_id AND a.category = o.category AND a.row < o.row
            WHERE o.row IS NULL OR o.time > a.time + INTERVAL 24 HOUR""",
        ),
        Definition(
            "helped_by_the_app",
            "sequence (app_opened, not support_ticket_opened, order_completed within 2d) "
            "in last 60d",
            f"""WITH
              a AS (SELECT user_id, row, time FROM events
                WHERE event = 'app_opened' AND time > {_ago(now, 60)}),
              x AS (SELECT user_id, row FROM events
                WHERE event = 'support_ticket_opened' AND time > {_ago(now, 60)}),
              c AS (SELECT user_id, row, time FROM events
                WHERE event = 'order_completed' AND time > {_ago(now, 60)}),
              ac AS (SELECT c.user_id, c.row, a.row AS opened
                FROM c ASOF JOIN a ON c.user_id = a.user_id AND c.row > a.row
                WHERE c.time <= a.time + INTERVAL 48 HOUR)
            SELECT DISTINCT ac.user_id
            FROM ac ASOF LEFT JOIN x ON ac.user_id = x.user_id AND ac.row > x.row
            WHERE x.row IS NULL OR x.row < ac.opened""",
        ),
    ]
