"""``shoal prioritise``: initiatives from a file, ranked, and a budget divided among them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from shoal.core.errors import ImportFileError, NotFoundError, ShoalError
from shoal.core.names import nearest
from shoal.measurement.priorities import Allocation, Initiative, Worth, allocate, ranked
from shoal.project.settings import reason_of

if TYPE_CHECKING:
    from shoal.project.reading import Reading

TEXTS = ("name", "segment", "group", "experiment", "metric", "arm")
NUMBERS = tuple(it.name for it in fields(Initiative) if it.name not in TEXTS)
KEYS = (*TEXTS, *NUMBERS)
Row = dict[str, Any]


def initiatives_in(path: Path, reading: Callable[[], Reading]) -> list[Initiative]:
    """The initiatives of a file: CSV, TSV, JSONL or Parquet by column, or YAML under ``initiatives``.

    ``segment`` in place of ``people`` counts the members of an applied segment of the project;
    ``experiment`` names the answer of ``shoal experiment analyze --json``, beside this file, that
    holds the effect of ``arm`` on ``metric``.
    """
    if not path.exists():
        raise NotFoundError(f"there is no file `{path}`")
    is_yaml = path.suffix.lower() in {".yml", ".yaml"}
    rows = _of_yaml(path) if is_yaml else _of_table(path)
    named = [it for it in rows if it.get("segment")]
    sizes = _sizes(reading(), {it["segment"] for it in named}) if named else {}
    return [_initiative(row, number, sizes, path.parent) for number, row in enumerate(rows, 1)]


def prioritise(
    initiatives: Iterable[Initiative],
    budget: float | None,
    hours: float | None,
    *,
    cautious: bool,
) -> dict[str, Any]:
    """Every initiative done to all of its people, and, within limits, which to do to how many."""
    some = list(initiatives)
    limited = budget is not None or hours is not None
    return {
        "ranked": [_told(it) for it in ranked(some)],
        "allocation": _divided(allocate(some, budget, hours, cautious=cautious))
        if limited
        else None,
        "cautious": cautious,
    }


def _of_yaml(path: Path) -> list[Row]:
    import yaml

    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise ImportFileError(f"cannot read `{path.name}`: {reason_of(error)}") from error
    except yaml.YAMLError as error:
        raise ImportFileError(f"`{path.name}` is no YAML: {error}") from error
    found: object = cast("Row", document).get("initiatives") if isinstance(document, dict) else None
    if not isinstance(found, dict):
        raise ImportFileError(
            f"`{path.name}` has no initiatives", hint="write them under `initiatives:`, by name"
        )
    rows: list[Row] = []
    for name, given in cast("Row", found).items():
        row = cast("Row", given) if isinstance(given, dict) else None
        if row is None:
            raise ImportFileError(f"`{name}` in `{path.name}` says nothing of itself")
        rows.append({"name": str(name), **row})
    return rows


def _of_table(path: Path) -> list[Row]:
    from shoal.sources.columns import read_columns
    from shoal.sources.stream import open_reader

    reader = open_reader(path)
    there = {*reader.columns, *(name for batch in reader.batches() for name in batch.columns)}
    columns = read_columns(path, ["name", *(it for it in KEYS if it in there and it != "name")])
    rows: list[Row] = [{} for _ in range(len(columns))]
    for name in columns.arrays:
        if name in TEXTS:
            codes, texts = columns.codes(name)
            cells: list[Any] = [texts[code] if code >= 0 else None for code in codes.tolist()]
        else:
            amounts, failed = columns.amounts(name)
            if failed:
                raise ImportFileError(f"`{path.name}`: `{name}` holds what is no number")
            cells = [None if isnan(it) else it for it in amounts.tolist()]
        for row, cell in zip(rows, cells, strict=True):
            row[name] = cell
    return rows


def _initiative(row: Row, number: int, sizes: Mapping[str, int], folder: Path) -> Initiative:
    name = str(row.get("name") or "")
    if not name:
        raise ShoalError(f"initiative {number} has no name")
    stray = next((it for it in row if it not in KEYS), None)
    if stray is not None:
        meant = nearest(str(stray), KEYS)
        hint = f"did you mean `{meant}`?" if meant else f"known are {', '.join(KEYS)}"
        raise ShoalError(f"`{name}`: nothing is known as `{stray}`", hint=hint)
    words: Row = {key: _number(name, key, row[key]) for key in NUMBERS if row.get(key) is not None}
    if row.get("segment"):
        words["people"] = float(sizes[row["segment"]])
    if row.get("experiment"):
        words |= _measured(name, folder / str(row["experiment"]), row)
    for needed, where in (
        ("people", "people, or a segment"),
        ("effect", "effect, or an experiment"),
    ):
        if needed not in words:
            raise ShoalError(f"`{name}` does not say its {needed}", hint=f"give {where}")
    group = row.get("group")
    return Initiative(name=name, group=None if group is None else str(group), **words)


def _number(name: str, key: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ShoalError(f"`{name}`: `{key}` is no number: {value}")
    return float(value)


def _measured(name: str, path: Path, row: Row) -> Row:
    """The effect of an arm on a metric, as an experiment's answer holds it."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        metrics: dict[str, list[Row]] = document["metrics"]
        metric = str(row.get("metric") or next(iter(metrics)))
        arms = [it for it in metrics[metric] if it.get("effect") is not None]
        wanted = row.get("arm")
        arm = next(it for it in arms if wanted is None or it["arm"] == str(wanted))
        return {key: float(arm[key]) for key in ("effect", "low", "high")}
    except OSError as error:
        raise NotFoundError(f"`{name}`: cannot read `{path.name}`: {reason_of(error)}") from error
    except (ValueError, KeyError, TypeError, StopIteration) as error:
        raise ShoalError(
            f"`{name}`: `{path.name}` holds no such effect",
            hint="give the answer of `shoal experiment analyze --json`, its metric and its arm",
        ) from error


def _sizes(reading: Reading, names: set[str]) -> dict[str, int]:
    from shoal.project.answers import segment_counts

    return segment_counts(reading, reading.at(None), names)


def _told(worth: Worth) -> dict[str, Any]:
    of_euro = None if worth.spent <= 0 else worth.net / worth.spent
    return {
        "name": worth.initiative.name,
        "people": worth.people,
        "gain": worth.gain,
        "spent": worth.spent,
        "hours": worth.hours,
        "net": worth.net,
        "low": worth.low,
        "high": worth.high,
        "chance": worth.chance,
        "net_per_euro": of_euro,
    }


def _divided(found: Allocation) -> dict[str, Any]:
    return {
        "chosen": [_told(it) for it in found.chosen],
        "spent": found.spent,
        "hours": found.hours,
        "net": found.net,
        "low": found.low,
        "high": found.high,
        "per_euro": found.per_euro,
        "per_hour": found.per_hour,
    }
