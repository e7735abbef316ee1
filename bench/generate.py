"""Generated behaviour, skewed like a shop's: sessions of few very active and many quiet people.

SAMPLE DATA: nothing here was ever done by anybody; the file's metadata says so too. Rows stand in
the order of time, so ``row`` orders equal timestamps. The file is written slice of time by slice
of time, so memory does not grow with the number of rows.
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

NOW = datetime(2026, 11, 1, tzinfo=UTC)
DAYS = 731
SLICE = 500_000  # rows made at a time
GROUP = 250_000  # rows of a Parquet row group
LABEL = {b"sample_data": b"generated; no real person did any of this"}

EVENTS = {
    "page_viewed": 0.300,
    "product_viewed": 0.220,
    "product_searched": 0.080,
    "product_added": 0.090,
    "checkout_started": 0.050,
    "order_completed": 0.060,
    "order_refunded": 0.005,
    "email_sent": 0.080,
    "email_opened": 0.040,
    "email_clicked": 0.020,
    "app_opened": 0.050,
    "support_ticket_opened": 0.005,
}
PRICED = ("product_viewed", "product_added", "order_completed", "order_refunded")
MAILED = ("email_sent", "email_opened", "email_clicked")
CATEGORIES = [
    "grocery",
    "electronics",
    "clothing",
    "books",
    "toys",
    "garden",
    "sports",
    "beauty",
    "health",
    "home",
    "office",
    "pets",
    "music",
    "games",
    "shoes",
    "jewellery",
    "travel",
    "tools",
    "baby",
    "automotive",
]
CHANNELS = {"web": 0.45, "app": 0.30, "email": 0.12, "store": 0.08, "phone": 0.05}
CAMPAIGNS = [f"campaign_{number:02d}" for number in range(1, 51)]
WIDE_EVENTS = 60
WIDE_PROPERTIES = 40  # the four of the plain plan among them
WIDE_FILLED = 0.30


@dataclass(frozen=True)
class Shape:
    """What is to be generated; equal shapes give equal files."""

    rows: int
    profiles: int
    plan: str = "plain"  # or "wide"
    seed: int = 7

    @property
    def event_names(self) -> list[str]:
        more = WIDE_EVENTS - len(EVENTS) if self.plan == "wide" else 0
        return [*EVENTS, *(f"feature_{number:02d}_used" for number in range(1, more + 1))]

    @property
    def extra_properties(self) -> list[str]:
        more = WIDE_PROPERTIES - 4 if self.plan == "wide" else 0
        return [f"detail_{number:02d}" for number in range(1, more + 1)]

    @property
    def file_name(self) -> str:
        return f"events-{self.plan}-{self.rows}-{self.profiles}-{self.seed}.parquet"


def write(shape: Shape, folder: Path) -> Path:
    """The Parquet file of a shape, made unless it is there already."""
    path = folder / shape.file_name
    if path.exists():
        return path
    folder.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    schema = _schema(shape)
    with pq.ParquetWriter(
        part,
        schema.with_metadata(LABEL),
        compression="zstd",
        compression_level=1,
        store_schema=False,  # text reads back as plain text, dictionary-coded only inside
        store_decimal_as_integer=True,
    ) as writer:
        for table in tables(shape):
            writer.write_table(table, row_group_size=GROUP)
    part.rename(path)
    return path


def tables(shape: Shape) -> Iterator[pa.Table]:
    """The rows of a shape in the order of time, about ``SLICE`` at a time."""
    rng = np.random.default_rng(shape.seed)
    users = pa.array([f"c_{number:07d}" for number in range(shape.profiles)])
    slices = max(1, math.ceil(shape.rows / SLICE))
    bounds = np.linspace(0, DAYS * 86_400, slices + 1).astype(np.int64)
    carried = _nothing()
    written = 0
    for index in range(slices):
        low, high = int(bounds[index]), int(bounds[index + 1])
        wanted = shape.rows * (index + 1) // slices - written
        made = carried
        while True:  # sessions that reach into the next slice are carried there
            made = _joined(made, _sessions(rng, shape, low, high, wanted - len(made.user)))
            due = made.seconds < high
            if int(due.sum()) >= wanted:
                break
        chosen = np.flatnonzero(due)
        kept = np.sort(rng.choice(chosen, wanted, replace=False))
        carried = made.at(np.flatnonzero(~due))
        made = made.at(kept)
        made = made.at(np.argsort(made.seconds, kind="stable"))
        yield _table(rng, shape, made, users, written)
        written += wanted


@dataclass(frozen=True)
class _Rows:
    user: np.ndarray
    seconds: np.ndarray  # since the start of the data

    def at(self, positions: np.ndarray) -> _Rows:
        return _Rows(self.user[positions], self.seconds[positions])


def _nothing() -> _Rows:
    return _Rows(np.empty(0, np.int64), np.empty(0, np.int64))


def _joined(left: _Rows, right: _Rows) -> _Rows:
    return _Rows(
        np.concatenate([left.user, right.user]), np.concatenate([left.seconds, right.seconds])
    )


def _sessions(rng: np.random.Generator, shape: Shape, low: int, high: int, rows: int) -> _Rows:
    """Sessions of six events in the mean that start in a slice; who has them is bounded Zipf
    with exponent 0.6, whose ranks are spread over the ids so that ids tell nothing."""
    count = max(16, rows // 6)
    lengths = rng.geometric(1 / 6, count)
    rank = (shape.profiles * rng.random(count) ** 2.5).astype(np.int64)
    user = (rank * 2_654_435_761 + 12_345) % shape.profiles
    first = np.repeat(np.cumsum(lengths) - lengths, lengths)
    gaps = rng.exponential(60, int(lengths.sum()))
    walked = np.cumsum(gaps)
    inside = (walked - walked[first]).astype(np.int64)  # whole seconds: equal times do occur
    start = rng.integers(low, high, count)
    return _Rows(np.repeat(user, lengths), np.repeat(start, lengths) + inside)


def _table(
    rng: np.random.Generator, shape: Shape, rows: _Rows, users: pa.Array, written: int
) -> pa.Table:
    count = len(rows.user)
    names = shape.event_names
    event = _drawn(rng, count, _event_weights(shape))
    is_priced = np.isin(event, [names.index(name) for name in PRICED])
    is_mailed = np.isin(event, [names.index(name) for name in MAILED])
    is_order = event == names.index("order_completed")
    is_campaign = is_mailed | (is_order & (rng.random(count) < 0.3))
    start = int((NOW - timedelta(days=DAYS)).timestamp())
    cents = np.maximum(1, np.rint(np.exp(rng.normal(3.6, 0.9, count)) * 100)).astype(np.int64)
    columns: dict[str, pa.Array] = {
        "row": pa.array(np.arange(written, written + count, dtype=np.int64)),
        "user_id": users.take(pa.array(rows.user)),
        "event": _text(event, names),
        "time": pa.array((rows.seconds + start) * 1_000_000, pa.timestamp("us", tz="UTC")),
        "category": _text(_drawn(rng, count, 1 / np.arange(1, 21) ** 0.7), CATEGORIES),
        "channel": _text(_drawn(rng, count, list(CHANNELS.values())), list(CHANNELS)),
        "campaign": _text(_drawn(rng, count, np.ones(50)), CAMPAIGNS, ~is_campaign),
        "price": _money(cents, ~is_priced),
    }
    for position, name in enumerate(shape.extra_properties):
        columns[name] = _detail(rng, count, position)
    return pa.table(columns, schema=_schema(shape))


def _event_weights(shape: Shape) -> np.ndarray:
    """The twelve events as ever; a wide plan's others share a fifth of all rows."""
    weights = np.array(list(EVENTS.values()))
    more = len(shape.event_names) - len(weights)
    return np.concatenate([weights, np.full(more, 0.25 / more)]) if more else weights


def _drawn(rng: np.random.Generator, count: int, weights: np.ndarray | list[float]) -> np.ndarray:
    """Codes drawn by weight, through a table of 65,536 places."""
    share = np.cumsum(np.asarray(weights, float))
    places = np.searchsorted(share / share[-1], np.arange(65_536) / 65_536, side="right")
    return places.astype(np.int8)[rng.integers(0, 65_536, count, dtype=np.uint16)]


def _text(codes: np.ndarray, names: list[str], unset: np.ndarray | None = None) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(codes, mask=unset), pa.array(names))


def _money(cents: np.ndarray, unset: np.ndarray) -> pa.Array:
    """Cents as decimal(9, 2), whose 128-bit values are the cents themselves."""
    words = np.zeros((len(cents), 2), np.int64)
    words[:, 0] = cents
    valid = pa.array(~unset)
    buffers = [valid.buffers()[1], pa.py_buffer(words.tobytes())]
    return pa.Array.from_buffers(_MONEY, len(cents), buffers)


def _detail(rng: np.random.Generator, count: int, position: int) -> pa.Array:
    """One of the wide plan's further properties: by turns a number, a text, a truth."""
    unset = rng.random(count, np.float32) >= WIDE_FILLED
    if position % 5 == 4:
        return pa.array(rng.random(count, np.float32) < 0.5, mask=unset)
    if position % 2:
        words = [f"value_{number:03d}" for number in range(100)]
        return _text(rng.integers(0, 100, count, dtype=np.int8), words, unset)
    return pa.array(rng.integers(0, 10_000, count) / 100, mask=unset)


_MONEY = pa.decimal128(9, 2)


def _schema(shape: Shape) -> pa.Schema:
    text = pa.dictionary(pa.int8(), pa.string())
    kinds = {4: pa.bool_()}
    details = [
        (name, kinds.get(position % 5, text if position % 2 else pa.float64()))
        for position, name in enumerate(shape.extra_properties)
    ]
    return pa.schema(
        [
            ("row", pa.int64()),
            ("user_id", pa.string()),
            ("event", text),
            ("time", pa.timestamp("us", tz="UTC")),
            ("category", text),
            ("channel", text),
            ("campaign", text),
            ("price", _MONEY),
            *details,
        ]
    )


def options() -> argparse.ArgumentParser:
    """What every command of this package is asked for."""
    reader = argparse.ArgumentParser(add_help=False)
    reader.add_argument("--events", type=lambda text: int(text.replace("_", "")), default=300_000)
    reader.add_argument("--profiles", type=lambda text: int(text.replace("_", "")))
    reader.add_argument("--plan", choices=["plain", "wide"], default="plain")
    reader.add_argument("--data", type=Path, default=Path(__file__).parent / "data")
    return reader


def shape_of(asked: argparse.Namespace) -> Shape:
    profiles = asked.profiles or max(1, min(asked.events // 10, 2_000_000))
    return Shape(asked.events, profiles, asked.plan)


def main() -> None:
    asked = argparse.ArgumentParser(parents=[options()]).parse_args()
    began = time.perf_counter()
    path = write(shape_of(asked), asked.data)
    seconds = time.perf_counter() - began
    print(f"{path.name}: {path.stat().st_size / 1e6:.0f} MB in {seconds:.1f} s (sample data)")
