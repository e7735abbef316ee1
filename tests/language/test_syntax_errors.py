"""What is no rule is told where it broke, and what was meant."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shoal.core.errors import DefinitionError
from shoal.language import parse_rule, parse_value

ERRORS = [
    ("", "1:1: there is no rule here; expected a rule"),
    ("did", "1:4: this ends too early; expected an event"),
    ("did a and", "1:10: this ends too early; expected a rule"),
    ("count(a in last", "1:16: this ends too early; expected a duration such as 30d"),
    ("did a in last 7 days", "1:15: `7` does not fit here; write 7d"),
    ("did a in last 7x", ("1:15: `7x` does not fit here; a duration is a whole number and one of "
     "s, m, h, d, w, mo, y, such as 30d")),
    ("did a in last 6M", "1:15: `6M` can be read in two ways; minutes are 6m, months 6mo"),
    ("did a in lst 7d", "1:7: `in` does not fit here; did you mean `in last`?"),
    ("did a wher x = 1", "1:7: `wher` does not fit here; did you mean `where`?"),
    ("did a in last 7d where x = 1",
     "1:18: `where` does not fit here; `where` comes before the window"),
    ("did a where vip", "1:13: `vip` is not compared with anything; vip = true"),
    ("did a where count(b) > 1", ("1:13: `where` compares the event's own properties, with "
     "literals and with each other; put anything else outside, joined by `and`")),
    ("did a where x == 1", "1:16: `=` does not fit here; one `=` compares"),
    ("x <> 1", "1:4: `>` does not fit here; expected a value"),
    ("did a && did b", "1:7: `&&` does not fit here; write `and`"),
    ("x = “a”", "1:5: `“` does not fit here; use straight quotes, \" or '"),
    ("x = 'abc", "1:5: this ' is never closed; close it with '"),
    ("x = 'a' b", None),
    ("cuont(a) > 3",
     "1:6: `(` does not fit here; there is no function `cuont`; did you mean `count`?"),
    ("count(a) > 3 in last 7d", ("1:1: a window belongs to a selection or a sequence; put it inside "
     "the parentheses: count(order_completed in last 30d) > 3")),
    ("1 < count(a) < 3", ("1:14: `<` does not fit here; join two comparisons by `and`, or write "
     "`between … and …`")),
    ("entered segment s", "1:1: `entered segment s` needs a window; in last 7d"),
    ("count(a)", "1:1: this is a value, not yet a rule; compare it: … > 0, … is set"),
    ("true", "1:1: a rule cannot be just `true` or `false`; write `everyone`"),
    ("hour(time) > 3", ("1:1: `hour(time)` has no event to ask; it stands inside `where`: "
     "count(order_completed where hour(time) >= 18)")),
    ("did a since 2026-02-30", ("1:13: `2026-02-30` is not a date or an instant; write 2026-11-01 "
     "or 2026-11-01T09:30:00Z")),
    ("x > 1e999", "1:5: this number is too large; the largest is about 1.8e308"),
    ("did a in last 99999999999999999y",
     "1:15: this duration is longer than time itself here; at most 500y"),
    ("sum(sequence (a)) > 1", ("1:1: `sum` does not work on a sequence; `count(sequence …)` and "
     "`values(sequence ….property)` do")),
    ("sequence (a.b, c)", None),
    ("sequence (a in last 3d, c)", None),
    ("count(did a) > 1", None),
    ("did any of (a.b, c)", None),
    ("did a where 1 = 1", None),
    ("did a\nand did b where x ==", "2:20: `=` does not fit here; one `=` compares"),
    ("did a\0", "1:6: a character that cannot be written: U+0000"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message"), ERRORS)
def test_the_place_the_fault_and_the_hint(text, message):
    with pytest.raises(DefinitionError) as caught:
        parse_rule(text)
    assert message is None or str(caught.value) == message
    assert all(problem.place for problem in caught.value.problems)


def test_all_problems_of_meaning_are_told_at_once():
    with pytest.raises(DefinitionError) as caught:
        parse_rule("did a since 2026-02-30 and count(b) and did c in last 1M")
    assert [problem.place.column for problem in caught.value.problems] == [13, 28, 55]


def test_a_rule_is_no_value():
    with pytest.raises(DefinitionError, match="a rule stands where a value is needed"):
        parse_value("did a")


HOSTILE = {
    "parentheses": "(" * 10_000 + "did a" + ")" * 10_000,
    "open parentheses": "(" * 100_000,
    "not": "not " * 10_000 + "did a",
    "not in where": "did a where " + "not " * 10_000 + "x = 1",
    "sums": "1" + "+1" * 8_000 + " > 2",
    "sums in where": "did a where x" + "+1" * 8_000 + " = 1",
    "cases": "case when a then " * 10_000,
    "nested cases": "x = " + "case when a then 1 else " * 2_000 + "1 " + "end " * 2_000,
    "digits": "x > " + "9" * 150_000,
    "quotes": "'" * 150_001,
    "backticks": "`" * 150_001,
    "dots": "a." * 30_000,
    "space": "in" + " " * 150_000 + "x",
    "comment": "#" * 150_000,
    "functions": "count " * 30_000,
    "where": "did a where " * 5_000,
    "too long": "did a or " * 30_000 + "did b",
    "nul": "did a \0",
    "surrogate": "did a where x = '\ud800'",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_end_in_one_clear_error_and_in_time(name):
    started = time.perf_counter()
    with pytest.raises(DefinitionError) as caught:
        parse_rule(HOSTILE[name])
    assert 1 <= len(caught.value.problems) <= 2
    assert time.perf_counter() - started < 15


@given(
    st.text(
        st.sampled_from("did a(b).,'\"`where x=1 in last 7d and not count %#\n<>+-"), max_size=40
    )
)
def test_any_text_is_a_rule_or_a_definition_error(text):
    with suppress(DefinitionError):
        parse_rule(text)


@given(
    st.lists(
        st.sampled_from(
            [
                "did",
                "a",
                "where",
                "x",
                "=",
                "1",
                "and",
                "or",
                "not",
                "(",
                ")",
                "in",
                "last",
                "7d",
                "between",
                "ago",
                "sequence",
                "by",
                ",",
                ".",
                "count(",
                "sum(",
                "case",
                "when",
                "then",
                "end",
                "top",
                "20",
                "%",
                "of",
                "any",
                "event",
                "segment",
                "'q'",
                "2026-01-01",
                "+",
                "-",
                "is",
                "set",
                "has",
            ]
        ),
        max_size=14,
    ).map(" ".join)
)
def test_any_words_are_a_rule_or_a_definition_error(text):
    with suppress(DefinitionError):
        parse_rule(text)
