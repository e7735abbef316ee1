"""Building a segment: its tree, what one may name, the difference, saving."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from shoal.access import Action, Principal
from shoal.api.principals import Serving, Spoken, Telling, asks
from shoal.api.shapes import CheckedText, Plan, Saved, Template, Tree, WordsKnown
from shoal.core.errors import DefinitionError
from shoal.language import check_rule, from_json, to_json, to_text
from shoal.language.parse import parse_rule
from shoal.project.changes.editing import Edit, plan_edit, save_edit
from shoal.project.changes.removing import remove_segment, undo_version, uses_of
from shoal.project.checking import problem_json, promoted
from shoal.project.naming import words_known
from shoal.project.reading import read
from shoal.project.templates import templates

router = APIRouter(prefix="/api/v1", tags=["building"])

RuleText = Annotated[str, Field(max_length=200_000)]


class Written(BaseModel):
    """A rule as a tree or as text: one of them."""

    rule: dict[str, Any] | None = None
    text: RuleText | None = None


class Text(BaseModel):
    """A rule's text, finished or not."""

    text: RuleText


class Wanted(BaseModel):
    """What a segment shall mean; title and reason are those of a new one."""

    text: RuleText
    title: Annotated[str | None, Field(max_length=200)] = None
    why: Annotated[str | None, Field(max_length=2_000)] = None


class UseShape(BaseModel):
    """What reads a segment: its kind (segment, trait, prediction, campaign, webhook) and its name."""

    kind: str
    name: str


class Uses(BaseModel):
    """Everything that reads a segment."""

    uses: list[UseShape]


class Removed(BaseModel):
    """The version that the definitions have now; its undo brings back those before."""

    version: int


@router.get("/segments/{name}/tree", dependencies=[asks(Action.LOOK)], response_model=Tree)
def tree(served: Serving, name: str) -> dict[str, Any]:
    """The rule of a segment, as the tree that builders edit and as text."""
    from shoal.project.answers import segment_named

    reading = read(served.project)
    rule = segment_named(reading, name).rule
    return {"rule": to_json(rule), "text": to_text(rule)}


@router.post("/rules/tree", dependencies=[asks(Action.LOOK)], response_model=Tree)
def translated(given: Written) -> dict[str, Any]:
    """A rule's text as its tree, or its tree as text: whichever is given, both are answered."""
    node = parse_rule(given.text) if given.text is not None else from_json(given.rule)
    return {"rule": to_json(node), "text": to_text(node)}


@router.post("/rules/check", dependencies=[asks(Action.LOOK)], response_model=CheckedText)
def checked(served: Serving, speech: Telling, given: Text) -> dict[str, Any]:
    """What is wrong with a rule's text while it is written, each problem with its place.

    The tree is there as soon as the text is a rule, whatever is wrong with the names in it.
    """
    try:
        node = parse_rule(given.text)
    except DefinitionError as error:
        problems = [problem_json(it) for it in error.problems]
        return {"rule": None, "problems": speech.document(problems)}
    found = promoted(check_rule(node, read(served.project).vocabulary))
    problems = [problem_json(it) for it in found]
    return {"rule": to_json(node), "problems": speech.document(problems)}


@router.get("/words", dependencies=[asks(Action.LOOK)], response_model=WordsKnown)
def words(project: Spoken) -> dict[str, Any]:
    """What a rule may name: events with their properties, traits, segments, purposes; its keywords."""
    return words_known(read(project))


@router.get("/templates", dependencies=[asks(Action.LOOK)], response_model=list[Template])
def rules_to_begin_with(project: Spoken) -> list[dict[str, Any]]:
    """Rules to begin a segment with, all of which mean something here."""
    return templates(read(project))


@router.post("/segments/{name}/plan", dependencies=[asks(Action.DEFINE)], response_model=Plan)
def difference(served: Serving, speech: Telling, name: str, given: Wanted) -> dict[str, Any]:
    """What saving this would change; nothing is changed by it."""
    edit = Edit(name, given.text, given.title, given.why)
    return speech.document(plan_edit(served.project, edit).as_json())


@router.put("/segments/{name}", response_model=Saved)
def save(
    served: Serving,
    speech: Telling,
    name: str,
    given: Wanted,
    asking: Annotated[Principal, asks(Action.DEFINE)],
) -> Any:
    """Writes a segment's definition into its file, and applies the files."""
    edit = Edit(name, given.text, given.title, given.why)
    plan, version = save_edit(served.project, edit, asking.name)
    served.note(asking.name, "definitions.apply", f"version:{version}", segment=name)
    return JSONResponse(speech.document({**plan.as_json(), "version": version}))


@router.get("/segments/{name}/uses", dependencies=[asks(Action.LOOK)], response_model=Uses)
def uses(served: Serving, name: str) -> dict[str, Any]:
    """What reads a segment: while anything does, it is not removed."""
    return {"uses": [{"kind": it.kind, "name": it.name} for it in uses_of(served.project, name)]}


@router.delete("/segments/{name}", response_model=Removed)
def remove(
    served: Serving, name: str, asking: Annotated[Principal, asks(Action.DEFINE)]
) -> dict[str, Any]:
    """Takes a segment out of its file and applies the files; `undo` of the version brings it back."""
    version = remove_segment(served.project, name, asking.name)
    served.note(asking.name, "definitions.apply", f"version:{version}", segment=name, removed=True)
    return {"version": version}


@router.post("/versions/{number}/undo", response_model=Removed)
def undo(
    served: Serving, number: int, asking: Annotated[Principal, asks(Action.DEFINE)]
) -> dict[str, Any]:
    """Makes the definitions those of before the last version again, files and all."""
    version = undo_version(served.project, number, asking.name)
    served.note(asking.name, "definitions.apply", f"version:{version}", undone=number)
    return {"version": version}
