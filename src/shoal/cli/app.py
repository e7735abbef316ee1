"""Every command, under its noun."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from shoal.cli import (
    alerts,
    audience,
    backup,
    campaign,
    consent,
    data,
    definitions,
    discover,
    doctor,
    experiment,
    explore,
    fairness,
    identity,
    imports,
    key,
    kpi,
    pack,
    predict,
    prioritise,
    privacy,
    quarantine,
    recommend,
    segment,
    serve,
    source,
    sql,
    start,
    status,
    subscription,
    suppression,
    tail,
    trait,
    uplift,
    version,
    webhook,
)

ORDER = (
    "init", "demo", "pack", "import", "imports", "source", "check", "test", "plan", "apply",
    "version", "segment", "fairness", "trait", "funnel", "paths", "retention", "kpi", "discover",
    "experiment", "predict", "recommend", "uplift", "prioritise", "data", "sql", "identity", "consent",
    "subscription",
    "suppression", "audience", "campaign", "privacy", "quarantine",
    "alerts", "serve", "status", "tail", "webhook", "key", "user", "backup", "restore", "doctor",
)  # fmt: skip
IMPORT_VERBS = frozenset({"list", "undo", "replace"})


class Nouns(TyperGroup):
    """Commands under nouns.

    ``import list``, ``undo`` and ``replace`` are verbs; before any other word ``import`` takes
    files, so a file called ``list`` is written ``./list``.
    """

    def list_commands(self, ctx: Any) -> list[str]:
        """Nouns in the order in which they are first needed."""
        return sorted(super().list_commands(ctx), key=ORDER.index)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command the first words name."""
        if args[0] == "import" and len(args) > 1 and args[1] in IMPORT_VERBS:
            return "import", self.commands["imports"], args[1:]
        return super().resolve_command(ctx, args)


app = typer.Typer(
    cls=Nouns,
    name="shoal",
    help="Exact segments of what customers do, at every instant, with the reason why.",
    epilog="Every command acts on the project in the current folder, or --project DIR (before or "
    "after the command), or SHOAL_PROJECT. Exit codes: 0 done, 1 a problem you can mend, 2 wrong "
    "usage.",
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import PackageNotFoundError, version

        try:
            print(f"shoal {version('shoal')}")
        except PackageNotFoundError:
            print("shoal (not installed)")
        raise typer.Exit


@app.callback()
def root(
    context: typer.Context,
    project: Annotated[
        str | None,
        typer.Option("--project", metavar="DIR", help="The project's folder.", show_default=False),
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Exact segments of what customers do, at every instant, with the reason why."""
    assert not version
    context.obj = project


def _add(noun: typer.Typer, name: str, about: str, *, hidden: bool = False) -> None:
    app.add_typer(noun, name=name, help=about, no_args_is_help=True, hidden=hidden)


app.command("init", short_help="Make a project.")(start.init)
app.command("demo", short_help="The main job on real data, start to finish.")(start.demo)
app.command("import", short_help="Files become events.", epilog=imports.EPILOG)(imports.files)
_add(imports.verbs, "imports", "Imports that were made.", hidden=True)
_add(source.app, "source", "Folders, databases and buckets that data comes from again.")
_add(pack.app, "pack", "What a trade needs to begin with.")
_add(segment.app, "segment", "Who belongs, since when and why.")
_add(fairness.app, "fairness", "Who gets what, by group; who decided, and why.")
_add(trait.app, "trait", "One value per person, from what they did.")
app.command("funnel", short_help="Who comes to each step, and who drops.")(explore.funnel)
app.command("paths", short_help="What people do after an event, or before.")(explore.paths)
app.command("retention", short_help="Who comes back, cohort by cohort.")(explore.retention)
app.command("kpi", short_help="Figures by segment and over time.")(kpi.kpi)
_add(discover.app, "discover", "Groups nobody asked for, and what tells people apart.")
_add(experiment.app, "experiment", "Did it help, and what it takes to tell.")
_add(campaign.app, "campaign", "Messages to audiences, and whether they helped.")
app.command("prioritise", short_help="What brings most, and whom a budget should go to.")(
    prioritise.prioritise
)
_add(predict.app, "predict", "What people will do next, and what it is worth.")
_add(recommend.app, "recommend", "What to show somebody.")
_add(uplift.app, "uplift", "Who does it because of the treatment.")
_add(data.app, "data", "Is the data good, needed, and what does it say of the product.")
app.command("check", short_help="Problems of the definition files.")(definitions.check)
app.command("test", short_help="Run the timelines in `tests:`.")(definitions.run)
app.command("plan", short_help="Who would enter and leave.")(definitions.plan)
app.command("apply", short_help="Make the files the ones that answer.")(definitions.apply)
_add(version.app, "version", "What was applied when, and going back.")
_add(identity.app, "identity", "Who is who: the identifiers of a person.")
_add(consent.app, "consent", "What people agreed to.")
_add(subscription.app, "subscription", "The channels that people left.")
_add(suppression.app, "suppression", "People who must not be written to.")
_add(audience.app, "audience", "Whom of a segment one may write to.")
_add(privacy.app, "privacy", "Forgetting a person.")
_add(quarantine.app, "quarantine", "Rows that could not become events.")
app.command("alerts", short_help="Vital segments that moved.")(alerts.alerts)
app.command("serve", short_help="Take events as they happen, answer, show the page.")(serve.serve)
app.command("status", short_help="How true, what waits, what failed.")(status.status)
app.command("tail", short_help="Events and transitions as they happen.")(tail.tail)
_add(webhook.app, "webhook", "Who is told of transitions.")
_add(key.app, "key", "Keys of programs: to send, or to ask.")
_add(key.users, "user", "People who may log in.")
app.command("backup", short_help="The project in one file.")(backup.backup)
app.command("restore", short_help="A project of a backup.")(backup.restore)
app.command("doctor", short_help="Whether the project is well.")(doctor.doctor)
app.command("sql", short_help="Read-only SQL over events and people.")(sql.sql)

command = get_command(app)
