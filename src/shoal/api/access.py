"""Logging in and out, keys, users and the audit trail."""

from __future__ import annotations

import os
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from pydantic import BaseModel, Field

from shoal.access import (
    Action,
    Bucket,
    KeyKind,
    Principal,
    Rate,
    Role,
    TooManyError,
    csrf_token,
    digest_of,
    take,
)
from shoal.access.keys import ENTROPY
from shoal.access.passwords import check_password, hash_password, is_password, nobody
from shoal.api.numbers import Number
from shoal.api.principals import (
    COOKIE,
    LOCAL_COOKIE,
    Serving,
    asks,
    cookie_of,
    principal_of,
)
from shoal.api.problems import ForbiddenError, UnauthorisedError
from shoal.api.shapes import KeyMade, KeyRow, Me, TrailRow, UserRow
from shoal.core.errors import NotFoundError, UsageError
from shoal.core.instants import format_instant
from shoal.project.asked import Asked
from shoal.project.serving.served import create_key, create_user, revoke_key

router = APIRouter(prefix="/api/v1", tags=["access"])

LOG_IN_RATE = Rate(per_second=0.1, burst=8)
"""Tries to log in as one user: after eight wrong ones, six a minute."""

Asking = Annotated[Principal | None, Depends(principal_of)]


class LogIn(BaseModel):
    """An address and a password."""

    email: Annotated[str, Field(max_length=320)]
    password: Annotated[str, Field(max_length=1_000)]


class NewKey(BaseModel):
    """What a key is for, and what it is called."""

    kind: KeyKind
    name: Annotated[str, Field(min_length=1, max_length=100)]


class NewUser(BaseModel):
    """Somebody who shall be able to log in."""

    email: Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$", max_length=320)]
    role: Role
    password: Annotated[str | None, Field(max_length=1_000)] = None


class UserChange(BaseModel):
    """What shall be different about a user; what is left out stays."""

    role: Role | None = None
    password: Annotated[str | None, Field(max_length=1_000)] = None
    disabled: bool | None = None


@router.post("/login")
def log_in(request: Request, given: LogIn, served: Serving) -> Response:
    """Starts a session: the cookie is its secret, the token goes with every change."""
    _slow_down(served, given.email)
    user = served.accounts.user(given.email)
    kept = user.password if user is not None and user.password else nobody()
    fits = is_password(kept, given.password)
    if user is None or not fits or user.disabled_at is not None:
        served.note("nobody", "login.refused")
        raise UnauthorisedError("the address or the password is wrong")
    served.tries.pop(_address(given.email), None)
    return _open_session(request, served, user.id)


@router.get("/open/{token}")
def open_link(request: Request, token: str, served: Serving) -> Response:
    """Starts a session by a link that works once: how the page opens on the first run."""
    user = served.accounts.use_link(digest_of(token), served.project.clock())
    if user is None:
        raise ForbiddenError("this link was used already or is too old")
    session = _open_session(request, served, user)
    answer = RedirectResponse(f"{request.scope.get('root_path', '')}/", status_code=303)
    answer.raw_headers += [it for it in session.raw_headers if it[0] == b"set-cookie"]
    return answer


@router.post("/logout", dependencies=[asks(Action.LOOK)])
def log_out(request: Request, served: Serving) -> Response:
    """Ends the session."""
    secret = cookie_of(request)
    if secret is not None:
        served.accounts.end_session(digest_of(secret))
    answer = Response(status_code=204)
    answer.delete_cookie(COOKIE)
    answer.delete_cookie(LOCAL_COOKIE)
    return answer


@router.get("/me", dependencies=[asks(Action.LOOK)], response_model=Me)
def me(request: Request, asking: Asking) -> dict[str, Any]:
    """Who is asking, what they may do, and the token their changes need."""
    assert asking is not None
    secret = cookie_of(request)
    return {
        "name": asking.name,
        "actions": sorted(asking.actions),
        "csrf": csrf_token(secret) if secret else None,
    }


# --- keys ----------------------------------------------------------------------------------------


@router.get("/keys", dependencies=[asks(Action.MANAGE)], response_model=list[KeyRow])
def keys(served: Serving) -> list[dict[str, Any]]:
    """Every key, without its secret."""
    return [
        {
            "id": key.id,
            "kind": str(key.kind),
            "name": key.name,
            "created_at": format_instant(key.created_at),
            "revoked_at": _told(key.revoked_at),
        }
        for key in served.accounts.all_keys()
    ]


@router.post("/keys", status_code=201, response_model=KeyMade)
def add_key(
    given: NewKey, served: Serving, asking: Annotated[Principal, asks(Action.MANAGE)]
) -> dict[str, Any]:
    """A new key; its secret is shown this once."""
    key, secret = create_key(served.project, given.kind, given.name, asking.name)
    return {"id": key.id, "kind": str(key.kind), "name": key.name, "key": secret}


@router.delete("/keys/{number}", status_code=204)
def close_key(
    number: Number, served: Serving, asking: Annotated[Principal, asks(Action.MANAGE)]
) -> None:
    """Closes a key for good."""
    revoke_key(served.project, number, asking.name)


# --- users ---------------------------------------------------------------------------------------


@router.get("/users", dependencies=[asks(Action.MANAGE)], response_model=list[UserRow])
def users(served: Serving) -> list[dict[str, Any]]:
    """Everybody who may log in, or might."""
    return [
        {
            "id": user.id,
            "email": user.email,
            "role": str(user.role),
            "created_at": format_instant(user.created_at),
            "disabled_at": _told(user.disabled_at),
        }
        for user in served.accounts.users()
    ]


@router.post("/users", status_code=201)
def add_user(
    given: NewUser, served: Serving, asking: Annotated[Principal, asks(Action.MANAGE)]
) -> dict[str, Any]:
    """A new user."""
    kept = None
    if given.password is not None:
        check_password(given.password, name=given.email)
        kept = hash_password(given.password)
    user = create_user(served.project, given.email, given.role, kept, asking.name)
    return {"id": user.id, "email": user.email, "role": str(user.role)}


@router.patch("/users/{number}", status_code=204)
def change_user(
    number: Number,
    given: UserChange,
    served: Serving,
    asking: Annotated[Principal, asks(Action.MANAGE)],
) -> None:
    """Changes a role or a password, or shuts somebody out; their sessions end."""
    user = served.accounts.user(number)
    if user is None:
        raise NotFoundError(f"there is no user {number}")
    if asking.name == f"user:{number}" and (given.disabled or given.role not in {None, user.role}):
        raise UsageError("nobody takes their own rights away", hint="let another admin do it")
    if given.disabled or given.role not in {None, Role.ADMIN}:
        _keep_an_admin(served, number)
    changes: dict[str, object] = {}
    if given.role is not None:
        changes["role"] = str(given.role)
    if given.password is not None:
        check_password(given.password, name=user.email)
        changes["password"] = hash_password(given.password)
    if given.disabled is not None:
        changes["disabled_at"] = served.project.clock() if given.disabled else None
    if changes:
        served.accounts.change_user(number, **changes)
        served.note(asking.name, "user.change", f"user:{number}", changed=sorted(changes))


def _keep_an_admin(served: Asked, number: int) -> None:
    """UsageError where nobody would be left who can log in and manage."""
    admins = {
        user.id
        for user in served.accounts.users()
        if user.role is Role.ADMIN and user.disabled_at is None
    }
    if admins == {number}:
        raise UsageError(
            "this is the last admin who can log in", hint="make somebody else an admin first"
        )


@router.get("/audit", dependencies=[asks(Action.MANAGE)], response_model=list[TrailRow])
def trail(served: Serving) -> list[dict[str, Any]]:
    """Who did what, newest first."""
    return [
        {
            "at": format_instant(entry.at),
            "actor": entry.actor,
            "action": entry.action,
            "subject": entry.subject,
            "detail": dict(entry.detail),
        }
        for entry in served.accounts.audit()
    ]


def _open_session(request: Request, served: Asked, user_id: int) -> Response:
    secret = os.urandom(ENTROPY).hex()
    served.accounts.start_session(digest_of(secret), user_id, served.project.clock())
    served.note(f"user:{user_id}", "login")
    body = {"csrf": csrf_token(secret)}
    answer = JSONResponse(body)
    secure = request.url.scheme == "https"
    answer.set_cookie(
        COOKIE if secure else LOCAL_COOKIE,
        secret,
        secure=secure,
        httponly=True,
        samesite="strict",
        path="/",
    )
    return answer


def _slow_down(served: Asked, email: str) -> None:
    """Raises TooManyError when somebody tries one address too often."""
    name = _address(email)
    tries = served.tries
    if len(tries) > 10_000:
        tries.clear()
    bucket: Bucket | None = tries.get(name)
    tries[name], wait = take(bucket, LOG_IN_RATE, served.project.clock())
    if wait is not None:
        raise TooManyError(wait)


def _address(email: str) -> str:
    return email.strip().casefold()


def _told(at: int | None) -> str | None:
    return None if at is None else format_instant(at)
