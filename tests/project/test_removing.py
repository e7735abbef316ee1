"""Segments taken away by the page: what reads one keeps it, and an undo brings back every sign."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shoal.core.errors import DefinitionError, NotFoundError, UsageError
from shoal.project.changes.planning import apply_plan, make_plan
from shoal.project.changes.removing import remove_segment, undo_version, uses_of, without
from shoal.project.definitions import Files, definitions_of, read_files
from shoal.project.opening import open_project
from shoal.project.reading import read
from shoal.project.starting import start_with
from shoal.store.subscriptions import Subscriptions

FILE = """# Ours.
segments:
  # Whoever came.
  came: "everyone"

  # Whoever stayed,
  # as far as is known.
  stayed:
    title: Stayed
    rule: >
      everyone
    why: >
      Two lines
      of reason.
  # At the end.
"""
READERS = """segments:
  reads_it: "in segment came"
traits:
  whether: "in segment came"
predictions:
  comes:
    target: did order_completed in next 30d
    population: in segment came
campaigns:
  welcome:
    audience: everyone
    timing: on entering came
    purpose: marketing
    goal: did order_completed in next 7d
    variants: {a: {subject: Hello, text: Hello}}
"""


@pytest.fixture
def project(tmp_path):
    folder = tmp_path / "shop"
    assert list(start_with(folder, ["small-business"]))
    (folder / "segments" / "ours.yml").write_text(FILE)
    found = open_project(folder)
    apply_plan(found, make_plan(found, None))
    return found


def ours(project):
    path = project.folder / "segments" / "ours.yml"
    return path.read_text() if path.exists() else None


def test_a_segment_goes_with_its_remarks_and_comes_back_sign_for_sign(project):
    version = remove_segment(project, "stayed", "user:1")
    assert "stayed" not in read(project).vocabulary.segments
    assert ours(project) == FILE[: FILE.index("  # Whoever stayed")] + "  # At the end.\n"
    again = undo_version(project, version, "user:1")
    assert again == version + 1
    assert ours(project) == FILE
    assert "stayed" in read(project).vocabulary.segments


def test_a_file_that_says_nothing_any_more_goes_and_comes_back(project):
    remove_segment(project, "came", "user:1")
    version = remove_segment(project, "stayed", "user:1")
    assert ours(project) is None
    undo_version(project, version, "user:1")
    assert "came" not in ours(project)
    assert "stayed" in read(project).vocabulary.segments


def test_what_reads_a_segment_keeps_it_and_is_named(project):
    (project.folder / "segments" / "readers.yml").write_text(READERS)
    apply_plan(project, make_plan(project, None))
    Subscriptions(project.store.books).add("https://example.org/", ("came",), "s", 0, 0)
    found = [(it.kind, it.name) for it in uses_of(project, "came")]
    assert found == [
        ("segment", "reads_it"), ("trait", "whether"), ("prediction", "comes"),
        ("campaign", "welcome"), ("webhook", "1"),
    ]  # fmt: skip
    with pytest.raises(UsageError, match="the segment `reads_it`, the trait `whether`, the pre"):
        remove_segment(project, "came", "user:1")
    assert ours(project) == FILE
    assert uses_of(project, "stayed") == ()


def test_what_waits_in_the_files_is_neither_applied_nor_lost(project):
    (project.folder / "segments" / "new.yml").write_text('segments:\n  new: "everyone"\n')
    with pytest.raises(UsageError, match="not applied yet"):
        remove_segment(project, "came", "user:1")
    assert ours(project) == FILE
    apply_plan(project, make_plan(project, None))
    version = remove_segment(project, "came", "user:1")
    (project.folder / "segments" / "new.yml").write_text('segments:\n  new: "not everyone"\n')
    with pytest.raises(UsageError, match="not applied yet"):
        undo_version(project, version, "user:1")
    assert "came" not in ours(project)


def test_only_the_last_version_is_undone_and_only_what_is_there_removed(project):
    version = remove_segment(project, "came", "user:1")
    later = remove_segment(project, "stayed", "user:1")
    with pytest.raises(UsageError, match=f"version {version} is not the last"):
        undo_version(project, version, "user:1")
    undo_version(project, later, "user:1")
    for name in ("nothing", "came", "../x"):
        with pytest.raises(NotFoundError):
            remove_segment(project, name, "user:1")
    part = next(it for it in read(project).definitions.segments if "." in it)
    with pytest.raises(UsageError):
        remove_segment(project, part, "user:1")


def test_before_the_first_version_there_is_nothing_to_go_back_to(tmp_path):
    assert list(start_with(tmp_path / "shop", ["small-business"]))
    project = open_project(tmp_path / "shop")
    found = read_files(project.folder)
    if project.store.books.applied_definitions() is None:
        apply_plan(project, make_plan(project, None))
    with pytest.raises(UsageError, match="before the first version"):
        undo_version(project, 1, "user:1")
    assert read_files(project.folder) == found


def test_definitions_that_hold_together_no_more_are_not_gone_back_to(project):
    now = read_files(project.folder)
    books = project.store.books
    books.apply_definitions({"segments/old.yml": "segments:\n  old: in segment gone\n"}, 1)
    version = books.apply_definitions(now.texts, 2).id
    with pytest.raises(DefinitionError, match="gone"):
        undo_version(project, version, "user:1")
    assert read_files(project.folder) == now
    assert books.definitions_version() == version


def test_what_stands_between_braces_is_left_to_its_file():
    with pytest.raises(UsageError, match="between braces"):
        without("segments: {a: everyone, b: everyone}\n", "a")


def test_the_last_of_a_file_that_stands_further_in_leaves_what_comes_after():
    text = " segments:\n   a:\n     rule: everyone\n   b:\n     rule: everyone\n traits:\n   t: 1\n"
    assert without(text, "b") == text.replace("   b:\n     rule: everyone\n", "")
    assert without(without(text, "b"), "a") == " traits:\n   t: 1\n"


ENTRY = st.sampled_from([
    "  {0}: everyone\n",
    "  {0}: everyone  # of all\n",
    "  # On {0}.\n  {0}:\n    rule: everyone\n    why: so\n",
    "  {0}:\n    # inside\n    rule: |\n      everyone\n\n    title: T\n\n",
    "\n  {0}: {{rule: everyone}}\n\n  # apart\n\n",
    '  "{0}":\n      title: T\n      rule: >-\n        everyone\n',
])  # fmt: skip
AROUND = st.sampled_from(["", "# Of them.\n", "traits:\n  t: count(order_completed)\n"])


@given(st.lists(ENTRY, min_size=1, max_size=5), AROUND, AROUND, st.data(), st.booleans())
def test_the_others_say_what_they_said(entries, before, after, data, cut):
    names = [f"s{place}" for place in range(len(entries))]
    if before.startswith("traits") and after.startswith("traits"):
        after = ""
    text = before + "segments:\n" + "".join(
        entry.format(name) for entry, name in zip(entries, names, strict=True)
    ) + after  # fmt: skip
    text = text.rstrip("\n") if cut else text
    gone = data.draw(st.sampled_from(names))
    was = definitions_of(Files({"segments/f.yml": text}))
    left = definitions_of(Files({"segments/f.yml": without(text, gone)}))
    assert was.problems == left.problems == ()
    assert left.found.segments == tuple(it for it in was.found.segments if it.name != gone)
    assert left.found.traits == was.found.traits
