"""E3: Templates: strict, escaped, bounded, and isolated from what values hold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shoal.campaigns.template import (
    MissingValueError,
    TemplateError,
    compile_message,
    compile_template,
    lacking,
    nested,
    source_of,
)
from shoal.core.errors import Problem


def test_a_missing_value_needs_a_fallback():
    plain = compile_template("text", "Hello {{ first_name }}")
    with pytest.raises(MissingValueError, match="first_name"):
        plain.render(nested({"first_name": None}))
    kind = compile_template("text", "Hello {{ first_name | default: 'you' }}")
    assert kind.render({}) == "Hello you"
    asked = compile_template("text", "{% if city %}In {{ city }}{% else %}Somewhere{% endif %}")
    assert asked.render({}) == "Somewhere"
    loop = compile_template("text", "{% for item in items %}{{ item }}{% endfor %}")
    with pytest.raises(MissingValueError, match="items"):
        loop.render({})


def test_who_lacks_what_is_told_for_every_part():
    message, problems = compile_message(
        {"subject": "{{ a }}", "text": "{{ b }} {{ c | default: 1 }}"}
    )
    assert problems == []
    assert lacking(message, {}) == ("a", "b")
    assert message.reads == ("a", "b", "c")


@given(st.text())
def test_no_value_becomes_markup_or_a_header(value):
    markup = compile_template("html", "<p>{{ v | default: '' }}</p>")
    made = markup.render(nested({"v": value}))
    assert made.count("<") == 2
    subject = compile_template("subject", "Hello {{ v | default: '' }}")
    assert "\n" not in subject.render(nested({"v": value}))
    assert "\r" not in subject.render(nested({"v": value}))


@pytest.mark.parametrize(
    "value", ["{{ secret }}", "{% for x in y %}", "{{ 'a' | append: secret }}"]
)
def test_nothing_in_a_value_is_read_as_a_template(value):
    made = compile_template("text", "{{ v }}").render({"v": value, "secret": "known"})
    assert made == value


@pytest.mark.parametrize(
    "text",
    [
        "{% for a in (1..100000) %}x{% endfor %}",
        "{% for a in (1..100) %}{% for b in (1..100) %}x{% endfor %}{% endfor %}",
        "{% for a in (1..900) %}{% for b in (1..1) %}"
        + "{{ v }}" * 30
        + "{% endfor %}{% endfor %}",
        "{% assign a = 'xxxxxxxxxx' %}{% for i in (1..30) %}{% assign a = a | append: a %}{% endfor %}",
        "{% for i in (1..1000) %}" + "x" * 1000 + "{% endfor %}",
    ],
    ids=["long loop", "loops in loops", "much work", "growing text", "much output"],
)
def test_work_has_an_end(text):
    with pytest.raises(TemplateError):
        compile_template("text", text).render({"v": "y"})


@pytest.mark.parametrize(
    "text",
    [
        "{{ a | nothing }}",
        "{% for %}",
        "{{ a",
        "{% include 'x' %}",
        "{{ a | safe }}",
        "x" * 100_001,
    ],
    ids=["filter", "tag", "open", "include", "safe", "long"],
)
def test_what_is_no_template_is_a_problem(text):
    found = compile_template("html", text)
    if isinstance(found, Problem):
        assert found.message.startswith("html: ")
    else:
        with pytest.raises(TemplateError):
            found.render({"a": "<b>"})


def test_values_are_nested_by_their_dots():
    assert nested({"address.city": "Porto", "n": 3.0, "none": None}) == {
        "address": {"city": "Porto"}, "n": 3,
    }  # fmt: skip
    assert source_of("address.city", ["address.city"]) == "address.city"
    assert source_of("items.size", []) == "items"
    assert source_of("nothing", ["something"]) is None
