"""Errors as RFC 9457 problem documents."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from shoal.access import TooManyError
from shoal.api.speaking import speech_of
from shoal.core.errors import (
    DefinitionError,
    NotFoundError,
    Problem,
    ShoalError,
    StoreError,
    TooFewError,
)
from shoal.language.told import ENGLISH, Speech
from shoal.runners.stopping import StoppedError

MEDIA = "application/problem+json"


class UnauthorisedError(ShoalError):
    """Nobody who may ask."""


class ForbiddenError(ShoalError):
    """Somebody who may not do this."""


def problem(status: int, title: str, detail: str | None = None, **more: Any) -> JSONResponse:
    """A problem document."""
    document = {"type": "about:blank", "title": title, "status": status, **more}
    if detail:
        document["detail"] = detail
    headers = {"retry-after": "5"} if status in {429, 503} else {}
    if status == 401:
        headers["www-authenticate"] = "Bearer"
    return JSONResponse(document, status, headers, MEDIA)


STATUSES: tuple[tuple[type[ShoalError], int], ...] = (
    (UnauthorisedError, 401),
    (ForbiddenError, 403),
    (NotFoundError, 404),
    (StoppedError, 409),
    (TooManyError, 429),
    (StoreError, 503),
    (DefinitionError, 422),
    (TooFewError, 422),
)


def status_of(error: ShoalError) -> int:
    """The status that says what kind of problem it is."""
    return next((status for kind, status in STATUSES if isinstance(error, kind)), 400)


def told(error: ShoalError, speech: Speech = ENGLISH) -> JSONResponse:
    """An error of ours."""
    more: dict[str, Any] = {}
    title = speech.again(error.message)
    if isinstance(error, DefinitionError):
        from shoal.project.checking import problem_json

        found = [_told(one, speech) for one in error.problems]
        more["problems"] = [problem_json(one) for one in found]
        title = "\n".join(map(str, found))
    hint = None if error.hint is None else speech.again(error.hint)
    return problem(status_of(error), title, hint, **more)


def _told(one: Problem, speech: Speech) -> Problem:
    hint = None if one.hint is None else speech.again(one.hint)
    return replace(one, message=speech.again(one.message), hint=hint)


def tell_problems(app: FastAPI) -> None:
    """Makes the app answer every error as a problem document."""

    async def ours(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, ShoalError)
        return told(error, speech_of(request))

    async def theirs(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)
        return problem(error.status_code, str(error.detail))

    async def invalid(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)
        some = [
            {"place": ".".join(map(str, one["loc"])), "message": one["msg"]}
            for one in error.errors()
        ]
        return problem(422, "the request is not as described", problems=some)

    app.add_exception_handler(ShoalError, ours)
    app.add_exception_handler(HTTPException, theirs)
    app.add_exception_handler(RequestValidationError, invalid)
