"""Numbers, durations, dates and what holds clauses together, as Portuguese has them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from shoal.core.spans import Span
from shoal.language.literals import in_thousands, number_text
from shoal.language.wording import Gender, Noun

WEEKDAYS = (
    "numa segunda-feira",
    "numa terça-feira",
    "numa quarta-feira",
    "numa quinta-feira",
    "numa sexta-feira",
    "num sábado",
    "num domingo",
)
MONTHS = (
    "janeiro",
    "fevereiro",
    "março",
    "abril",
    "maio",
    "junho",
    "julho",
    "agosto",
    "setembro",
    "outubro",
    "novembro",
    "dezembro",
)
_M, _F = Gender.MASCULINE, Gender.FEMININE
_UNITS = {
    "s": ("segundo", "segundos", _M),
    "m": ("minuto", "minutos", _M),
    "h": ("hora", "horas", _F),
    "d": ("dia", "dias", _M),
    "w": ("semana", "semanas", _F),
    "mo": ("mês", "meses", _M),
    "y": ("ano", "anos", _M),
}


def duration(span: Span) -> str:
    """``180 dias``, ``1 mês``."""
    one, many, _ = _UNITS[span.unit]
    return f"{number(span.count, percent=False)} {one if span.count == 1 else many}"


def lately(span: Span) -> Noun:
    """``7 dias``; a single one goes without its number, as in ``no último dia``."""
    one, _, gender = _UNITS[span.unit]
    is_one = span.count == 1
    return Noun(one if is_one else duration(span), gender, plural=not is_one)


def number(found: float, percent: bool) -> str:  # noqa: FBT001
    """``1.234.567``, ``0,8``, ``60%``."""
    english = in_thousands(number_text(found + 0.0, is_percent=percent))
    return english.translate(str.maketrans(",.", ".,"))


def moment(text: str) -> str:
    """``1 de novembro de 2026``, ``1 de novembro de 2026 às 09:30 UTC``."""
    date, _, time = text.partition("T")
    found = datetime.strptime(date, "%Y-%m-%d")  # noqa: DTZ007 - only the calendar is read
    shown = f"{found.day} de {MONTHS[found.month - 1]} de {found.year:04d}"
    if not time:
        return shown
    parts = re.fullmatch(r"([\d:.]+)(Z|[+-].*)?", time)
    assert parts is not None, "the grammar lets no other time through"
    written, offset = parts.groups()
    zone = "" if not offset else " UTC" if offset == "Z" else f" UTC{offset}"
    return f"{shown} {_at(int(written[:2]))} {written.replace('.', ',')}{zone}"


def clock(hour: int) -> str:
    """As after *a partir* and *antes*: ``das 18:00``."""
    return f"{'da' if hour == 1 else 'das'} {hour:02d}:00"


def _at(hour: int) -> str:
    return "à" if hour == 1 else "às"


_OF_WHOM = re.compile(r" cuj[oa]s? ")
_WORDS = {"and": "e", "or": "ou"}


def together(parts: Sequence[str], word: str, *, of_groups: bool) -> str:
    """``A, B e C``; a comma keeps apart what is held together itself: ``A, e que ou B ou C``."""
    comma = "," if of_groups else ""
    return f"{', '.join(parts[:-1])}{comma} {_WORDS[word]} {parts[-1]}"


def grouped(parts: Sequence[str], word: str) -> str:
    """``que ou fizeram um pedido ou viram uma página``; ``A e também B``."""
    if len(parts) == 1:
        return parts[0]
    same = all(part.startswith("que ") and not _OF_WHOM.search(part) for part in parts)
    shown = [part.removeprefix("que ") for part in parts] if same else list(parts)
    before = "que " if same else ""
    if word == "or":
        return f"{before}ou {' ou '.join(shown)}"
    return f"{before}{' e também '.join(shown)}"
