"""What the API answers about who is who: the shapes of its answers."""

from __future__ import annotations

from shoal.api.shapes import Shape


class SpanOfTime(Shape):
    """When the rows of an identifier are the person's: after an instant, until another."""

    after: str | None
    until: str | None


class LinkTo(Shape):
    """A link between two identifiers: since when, and by what."""

    to: str
    since: str | None
    by: str


class IdentifierOf(Shape):
    """An identifier of a person."""

    id: str
    spans: list[SpanOfTime]
    links: list[LinkTo]


class CutIdentifier(Shape):
    """An identifier whose links count for nothing, and how many people it led to."""

    id: str
    people: int
    why: str


class IdentityShown(Shape):
    """The person an identifier is of."""

    id: str
    user_id: str
    identifiers: list[IdentifierOf]
    cut: list[CutIdentifier]


class SharedIdentifiers(Shape):
    """Identifiers that are nobody's own."""

    shared: list[CutIdentifier]


class Decided(Shape):
    """What somebody's word on two identifiers made of them."""

    are_one: bool
    user_ids: list[str]
    at: str
