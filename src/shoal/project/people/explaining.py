"""``explain``: one person's answer with its reasons, and what would change it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shoal.core.errors import NotFoundError
from shoal.core.instants import format_instant
from shoal.language import parse_expression, sentence, value_type
from shoal.language.tree import Compare, Value
from shoal.project.views import histories_of
from shoal.segments.explain import because, plain
from shoal.segments.judging import OnePerson
from shoal.segments.nearest import NearestChange, nearest_change

if TYPE_CHECKING:
    from shoal.engine.tracing import Trace, Traced
    from shoal.language.tree import InTop
    from shoal.language.vocabulary import Vocabulary
    from shoal.project.answers import Question
    from shoal.project.reading import Reading

OTHERS_DECIDE = "other people decide: the rule ranks them"
NEVER = "the verdict stays as it is, however long one waits"


def explain_member(reading: Reading, question: Question, user_id: str, at: int) -> dict[str, Any]:
    """The contract's mapping of ``segment explain``."""
    from shoal.runners import trace

    snapshot, vocabulary, rule = reading.snapshot, reading.vocabulary, question.rule
    found = snapshot.find(user_id)
    if found is None:
        raise NotFoundError(
            f"nobody is known as `{user_id}`", hint="ids are as written: 007 is not 7"
        )
    bucket, index = found
    traced = trace(snapshot, rule, vocabulary, user_id, at)
    changes_at = traced.changes_at
    buckets = histories_of(snapshot)
    judge = OnePerson(
        buckets[bucket],
        index,
        at,
        vocabulary,
        others=buckets,
        cuts=lambda node: _cut_of(traced.trace, node),
    )
    nearest = nearest_change(rule, member=traced.member, vocabulary=vocabulary, judge=judge)
    return {
        "user_id": user_id,
        "member": traced.member,
        "known": traced.trace.known,
        "as_of": format_instant(at),
        "sentence": sentence(rule, vocabulary),
        "because": because(rule, traced.trace, vocabulary),
        "changes_at": None if changes_at is None else format_instant(changes_at),
        "changes_at_reason": _why_not(traced),
        "nearest_change": None if nearest is None else _as_json(nearest),
    }


def in_words(explanation: dict[str, Any], vocabulary: Vocabulary) -> dict[str, Any]:
    """The explanation with ``sentence`` and ``kind`` in every part of its tree.

    That is for those who read no rules: ``kind`` says what sort of value was compared, so that a
    ``span``, which stands there in seconds, can be told in days.
    """
    return {**explanation, "because": _said(explanation["because"], vocabulary)}


def _said(part: dict[str, Any], vocabulary: Vocabulary) -> dict[str, Any]:
    node = parse_expression(part["rule"])
    compared = node.left if isinstance(node, Compare) else getattr(node, "value", None)
    return {
        **part,
        "sentence": sentence(node, vocabulary),
        "kind": str(value_type(compared, vocabulary)) if isinstance(compared, Value) else None,
        "children": [_said(child, vocabulary) for child in part["children"]],
    }


def _cut_of(trace: Trace, node: InTop) -> float | None:
    cut = trace.of(node).value
    return cut if isinstance(cut, float) else None


def _why_not(traced: Traced) -> str | None:
    """Why no instant of change is given."""
    if traced.changes_at is not None:
        return None
    return OTHERS_DECIDE if traced.depends_on_others else NEVER


def _as_json(change: NearestChange) -> dict[str, Any]:
    return {
        "text": change.text,
        "events": [
            {
                "name": name,
                "count": count,
                "properties": {key: plain(value) for key, value in properties.items()},
            }
            for name, count, properties in change.events
        ],
        "wait_until": None if change.wait_until is None else format_instant(change.wait_until),
        "member": change.member,
    }
