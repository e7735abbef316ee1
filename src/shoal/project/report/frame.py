"""The pieces a section is made of: a frame around a chart, its table twin, bars and tables."""

from __future__ import annotations

from collections.abc import Sequence

from shoal.project.report.markup import Child, Markup, tag


def section(anchor: str, title: str, lead: Child, *body: Child) -> Markup:
    """A section under its own heading; ``anchor`` is its place in the page's address."""
    return tag(
        "section",
        tag("h2", title, id=f"{anchor}-title"),
        tag("p", lead, class_="lead") if lead else None,
        body,
        id=anchor,
        aria_labelledby=f"{anchor}-title",
    )


def frame(title: str, subtitle: str, drawing: Child, twin: Markup, *below: Child) -> Markup:
    """A chart under the sentence it proves, with the same figures as a table one click away."""
    return tag(
        "figure",
        tag("figcaption", tag("h3", title), tag("p", subtitle, class_="sub")),
        drawing,
        below,
        tag("details", tag("summary", "Show as table"), twin, class_="twin"),
        class_="frame",
    )


def table(
    caption: str, heads: Sequence[str], rows: Sequence[Sequence[Child]], *, texts: int = 1
) -> Markup:
    """A plain table; the first ``texts`` columns hold words, the others figures."""

    def side(index: int) -> str | None:
        return None if index < texts else "num"

    return tag(
        "div",
        tag(
            "table",
            tag("caption", caption, class_="unseen"),
            tag(
                "thead",
                tag(
                    "tr",
                    [tag("th", head, scope="col", class_=side(i)) for i, head in enumerate(heads)],
                ),
            ),
            tag(
                "tbody",
                [
                    tag(
                        "tr",
                        [
                            tag("th", cell, scope="row")
                            if i == 0
                            else tag("td", cell, class_=side(i))
                            for i, cell in enumerate(row)
                        ],
                    )
                    for row in rows
                ],
            ),
        ),
        class_="scroll",
        tabindex=0,
        role="region",
        aria_label=caption,
    )


def meter(part: float, whole: float, class_: str) -> Markup:
    """A bar filled to a share; the figure stands beside it, so readers aloud pass over it."""
    filled = 100 * part / whole if whole else 0.0
    return tag(
        "span",
        tag("span", style=f"width:{min(max(filled, 0.0), 100.0):.2f}%"),
        class_=f"meter {class_}",
        aria_hidden="true",
    )


def key(entries: Sequence[tuple[str, str]]) -> Markup:
    """The meaning of colours: (class of the swatch, words)."""
    return tag(
        "ul",
        [
            tag("li", tag("span", class_=f"swatch {swatch}", aria_hidden="true"), words)
            for swatch, words in entries
        ],
        class_="key",
    )
