"""Whether the numbers can be trusted: what the data tell about themselves, and how they came."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Request

from shoal.access import Action, Principal
from shoal.api.data_shapes import DataChecked, ImportRow, Minimisation, Undone
from shoal.api.numbers import Number
from shoal.api.principals import Serving, Spoken, Telling, asks
from shoal.project.data.minimising import minimisation
from shoal.project.data.quality import check_data
from shoal.project.imports.importing import import_list, undo_import
from shoal.project.reading import read

if TYPE_CHECKING:
    from shoal.project.reading import Reading

router = APIRouter(prefix="/api/v1/data", tags=["data"])


@dataclass
class Findings:
    """The last report on the data, kept until they change: it reads every event once."""

    _lock: Lock = field(default_factory=Lock)
    _of: object = None
    _report: dict[str, Any] = field(default_factory=dict[str, Any])

    def of(self, reading: Reading) -> dict[str, Any]:
        """The report on what is stored now; one thread makes it, the others wait for it."""
        # where time goes on by the clock, what it says of the last day holds for an hour
        hour = reading.at(None) // (3_600 * 1_000_000)
        state = reading.snapshot.version, reading.definitions, hour
        with self._lock:
            if self._of != state:
                self._report = check_data(reading).as_json()
                self._of = state
            return self._report


@router.get("/check", dependencies=[asks(Action.LOOK)], response_model=DataChecked)
def checked(request: Request, served: Serving, speech: Telling) -> dict[str, Any]:
    """What the stored data tell about themselves, the worst first; fill and volume of each name."""
    findings: Findings = request.app.state.findings
    return speech.document(findings.of(read(served.project)))


@router.get("/minimisation", dependencies=[asks(Action.LOOK)], response_model=Minimisation)
def minimised(project: Spoken, speech: Telling) -> dict[str, Any]:
    """What is held of people, what for, and what could be left out."""
    return speech.document(minimisation(read(project)).as_json())


@router.get("/imports", dependencies=[asks(Action.LOOK)], response_model=list[ImportRow])
def imports(served: Serving) -> list[dict[str, Any]]:
    """Every import, oldest first, the ones taken back too."""
    return import_list(served.project)


@router.post("/imports/{number}/undo", response_model=Undone)
def undo(
    served: Serving, number: Number, asking: Annotated[Principal, asks(Action.MANAGE)]
) -> dict[str, Any]:
    """Takes an import back, with everything it brought."""
    answer = undo_import(served.project, number)
    served.note(asking.name, "import.undo", f"import:{number}", removed=answer["removed"])
    return answer
