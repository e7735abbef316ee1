"""The audit trail: who did what to what, and when. It is only ever added to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Something that was done.

    ``actor`` is ``user:3``, ``key:7``, ``cli`` or ``shoal``; ``action`` a verb with its noun
    (``key.create``, ``definitions.apply``); ``subject`` what it was done to, never a customer's
    name; ``detail`` plain values.
    """

    at: int
    actor: str
    action: str
    subject: str = ""
    detail: Mapping[str, object] = field(default_factory=dict[str, object])
