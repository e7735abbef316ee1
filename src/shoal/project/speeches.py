"""The languages in which findings, warnings and problems can be told, by their codes."""

from __future__ import annotations

from collections.abc import Mapping

from shoal.language.told import ENGLISH, Speech
from shoal.project.portuguese import PORTUGUESE

SPEECHES: Mapping[str, Speech] = {"en": ENGLISH, "pt": PORTUGUESE}


def speech_in(language: str) -> Speech:
    """How findings are told in that language."""
    return SPEECHES.get(language, ENGLISH)
