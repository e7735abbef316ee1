"""``shoal funnel``, ``shoal paths``, ``shoal retention``: where people drop, go, and come back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from shoal.cli.options import AppliedAt, AsOf, Json, instant, reading_of, span, warn
from shoal.cli.output import counted, print_json, print_table, shown
from shoal.core.errors import UsageError

if TYPE_CHECKING:
    from shoal.project.answers import Question
    from shoal.project.reading import Reading

Among = Annotated[
    str | None, typer.Option("--segment", metavar="NAME", help="Only members of this segment.")
]
AmongRule = Annotated[
    str | None, typer.Option("--rule", metavar="RULE", help="Only people this rule is true for.")
]


def funnel(
    context: typer.Context,
    steps: Annotated[
        list[str],
        typer.Argument(
            metavar="STEP…", help="Steps in order: an event, with `where` and `within`."
        ),
    ],
    by: Annotated[
        str | None, typer.Option(metavar="PROPERTY", help="All steps have the same value of it.")
    ] = None,
    within: Annotated[
        str | None,
        typer.Option(metavar="SPAN", help="Time for each step that has none of its own."),
    ] = None,
    window: Annotated[
        str, typer.Option(metavar="WINDOW", help='When, as in rules: "in last 30d".')
    ] = "",
    breakdown: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME", help="Also for each of these segments, or a partition's parts."
        ),
    ] = None,
    barriers: Annotated[
        bool, typer.Option("--barriers", help="What those who dropped did, and did not do.")
    ] = False,
    segment: Among = None,
    rule: AmongRule = None,
    as_of: AsOf = None,
    applied_at: AppliedAt = None,
    json: Json = False,
) -> None:
    """How many come to each step, how fast, and who drops where."""
    from shoal.measurement.funnels import funnel_of
    from shoal.project.measurement.funnelling import Wanted, funnel_report

    reading, at = _read(context, as_of, applied_at)
    wanted = Wanted(_among(reading, segment, rule), tuple(breakdown or ()), barriers)
    soon = None if within is None else span("--within", within)
    asked = funnel_of(steps, by=by, within=soon, window=window)
    found = funnel_report(reading, asked, at, wanted)
    if json:
        print_json(found)
        return
    warn(found["warnings"])
    header = ("step", "people", "of first", "of previous", "median time", "dropped")
    rows = [(it["step"], *_figures(it), it["dropped"]) for it in found["steps"]]
    print_table(header, rows)
    for part in found["breakdown"]:
        print(f"\n{part['segment']}: {counted(part['size'], 'profile')}")
        named = zip(found["steps"], part["steps"], strict=True)
        print_table(header[:-1], [(step["step"], *_figures(it)) for step, it in named])
    for it in found.get("barriers", ()):
        print(f"\nAfter {it['step']}: {it['dropped']:,} dropped, {it['went_on']:,} went on")
        _print_barriers(it)
    print("\nAs a segment, who dropped after the first step:")
    print(f"  {found['steps'][0]['dropped_rule']}")


def paths(
    context: typer.Context,
    start: Annotated[
        str,
        typer.Argument(metavar="EVENT", help="Where they start; `where` and a window may follow."),
    ],
    steps: Annotated[int, typer.Option(metavar="N", help="Steps, up to 10.")] = 4,
    most: Annotated[int, typer.Option("--top", metavar="K", help="Events a step, up to 20.")] = 6,
    back: Annotated[bool, typer.Option("--before", help="What came before it.")] = False,
    latest: Annotated[
        bool, typer.Option("--latest", help="From each person's last one, not the first.")
    ] = False,
    within: Annotated[
        str | None, typer.Option(metavar="SPAN", help="No further from the start than this.")
    ] = None,
    repeats: Annotated[
        bool, typer.Option("--repeats", help="The same again and again is several steps.")
    ] = False,
    detail: Annotated[
        list[str] | None,
        typer.Option(metavar="EVENT.PROPERTY", help="Tell steps apart by it: page_viewed.url."),
    ] = None,
    segment: Among = None,
    rule: AmongRule = None,
    as_of: AsOf = None,
    applied_at: AppliedAt = None,
    json: Json = False,
) -> None:
    """What people do after an event, or before it, step by step."""
    from shoal.project.measurement.pathing import PathAsked, path_report

    reading, at = _read(context, as_of, applied_at)
    soon = None if within is None else span("--within", within)
    among, details = _among(reading, segment, rule), tuple(detail or ())
    asked = PathAsked(start, steps, most, back, latest, soon, repeats, details, among)
    found = path_report(reading, asked, at)
    if json:
        print_json(found)
        return
    warn(found["warnings"])
    side = found["direction"]
    print(f"{counted(found['people'], 'profile')} start at {found['start']}")
    for level in found["levels"][1:]:
        print(f"\nstep {level['step']} {side}")
        rows = [(it["name"], it["count"], _percent(it["share"])) for it in level["nodes"]]
        print_table(("event", "people", "share"), rows)


def retention(
    context: typer.Context,
    first: Annotated[
        str | None,
        typer.Argument(metavar="[EVENT]", help="What people begin with; `where` may follow."),
    ] = None,
    entering: Annotated[
        str | None, typer.Option(metavar="NAME", help="They begin by entering this segment.")
    ] = None,
    kept: Annotated[
        str | None,
        typer.Option(metavar="RULE", help="What keeps them. Default: that event again, or any."),
    ] = None,
    by: Annotated[str, typer.Option(help="Periods: day, week or month, in local time.")] = "week",
    count: Annotated[int, typer.Option(metavar="N", help="How many periods back.")] = 12,
    segment: Among = None,
    rule: AmongRule = None,
    as_of: AsOf = None,
    applied_at: AppliedAt = None,
    json: Json = False,
) -> None:
    """Of those who began in a period, how many came back in each one after."""
    from shoal.measurement.periods import Unit
    from shoal.project.measurement.retaining import RetentionAsked, retention_report

    if by not in set(Unit):
        raise UsageError(f"--by: no period is called `{by}`", hint=f"one of {', '.join(Unit)}")
    reading, at = _read(context, as_of, applied_at)
    among = _among(reading, segment, rule)
    asked = RetentionAsked(first, entering, kept, Unit(by), count, among)
    found = retention_report(reading, asked, at)
    if json:
        print_json(found)
        return
    warn(found["warnings"])
    print(f"{counted(found['people'], 'profile')} began: {found['began']}. Kept: {found['kept']}")
    print_table(
        (by, "people", *map(str, range(count))),
        [
            (it["day"], it["size"], *_cells(it), *[""] * (count - len(it["kept"])))
            for it in found["cohorts"]
        ]
        + [("all", "", *(_percent(it["share"]) for it in found["curve"]))],
    )
    print("* the period is not over")


def _read(context: typer.Context, as_of: str | None, applied_at: str | None) -> tuple[Reading, int]:
    reading = reading_of(context, applied_at)
    return reading, reading.at(instant("--as-of", as_of, reading.project))


def _among(reading: Reading, segment: str | None, rule: str | None) -> Question | None:
    from shoal.project.answers import asked

    return None if segment is None and rule is None else asked(reading, segment, rule)


def _figures(step: dict[str, Any]) -> tuple[object, ...]:
    shares = (_percent(step["of_first"]), _percent(step["of_previous"]))
    return (step["count"], *shares, _spell(step["median_seconds"]))


def _cells(cohort: dict[str, Any]) -> list[str]:
    return [
        _percent(share) + ("" if over else "*")
        for share, over in zip(cohort["shares"], cohort["over"], strict=True)
    ]


def _print_barriers(found: dict[str, Any]) -> None:
    for title, key in (("more often than the others", "did_more"), ("less often", "did_less")):
        if found[key]:
            print(f"they did {title}:")
            print_table(
                ("event", "dropped", "went on"),
                [
                    (it["event"], _percent(it["dropped_share"]), _percent(it["went_on_share"]))
                    for it in found[key]
                ],
            )
    if found["next"]:
        told = ", ".join(f"{it['event']} {_percent(it['share'])}" for it in found["next"])
        print(f"first thing after: {told}")


def _percent(share: float | None) -> str:
    return shown(None) if share is None else f"{share:.1%}"


def _spell(seconds: float | None) -> str:
    """A time for people.

    >>> [_spell(it) for it in (None, 12, 90, 7_200, 200_000)]
    ['-', '12 s', '1.5 min', '2.0 h', '2.3 d']
    """
    if seconds is None:
        return shown(None)
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.0f} s"
