"""Sample data of a pack: written to files that say so, or imported into a project."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import numpy.typing as npt

from shoal.core.errors import NotFoundError, ShoalError, UsageError
from shoal.core.instants import Zone
from shoal.packs import read_pack
from shoal.project.opening import system_clock
from shoal.project.settings import reason_of, write_setting
from shoal.samples import Sample, Spec, Stream, make_sample, parse_spec

if TYPE_CHECKING:
    from shoal.project.opening import Project

SOURCE = "sample data"
EVENTS, PROFILES, TRUTH = "events.jsonl", "profiles.jsonl", "truth.csv"
EVENTS_MAP, PROFILES_MAP = "events.map.yml", "profiles.map.yml"
_HEAD = "# People made up by `shoal pack sample`. Nothing in these files happened.\n"
MAPS = {
    EVENTS_MAP: f"""{_HEAD}source: {SOURCE}
events:
  event_column: event
  user: userId
  time: timestamp
  id: messageId
  except: [type, messageId]
""",
    PROFILES_MAP: f"""{_HEAD}source: {SOURCE}
profiles:
  user: userId
  except: [type]
""",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which sample: of a pack, so many people, by a seed, until the midnight that begins a day."""

    pack: str
    people: int | None = None
    seed: int | None = None
    until: str | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """What was made, and where it is."""

    pack: str
    people: int
    seed: int
    until: str
    events: Mapping[str, int]
    folder: Path | None = None
    project: Path | None = None
    notices: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The document of ``shoal pack sample --json``."""
        return {
            "pack": self.pack,
            "sample": True,
            "people": self.people,
            "seed": self.seed,
            "until": self.until,
            "events": dict(self.events),
            "files": [] if self.folder is None else [EVENTS, PROFILES, TRUTH, *MAPS],
            "folder": None if self.folder is None else str(self.folder),
            "notices": list(self.notices),
        }

    @property
    def text(self) -> str:
        """The same for people."""
        total = sum(self.events.values())
        made = f"Made up {self.people:,} people and {total:,} events until {self.until}"
        if self.folder is not None:
            return f"{made}, in {self.folder}"
        return f"{made}, imported as `{SOURCE}`; what is true of them is in {TRUTH}"


def sample_spec(pack: str) -> Spec:
    """What a pack's sample is made from; raises NotFoundError where it has none."""
    text = read_pack(pack).sample
    if text is None:
        raise NotFoundError(f"the pack `{pack}` has no sample data")
    return parse_spec(text)


def make(wanted: Wanted, zone: Zone | None = None) -> Sample:
    """The sample that is wanted; without a day it ends where today begins."""
    spec = sample_spec(wanted.pack)
    if wanted.people is not None and not 1 <= wanted.people <= 1_000_000:
        raise UsageError("--people is a number from 1 to 1,000,000")
    if wanted.seed is not None and wanted.seed < 0:
        raise UsageError("--seed is a number from 0 on")
    until = _day(wanted.until) or (zone or Zone(spec.time_zone)).to_local(system_clock()).date()
    return make_sample(spec, until, people=wanted.people, seed=wanted.seed)


def write_sample(wanted: Wanted, folder: Path, zone: Zone | None = None) -> Made:
    """The sample as files in ``folder``, which is made if need be."""
    sample = make(wanted, zone)
    zone = zone or Zone(sample.spec.time_zone)
    seed = sample.spec.seed if wanted.seed is None else wanted.seed
    label = f"{wanted.pack}-{len(sample.people)}-{seed}-{sample.until}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in MAPS.items():
            (folder / name).write_text(text, encoding="utf-8")
        _write_lines(folder / EVENTS, event_rows(sample, zone, label))
        _write_lines(folder / PROFILES, profile_rows(sample))
        _write_truth(folder / TRUTH, sample)
    except OSError as error:
        raise ShoalError(f"cannot write to `{folder}`: {reason_of(error)}") from error
    return Made(
        wanted.pack, len(sample.people), seed, str(sample.until), sample.events, folder=folder
    )


def import_sample(project: Project, wanted: Wanted) -> Made:
    """The sample imported into the project; what is true of its people is written beside it."""
    from shoal.project.imports.importing import Wanted as Rows
    from shoal.project.imports.importing import import_files

    with TemporaryDirectory(prefix="shoal-sample-") as place:
        folder = Path(place)
        made = write_sample(wanted, folder, project.settings.time_zone)
        done = import_files(project, [folder / PROFILES], Rows(map_file=folder / PROFILES_MAP))
        done += import_files(project, [folder / EVENTS], Rows(map_file=folder / EVENTS_MAP))
        truth = (folder / TRUTH).read_bytes()
    (project.folder / TRUTH).write_bytes(truth)
    return Made(
        made.pack,
        made.people,
        made.seed,
        made.until,
        made.events,
        project=project.folder,
        notices=done.notices,
    )


def begin_with_sample(project: Project, wanted: Wanted) -> Made:
    """A sample and its pack's definitions in a project that holds nothing yet."""
    from shoal.project.changes.planning import apply_plan, make_plan
    from shoal.project.packs import add_pack

    if project.store.snapshot().latest_event_at is not None:
        raise UsageError("made-up people are not mixed with those of a project that holds some")
    spec = sample_spec(wanted.pack)
    if spec.currency is not None and project.settings.currency is None:
        write_setting(project.folder, "currency", spec.currency)
    add_pack(project.folder, wanted.pack)
    apply_plan(project, make_plan(project, None))
    return import_sample(project, wanted)


def remove_sample(project: Project) -> int:
    """Takes back everything made up; how many rows went."""
    from shoal.project.imports.importing import undo_import

    made_up = [
        it.id for it in project.store.imports() if it.source.name == SOURCE and it.undone_at is None
    ]
    if not made_up:
        raise NotFoundError("nothing made up is here")
    return sum(undo_import(project, number)["removed"] for number in reversed(made_up))


def event_rows(sample: Sample, zone: Zone, label: str) -> Iterator[dict[str, Any]]:
    """Every event in order of time, as the Segment format has it, marked as made up.

    The label keeps its ids apart from those of other samples.
    """
    users = sample.user_ids
    rows = [row for stream in sample.streams for row in _rows(stream)]
    at = np.concatenate([stream.at for stream in sample.streams]) if rows else np.zeros(0, np.int64)
    person = np.concatenate([it.person for it in sample.streams]) if rows else at
    names = [stream.event for stream in sample.streams for _ in range(len(stream))]
    order = np.lexsort((person, at))
    instants = _utc(at[order], zone).astype("datetime64[us]")
    written = cast("npt.NDArray[np.str_]", np.datetime_as_string(instants, unit="ms")).tolist()
    for number, (row, time) in enumerate(zip(order.tolist(), written, strict=True)):
        yield {
            "type": "track",
            "event": names[row],
            "userId": users[person[row]],
            "timestamp": f"{time}Z",
            "messageId": f"sample-{label}-{number}",
            "properties": {**rows[row], "sample": True},
        }


def profile_rows(sample: Sample) -> Iterator[dict[str, Any]]:
    """Every person's traits, marked as made up."""
    columns = {name: column.tolist() for name, column in sample.profiles.items()}
    for place, user in enumerate(sample.user_ids):
        traits = {
            name: values[place] for name, values in columns.items() if values[place] is not None
        }
        yield {"type": "identify", "userId": user, "traits": {**traits, "sample": True}}


def _rows(stream: Stream) -> Iterator[dict[str, Any]]:
    """The properties of each row; what is unset is left out."""
    columns = {name: column.tolist() for name, column in stream.columns.items()}
    lines = None
    if stream.lines is not None and stream.offsets is not None:
        names = list(stream.lines)
        whole = list(zip(*(it.tolist() for it in stream.lines.values()), strict=True))
        lines = names, whole, stream.offsets.tolist()
    for place in range(len(stream)):
        row = {name: values[place] for name, values in columns.items() if values[place] is not None}
        if lines is not None:
            names, whole, offsets = lines
            row["products"] = [
                {name: it for name, it in zip(names, line, strict=True) if it is not None}
                for line in whole[offsets[place] : offsets[place + 1]]
            ]
        yield row


def _utc(local: Any, zone: Zone) -> Any:
    """Instants of local times; one that a change of the clock skips is moved on."""
    starts, offsets = zone.transitions()
    moved = np.array(starts[1:], dtype=np.int64) + np.array(offsets[1:], dtype=np.int64)
    return local - np.array(offsets, dtype=np.int64)[np.searchsorted(moved, local, side="right")]


def _write_lines(path: Path, rows: Iterator[dict[str, Any]]) -> None:
    from msgspec.json import Encoder

    encode = Encoder().encode
    with path.open("wb") as file:
        for row in rows:
            file.write(encode(row))
            file.write(b"\n")


def _write_truth(path: Path, sample: Sample) -> None:
    head, rows = sample.truth()
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(head)
        writer.writerows(rows)


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"--until: `{text}` is no date", hint="write 2026-11-01") from error
    if not date(1990, 1, 1) <= day <= date(2200, 1, 1) - timedelta(days=1):
        raise UsageError("--until is a day from 1990 to 2199")
    return day
