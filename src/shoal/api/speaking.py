"""In which language a request is answered: the one its reader chose, else the project's."""

from __future__ import annotations

from fastapi import Request

from shoal.language import LANGUAGES
from shoal.language.told import Speech
from shoal.project.asked import Asked
from shoal.project.speeches import speech_in

LANGUAGE = "x-language"
"""The language a reader of the page chose: `en` or `pt`."""


def language_of(request: Request) -> str:
    """The code of the language.

    The browser's own wish is not heard: the project's language is the one until a reader says so.
    """
    wanted = request.headers.get(LANGUAGE)
    if wanted in LANGUAGES:
        return wanted
    served: Asked = request.app.state.served
    return served.project.settings.language


def speech_of(request: Request) -> Speech:
    """How findings and problems are told in that language."""
    return speech_in(language_of(request))
