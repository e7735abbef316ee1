"""A new project that begins with packs: their definitions in force, and sample data if wanted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from shoal.packs import read_pack
from shoal.project.changes.planning import apply_plan, make_plan
from shoal.project.init import init_project
from shoal.project.opening import open_project
from shoal.project.packs import add_pack
from shoal.project.settings import write_setting


def start_with(
    folder: Path,
    packs: Sequence[str],
    *,
    name: str | None = None,
    time_zone: str | None = None,
    sample: bool = False,
) -> Iterator[str]:
    """Makes the project and tells what was done, line by line.

    In a project without data nobody moves, so the definitions are applied at once.
    """
    from shoal.project.sampling import Wanted, import_sample, sample_spec

    starts = [read_pack(pack).starts_from for pack in packs]  # a name nobody knows makes nothing
    spec = sample_spec(packs[0]) if sample else None
    zone = time_zone or (spec.time_zone if spec else "UTC")
    made = init_project(folder, name=name, time_zone=zone, examples=False)
    if spec is not None and spec.currency is not None:
        write_setting(folder, "currency", spec.currency)
    yield f"Made a project in {made.folder}: {', '.join(made.files)}"
    for pack in packs:
        added = add_pack(folder, pack)
        left = f"; left out, defined already: {', '.join(added.left_out)}" if added.left_out else ""
        yield f"Added the pack {pack}: {len(added.written)} files{left}"
    project = open_project(folder)
    plan = make_plan(project, None)
    apply_plan(project, plan)
    yield f"{len(plan.segments)} segments and {len(plan.traits)} traits are in force"
    if sample:
        for pack in packs:
            done = import_sample(project, Wanted(pack))
            yield done.text
            yield from done.notices
        yield "Next: shoal segment list"
        return
    for start in (it for many in starts for it in many):
        yield f"Next: {start.command}"
