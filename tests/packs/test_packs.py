"""Every pack: its files say what the schema allows, mean something, and go together."""

from __future__ import annotations

import json
import re
from functools import lru_cache

import jsonschema
import pytest

from shoal.core.errors import NotFoundError
from shoal.language import find_cycles
from shoal.packs import pack_names, pack_schema, read_pack, said, suggestions_in, with_parts
from shoal.packs.pack import ACTIONS, SAMPLE
from shoal.packs.plain_yaml import read_yaml
from shoal.packs.reading import _home
from shoal.project.checking import check_project
from shoal.project.init import init_project
from shoal.project.opening import open_project
from shoal.project.packs import add_pack
from shoal.project.packs import contents as read_contents
from shoal.project.testing import run_tests
from tests.architecture.tree import ROOT

contents = lru_cache(read_contents)
"""Each pack read once for all tests."""
ALL = pack_names(parts=True)
LISTED = pack_names()
LANGUAGES = ("en", "pt")


def valid(document, part):
    schema = pack_schema()
    wanted = {"$defs": schema["$defs"], "$ref": f"#/$defs/{part}"}
    # Through JSON, as an editor would see it: keys are texts, dates are texts.
    jsonschema.validate(json.loads(json.dumps(document, default=str)), wanted)


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A project with a pack, made once."""
    made = {}

    def with_pack(name):
        if name not in made:
            made[name] = tmp_path_factory.mktemp("pack") / name
            init_project(made[name], examples=False)
            add_pack(made[name], name)
        return open_project(made[name])

    return with_pack


def test_there_are_packs_for_shops_groceries_and_small_businesses():
    assert {"ecommerce", "grocery", "small-business"} <= set(LISTED)
    assert not any(read_pack(name).is_part for name in LISTED)


@pytest.mark.parametrize("name", ALL)
def test_files_say_what_the_schema_allows(name):
    valid(read_yaml((_home() / name / "pack.yml").read_text(encoding="utf-8")), "pack")
    pack = read_pack(name)
    assert pack.name == name
    for file, part in ((ACTIONS, "actions"), (SAMPLE, "sample")):
        if file in pack.texts:
            valid(read_yaml(pack.texts[file]), part)
    assert {path.partition("/")[0] for path in pack.texts} <= {
        "events", "traits", "segments", "partitions", "predictions", "campaigns", "mappings", ACTIONS,
        SAMPLE,
    }  # fmt: skip


def test_the_schema_of_the_docs_is_the_schema():
    published = (ROOT / "docs" / "pack.schema.json").read_text(encoding="utf-8")
    assert json.loads(published) == pack_schema()


@pytest.mark.parametrize("name", LISTED)
def test_a_pack_checks_clean_against_its_own_tracking_plan(project, name):
    checked = check_project(project(name))
    assert [str(problem) for problem in checked.problems] == []
    assert checked.segments == contents(name).listed()["segments"] > 10
    assert list(find_cycles(contents(name).vocabulary)) == []


@pytest.mark.parametrize("name", LISTED)
def test_the_timelines_of_a_pack_hold(project, name):
    report = run_tests(project(name), ())
    assert len(report.outcomes) >= 10
    assert report.failures == (), report.text


@pytest.mark.parametrize("name", LISTED)
def test_h10_titles_are_in_english_and_portuguese(name):
    found = contents(name)
    everything = [*found.segments.items()]
    everything += [(it.name, it) for it in (*found.definitions.traits, *found.definitions.events)]
    everything += [(it.name, it) for it in found.definitions.partitions]
    untold = [
        f"{what}: {language}"
        for what, it in everything
        for language in LANGUAGES
        if it.title is None or not it.title.written_in(language)
    ]
    assert untold == []
    for language in LANGUAGES:
        shown = contents(name, language).shown()
        assert all(it["title"] and it["sentence"] for it in shown["segments"])
    assert said(read_pack(name).title, "pt") != said(read_pack(name).title, "en")


@pytest.mark.parametrize("name", LISTED)
def test_a14_every_property_says_its_type_its_title_and_why_it_is_kept(name):
    silent = [
        f"{event.name}.{it.name}"
        for event in contents(name).definitions.events
        for it in event.properties
        if it.type is None or it.title is None or it.why is None
    ]
    assert silent == []


@pytest.mark.parametrize("name", ALL)
def test_what_a_pack_needs_and_brings_exists(name):
    found = contents(name)
    plan = {it.name: {one.name for one in it.properties} for it in found.definitions.events}
    defined = {it.name for it in found.definitions.partitions} | set(found.segments)
    defined |= {it.name for it in (*found.definitions.traits, *found.definitions.predictions)}
    for need in read_pack(name).needs:
        assert set(need.events) <= set(plan)
        for path in need.properties:
            event, _, prop = path.partition(".")
            assert path in plan.get("$identify", ()) or prop in plan[event], path
        assert set(need.brings) <= defined


@pytest.mark.parametrize("name", LISTED)
def test_every_segment_says_what_data_it_needs(name):
    brought = {
        it for one in with_parts(read_pack(name)) for need in one.needs for it in need.brings
    }
    wanted = {it.rpartition(".")[0] or it for it in contents(name).segments}
    assert wanted - brought == set()


@pytest.mark.parametrize("name", LISTED)
def test_every_segment_comes_with_something_to_do(name):
    found = contents(name)
    assert set(found.suggestions) <= set(found.segments)
    plain = {it.name for it in found.definitions.segments}
    assert plain - set(found.suggestions) == set()
    traits = {it.name for it in (*found.definitions.traits, *found.definitions.predictions)}
    traits |= set(found.vocabulary.traits)
    for suggestion in found.suggestions.values():
        assert suggestion.actions
        assert set(suggestion.fit.uses) <= traits, suggestion.segment
        for action in suggestion.actions:
            assert said(action.do, "pt") != said(action.do, "en"), suggestion.segment


@pytest.mark.parametrize("name", LISTED)
def test_no_message_hint_uses_its_own_forbidden_words(name):
    """E9 rests on these words: a hint that breaks them would be a trap."""
    for suggestion in suggestions_in(read_pack(name).texts[ACTIONS]).values():
        for language, words in suggestion.fit.not_words.items():
            for action in suggestion.actions:
                hint = said(action.message, language).lower()
                assert not any(re.search(rf"\b{re.escape(it.lower())}\b", hint) for it in words)


@pytest.mark.parametrize("name", LISTED)
def test_d10_h9_a_pack_says_how_to_begin(name):
    assert all(start.command.startswith("shoal ") for start in read_pack(name).starts_from)
    assert read_pack(name).starts_from


def test_a_name_nobody_knows_is_answered_with_the_nearest():
    with pytest.raises(NotFoundError, match="did you mean `grocery`"):
        read_pack("groceries")


def test_country_codes_and_keys_stay_texts():
    assert read_yaml("{country: NO, on: yes, part: true}") == {
        "country": "NO",
        "on": "yes",
        "part": True,
    }
