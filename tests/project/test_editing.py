"""Segments saved from the page: into their files, and in force."""

from __future__ import annotations

import pytest

from shoal.core.errors import DefinitionError, ShoalError
from shoal.language import to_text
from shoal.project.changes.editing import Edit, plan_edit, save_edit
from shoal.project.naming import words_known
from shoal.project.opening import open_project
from shoal.project.reading import read
from shoal.project.sampling import Wanted, import_sample
from shoal.project.settings import write_setting
from shoal.project.starting import start_with


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    folder = tmp_path_factory.mktemp("editing") / "shop"
    assert list(start_with(folder, ["small-business"]))
    write_setting(folder, "now", "latest_event")
    import_sample(open_project(folder), Wanted("small-business", people=80, until="2026-10-01"))
    return open_project(folder)


def events_of(reading):
    return [it["name"] for it in words_known(reading)["events"] if it["rows"]][:2]


def test_saving_changes_the_rule_and_nothing_else_in_its_file(project):
    before = read(project)
    name = next(it for it in before.definitions.segments if "." not in it)
    file = project.folder / before.definitions.segments[name].place.file
    text = file.read_text()
    event = events_of(before)[0]
    edit = Edit(name, f"did {event} in last 3d")
    plan = plan_edit(project, edit)
    assert name in {it.name for it in plan.segments}
    assert file.read_text() == text
    saved, _ = save_edit(project, edit, "user:1")
    assert saved.segments == plan.segments
    after = read(project)
    assert to_text(after.vocabulary.segments[name].rule) == edit.rule
    others = set(before.vocabulary.segments) - {name}
    for other in others:
        assert after.vocabulary.segments[other].rule == before.vocabulary.segments[other].rule
    kept = [line for line in text.splitlines() if line.lstrip().startswith("#")]
    assert [line for line in file.read_text().splitlines() if line in kept] == kept


def test_a_new_segment_gets_a_file_of_its_own(project):
    event = events_of(read(project))[0]
    save_edit(project, Edit("brand_new", f"did {event}", "Brand: new", "To try it"), "user:1")
    assert (project.folder / "segments" / "brand_new.yml").exists()
    assert read(project).vocabulary.segments["brand_new"].title == "Brand: new"


@pytest.mark.parametrize("name", ["../out", "Big Spenders", "", "a/b", "x" * 200])
def test_a_segment_has_a_plain_name(project, name):
    with pytest.raises(ShoalError, match="no name for a segment"):
        save_edit(project, Edit(name, "everyone"), "user:1")


def test_a_rule_that_does_not_hold_is_not_written(project):
    with pytest.raises(DefinitionError):
        save_edit(project, Edit("odd", "in segment nowhere"), "user:1")
    assert not (project.folder / "segments" / "odd.yml").exists()
    with pytest.raises(DefinitionError):
        save_edit(project, Edit("odd", "did ("), "user:1")
