"""Texts for people, in one language or in several."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from shoal.core.names import nearest

LANGUAGES = ("en", "pt")
"""Codes of the languages that titles and sentences come in, the default first."""

_OWN = ""
_Text: TypeAlias = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Words:
    """A text by language; one that was written without saying which is in the project's own.

    >>> title = Words.by_language(en="Lapsed customers", pt="Clientes inativos")
    >>> title.chosen("pt"), title.written_in("pt"), Words.plain("VIP").written_in("pt")
    ('Clientes inativos', 'Clientes inativos', None)
    """

    texts: tuple[_Text, ...]

    @classmethod
    def plain(cls, text: str) -> Words:
        """A text that does not say its language."""
        return cls(((_OWN, text),))

    @classmethod
    def by_language(cls, **texts: str) -> Words:
        """Texts under the codes of their languages."""
        return cls(tuple(texts.items()))

    def written_in(self, language: str) -> str | None:
        """The text in exactly this language."""
        return dict(self.texts).get(language)

    def chosen(self, language: str) -> str:
        """The text in this language; else the English one, else any."""
        known = dict(self.texts)
        wanted = (known.get(code) for code in (language, _OWN, LANGUAGES[0]))
        return next((text for text in wanted if text is not None), self.texts[0][1])

    def of_project(self, language: str) -> Words:
        """The same, where this language is the project's own."""
        return Words(tuple((code or language, text) for code, text in self.texts))


def meant_language(code: str) -> str | None:
    """The language that an unknown code most likely means: ``pt-BR`` is Portuguese.

    >>> meant_language("pt-BR"), meant_language("eng"), meant_language("fi")
    ('pt', 'en', None)
    """
    return code[:2].lower() if code[:2].lower() in LANGUAGES else nearest(code, LANGUAGES)
