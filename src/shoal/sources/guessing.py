"""A mapping for a file that nobody described: guessed from its names and first rows, with reasons.

A guess is shown and confirmed, never applied by itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shoal.core.instants import Zone
from shoal.core.names import snake_case
from shoal.events.columns import as_text
from shoal.events.property_type import PropertyType, majority_type
from shoal.events.table import IDENTIFY
from shoal.language.told import Figure, Told
from shoal.sources.mapping import Condition, EventRows, FileMapping, LineRows, property_name
from shoal.sources.sampling import Sample, sample
from shoal.sources.times import read_times

_USER = (
    "user_id", "customer_id", "client_id", "member_id", "account_id", "household_id", "person_id",
    "profile_id", "contact_id", "subscriber_id", "shopper_id", "buyer_id", "patient_id",
    "household_key", "customer_no", "customer_number", "customer_unique_id", "user", "customer",
    "client", "member", "household", "customerid", "userid", "clientid", "uid", "cust_id",
    "distinct_id", "email", "id_customer", "id_client",
)  # fmt: skip
_ANONYMOUS = ("anonymous_id", "visitor_id", "cookie_id", "device_id", "client_uuid")
_TIME = (
    "occurred_at", "timestamp", "event_time", "event_timestamp", "original_timestamp", "time", "ts",
    "datetime", "date_time", "created_at", "date", "event_date", "order_date", "invoice_date",
    "purchase_date", "transaction_date", "transaction_timestamp", "order_purchase_timestamp",
    "sent_at", "at", "when",
)  # fmt: skip
_NOT_TIME = (
    "birth",
    "expir",
    "updat",
    "modif",
    "deliver",
    "ship",
    "due",
    "end",
    "cancel",
    "receiv",
)
_EVENT = ("event", "event_name", "event_type", "action", "activity", "event_action", "verb")
_MESSAGE = ("message_id", "event_id", "event_uuid", "insert_id", "uuid", "eid")
_ORDER = re.compile(r"(invoice|order|basket|transaction|receipt|bill|ticket|cart)")
_PRODUCT = re.compile(r"(product|item|sku|stock|article|upc|description)")
_AMOUNT = (
    "revenue", "sales_value", "amount", "total", "line_total", "total_price", "sales", "value",
    "payment_value", "spend",
)  # fmt: skip
_QUANTITY = ("quantity", "qty", "units", "item_quantity", "order_item_quantity")
_PRICE = ("unit_price", "price", "item_price", "price_each", "unitprice")
_PEOPLE = re.compile(r"(customer|user|client|member|contact|profile|people|demograph|household)")
_FORMATS = (
    "%d/%m/%Y %H:%M:%S", "%m/%d/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M", "%d/%m/%Y",
    "%m/%d/%Y", "%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %I:%M %p", "%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M",
    "%d.%m.%Y", "%d-%m-%Y %H:%M:%S", "%d-%m-%Y %H:%M", "%d-%m-%Y", "%m-%d-%Y", "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M", "%Y/%m/%d", "%d %b %Y %H:%M:%S", "%d %b %Y", "%b %d, %Y", "%d/%m/%y",
    "%m/%d/%y", "%m/%d/%y %H:%M", "%d/%m/%y %H:%M",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Guess:
    """A mapping, or None where something essential is not to be seen; why; what is missing.

    ``doubts`` are choices that the data does not decide.
    """

    mapping: FileMapping | None
    reasons: tuple[str, ...]
    missing: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


def guess(path: str | Path) -> Guess:
    """What the file seems to hold. Raises ImportFileError where it cannot be read."""
    return guess_from(sample(path), Path(path).name)


def guess_from(first: Sample, file_name: str) -> Guess:
    """What a file with these first rows seems to hold."""
    return _Guessing(first, file_name).guess()


class _Guessing:
    def __init__(self, first: Sample, file_name: str) -> None:
        self._columns = first.columns
        self._cells = dict(first.batch.values) if first.batch is not None else {}
        self._rows = len(first.batch) if first.batch is not None else 0
        self._names = {column: property_name(column) for column in first.columns}
        self._stem = snake_case(re.split(r"\.", file_name, maxsplit=1)[0])
        self._reasons: list[str] = []
        self._missing: list[str] = []
        self._doubts: list[str] = []

    def guess(self) -> Guess:
        user = self._named(_USER, Told("says who it was"), contains=("customer_id", "user_id"))
        anonymous = None if user else self._named(_ANONYMOUS, Told("says which visitor it was"))
        if user is None and anonymous is None:
            self._missing.append(Told("no column looks like a customer's id: give --user COL"))
        time, form = self._time()
        event = self._event_column()
        mapping = None
        if user is not None and self._is_about_people(user, time, event):
            mapping = FileMapping((EventRows(event=IDENTIFY, user=user),))
            self._reasons.append(
                Told("each row is another customer, so the columns are their traits")
            )
        elif time is None:
            self._missing.append(
                Told("no column looks like a time: give --time COL, or --profiles")
            )
        elif user is not None or anonymous is not None:
            rows = EventRows(user=user, anonymous=anonymous, time=time, time_format=form)
            mapping = FileMapping(self._events(rows, event))
        return Guess(
            mapping if not self._missing else None,
            tuple(self._reasons),
            tuple(self._missing),
            tuple(self._doubts),
        )

    def _named(
        self, wanted: tuple[str, ...], says: str, contains: tuple[str, ...] = ()
    ) -> str | None:
        """The first column with one of the names, or with one of them inside its name."""
        for name in wanted:
            for column in self._columns:
                if self._names[column] == name or self._names[column].rpartition(".")[2] == name:
                    self._reasons.append(Told("`{0}` {1}, by its name", column, says))
                    return column
        for part in contains:
            for column in self._columns:
                if part in self._names[column]:
                    self._reasons.append(Told("`{0}` {1}, by its name", column, says))
                    return column
        return None

    def _time(self) -> tuple[str | None, str | None]:
        best: tuple[int, str, str | None] | None = None
        for place, column in enumerate(self._columns):
            array = self._cells.get(column)
            if array is None or array.null_count == len(array):
                continue
            name = self._names[column]
            typed = pa.types.is_timestamp(array.type) or pa.types.is_date(array.type)
            words = set(re.split(r"[_.]", name))
            speaks = name in _TIME or bool(
                words & {"time", "timestamp", "date", "datetime", "ts", "at", "on"}
            )
            if not typed and not speaks and not _looks_dated(array):
                continue
            form = self._form(array)
            if form is None:
                continue
            rank = _TIME.index(name) if name in _TIME else 50 if speaks else 100
            rank += 1_000 if any(word in name for word in _NOT_TIME) else 0
            if best is None or rank * 1_000 + place < best[0]:
                best = (rank * 1_000 + place, column, form or None)
        if best is None:
            return None, None
        _, column, form = best
        written = Told(", written as {0}", form) if form else ""
        self._reasons.append(Told("`{0}` says when: its cells are times{1}", column, written))
        return column, form

    def _form(self, array: pa.Array) -> str | None:
        """The format that reads nearly every cell: "" for none needed, None where none does."""
        zone = Zone()
        if _reads(array, None, zone):
            return ""
        if not pa.types.is_string(array.type):
            return None
        fitting = [form for form in _FORMATS if _reads(array, form, zone)]
        if not fitting:
            return None
        if len(fitting) > 1:
            self._doubts.append(
                Told(
                    "days and months cannot be told apart: {0} ({1} is taken; say it with "
                    "--time-format)",
                    " or ".join(fitting),
                    fitting[0],
                )
            )
        return fitting[0]

    def _event_column(self) -> str | None:
        for name in (*_EVENT, "type"):
            for column in self._columns:
                array = self._cells.get(column)
                if self._names[column] != name or array is None:
                    continue
                known = len(pc.unique(array))
                if known <= max(20, self._rows // 5) and majority_type(array) is PropertyType.TEXT:
                    self._reasons.append(
                        Told(
                            "`{0}` says what happened: {1} different names in {2} rows",
                            column,
                            known,
                            Figure(self._rows),
                        )
                    )
                    return column
        return None

    def _is_about_people(self, user: str, time: str | None, event: str | None) -> bool:
        if event is not None or not self._rows or user not in self._cells:
            return False
        array = self._cells[user]
        different = len(pc.unique(array)) == self._rows
        return different and (time is None or _PEOPLE.search(self._stem) is not None)

    def _events(self, rows: EventRows, event_column: str | None) -> tuple[EventRows, ...]:
        message = next(
            (
                column
                for name in _MESSAGE
                for column in self._columns
                if self._names[column] == name
            ),
            None,
        )
        if message is not None and self._is_unique(message):
            self._reasons.append(Told("`{0}` names each row, so a row comes in once", message))
            rows = replace(rows, ids=(message,))
        if event_column is not None:
            return (replace(rows, event_column=event_column),)
        order = self._order_column(rows)
        if order is not None:
            return self._orders(rows, order)
        event = self._event_name()
        return (replace(rows, event=event),)

    def _is_unique(self, column: str) -> bool:
        array = self._cells.get(column)
        return array is not None and array.null_count == 0 and len(pc.unique(array)) == len(array)

    def _order_column(self, rows: EventRows) -> str | None:
        """A column whose equal cells make one order: they repeat, and there are products."""
        if not any(_PRODUCT.search(name) for name in self._names.values()):
            return None
        for column in self._columns:
            array, name = self._cells.get(column), self._names[column]
            if array is None or column in (rows.user, rows.time) or not _ORDER.search(name):
                continue
            if re.search(r"(date|time|status|_at|type|amount|price|value)$", name):
                continue
            different = len(pc.unique(array))
            if array.null_count == 0 and 0 < different < 0.8 * self._rows:
                self._reasons.append(
                    Told(
                        "rows with the same `{0}` are the lines of one order: {1} in {2} rows",
                        column,
                        Figure(different),
                        Figure(self._rows),
                    )
                )
                return column
        return None

    def _orders(self, rows: EventRows, order: str) -> tuple[EventRows, ...]:
        amount, quantity, price = (self._column_of(names) for names in (_AMOUNT, _QUANTITY, _PRICE))
        properties = {"order_id": f"`{order}`"}
        total = None
        if quantity is not None and price is not None:
            total = f"sum(`{quantity}` * `{price}`)"
        elif amount is not None:
            total = f"sum(`{amount}`)"
        if total is not None:
            properties["revenue"] = total
            self._reasons.append(Told("an order's revenue is {0}", total))
        used = (order, rows.user, rows.anonymous, rows.time)
        left = [column for column in self._columns if column not in used]
        whole = [column for column in left if self._is_of_the_order(column, order)]
        properties |= {self._names[column]: f"`{column}`" for column in whole}
        lines = {self._names[column]: f"`{column}`" for column in left if column not in whole}
        rows = replace(rows, group_by=(order,), properties=properties, ids=())
        placed = replace(rows, event="order_completed", lines=LineRows(properties=lines))
        cancelled = pc.match_substring_regex(as_text(self._cells[order]), r"^[Cc]\d+$")
        if not np.asarray(cancelled.fill_null(False).to_numpy(zero_copy_only=False)).any():
            return (placed,)
        self._reasons.append(Told("`{0}` begins with C where an order was cancelled", order))
        mark = Condition(order, "starts with", "C")
        refund = {name: text for name, text in properties.items() if name != "revenue"}
        refund |= {} if total is None else {"amount": f"-{total}"}
        return (
            replace(placed, when=(Condition(order, "not starts with", "C"),)),
            replace(placed, event="order_refunded", when=(mark,), properties=refund),
        )

    def _is_of_the_order(self, column: str, order: str) -> bool:
        """Whether all lines of an order say the same in the column."""
        array, name = self._cells.get(column), self._names[column]
        if array is None or _PRODUCT.search(name) or name in (*_AMOUNT, *_QUANTITY, *_PRICE):
            return False
        pairs = pa.table({"order": as_text(self._cells[order]), "cell": as_text(array)})
        groups = len(pc.unique(pairs["order"]))
        return groups == pairs.group_by(["order", "cell"]).aggregate([]).num_rows

    def _column_of(self, names: tuple[str, ...]) -> str | None:
        for name in names:
            for column in self._columns:
                array = self._cells.get(column)
                if (
                    self._names[column] == name
                    and array is not None
                    and majority_type(array) is PropertyType.NUMBER
                ):
                    return column
        return None

    def _event_name(self) -> str:
        names = set(self._names.values())
        bought = re.search(r"(order|purchase|sale|transaction|invoice|cdnow)", self._stem)
        if bought or (names & set(_AMOUNT) and any(_ORDER.search(name) for name in names)):
            self._reasons.append(
                Told("each row is an order, by the names of the file and its columns")
            )
            return "order_completed"
        known = {
            r"(page_?view|visit)": "page_viewed",
            r"(ticket|support)": "support_ticket_opened",
            r"(login|signin)": "signed_in",
            r"(review|rating)": "review_posted",
        }
        for pattern, event in known.items():
            if re.search(pattern, self._stem):
                self._reasons.append(Told("each row is `{0}`, by the name of the file", event))
                return event
        self._doubts.append(
            Told("what happened is not said; the file's name is taken: `{0}`", self._stem)
        )
        return self._stem.strip("_$") or "event"


def _reads(array: pa.Array, form: str | None, zone: Zone) -> bool:
    """Whether nearly all cells are times since 1900 of this format."""
    times = read_times(array, form, zone)
    set_ = int((~times.empty).sum())
    since = times.valid & (times.values > zone.parse("1900-01-01"))
    if pa.types.is_integer(array.type) or pa.types.is_floating(array.type):
        since &= times.values > zone.parse("1990-01-01")
    return set_ > 0 and int(since.sum()) >= 0.95 * set_


def _looks_dated(array: pa.Array) -> bool:
    """Whether text cells have the separators of dates."""
    if not pa.types.is_string(array.type):
        return False
    dated = pc.match_substring_regex(array, r"^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}")
    return pc.mean(dated.cast(pa.int8())).as_py() > 0.9
