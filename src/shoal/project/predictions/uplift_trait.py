"""What a past campaign does to each kind of person, kept as a trait of everybody: no file in between."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from shoal.core.errors import UsageError
from shoal.core.instants import format_instant
from shoal.language.tree import TextLiteral
from shoal.language.written_names import is_plain
from shoal.predictions.qini import Floats
from shoal.project.behaviours import Observed, chosen_behaviours, observe
from shoal.project.imports.importing import Wanted, import_files
from shoal.project.owner.handing_over import handed_over
from shoal.project.predictions.scores import id_columns, rounded
from shoal.project.predictions.uplift import (
    Trial,
    Uplifts,
    campaign_trial,
    filled,
    learned,
    uplift_of,
)

if TYPE_CHECKING:
    from pathlib import Path

    from shoal.project.reading import Reading

USER, ANONYMOUS, AT, UPLIFT = "user_id", "anonymous_id", "at", "uplift"
EQUALS = " = "


def keep_uplift(  # noqa: PLR0913  what can be asked
    reading: Reading,
    campaign: str,
    trait: str,
    *,
    traits: str | None = None,
    learner: str | None = None,
    as_of: int | None = None,
) -> dict[str, Any]:
    """Learns from a past campaign, and keeps what it does to everybody known at an instant as a trait.

    The trait is dated to the instant: what it was before stays. ShoalError where the campaign lets
    nobody be ranked.
    """
    _check(reading, trait)
    at = reading.at(as_of)
    trial = campaign_trial(reading, campaign, traits, at, without=(trait,))
    found = uplift_of(trial, learner)
    model = learned(found)  # refuses where nothing may be ranked
    seen = observe(reading, _behaviours(reading, traits, trait), at)
    said = rounded(model(table_for(trial, seen)))
    users, anonymous = id_columns(reading, seen.places)
    table = pa.table({
        USER: users,
        ANONYMOUS: anonymous,
        AT: pa.array(np.full(len(said), at)).cast(pa.timestamp("us", "UTC")),
        UPLIFT: pa.array(said),
    })  # fmt: skip
    wanted = Wanted(
        profiles=True, user=USER, anonymous=ANONYMOUS, time=AT, traits={trait: UPLIFT},
        source="uplift",
    )  # fmt: skip

    def bring(path: Path) -> int:
        return import_files(reading.project, [path], wanted).imported

    day = format_instant(at).partition("T")[0]
    stored = handed_over(reading.project, f"{trait} {day}", table, bring) if len(said) else 0
    return {
        "campaign": campaign,
        "trait": trait,
        "as_of": format_instant(at),
        "learner": found.asked_for.name,
        "qini": _qini(found),
        "scored": len(said),
        "stored": stored,
        "mean": float(said.mean()) if len(said) else None,
        "warnings": list(trial.warnings),
    }


def table_for(trial: Trial, seen: Observed) -> Floats:
    """People as the trial has them: its columns, whatever is common among them."""
    numbers = {it.name: place for place, it in enumerate(seen.matrix.features)}
    columns: list[Floats] = []
    for name in trial.columns:
        text = _is_text(name, seen)
        if text is not None:
            columns.append(text)
        elif name in numbers:
            columns.append(seen.matrix.values[:, numbers[name]])
        else:
            columns.append(np.full(len(seen.places), np.nan))
    return filled(np.column_stack(columns), trial.table)


def _is_text(name: str, seen: Observed) -> npt.NDArray[np.float64] | None:
    """Whether each has the text of a column ``city = 'Oslo'``; NaN where none is set."""
    for trait, texts in seen.texts.items():
        if not name.startswith(trait + EQUALS):
            continue
        wanted = name.removeprefix(trait + EQUALS)
        is_one = [np.nan if it is None else float(TextLiteral(it).text == wanted) for it in texts]
        return np.array(is_one, np.float64)
    return None


def _behaviours(reading: Reading, traits: str | None, trait: str) -> list[Any]:
    return [it for it in chosen_behaviours(reading, traits, texts=True) if it.name != trait]


def _check(reading: Reading, trait: str) -> None:
    if not is_plain(trait) or trait != trait.lower():
        raise UsageError(f"`{trait}` cannot be the name of a trait", hint="write mail_uplift")
    entry = reading.vocabulary.traits.get(trait)
    if trait == USER or (entry is not None and entry.value is not None):
        raise UsageError(f"`{trait}` is something else by now", hint="give the trait another name")


def _qini(found: Uplifts) -> dict[str, float]:
    it = found.asked_for
    return {"value": it.qini, "low": it.low, "high": it.high}
