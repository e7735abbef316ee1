"""Who is asking: an admin key by bearer, or a person by the cookie of their session."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Any

from fastapi import Depends, Request

from shoal.access import (
    Action,
    KeyKind,
    Principal,
    digest_of,
    is_alive,
    is_csrf_token,
    may,
)
from shoal.api.problems import ForbiddenError, UnauthorisedError
from shoal.api.speaking import language_of, speech_of
from shoal.core.instants import SECOND
from shoal.language.told import Speech
from shoal.project.asked import Asked
from shoal.project.opening import Project
from shoal.project.serving.served import Served

COOKIE = "__Host-shoal"
LOCAL_COOKIE = "shoal"
"""On plain HTTP, which only loopback is served by, a browser refuses ``__Host-`` cookies."""
CSRF = "x-csrf-token"
SEEN_EVERY = 300 * SECOND


def asked_by(request: Request) -> Asked:
    """What this app stands on."""
    return request.app.state.served


Serving = Annotated[Asked, Depends(asked_by)]


def owned_by(request: Request) -> Served:
    """The same for routes that only the process answers which owns the store."""
    return request.app.state.served


Owning = Annotated[Served, Depends(owned_by)]


def project_spoken(request: Request, served: Serving) -> Project:
    """The project, telling titles and sentences in the language that the reader chose."""
    project, language = served.project, language_of(request)
    return replace(project, settings=replace(project.settings, language=language))


Spoken = Annotated[Project, Depends(project_spoken)]


Telling = Annotated[Speech, Depends(speech_of)]


def cookie_of(request: Request) -> str | None:
    """The session's secret, if the request carries one."""
    return request.cookies.get(COOKIE) or request.cookies.get(LOCAL_COOKIE)


def principal_of(request: Request, served: Serving) -> Principal | None:
    """Who is asking; None for nobody."""
    kind, _, secret = request.headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer" and secret:
        key = served.keyring.find(secret.strip())
        if key is None:
            return None
        name = f"key:{key.id}"
        is_admin = key.kind is KeyKind.ADMIN
        return Principal.of_admin_key(name) if is_admin else Principal.of_write_key(name)
    return _by_cookie(request, served)


def _by_cookie(request: Request, served: Asked) -> Principal | None:
    secret = cookie_of(request)
    if secret is None:
        return None
    now = served.project.clock()
    session = served.accounts.session(digest_of(secret))
    if session is None or not is_alive(session, now):
        return None
    user = served.accounts.user(session.user_id)
    if user is None or user.disabled_at is not None:
        return None
    changes = request.method not in {"GET", "HEAD", "OPTIONS"}
    if changes and not is_csrf_token(secret, request.headers.get(CSRF, "")):
        raise ForbiddenError("the page's token is missing or of another session")
    if now - session.seen_at > SEEN_EVERY:
        served.accounts.see_session(session.digest, now)
    return Principal.of_role(f"user:{user.id}", user.role)


def asks(action: Action) -> Any:
    """The dependency of a route: whoever may do this, else 401 or 403."""

    def check(
        principal: Annotated[Principal | None, Depends(principal_of)],
    ) -> Principal:
        if principal is None:
            raise UnauthorisedError("log in, or show an admin key as bearer")
        if not may(principal, action):
            raise ForbiddenError(f"{principal.name} may not do this: it needs `{action}`")
        return principal

    check.__name__ = f"asks_{action}"
    return Depends(check)


Asker = Callable[..., Principal]
