"""Values that look wrong: always the same, written in two ways, in two currencies, dust, negative."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping

import numpy as np

from shoal.audits.channels import CONTACT_TRAITS
from shoal.audits.findings import Verdict
from shoal.audits.quality import PASSED_OVER, Check, QualityFinding, counted, weight
from shoal.audits.quality_measuring import ColumnTally
from shoal.audits.wording import first_few, listed, shortened
from shoal.events.table import IDENTIFY
from shoal.language.told import Figure, Told

Columns = Mapping[tuple[str, str], ColumnTally]

ENOUGH = 100
"""Values a property needs before anything is made of them."""
CURRENCY = "currency"
AMOUNTS = ("revenue", "total", "amount", "price", "quantity", "value", "sales_value")
OUT = ("refund", "return", "cancel", "credit")
"""Events in which an amount may well be negative."""
PERSONAL = frozenset({"name", "first_name", "last_name", "text", "answer", "query", "title"})
_SPACES = re.compile(r"[\s_\-]+")


def judge_values(columns: Columns, currency: str | None) -> Iterator[QualityFinding]:
    """Everything that the values themselves tell."""
    yield from _constant(columns)
    yield from _spellings(columns)
    yield from _currencies(columns, currency)
    yield from _numbers(columns)


def _text(key: tuple[str, str]) -> str:
    return key[1] if key[0] == IDENTIFY else f"{key[0]}.{key[1]}"


def _constant(columns: Columns) -> Iterator[QualityFinding]:
    same = [
        key
        for key, it in columns.items()
        if it.values >= ENOUGH and it.distinct == 1 and key[1] not in {*PASSED_OVER, CURRENCY}
    ]
    if same:
        yield QualityFinding(
            Check.VALUES,
            Verdict.CAREFUL,
            20,
            Told(
                "{0} always {1:holds|hold} the same value: {2}.",
                counted(len(same), "field"),
                Figure(len(same)),
                first_few([Told("`{0}`", _text(key)) for key in same]),
            ),
            Told(
                "A field that never differs tells nobody apart: mend what sends it, or "
                "stop sending it."
            ),
            {"fields": [_text(key) for key in same]},
        )


def spelling(text: str) -> str:
    """What remains of a text when how it is written is left aside.

    >>> spelling("Toys "), spelling("home_garden") == spelling("Home-Garden")
    ('toys', True)
    """
    plain = unicodedata.normalize("NFKC", text).casefold().strip()
    return _SPACES.sub(" ", plain)


def _spellings(columns: Columns) -> Iterator[QualityFinding]:
    for key, it in columns.items():
        if it.texts is None or len(it.texts) < 2 or _is_personal(key[1]):
            continue
        groups: dict[str, list[tuple[str, int]]] = {}
        for text, count in zip(it.texts.to_pylist(), it.counts.tolist(), strict=True):
            groups.setdefault(spelling(text), []).append((text, count))
        found = [sorted(one, key=lambda it: -it[1]) for one in groups.values() if len(one) > 1]
        if not found:
            continue
        stray = sum(count for one in found for _, count in one[1:])
        found.sort(key=lambda one: -sum(count for _, count in one[1:]))
        shown = [listed([f'"{shortened(text, 48)}"' for text, _ in one[:3]]) for one in found]
        yield QualityFinding(
            Check.VALUES,
            Verdict.CAREFUL,
            weight(30, stray / max(it.values, 1)),
            Told(
                "`{0}` writes {1} in more than one way: {2}.",
                _text(key),
                counted(len(found), "value"),
                first_few(shown, 3),
            ),
            Told("Texts compare sign by sign: send one spelling, or name all of them in rules."),
            {
                "event": key[0],
                "property": key[1],
                "rows": stray,
                "groups": [dict(one) for one in found[:20]],
            },
        )


def _is_personal(name: str) -> bool:
    last = name.rsplit(".", 1)[-1]
    return last in PERSONAL or last in CONTACT_TRAITS or last.endswith(("_id", "email", "url"))


def _currencies(columns: Columns, currency: str | None) -> Iterator[QualityFinding]:
    together: dict[str, int] = {}
    events: list[str] = []
    for (event, name), it in columns.items():
        if name.rsplit(".", 1)[-1] != CURRENCY or it.texts is None:
            continue
        events.append(event)
        for text, count in zip(it.texts.to_pylist(), it.counts.tolist(), strict=True):
            code = text.strip().upper()
            together[code] = together.get(code, 0) + count
    foreign = {code for code in together if currency is not None and code != currency}
    if len(together) < 2 and not foreign:
        return
    total = sum(together.values()) or 1
    usual = currency if currency in together else max(together, key=lambda it: together[it])
    part = (total - together.get(usual, 0)) / total
    shown = [
        Told("{0} ({1})", code, Figure(count))
        for code, count in sorted(together.items(), key=lambda it: -it[1])
    ]
    beside = Told(", where the project counts in {0}", currency) if currency else ""
    yield QualityFinding(
        Check.VALUES,
        Verdict.POOR,
        weight(60, part),
        Told(
            "Amounts come in {0}: {1}{2}.",
            counted(len(together), "currency"),
            first_few(shown),
            beside,
        ),
        Told(
            "Sums of them mean nothing: send one currency, or keep amounts apart by "
            "`where currency = …`."
        ),
        {"currencies": together, "events": sorted(set(events)), "project": currency},
    )


def _numbers(columns: Columns) -> Iterator[QualityFinding]:
    for key, it in columns.items():
        if not it.values or not np.isfinite(it.least) or it.texts is not None:
            continue
        event, name = key
        last = name.rsplit(".", 1)[-1]
        if it.dust and it.fine <= 0.2 * it.values and it.values >= ENOUGH:
            yield QualityFinding(
                Check.VALUES,
                Verdict.CAREFUL,
                weight(15, it.dust / it.values),
                Told(
                    "{0} of `{1}` {2:has|have} more than four decimals where most have two: "
                    "the dust of reckoning.",
                    counted(it.dust, "value"),
                    _text(key),
                    Figure(it.dust),
                ),
                Told("Round amounts where they are made; `=` does not find 0.30000000000000004."),
                {"event": event, "property": name, "dust": it.dust, "values": it.values},
            )
        if last in AMOUNTS and it.negative and not any(word in event for word in OUT):
            yield QualityFinding(
                Check.VALUES,
                Verdict.POOR if it.negative >= 0.01 * it.values else Verdict.CAREFUL,
                weight(35, it.negative / it.values),
                Told(
                    "{0} of `{1}` {2:is|are} below zero: cancellations or returns?",
                    counted(it.negative, "value"),
                    _text(key),
                    Figure(it.negative),
                ),
                Told("Import what came back as `order_refunded`, or leave it out by `where`."),
                {"event": event, "property": name, "negative": it.negative, "values": it.values},
            )
        if last in ("price", "revenue") and it.zeros >= max(1.0, 0.001 * it.values):
            yield QualityFinding(
                Check.VALUES,
                Verdict.CAREFUL,
                weight(10, it.zeros / it.values),
                Told(
                    "{0} of `{1}` {2:is|are} zero: gifts, samples, or amounts that were not known?",
                    counted(it.zeros, "value"),
                    _text(key),
                    Figure(it.zeros),
                ),
                Told("Leave an unknown amount unset: zero counts in every average."),
                {"event": event, "property": name, "zeros": it.zeros, "values": it.values},
            )
