"""HTML and SVG as values: text is escaped by construction, markup is made by ``tag``."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

_VOID = frozenset({"br", "hr", "img", "input", "link", "meta", "col"})


class Markup(str):
    """Text that is markup already; every other text is escaped when it becomes a child."""

    __slots__ = ()


Child = str | Iterable["Child"] | None


def text(child: Child) -> Markup:
    """A child as markup.

    >>> text("Fish & <chips>")
    'Fish &amp; &lt;chips&gt;'
    """
    if child is None:
        return Markup("")
    if isinstance(child, Markup):
        return child
    if isinstance(child, str):
        return Markup(escape(child))
    return Markup("".join(text(part) for part in child))


def tag(name: str, /, *children: Child, **attributes: object) -> Markup:
    """An element.

    ``class_`` is ``class``, ``aria_label`` is ``aria-label``; None and False leave an attribute out,
    True names it alone.

    >>> tag("p", "a < b", class_="note", hidden=True)
    '<p class="note" hidden>a &lt; b</p>'
    """
    parts: list[str] = [name]
    for key, value in attributes.items():
        if value is None or value is False:
            continue
        attribute = key.rstrip("_").replace("_", "-")
        if value is True:
            parts.append(attribute)
            continue
        shown = _number(value) if isinstance(value, float) else str(value)
        parts.append(f'{attribute}="{escape(shown)}"')
    opening = f"<{' '.join(parts)}>"
    if name in _VOID:
        return Markup(opening)
    return Markup(f"{opening}{text(children)}</{name}>")


def worded(said: str) -> list[Child]:
    """A sentence with what it names in backticks set as code.

    >>> text(worded("then `shoal plan`"))
    'then <code>shoal plan</code>'
    """
    parts = said.split("`")
    return [tag("code", it) if place % 2 else it for place, it in enumerate(parts)]


def _number(value: float) -> str:
    """A coordinate at a tenth of a pixel."""
    return f"{value:.1f}".rstrip("0").rstrip(".")
