"""``shoal fairness …``: outcomes by group, what stands for what, and who decided."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from shoal.cli.options import (
    AsOf,
    Json,
    RuleText,
    SegmentName,
    instant,
    project_of,
    reading_of,
    warn,
)
from shoal.cli.output import print_json, print_table


class Verbs(TyperGroup):
    """``shoal fairness SEGMENT --by TRAIT`` is short for ``shoal fairness compare SEGMENT …``."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The verb the first word names; any other word is a segment to compare."""
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            return super().resolve_command(ctx, ["compare", *args])
        return super().resolve_command(ctx, args)


app = typer.Typer(cls=Verbs, rich_markup_mode=None, no_args_is_help=True)


@app.command()
def compare(
    context: typer.Context,
    by: Annotated[
        str, typer.Option("--by", metavar="TRAIT", help="The trait whose groups are compared.")
    ],
    name: SegmentName = None,
    rule: RuleText = None,
    among: Annotated[
        str | None,
        typer.Option(metavar="RULE", help="Only people the rule is true for: those who applied."),
    ] = None,
    outcome: Annotated[
        str | None,
        typer.Option(
            metavar="in|out",
            help="Whether it is good to be in the segment. Default: out if it is negative.",
        ),
    ] = None,
    as_of: AsOf = None,
    json: Json = False,
) -> None:
    """How often each group has the outcome: rates, their ratios with intervals, four fifths flagged."""
    from shoal.project.answers import asked
    from shoal.project.fairness import compare_outcomes

    reading = reading_of(context)
    question = asked(reading, name, rule)
    warn(question.warnings)
    at = reading.at(instant("--as-of", as_of, reading.project))
    found = compare_outcomes(reading, question, by, at, among=among, outcome=outcome)
    told = found.as_json()
    if json:
        print_json(told)
        return
    print(found.sentence)
    print(f"The outcome is to be {told['outcome']}, by {by}, as of {told['as_of']}.")
    print_table(
        (by, "people", "with it", "rate", "95 % interval", "ratio", "95 % interval", "standing"),
        [
            (
                it["group"],
                f"{it['people']:,}",
                f"{it['with_outcome']:,}",
                f"{it['rate']:.1%}",
                f"{it['low']:.1%} to {it['high']:.1%}",
                "-" if it["ratio"] is None else f"{it['ratio']:.2f}",
                "-" if it["ratio"] is None else f"{it['ratio_low']:.2f} to {it['ratio_high']:.2f}",
                it["standing"],
            )
            for it in told["groups"]
        ],
    )
    if found.unset:
        print(f"{found.unset:,} people of whom `{by}` is not known are left out.")
    print(found.text)


@app.command()
def proxies(
    context: typer.Context,
    trait: Annotated[
        str, typer.Argument(metavar="TRAIT", help="Something sensitive: nationality.")
    ],
    as_of: AsOf = None,
    json: Json = False,
) -> None:
    """What stands for a trait: every other one by how closely it goes with it (Cramér's V)."""
    from shoal.fairness import NOTABLE
    from shoal.project.fairness import stand_ins

    reading = reading_of(context)
    found = stand_ins(reading, trait, reading.at(instant("--as-of", as_of, reading.project)))
    if json:
        print_json({"trait": trait, "measure": "Cramér's V", "threshold": NOTABLE, "traits": found})
        return
    print_table(
        ("trait", "Cramér's V", "people", f"stands for it ({NOTABLE:g} or more)", "declared"),
        [
            (
                it["trait"],
                f"{it['cramers_v']:.2f}",
                f"{it['people']:,}",
                "yes" if it["notable"] else "no",
                "yes" if it["declared"] else "no",
            )
            for it in found
        ],
    )
    undeclared = [it["trait"] for it in found if it["notable"] and not it["declared"]]
    if undeclared:
        print(
            f"Declare `proxy_for` in the tracking plan, or have a reason: {', '.join(undeclared)}"
        )


@app.command()
def decide(
    context: typer.Context,
    segment: Annotated[str, typer.Argument(metavar="SEGMENT", help="The segment it is about.")],
    user: Annotated[str, typer.Option("--user", metavar="ID", help="Whom it is about.")],
    outcome: Annotated[str, typer.Option(metavar="TEXT", help="invited, declined, granted, …")],
    because: Annotated[str, typer.Option(metavar="TEXT", help="Why, in a sentence.")],
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="The person who decided.")],
    json: Json = False,
) -> None:
    """Records that a person decided about somebody, and why; the segment decides nothing."""
    from shoal.project import fairness

    reading = reading_of(context)
    told = fairness.decide(reading, segment, user, outcome=outcome, because=because, by=by)
    if json:
        print_json(told)
    else:
        where = "in" if told["in_segment"] else "not in"
        print(
            f"{told['user_id']}, {where} {segment}: {told['outcome']}, decided by {told['decided_by']}"
        )


@app.command("log")
def log(context: typer.Context, json: Json = False) -> None:
    """Reasons given for reading something sensitive, and decisions made, newest first."""
    from shoal.project.fairness import fairness_log

    found = fairness_log(project_of(context))
    if json:
        print_json(found)
        return
    print_table(
        ("at", "by", "what", "of", "told"),
        [
            (
                it["at"],
                it.get("decided_by") or it["actor"],
                it["action"].removeprefix("fairness."),
                it["subject"],
                _told(it),
            )
            for it in found
        ],
    )


def _told(entry: dict[str, Any]) -> str:
    """What an entry says: an outcome, a reason, or what is guarded from now on and what no longer."""
    if "outcome" in entry:
        return entry["outcome"]
    if "because" in entry:
        return f"reads {', '.join(entry['reads'])}: {entry['because']}"
    changes = {"guards": entry["guarded"], "no longer guards": entry["no_longer"]}
    return "; ".join(f"{what} {', '.join(them)}" for what, them in changes.items() if them)
