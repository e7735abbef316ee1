"""What the language must be able to say: rule or value, canonical text, sentence under ``SHOP``."""

from __future__ import annotations

EXAMPLES = [
    (
        "sum(order_completed.revenue in last 365d) in top 20% of (did order_completed)",
        (
            "Customers whose total revenue of orders in the last 365 days is in the top 20% of "
            "customers who have placed an order."
        ),
    ),
    (
        "count(order_completed in last 28d) >= 4",
        "Customers who have placed at least 4 orders in the last 28 days.",
    ),
    (
        "age(first(order_completed)) <= 7d",
        "Customers whose first order was at most 7 days ago.",
    ),
    (
        "did order_completed and age(last(order_completed)) > 180d",
        "Customers who have placed an order, and whose last order was more than 180 days ago.",
    ),
    (
        "sequence by product_id (product_added, not order_completed within 24h) in last 7d",
        (
            "Customers who have, in the last 7 days, added a product, then not placed an order within "
            "24 hours, all with the same product id."
        ),
    ),
    (
        (
            'count(product_viewed where category = "electronics" and price >= 500 in last 30d) >= 3 '
            'and did not order_completed where category = "electronics"'
        ),
        (
            "Customers who have viewed at least 3 products with category “electronics” and price at "
            "least 500 in the last 30 days, and who have not placed an order with category "
            "“electronics”."
        ),
    ),
    (
        "count(session_started in last 30d) < 0.5 * count(session_started between 60d and 30d ago)",
        (
            "Customers whose number of sessions in the last 30 days is less than 0.5 times their "
            "number of sessions between 60 and 30 days ago."
        ),
    ),
    (
        "count(email_sent in last 60d) >= 5 and did not email_opened in last 60d",
        (
            "Customers who have been sent an email at least 5 times in the last 60 days, and who have "
            "not opened an email in the last 60 days."
        ),
    ),
    (
        'last(any event.sentiment) = "negative"',
        "Customers whose last known sentiment is “negative”.",
    ),
    (
        "last(order_refunded) > last(order_completed)",
        "Customers whose last order refunded was after their last order.",
    ),
    (
        (
            "count(order_completed where discount > 0) / count(order_completed) >= 0.8 "
            "and count(order_completed) >= 3"
        ),
        (
            "Customers whose ratio of the number of orders with discount above 0 to the number of "
            "orders is at least 0.8, and who have placed at least 3 orders."
        ),
    ),
    (
        (
            "count(sequence by product_id (product_added, not order_completed within 24h)) "
            "/ count(product_added)"
        ),
        (
            "Ratio of the number of times that customers have added a product, then not placed an "
            "order within 24 hours, all with the same product id to the number of products added."
        ),
    ),
    (
        "values(sequence by product_id (product_added, not order_completed within 24h).product_id)",
        (
            "List of values of product id for which customers have added a product, then not placed "
            "an order within 24 hours, all with the same product id."
        ),
    ),
    (
        "share(order_completed_line.category) >= 0.8 and count(order_completed_line) >= 20",
        (
            "Customers whose share of the most frequent category among items is at least 0.8, and who "
            "have ordered at least 20 items."
        ),
    ),
    (
        "count(order_completed) >= 5 and gap_std(order_completed) < 0.5 * gap(order_completed)",
        (
            "Customers who have placed at least 5 orders, and whose standard deviation of the time "
            "between orders is less than 0.5 times their average time between orders."
        ),
    ),
    (
        "in segment lapsed and in segment high_value and price_sensitivity >= 0.8",
        (
            "Customers who are in the segment “lapsed”, who are in the segment “high_value”, and "
            "whose price sensitivity is at least 0.8."
        ),
    ),
    (
        "entered segment high_value in last 7d",
        "Customers who have entered the segment “high_value” in the last 7 days.",
    ),
    (
        'days(appointment_booked where channel = "app" in last 90d) >= 3',
        (
            "Customers who have booked an appointment with channel “app” on at least 3 different days "
            "in the last 90 days."
        ),
    ),
    ("did not app_installed", "Customers who have not installed the app."),
    (
        "until(next_anniversary(birthday)) <= 14d",
        "Customers whose next birthday is at most 14 days away.",
    ),
    (
        (
            'count(order_completed where days_to_holiday(time, "Christmas Day") <= 30) '
            "/ count(order_completed) >= 0.5 and count(order_completed) >= 3"
        ),
        (
            "Customers whose ratio of the number of orders at most 30 days before Christmas Day to "
            "the number of orders is at least 0.5, and who have placed at least 3 orders."
        ),
    ),
    (
        (
            "count(order_completed where month(time) in (6, 7, 8)) >= 0.8 * count(order_completed) "
            "and count(order_completed) >= 5"
        ),
        (
            "Customers whose number of orders in June, July or August is at least 0.8 times their "
            "number of orders, and who have placed at least 5 orders."
        ),
    ),
    (
        "top(email_opened.hour(time) in last 90d)",
        "Most frequent hour of the day of emails opened in the last 90 days.",
    ),
    (
        "quintile(age(last(order_completed))) = 1 and quintile(count(order_completed)) = 5",
        (
            "Customers who are in quintile 1 of 5 by time since their last order, and who are in "
            "quintile 5 of 5 by number of orders."
        ),
    ),
]
"""Every wanted rule of the design, in its canonical text."""
