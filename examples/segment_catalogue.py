"""Writes docs/segments.md: every ready segment and trait of the ecommerce pack, from its files.

python examples/segment_catalogue.py
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from shoal.packs import read_pack

PAGE = Path(__file__).parent.parent / "docs" / "segments.md"
INTRODUCTION = """\
# Ready segments

What `shoal pack add ecommerce` brings, written from the pack's files by
`python examples/segment_catalogue.py`. All of it is text in your project that you may change: the
thresholds are what a usual shop would begin with, not laws. `shoal pack show ecommerce` adds what
to do about each segment and what a message to it must and must not say; [packs.md](packs.md) says how
packs work, [language.md](language.md) how to read the rules, and
[measured/recovery.md](measured/recovery.md) how well the partitions find what is true of made-up
people.

In a partition everybody is in exactly one part at every instant: the first rule that is true
decides. A part is used like a segment: `in segment loyalty.switcher`. `+` marks segments whose growth
is good news, `-` those whose growth is bad.
"""
HEADINGS = {
    "segments/value.yml": "Value, rhythm and companies",
    "segments/lifecycle.yml": "Newcomers, leavers, returners",
    "segments/carts.yml": "Wanted and not bought",
    "segments/response.yml": "Offers, e-mails, the last contact",
    "segments/buying.yml": "How people buy",
    "segments/usage.yml": "Use",
    "segments/journey.yml": "The journey, the app, the hour",
    "segments/occasion.yml": "Occasions",
    "segments/season.yml": "Seasons",
}
TRAITS = {
    "traits/purchases.yml": "Purchases",
    "traits/rfm.yml": "Scores",
    "traits/browsing.yml": "Browsing, carts, use, content",
    "traits/response.yml": "Answers",
    "traits/buying.yml": "The way to a purchase",
    "traits/benefits.yml": "Benefits sought",
    "traits/rhythm_of_day.yml": "Hours",
}
MARKS = {"positive": "+", "negative": "-"}


def page() -> str:
    """The whole page."""
    files = {path: yaml.safe_load(it) for path, it in read_pack("ecommerce").definitions.items()}
    lines = [INTRODUCTION, "## Partitions", ""]
    for document in files.values():
        for name, it in document.get("partitions", {}).items():
            lines += [f"### `{name}`: {it['title']['en']}", "", it["why"]["en"].strip(), ""]
            parts = {which: part for one in it["parts"] for which, part in one.items()}
            lines += [*_table(parts), ""]
    lines += ["## Segments", ""]
    for path, heading in HEADINGS.items():
        lines += [f"### {heading}", "", *_table(files[path]["segments"]), ""]
    lines += ["## Traits", ""]
    for path, heading in TRAITS.items():
        lines += [f"### {heading}", "", "| trait | is | value |", "|---|---|---|"]
        lines += [
            f"| `{name}` | {it['title']['en']}. {_said(it)} | `{_one_line(it['value'])}` |"
            for name, it in files[path]["traits"].items()
        ]
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _table(them: dict[str, Any]) -> Iterator[str]:
    yield "| name | title | | why | rule |"
    yield "|---|---|---|---|---|"
    for name, it in them.items():
        mark = MARKS.get(it.get("polarity", ""), "")
        yield f"| `{name}` | {it['title']['en']} | {mark} | {_said(it)} | `{_one_line(it['rule'])}` |"


def _said(it: dict[str, Any]) -> str:
    return _one_line(it["why"]["en"])


def _one_line(text: str) -> str:
    return " ".join(str(text).split())


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
