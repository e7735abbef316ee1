"""The first time a project is served: who may open it, before anybody has a password."""

from __future__ import annotations

import ipaddress
import os
from typing import TYPE_CHECKING

from shoal.access import Role, digest_of
from shoal.access.keys import ENTROPY
from shoal.core.errors import UsageError
from shoal.core.instants import SECOND

if TYPE_CHECKING:
    from shoal.project.serving.served import Served
    from shoal.store.accounts import User

LINK_HOLDS = 900 * SECOND
LOCAL_ADMIN = "admin@localhost"


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address.

    >>> is_loopback("127.0.0.1"), is_loopback("0.0.0.0"), is_loopback("localhost")
    (True, False, True)
    """
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def admins_of(served: Served) -> list[User]:
    """Admins who can log in with a password."""
    return [
        user
        for user in served.accounts.users()
        if user.role is Role.ADMIN and user.password and user.disabled_at is None
    ]


def opening_link(served: Served, host: str) -> str | None:
    """The path of a link that opens the page once, where nobody has a password yet.

    Bound to this machine alone that is safe: whoever reads the terminal is who started it. Bound
    wider it is not, so without an admin that is refused.
    """
    if admins_of(served):
        return None
    if not is_loopback(host):
        raise UsageError(
            f"`{host}` can be reached from elsewhere, and there is no admin yet",
            hint="make one with `shoal user create EMAIL --role admin`, or serve on 127.0.0.1",
        )
    user = served.accounts.user(LOCAL_ADMIN) or served.accounts.add_user(
        LOCAL_ADMIN, Role.ADMIN, None, served.project.clock()
    )
    token = os.urandom(ENTROPY).hex()
    served.accounts.add_link(digest_of(token), user.id, served.project.clock() + LINK_HOLDS)
    return f"/api/v1/open/{token}"
