"""Messages from templates: Liquid, strict, and bounded in size, loops, output and work.

A value that is not there is never nothing in silence: a template gives it a fallback
(``{{ first_name | default: 'there' }}``, or an ``if`` around it), or the message is not made and the
name of what is missing is told. Values are data: in HTML they are escaped, in a subject they are one
line, and nothing in a value is read as a template.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from shoal.core.errors import MissingExtraError, Problem, ShoalError
from shoal.language.told import Figure, Told

LARGEST = 100_000
"""Characters of a template."""
LOOPS = 1_000
"""Times that a loop goes round, inner ones multiplied."""
OUTPUT = 500_000
"""Bytes of what one template makes."""
LOCALS = 65_536
WORK = 20_000
"""Values looked up while one message is made."""
LONGEST_VALUE = 10_000
"""Characters of a value; what is longer is cut."""
_GONE = {"include", "render", "tablerow"}
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")

GIVEN = (
    "items", "recommendations", "offer", "reward", "unsubscribe_url", "shop", "campaign",
)  # fmt: skip
"""What every template may name beside the traits of the person."""

Names = tuple[str, ...]


class MissingValueError(ShoalError):
    """A value that a message needs and this person lacks."""

    def __init__(self, name: str) -> None:
        hint = Told("give it a fallback: | default: '…'")
        super().__init__(Told("`{0}` is not known", name), hint=hint)
        self.name = name


class TemplateError(ShoalError):
    """A message that cannot be made from its template."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message to one person, part by part: ``subject``, ``text``, ``html``, ``fields.NAME``."""

    parts: Mapping[str, str]

    def get(self, name: str) -> str | None:
        """A part; None where the message has none of that name."""
        return self.parts.get(name)


@dataclass(frozen=True, slots=True)
class Template:
    """One compiled template: what it reads, and which of that without a fallback."""

    part: str
    compiled: Any
    reads: Names

    def render(self, values: Mapping[str, object]) -> str:
        """The text; MissingValueError, or TemplateError for what goes beyond a bound."""
        from liquid.exceptions import LiquidError, UndefinedError

        try:
            made = self.compiled.render(values)
        except UndefinedError as error:
            raise MissingValueError(_undefined(error)) from error
        except (LiquidError, ArithmeticError, ValueError, TypeError, RecursionError) as error:
            raise TemplateError(f"{self.part}: {_said(error)}") from error
        if self.part == "subject":
            return " ".join(_CONTROLS.sub("", made).split())
        return _CONTROLS.sub("", made)


@dataclass(frozen=True, slots=True)
class Message:
    """All templates of one variant."""

    templates: tuple[Template, ...]

    @property
    def reads(self) -> Names:
        """Every name that any of them reads, in order."""
        names = (name for one in self.templates for name in one.reads)
        return tuple(dict.fromkeys(names))

    def render(self, values: Mapping[str, object]) -> Rendered:
        """The message for one person's values; MissingValueError or TemplateError."""
        return Rendered({one.part: one.render(values) for one in self.templates})


def compile_message(templates: Mapping[str, str]) -> tuple[Message, list[Problem]]:
    """The message of these templates by part, and what is wrong with them."""
    made: list[Template] = []
    problems: list[Problem] = []
    for part, text in templates.items():
        found = compile_template(part, text)
        if isinstance(found, Problem):
            problems.append(found)
        else:
            made.append(found)
    return Message(tuple(made)), problems


def compile_template(part: str, text: str) -> Template | Problem:
    """A template, or why it is none; values are escaped in ``html``.

    >>> compile_template("text", "Hello {{ name }}").render({"name": "Ana"})
    'Hello Ana'
    """
    environment = _environment(escape=part == "html")
    from liquid.exceptions import LiquidError

    if len(text) > LARGEST:
        message = Told("{0}: longer than {1} characters", part, Figure(LARGEST))
        return Problem(message, None, Told("shorten it"))
    try:
        compiled = environment.from_string(text)
        # What is global is read from the person's values; locals are made by the template itself.
        reads = tuple(str(found) for some in compiled.analyze().globals.values() for found in some)
    except (LiquidError, RecursionError) as error:
        return Problem(f"{part}: {_said(error)}", None, _hint(error))
    return Template(part, compiled, tuple(dict.fromkeys(map(_name_of, reads))))


def nested(values: Mapping[str, object]) -> dict[str, object]:
    """Values by dotted name as templates read them; what is unset is absent.

    >>> nested({"address.city": "Porto", "name": None})
    {'address': {'city': 'Porto'}}
    """
    made: dict[str, Any] = {}
    for name, value in values.items():
        if value is None or (isinstance(value, str) and not value):
            continue
        *above, last = name.split(".")
        inside = made
        for step in above:
            if not isinstance(inside.get(step), dict):
                inside[step] = {}
            inside = cast("dict[str, Any]", inside[step])
        inside[last] = _bounded(value)
    return made


def _bounded(value: object) -> object:
    if isinstance(value, str):
        return value[:LONGEST_VALUE]
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    if isinstance(value, Sequence):
        return [_bounded(it) for it in cast("Sequence[object]", value)[:LOOPS]]
    return value


def source_of(path: str, traits: Iterable[str]) -> str | None:
    """The trait, or the given name, that a template's path reads; None for what is neither.

    >>> source_of("address.city", ["address.city"]), source_of("items.size", [])
    ('address.city', 'items')
    """
    known = {*traits, *GIVEN}
    parts = path.split(".")
    for length in range(len(parts), 0, -1):
        name = ".".join(parts[:length])
        if name in known:
            return name
    return None


def lacking(message: Message, values: Mapping[str, object]) -> Names:
    """The names that keep the message from being made for these values, each template's first."""
    found: list[str] = []
    for one in message.templates:
        try:
            one.render(values)
        except MissingValueError as error:
            found.append(error.name)
        except TemplateError:
            continue
    return tuple(dict.fromkeys(found))


def _name_of(path: str) -> str:
    """``items[0].name`` is read of ``items``; ``address.city`` is a name of its own."""
    return re.split(r"[\[\s]", path, maxsplit=1)[0]


def _undefined(error: Exception) -> str:
    match = re.search(r"'([^']+)'|`([^`]+)`", str(error))
    return next((it for it in match.groups() if it), "?") if match else "?"


def _said(error: Exception) -> str:
    text = str(error).strip().splitlines()
    return text[0] if text else type(error).__name__


def _hint(error: Exception) -> str | None:
    if "filter" in str(error).lower():
        return Told("filters are those of Liquid: default, date, upcase, truncate, join …")
    return None


@cache
def _environment(*, escape: bool) -> Any:
    """How templates are read; MissingExtraError where Liquid is not installed."""
    try:
        from liquid import BoundTemplate, Environment, RenderContext, StrictUndefined
    except ImportError as error:
        raise MissingExtraError(
            Told("templates need an optional part that is not installed"),
            hint="pip install 'shoal[campaigns]'",
        ) from error
    from liquid.exceptions import LiquidError

    class Missing(StrictUndefined):
        """A value that is not there: it can be tested for, and replaced, and nothing else."""

        __slots__ = ()
        allowed_properties = StrictUndefined.allowed_properties | {
            "__bool__", "__eq__", "__liquid__", "__class__",
        }  # fmt: skip
        force_liquid_default = True

        def __bool__(self) -> bool:
            return False

        def __eq__(self, other: object) -> bool:
            return other is False or other is None

        __hash__ = None  # pyright: ignore[reportAssignmentType]

    class Bounded(RenderContext):
        """Counts what is looked up: the work of one template has an end."""

        __slots__ = ("looked_up",)

        def get(self, *args: Any, **kwargs: Any) -> object:
            count = getattr(self, "looked_up", 0) + 1
            self.looked_up = count
            if count > WORK:
                raise LiquidError(f"more than {WORK:,} values are looked up", token=None)
            return super().get(*args, **kwargs)

    class BoundedTemplate(BoundTemplate):
        """A template whose work is counted."""

        context_class = Bounded

    class Strict(Environment):
        """The bounds."""

        template_class = BoundedTemplate
        block_nesting_limit = 10
        loop_iteration_limit = LOOPS
        local_namespace_limit = LOCALS
        output_stream_limit = OUTPUT
        ternary_expressions = True

    made = Strict(undefined=Missing, strict_filters=True, autoescape=escape)
    for tag in _GONE:
        made.tags.pop(tag, None)
    made.filters.pop("safe", None)
    return made
