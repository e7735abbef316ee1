"""Literals and names as the parser's tree holds them, and the places and problems met on the way."""

from __future__ import annotations

from dataclasses import dataclass, field

from lark import Token

from shoal.core.errors import Place, Problem
from shoal.core.spans import Span
from shoal.language import literals
from shoal.language.placing import Locate
from shoal.language.tree import (
    BooleanLiteral,
    InstantLiteral,
    NumberLiteral,
    SpanLiteral,
    TextLiteral,
)
from shoal.language.written_names import split_name


@dataclass(slots=True)
class LiteralReading:
    """One reading of one text: its places, and the problems met on the way."""

    locate: Locate
    problems: list[Problem] = field(default_factory=list[Problem])

    def _on_number(self, parts: list[Token | None]) -> NumberLiteral:
        return self._number(parts, percent=False)

    def _on_percent(self, parts: list[Token | None]) -> NumberLiteral:
        return self._number(parts, percent=True)

    def _number(self, parts: list[Token | None], *, percent: bool) -> NumberLiteral:
        sign, token = parts
        assert token is not None
        place = self._at(sign or token)
        number = literals.percent(token) if percent else literals.number(token)
        if number is None:
            self._complain("this number is too large", place, "the largest is about 1.8e308")
            number = 0.0
        return NumberLiteral(-number if sign == "-" else number, percent, place=place)

    def _on_text(self, parts: list[Token]) -> TextLiteral:
        return TextLiteral(literals.text(parts[0]), place=self._at(parts[0]))

    def _on_boolean(self, parts: list[Token]) -> BooleanLiteral:
        return BooleanLiteral(parts[0].lower() == "true", place=self._at(parts[0]))

    def _on_span(self, parts: list[Token]) -> SpanLiteral:
        return SpanLiteral(self._span(parts[0]), place=self._at(parts[0]))

    def _on_instant(self, parts: list[Token]) -> InstantLiteral:
        text = parts[0].upper()
        if complaint := literals.instant_complaint(text):
            self._complain(*complaint[:1], self._at(parts[0]), complaint[1])
        return InstantLiteral(text, place=self._at(parts[0]))

    def _span(self, token: Token) -> Span:
        span, complaint = literals.span(token)
        if complaint is not None:
            self._complain(complaint[0], self._at(token), complaint[1])
        return span

    def _name(self, token: Token) -> str:
        return ".".join(split_name(token))

    def _holiday_name(self, token: Token | None) -> str | None:
        """The text of a token, which is not empty."""
        if token is None:
            return None
        name = literals.text(token)
        if not name:
            self._complain("a holiday has a name", self._at(token), 'such as "Christmas Day"')
        return name

    def _complain(self, message: str, place: Place | None, hint: str | None = None) -> None:
        self.problems.append(Problem(message, place, hint))

    def _at(self, token: Token) -> Place:
        return self.locate(token.start_pos or 0)
