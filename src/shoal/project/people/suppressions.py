"""Who must not be written to, and why: the list kept by hand, and what was refused or complained of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shoal.campaigns.channel import reasons
from shoal.consent.channel import Channel, SuppressionState
from shoal.consent.statement import KINDS

if TYPE_CHECKING:
    import pyarrow as pa

    from shoal.engine.history import Column
    from shoal.project.reading import Reading

LIST = "on the list"


def suppressed_people(reading: Reading, at: int) -> pa.Table:
    """Columns ``user_id, channel, reason``, sorted; ``channel`` is ``all`` or the one it is about.

    The list holds people of whom nothing else is known, too.
    """
    import pyarrow as pa

    from shoal.runners import RuleAnswer, evaluate

    general = reasons(None)
    asked = {("all", why): rule for why, rule in general.items() if why != LIST}
    for channel in Channel:
        for why, rule in reasons(channel).items():
            if why not in general and not why.startswith(LIST):
                asked[str(channel), why] = rule
    rows = _listed(reading, at)
    named = {f"{channel} {why}": rule for (channel, why), rule in asked.items()}
    answers = evaluate(reading.snapshot, named, reading.vocabulary, at)
    for channel, why in asked:
        answer = answers[f"{channel} {why}"]
        assert isinstance(answer, RuleAnswer)
        rows += [(user, channel, why) for user in answer.members()["user_id"].to_pylist()]
    columns = zip(*sorted(rows), strict=True) if rows else ((), (), ())
    names = ("user_id", "channel", "reason")
    return pa.table(
        {name: pa.array(column, pa.string()) for name, column in zip(names, columns, strict=True)}
    )


def _listed(reading: Reading, at: int) -> list[tuple[str, str, str]]:
    """Everybody whose last word on a channel is that they are suppressed: id, channel, reason."""
    import numpy as np

    kind, snapshot = KINDS["suppression"], reading.snapshot
    found: list[tuple[str, str, str]] = []
    if kind.event not in snapshot.catalogue.events:
        return found
    for bucket in range(snapshot.buckets):
        history = snapshot.history(bucket)
        states = _cells(history.column(kind.event, "state"))
        whys = _cells(history.column(kind.event, "reason"))
        last: dict[tuple[int, str], int] = {}
        for row, channel in _cells(history.column(kind.event, kind.about)).items():
            if int(history.occurred_at[row]) <= at:
                profile = int(np.searchsorted(history.offsets, row, side="right")) - 1
                last[profile, channel] = row
        stopped = {key: row for key, row in last.items()
                   if states.get(row) == SuppressionState.SUPPRESSED}  # fmt: skip
        if stopped:
            ids = snapshot.user_ids(bucket)
            found += [
                (ids[profile].as_py(), channel, whys.get(row, LIST))
                for (profile, channel), row in stopped.items()
            ]
    return found


def _cells(column: Column | None) -> dict[int, Any]:
    """A text column's values by row, in the order of the rows."""
    if column is None or column.dictionary is None:
        return {}
    words = column.dictionary.to_pylist()
    codes = column.values.tolist()
    return {row: words[code] for row, code in zip(column.rows.tolist(), codes, strict=True)}
