"""The languages of sentences, by their codes."""

from __future__ import annotations

from collections.abc import Mapping

from shoal.language import (
    english,
    english_deeds,
    english_phrases,
    portuguese,
    portuguese_deeds,
    portuguese_nouns,
    portuguese_phrases,
)
from shoal.language.wording import Wording

ENGLISH = Wording(
    code="en",
    phrases=english_phrases.PHRASES,
    inflected=english.inflected,
    deed=english_deeds.deed_of,
    named=english.named,
    together=english.together,
    grouped=english.grouped,
    number=english.number,
    duration=english.duration,
    lately=english.lately,
    moment=english.moment,
    clock=english.clock,
    weekdays=english.WEEKDAYS,
    months=english.MONTHS,
)

PORTUGUESE = Wording(
    code="pt",
    phrases=portuguese_phrases.PHRASES,
    heads=portuguese_phrases.HEADS,
    inflected=portuguese_nouns.inflected,
    deed=portuguese_deeds.deed_of,
    named=portuguese_nouns.named,
    together=portuguese.together,
    grouped=portuguese.grouped,
    number=portuguese.number,
    duration=portuguese.duration,
    lately=portuguese.lately,
    moment=portuguese.moment,
    clock=portuguese.clock,
    weekdays=portuguese.WEEKDAYS,
    months=portuguese.MONTHS,
)

WORDINGS: Mapping[str, Wording] = {it.code: it for it in (ENGLISH, PORTUGUESE)}
