"""Bringing data: a file sent in parts, understood in words, imported; or a shop that is made up."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Body, Depends, Query, Request
from pydantic import BaseModel, Field

from shoal.access import Action, Principal, may
from shoal.api.data_shapes import FileKept, FileRead, SampleGone, WorkTold
from shoal.api.principals import Serving, Telling, asks
from shoal.api.working import Work, Working, problem_told
from shoal.core.errors import NotFoundError, UsageError
from shoal.project.imports.importing import Wanted, mapping_of
from shoal.project.imports.uploading import Upload, Uploads

if TYPE_CHECKING:
    from shoal.project.asked import Asked

router = APIRouter(prefix="/api/v1/data", tags=["data"])

MOST_PART = 1 << 20
"""Bytes of one part of a file: a request to the API holds no more than twice as many."""
SHOWN = 4
SAMPLE = "ecommerce"
Column = Annotated[str | None, Field(max_length=500)]


def uploads_of(request: Request) -> Uploads:
    """The files that were sent to this app."""
    return request.app.state.uploads


Sent = Annotated[Uploads, Depends(uploads_of)]
FileId = Annotated[str, Query(alias="file", max_length=64)]


class NewFile(BaseModel):
    """What a file is called, and how many bytes it has."""

    name: Annotated[str, Field(min_length=1, max_length=500)]
    size: int = Field(ge=1, le=2**53 - 1)


class RowsSaid(BaseModel):
    """What a row is, as the options of ``shoal import`` say it; or a whole ``document``.

    Every column that is not named is a property, but for those it is ``without``.
    """

    event: Column = None
    event_column: Column = None
    profiles: bool = False
    user: Column = None
    anonymous: Column = None
    time: Column = None
    time_format: Column = None
    id_column: Column = None
    properties: dict[str, str] = Field(default_factory=dict, max_length=2_000)
    without: list[str] = Field(default_factory=list, max_length=2_000)
    document: Annotated[str | None, Field(max_length=500_000)] = None


class HowRead(BaseModel):
    """How rows shall be understood; nothing: as it is guessed."""

    said: RowsSaid | None = None


@dataclass(frozen=True, slots=True)
class Bring:
    """A file, and how it is to be understood."""

    upload: Upload
    wanted: Wanted


class SampleWanted(BaseModel):
    """Which made-up shop: of a pack that has one."""

    pack: Annotated[str, Field(max_length=100)] = SAMPLE


@router.post("/files", status_code=201, dependencies=[asks(Action.DEFINE)], response_model=FileKept)
def begin(sent: Sent, given: NewFile) -> dict[str, Any]:
    """A place for a file that will be sent in parts."""
    return _kept(sent.begin(given.name, given.size))


@router.put("/files/part", dependencies=[asks(Action.DEFINE)], response_model=FileKept)
def part(
    sent: Sent,
    file: FileId,
    offset: Annotated[int, Query(ge=0, le=2**53 - 1)],
    body: Annotated[bytes, Body(media_type="application/octet-stream", max_length=MOST_PART)],
) -> dict[str, Any]:
    """The next part of a file, at most a mebibyte, as it is."""
    return _kept(sent.add(file, offset, body))


@router.delete("/files", status_code=204, dependencies=[asks(Action.DEFINE)])
def drop(sent: Sent, file: FileId) -> None:
    """Takes a file away that is not wanted after all."""
    sent.drop(file)


@router.post("/files/read", dependencies=[asks(Action.DEFINE)], response_model=FileRead)
def dry_run(
    served: Serving, speech: Telling, sent: Sent, file: FileId, given: HowRead
) -> dict[str, Any]:
    """How the rows of a file would be understood, in words; nothing is imported."""
    from shoal.project.imports.understanding import look_at

    upload = sent.whole(file)
    wanted = None if given.said is None else _wanted(given.said)
    found = look_at(served.project, upload.path, wanted, SHOWN)
    return {**_kept(upload), **speech.document(found)}


@router.post("/files/import", status_code=202, response_model=WorkTold)
def bring(  # noqa: PLR0913, PLR0917  what it takes
    served: Serving,
    sent: Sent,
    working: Working,
    file: FileId,
    given: RowsSaid,
    asking: Annotated[Principal, asks(Action.DEFINE)],
) -> dict[str, Any]:
    """Imports a file as it is said; `/data/work` tells how far it is, and how it ended."""
    bringing = Bring(sent.whole(file), _wanted(given))
    make = partial(_import, served, sent, bringing, asking.name)
    return working.start("import", bringing.upload.path.name, make).as_json()


@router.get("/work", response_model=WorkTold | None)
def work(
    working: Working, speech: Telling, asking: Annotated[Principal, asks(Action.LOOK)]
) -> dict[str, Any] | None:
    """The import that goes on, or the last one since the server started; null for none.

    What a source brought, or failed with, is told to whoever may see sources.
    """
    if working.last is None:
        return None
    told = working.last.as_json() | {"problem": problem_told(working.last, speech)}
    if told["kind"] == "source" and not may(asking, Action.DEFINE):
        told |= {"answer": None, "problem": None}
    if (answer := told["answer"]) is not None and answer.get("failure"):
        told["answer"] = {**answer, "failure": speech.in_parts(answer["failure"])}
    return speech.document(told)


@router.post("/sample", status_code=202, response_model=WorkTold)
def sample(
    served: Serving,
    working: Working,
    given: SampleWanted,
    asking: Annotated[Principal, asks(Action.DEFINE)],
) -> dict[str, Any]:
    """A shop that is made up, marked as such everywhere, in a project that holds nothing yet."""
    from shoal.project.reading import read
    from shoal.project.sampling import sample_spec

    sample_spec(given.pack)
    if read(served.project).snapshot.latest_event_at is not None:
        raise UsageError("made-up people are not mixed with those of a project that holds some")
    make = partial(_make_up, served, given.pack, asking.name)
    return working.start("sample", given.pack, make).as_json()


@router.delete("/sample", response_model=SampleGone)
def end_sample(
    served: Serving, asking: Annotated[Principal, asks(Action.MANAGE)]
) -> dict[str, Any]:
    """Takes everything back that is made up."""
    from shoal.project.sampling import remove_sample

    removed = remove_sample(served.project)
    served.note(asking.name, "sample.remove", removed=removed)
    return {"removed": removed}


def _import(served: Asked, sent: Uploads, bring: Bring, actor: str, work: Work) -> dict[str, Any]:
    from shoal.project.imports.importing import import_files

    made = import_files(served.project, [bring.upload.path], bring.wanted, work.tell)
    subject = ",".join(f"import:{it}" for it in made.ids)
    served.note(actor, "import.run", subject, rows=made.rows)
    with suppress(NotFoundError):  # dropped meanwhile: that takes nothing back
        sent.drop(bring.upload.id)
    return made.as_json()


def _make_up(served: Asked, pack: str, actor: str, work: Work) -> dict[str, Any]:
    from shoal.project.sampling import Wanted as Made
    from shoal.project.sampling import begin_with_sample

    del work  # it tells no steps
    made = begin_with_sample(served.project, Made(pack))
    served.note(actor, "sample.make", pack, people=made.people)
    return made.as_json()


def _wanted(said: RowsSaid) -> Wanted:
    """The options as an import takes them."""
    from shoal.sources import mapping_from_document

    if said.document is not None:
        try:
            document = json.loads(said.document)
        except (ValueError, RecursionError) as error:
            raise UsageError("the mapping is no JSON") from error
        return Wanted(mapping=mapping_from_document(document))
    named = said.properties
    wanted = Wanted(
        event=said.event,
        event_column=said.event_column,
        profiles=said.profiles,
        user=said.user,
        anonymous=said.anonymous,
        time=said.time,
        time_format=said.time_format,
        id_column=said.id_column,
        properties={} if said.profiles else named,
        traits=named if said.profiles else {},
    )
    if not said.without:
        return wanted
    mapping = mapping_of(wanted)
    rows = replace(mapping.rows[0], without=tuple(said.without))
    return Wanted(mapping=replace(mapping, rows=(rows,)))


def _kept(upload: Upload) -> dict[str, Any]:
    return {
        "id": upload.id,
        "name": upload.path.name,
        "size": upload.size,
        "received": upload.received,
    }
