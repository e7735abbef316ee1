"""``shoal pack``: what a trade needs to begin with, listed, shown, added, tried out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from shoal.cli.options import Json, project_of, wanted_project
from shoal.cli.output import print_json, say
from shoal.core.errors import UsageError

app = typer.Typer(rich_markup_mode=None)
Name = Annotated[str, typer.Argument(metavar="NAME", help="A pack of `shoal pack list`.")]
Language = Annotated[
    str | None,
    typer.Option(metavar="CODE", help="Language of titles: en or pt. Default: the project's."),
]


@app.command("list")
def listed(context: typer.Context, language: Language = None, json: Json = False) -> None:
    """Every pack, what it is for, and how many segments it brings."""
    from shoal.project.packs import all_contents

    packs = [it.listed() for it in all_contents(_language(context, language))]
    if json:
        print_json(packs)
        return
    for pack in packs:
        print(f"{pack['name']:<16} {pack['title']}: {pack['segments']} segments")
        print(f"{'':<16} {pack['about']}")


@app.command()
def show(context: typer.Context, name: Name, language: Language = None, json: Json = False) -> None:
    """A pack's segments in sentences, what data they need, and what to do about them."""
    from shoal.project.packs import contents

    shown = contents(name, _language(context, language)).shown()
    if json:
        print_json(shown)
    else:
        print("\n".join(_page(shown)))


@app.command()
def add(context: typer.Context, name: Name, json: Json = False) -> None:
    """Copies a pack's definition files into the project; what stands there stays as it is."""
    from shoal.project.packs import add_pack

    added = add_pack(project_of(context).folder, name)
    if json:
        print_json(added.as_json())
        return
    for path in added.written:
        print(f"wrote      {path}")
    for path in added.unchanged:
        print(f"unchanged  {path}")
    for path, lines in added.differing.items():
        print(f"left as it is, it differs from the pack's: {path}")
        print("\n".join(f"    {line}" for line in lines[2:]))
    for left, place in added.left_out.items():
        print(f"left out, your project defines it already: {left} ({place})")
    if added.written:
        print("Next: shoal check, shoal plan, shoal apply")


@app.command()
def sample(
    context: typer.Context,
    name: Name,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write the files to this folder.")
    ] = None,
    into_project: Annotated[
        bool, typer.Option("--into-project", help="Import them into the project.")
    ] = False,
    people: Annotated[int | None, typer.Option(metavar="N", help="How many people.")] = None,
    seed: Annotated[
        int | None, typer.Option(metavar="N", help="The same seed, the same files.")
    ] = None,
    until: Annotated[
        str | None, typer.Option(metavar="DATE", help="The day before which they end: today.")
    ] = None,
    json: Json = False,
) -> None:
    """People made up for trying a pack out, marked as made up wherever they go."""
    from shoal.project.sampling import Wanted, import_sample, write_sample

    if (out is None) != into_project:
        raise UsageError("say where it goes", hint="--out DIR or --into-project, one of them")
    wanted = Wanted(name, people, seed, until)
    if out is not None:
        made = write_sample(wanted, out)
    else:
        made = import_sample(project_of(context), wanted)
    if json:
        print_json(made.as_json())
        return
    print(made.text)
    for notice in made.notices:
        say(notice)


def _language(context: typer.Context, wanted: str | None) -> str:
    """The language asked for, else the project's where there is one, else English."""
    from shoal.core.errors import NotFoundError
    from shoal.language import LANGUAGES
    from shoal.project.settings import project_folder, read_settings

    if wanted is not None:
        if wanted not in LANGUAGES:
            raise UsageError(f"--language is one of {', '.join(LANGUAGES)}, not `{wanted}`")
        return wanted
    try:
        settings = read_settings(project_folder(wanted_project(context)))
    except NotFoundError:
        return LANGUAGES[0]
    return settings.language


def _page(shown: dict[str, Any]) -> list[str]:
    """A pack for people."""
    lines = [f"{shown['title']} ({shown['name']})", shown["about"], ""]
    if shown["starts_from"]:
        lines.append("Start from")
        for start in shown["starts_from"]:
            lines += [f"  {start['title']}", f"    {start['command']}"]
        lines.append("")
    lines.append("Needs")
    for need in shown["needs"]:
        data = ", ".join(need["properties"] or need["events"])
        lines.append(f"  {data}: {', '.join(need['brings'])}")
    if shown["not_for"]:
        lines += ["", "Do not use it for"]
    for case in shown["not_for"]:
        lines += [
            f"  {case['case']}",
            f"    {case['why']}",
            f"    It goes wrong in: {case['segment']}",
        ]
    lines += ["", "Segments"]
    for segment in shown["segments"]:
        lines += [f"  {segment['name']}: {segment['title']}", f"    {segment['sentence']}"]
        for action in segment["actions"]:
            lines.append(f"    -> {action['channel']}, {action['kind']}: {action['do']}")
            if action["message"]:
                lines.append(f"       message: {action['message']}")
        fit = segment["message_fit"]
        if fit["avoid"]:
            lines.append(f"       do not: {fit['avoid']}")
    lines += ["", "Traits"]
    lines += [f"  {trait['name']}: {trait['title']}" for trait in shown["traits"]]
    return lines
