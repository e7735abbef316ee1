"""The main job, start to finish: `shoal demo` without the terminal around it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from shoal.core.errors import NotFoundError, ShoalError
from shoal.core.names import nearest
from shoal.project.demo.complete_journey import ZONE, Prepared, prepare
from shoal.project.demo.story import project_files
from shoal.project.demo.watch import Watch
from shoal.project.report import Report, render
from shoal.project.report.figures import ImportedFile
from shoal.project.report.words import count, plural

if TYPE_CHECKING:
    from shoal.project.opening import Project

COMPLETE_JOURNEY = "complete-journey"
DATA = (COMPLETE_JOURNEY,)
NAME = "The Complete Journey"
FOLDER = "shoal-demo"
REPORT = "report.html"
BECAME = {
    "order_lines.parquet": "orders and order lines",
    "campaigns.parquet": "campaigns received",
    "redemptions.parquet": "coupons redeemed",
    "households.parquet": "households with traits",
}
EARLY_BIRDS = "count(order_completed where hour(time) < 9 in last 90d) >= 6"


@dataclass(frozen=True, eq=False)
class Loaded:
    """The demo's project with its data and definitions in force."""

    project: Project
    prepared: Prepared
    files: tuple[ImportedFile, ...]


def run_demo(
    folder: Path | None = None,
    data: str | None = None,
    echo: Callable[[str], None] = print,
) -> Report:
    """Makes a project of real data in ``folder``, answers with it, and writes its report there.

    A folder that the demo made before is taken up again: importing the same files adds nothing.
    """
    from shoal.project.demo.compose import Sources, compose
    from shoal.project.demo.questions import ask_all
    from shoal.project.shop import Shop

    watch = Watch(echo)
    loaded = load(folder or Path(FOLDER), watch, data)
    shop = Shop(loaded.project)
    heard = ask_all(shop, watch)
    commands = _commands(loaded.project.folder)
    report = compose(shop, heard, Sources(loaded.prepared, loaded.files, commands), watch)
    with watch.step("Write the report") as step:
        page = loaded.project.folder / REPORT
        page.write_text(render(report), encoding="utf-8")
        step.text = str(page)
    return report


def load(folder: Path, watch: Watch, data: str | None = None) -> Loaded:
    """The project made or taken up, the files imported, the definitions tested and applied."""
    if data is not None and data not in DATA:
        near = nearest(data, DATA)
        raise NotFoundError(
            f"there is no demo data called `{data}`",
            hint=f"did you mean `{near}`?" if near else f"there is {', '.join(DATA)}",
        )
    with TemporaryDirectory(prefix="shoal-demo-") as place:
        with watch.step("Prepare the data") as step:
            prepared = prepare(Path(place))
            step.text = f"{count(sum(prepared.files.values()))} rows in {len(prepared.files)} files"
        project = _project(folder)
        files = tuple(_import(project, prepared, name, watch) for name in prepared.files)
    with watch.step("Definitions") as step:
        step.text = _define(project)
    return Loaded(project, prepared, files)


def _project(folder: Path) -> Project:
    """The demo's project with its definition files, new or as an earlier run left it."""
    from shoal.project.init import init_project
    from shoal.project.opening import open_project
    from shoal.project.settings import SETTINGS_FILE, read_settings, write_setting

    if not (folder / SETTINGS_FILE).exists():
        init_project(folder, name=NAME, time_zone=ZONE)
        write_setting(folder, "currency", "USD")
        write_setting(folder, "now", "latest_event")
    elif read_settings(folder).name != NAME:
        raise ShoalError(f"`{folder}` holds another project", hint="name a new folder with --dir")
    for path, text in project_files():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return open_project(folder)


def _import(project: Project, prepared: Prepared, name: str, watch: Watch) -> ImportedFile:
    """One file, by the very import that `shoal import FILE --map MAPPING` runs."""
    from shoal.project.importing import Wanted, import_files

    mapping = project.folder / "mappings" / f"{Path(name).stem}.map.yml"
    with watch.step(f"Import {name}") as step:
        done = import_files(project, [prepared.folder / name], Wanted(map_file=mapping))
        step.text = f"{count(done.imported)} {BECAME[name]}"
        if done.duplicates:
            step.text = f"{count(done.duplicates)} rows were there already"
    return ImportedFile(
        name,
        BECAME[name],
        done.rows,
        done.imported,
        done.duplicates,
        done.rejected,
        watch.steps[-1].seconds,
    )


def _define(project: Project) -> str:
    """Checks, tests and applies the definition files; what came of it."""
    from shoal.project.planning import apply_plan, make_plan
    from shoal.project.testing import run_tests

    outcome = run_tests(project, ())
    if outcome.failures:
        raise ShoalError(f"the demo's own timelines fail:\n{outcome.text}")
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
            f"shoal segment explain lapsed --user 1 {at}",
            "why a household is in or out, until when, and what would change it",
        ),
        (
            f"shoal segment history high_value --from 2017-02-01 --to 2018-01-01 --every 1mo {at}",
            "a segment month by month",
        ),
        (
            f"shoal segment count {at} --as-of 2017-10-01 --rule '{EARLY_BIRDS}'",
            "a rule of your own, at any instant",
        ),
    )
