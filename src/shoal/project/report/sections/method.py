"""How it was made: what was imported, how long each step took, every definition, honest notes."""

from __future__ import annotations

from itertools import groupby

from shoal.project.report.figures import Definition, Report, Step
from shoal.project.report.frame import meter, section, table
from shoal.project.report.markup import Markup, tag, worded
from shoal.project.report.words import count, plural, seconds


def data(report: Report) -> Markup:
    """The files, what was found in them, and whose data they are."""
    return section(
        "data",
        "About the data",
        None,
        table(
            "Imported files",
            ("File", "Became", "Rows read", "New", "Already there", "Set aside", "Time"),
            [
                (
                    item.name,
                    item.became,
                    count(item.rows),
                    count(item.imported),
                    count(item.duplicates),
                    count(item.rejected),
                    seconds(item.seconds),
                )
                for item in report.files
            ],
            texts=2,
        ),
        tag("h3", "What we found, and what we did about it"),
        tag(
            "dl",
            [
                tag("div", tag("dt", note.title), tag("dd", worded(note.text)))
                for note in report.notes
            ],
            class_="notes",
        ),
        tag("h3", "In the words of those who publish it") if report.quotes else None,
        [
            tag(
                "blockquote",
                tag("p", f"“{quote.words}”"),
                tag("footer", quote.source, " · ", tag("cite", quote.url)),
            )
            for quote in report.quotes
        ],
        tag("p", report.closing, class_="after") if report.closing else None,
    )


def timings(report: Report) -> Markup:
    """The steps of the run, to scale."""
    longest = max((step.seconds for step in report.steps), default=1.0)
    total = sum(step.seconds for step in report.steps)
    return section(
        "timings",
        f"Made in {seconds(total)}",
        "From raw files to this page, on the machine that wrote it.",
        tag("ol", [_step(step, longest) for step in report.steps], class_="steps"),
    )


def _step(step: Step, longest: float) -> Markup:
    return tag(
        "li",
        tag("span", step.title, class_="title"),
        tag("span", step.detail, class_="small"),
        tag("span", seconds(step.seconds), class_="num"),
        meter(step.seconds, longest, "time"),
    )


def definitions(report: Report) -> Markup:
    """Every definition used above, to the letter."""
    groups = [
        (kind, list(items)) for kind, items in groupby(report.definitions, key=lambda d: d.kind)
    ]
    return section(
        "definitions",
        "The exact definitions",
        [
            "Nothing on this page was counted by anything else. ",
            "They are plain files in the project's folder; change one, and ",
            tag("code", "shoal plan"),
            " says who would enter and leave.",
        ],
        [
            tag(
                "details",
                tag(
                    "summary",
                    kind,
                    " ",
                    tag("span", plural(len(items), "definition", "definitions"), class_="of"),
                ),
                [_definition(item) for item in items],
                class_="definitions",
            )
            for kind, items in groups
        ],
    )


def _definition(item: Definition) -> Markup:
    return tag(
        "article",
        tag("h3", item.title, " ", tag("code", item.name)),
        tag("p", item.sentence, class_="sentence") if item.sentence else None,
        tag("pre", tag("code", item.rule)),
        tag("p", item.why, class_="why") if item.why else None,
        class_="definition",
    )


def next_steps(report: Report) -> Markup | None:
    """Commands to try on the same data."""
    if not report.commands:
        return None
    return section(
        "next",
        "Ask it yourself",
        None,
        tag(
            "dl",
            [
                tag("div", tag("dt", tag("code", command)), tag("dd", words))
                for command, words in report.commands
            ],
            class_="commands",
        ),
    )
