"""Who may do what: keys, roles, passwords, sessions, rates, and what is noted of it.

Nouns: Key, Role, Action, Principal, Session, Bucket, AuditEntry. Nothing here reads a clock, draws
a random number or keeps anything: instants and entropy are arguments, the books keep.
"""

from shoal.access.audit import AuditEntry
from shoal.access.keys import Key, KeyKind, digest_of, kind_of, new_secret
from shoal.access.rates import Bucket, Rate, TooManyError, take
from shoal.access.roles import Action, Principal, Role, may
from shoal.access.sessions import Session, csrf_token, is_alive, is_csrf_token

__all__ = [
    "Action",
    "AuditEntry",
    "Bucket",
    "Key",
    "KeyKind",
    "Principal",
    "Rate",
    "Role",
    "Session",
    "TooManyError",
    "csrf_token",
    "digest_of",
    "is_alive",
    "is_csrf_token",
    "kind_of",
    "may",
    "new_secret",
    "take",
]
