"""The whole page: head, sections in reading order, and the style and script it carries inside."""

from __future__ import annotations

from importlib.resources import files

from shoal.project.report.figures import Report
from shoal.project.report.markup import Markup, tag
from shoal.project.report.sections.apart import apart
from shoal.project.report.sections.lifecycle import hindsight, lifecycle
from shoal.project.report.sections.method import data, definitions, next_steps, timings
from shoal.project.report.sections.overview import findings, opening, year
from shoal.project.report.sections.people import people, twins
from shoal.project.report.sections.rfm import rfm
from shoal.project.report.sections.segments import segments
from shoal.project.report.words import moment

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"
_MARK = Markup(
    '<svg class="mark" width="34" height="22" viewBox="0 0 34 22" aria-hidden="true">'
    '<path d="M2 6c5-5 10-4 13 0-3 4-8 5-13 0zM15 6l4-3v6z"/>'
    '<path d="M14 12c5-5 10-4 13 0-3 4-8 5-13 0zM27 12l4-3v6z"/>'
    '<path d="M3 17c4-4 8-3 10 0-2 3-6 4-10 0zM13 17l3-2.400v4.800z"/></svg>'
)
_LINKS = (
    ("findings", "What stands out"),
    ("segments", "Segments"),
    ("rfm", "RFM"),
    ("lifecycle", "Moves"),
    ("why", "Why"),
    ("apart", "Apart"),
    ("data", "Data"),
    ("definitions", "Definitions"),
)


def render(report: Report) -> str:
    """The report as one HTML file that needs nothing else, on screen, on a phone or on paper."""
    here = files("shoal.project.report")
    style = here.joinpath("page.css").read_text(encoding="utf-8")
    script = here.joinpath("page.js").read_text(encoding="utf-8")
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", f"{report.title} · Shoal"),
        tag("style", Markup(style)),
    )
    body = tag(
        "body",
        tag("a", "Skip to the report", href="#main", class_="skip"),
        _header(report),
        tag(
            "main",
            opening(report),
            findings(report),
            year(report),
            segments(report),
            rfm(report),
            lifecycle(report),
            hindsight(report),
            people(report),
            twins(report),
            apart(report),
            data(report),
            timings(report),
            next_steps(report),
            definitions(report),
            id="main",
        ),
        _footer(report),
        tag("div", id="tip", role="presentation", hidden=True),
        tag("script", Markup(script)),
    )
    return f"<!doctype html>\n{tag('html', head, body, lang='en')}\n"


def _header(report: Report) -> Markup:
    return tag(
        "header",
        tag("span", _MARK, tag("span", "Shoal"), class_="brand"),
        tag(
            "nav",
            [
                tag("a", words, href=f"#{anchor}")
                for anchor, words in _LINKS
                if anchor != "apart" or report.apart
            ],
            aria_label="Sections",
        ),
        tag("button", "Dark", type="button", id="theme", hidden=True),
        class_="top",
    )


def _footer(report: Report) -> Markup:
    return tag(
        "footer",
        tag(
            "p",
            f"As of {moment(report.as_of, report.zone)} ({report.zone.name}). "
            "One file: it loads nothing and sends nothing.",
        ),
        class_="bottom",
    )
