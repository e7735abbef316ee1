"""Texts that stand for nobody: what clients send where they know no id. They link nothing."""

from __future__ import annotations

from collections.abc import Iterable

from shoal.identity.identifier import Identifier

_NOBODY = (
    "null", "undefined", "none", "nil", "nan", "n/a", "na", "anonymous", "anon", "guest", "test",
    "user", "unknown", "visitor", "customer", "default", "id", "distinct_id", "not_authenticated",
    "false", "true", "0", "-1", "00000000-0000-0000-0000-000000000000",
    "00000000000000000000000000000000", "[object object]", "(not set)", "<nil>", "{}", "[]", "''",
    '""',
)  # fmt: skip
_ADDRESSES = (
    "email:test@test.com", "email:test@example.com", "email:null@null.com", "email:noreply@noreply",
    "phone:000000000", "phone:0000000000", "phone:123456789", "phone:1234567890",
)  # fmt: skip


def ignored_identifiers(added: Iterable[str] = ()) -> frozenset[Identifier]:
    """Every identifier that makes no link; ``added`` are texts as a project names them.

    >>> Identifier("NULL", anonymous=True) in ignored_identifiers()
    True
    """
    texts = {form for text in (*_NOBODY, *added) for form in _forms(text)}
    return frozenset(
        Identifier(text, anonymous) for text in (*texts, *_ADDRESSES) for anonymous in (False, True)
    )


def _forms(text: str) -> set[str]:
    """The ways in which such a text is written."""
    return {text, text.lower(), text.upper(), text.capitalize(), text.title()}
