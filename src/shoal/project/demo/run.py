"""The main job, start to finish: `shoal demo` without the terminal around it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from shoal.core.errors import NotFoundError, ShoalError
from shoal.core.names import nearest
from shoal.project.demo.complete_journey import prepare
from shoal.project.demo.notes import CLOSING, QUOTES, complete_journey_notes, own_file_notes
from shoal.project.demo.own_file import check_orders, orders_of
from shoal.project.demo.story import COMPLETE_JOURNEY, STARTER, Story
from shoal.project.demo.watch import Watch
from shoal.project.report import Report, render
from shoal.project.report.figures import ImportedFile, Note
from shoal.project.report.words import count, day, plural, share

if TYPE_CHECKING:
    from shoal.audits import Audit
    from shoal.project.imports.importing import Wanted
    from shoal.project.opening import Project
    from shoal.project.shop import Shop

DATA = ("complete-journey",)
FOLDER = "shoal-demo"
REPORT = "report.html"
BECAME = {
    "order_lines.parquet": "orders with their lines",
    "campaigns.parquet": "campaigns received",
    "redemptions.parquet": "coupons redeemed",
    "households.parquet": "traits of households",
}
ORDERED = "did order_completed"
AUDITED = ("high_value", "lapsed")
EARLY_BIRDS = "count(order_completed where hour(time) < 9 in last 90d) >= 6"


@dataclass(frozen=True, eq=False)
class Loaded:
    """A project with its data and definitions in force, and what is to be said of the data."""

    project: Project
    story: Story
    files: tuple[ImportedFile, ...]
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class Demonstrated:
    """What the demo found, and the project it was found in."""

    report: Report
    project: Project


def run_demo(
    folder: Path | None = None,
    data: str | None = None,
    echo: Callable[[str], None] = print,
) -> Demonstrated:
    """Makes a project in ``folder``, answers with it, and writes its report there.

    ``data`` names the demo's data or is a file of orders. A folder that was made so before is taken
    up again: importing the same files adds nothing.
    """
    from shoal.project.demo.compose import About, compose
    from shoal.project.demo.questions import ask_all
    from shoal.project.shop import Shop

    watch = Watch(echo)
    loaded = load(folder, watch, data)
    shop, story = Shop(loaded.project), loaded.story
    heard = ask_all(shop, story, watch)
    with watch.step("Audit") as step:
        audits = audits_of(shop)
        step.text = ", ".join(f"{it.name}: {it.verdict}" for it in audits)
    is_own = story is STARTER
    size = f"{count(len(heard.people))} {story.many}"
    about = About(
        title=f"What {size} did" if is_own else f"What {size} did in a year of groceries",
        badge=loaded.project.settings.name if is_own else f"Sample data: {story.name}",
        files=loaded.files,
        notes=loaded.notes,
        quotes=() if is_own else QUOTES,
        closing="" if is_own else CLOSING,
        commands=_commands(loaded.project.folder),
    )
    report = compose(shop, heard, about, watch)
    with watch.step("Write the report") as step:
        page = loaded.project.folder / REPORT
        page.write_text(render(report), encoding="utf-8")
        step.text = str(page)
    for line in (*told(report), "", *(f"{it.title}: {it.summary}" for it in audits)):
        echo(line)
    return Demonstrated(report, loaded.project)


def audits_of(shop: Shop) -> list[Audit]:
    """Whether those of the segments that everybody asks for first are worth acting on."""
    known = shop.reading()[0].vocabulary.segments
    return [shop.audit(name) for name in AUDITED if name in known]


def told(report: Report) -> Iterator[str]:
    """The report in a screenful of text: sizes, shares of revenue, findings."""
    yield ""
    yield f"{report.title}: as of {day(report.as_of, report.zone)}"
    yield ""
    yield f"{report.many:>12}  of revenue  ({report.value_span})"
    for line in report.segments:
        worth = line.revenue / report.total_value if report.total_value else 0.0
        yield f"{line.size:>12,}  {share(worth):>10}  {line.title}"
    yield ""
    for finding in report.findings:
        yield f"* {finding.headline}. {finding.detail}"


def load(folder: Path | None, watch: Watch, data: str | None = None) -> Loaded:
    """The project made or taken up, the files imported, the definitions tested and applied."""
    if data is None or data in DATA:
        loaded = _load_complete_journey(folder or Path(FOLDER), watch)
    elif Path(data).is_file():
        loaded = _load_own(folder, Path(data), watch)
    else:
        near = nearest(data, DATA)
        raise NotFoundError(
            f"there is no demo data called `{data}`, and no such file",
            hint=f"did you mean `{near}`?" if near else f"there is {', '.join(DATA)}",
        )
    with watch.step("Wake the engine", "compiled at its first use on a machine, then kept"):
        _wake(loaded.project)
    with watch.step("Definitions") as step:
        step.text = _define(loaded.project)
    return loaded


def _wake(project: Project) -> None:
    """Asks a little of everything, so that no later step pays for compiling."""
    from shoal.project.shop import Shop

    shop = Shop(project)
    somebody = shop.rule(ORDERED).members().column("user_id")
    if len(somebody):
        shop.explain(ORDERED, user=somebody[0].as_py())


def _load_complete_journey(folder: Path, watch: Watch) -> Loaded:
    with TemporaryDirectory(prefix="shoal-demo-") as place:
        with watch.step("Prepare the data") as step:
            prepared = prepare(Path(place))
            step.text = f"{count(sum(prepared.files.values()))} rows in {len(prepared.files)} files"
        project = _project(folder, COMPLETE_JOURNEY, COMPLETE_JOURNEY.name)
        files = tuple(
            _import(project, prepared.folder / name, _mapped(project, name), BECAME[name], watch)
            for name in prepared.files
        )
    return Loaded(project, COMPLETE_JOURNEY, files, complete_journey_notes(prepared.found))


def _mapped(project: Project, name: str) -> Wanted:
    from shoal.project.imports.importing import Wanted

    return Wanted(map_file=project.folder / "mappings" / f"{Path(name).stem}.map.yml")


def _load_own(folder: Path | None, path: Path, watch: Watch) -> Loaded:
    name = path.name.partition(".")[0]
    folder = folder or Path(f"shoal-{name}")
    was_there = folder.exists()
    project = _project(folder, STARTER, name)
    try:
        wanted, told = orders_of(project, path)
    except ShoalError:
        if not was_there:  # nothing was imported: what was made for the file goes again
            project.store.close()
            rmtree(folder)
        raise
    watch.echo("\n".join(told))
    files = (_import(project, path, wanted, "orders", watch),)
    check_orders(project, [path.name])
    return Loaded(project, STARTER, files, own_file_notes(files, told))


def _project(folder: Path, story: Story, name: str) -> Project:
    """The project with its definition files, new or as an earlier run left it."""
    from shoal.project.init import init_project
    from shoal.project.opening import open_project
    from shoal.project.settings import SETTINGS_FILE, read_settings, write_setting

    if not (folder / SETTINGS_FILE).exists():
        init_project(folder, name=name, time_zone=story.zone or "UTC")
        write_setting(folder, "now", "latest_event")
        if story.currency:
            write_setting(folder, "currency", story.currency)
    elif read_settings(folder).name != name:
        raise ShoalError(f"`{folder}` holds another project", hint="name a new folder with --dir")
    for path, text in story.project_files():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return open_project(folder)


def _import(
    project: Project, path: Path, wanted: Wanted, became: str, watch: Watch
) -> ImportedFile:
    """One file, by the very import that `shoal import FILE --map MAPPING` runs."""
    from shoal.project.imports.importing import import_files

    with watch.step(f"Import {path.name}") as step:
        done = import_files(project, [path], wanted)
        step.text = f"{count(done.imported)} {became}"
        if done.duplicates:
            step.text = f"{count(done.duplicates)} were there already"
    return ImportedFile(
        path.name,
        became,
        done.rows,
        done.imported,
        done.duplicates,
        done.rejected,
        watch.steps[-1].seconds,
    )


def _define(project: Project) -> str:
    """Checks, tests and applies the definition files; what came of it."""
    from shoal.project.changes.planning import apply_plan, make_plan
    from shoal.project.testing import run_tests

    outcome = run_tests(project, ())
    if outcome.failures:
        raise ShoalError(f"the timelines of the definitions fail:\n{outcome.text}")
    plan = make_plan(project, None)
    apply_plan(project, plan)
    tested = plural(len(outcome.outcomes), "timeline holds", "timelines hold")
    changed = len(plan.segments) + len(plan.traits)
    return f"{tested}; {plural(changed, 'definition', 'definitions')} new or changed"


def _commands(folder: Path) -> tuple[tuple[str, str], ...]:
    """What to try next on the same data."""
    at = f"--project {folder}"
    return (
        (f"shoal segment list {at}", "every segment, its size and its sentence"),
        (
            f"shoal segment members slipping_away --format csv --out call-them.csv {at}",
            "the list to act on",
        ),
        (
            f"shoal segment explain lapsed --user ID {at}",
            "why somebody is in or out, until when, and what would change it",
        ),
        (
            f"shoal segment count {at} --rule '{EARLY_BIRDS}'",
            "a rule of your own; --as-of asks it at any past instant",
        ),
    )
