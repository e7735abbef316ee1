"""An audience as the file that another tool imports: only those who may be written to, by its columns.

The columns are those of the tools' published import guides:
`Mailchimp <https://mailchimp.com/help/format-guidelines-for-your-import-file/>`_ and HubSpot match
contacts by their e-mail address, Salesforce's Data Import Wizard by address or an external id,
`Google Analytics <https://support.google.com/analytics/answer/10071143>`_ by a user id that says
nothing of the person, and `Dynamic Yield <https://dy.dev/docs/sync-csv>`_ by the SHA-256 of the
address in small letters.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import TYPE_CHECKING

from shoal.campaigns import State
from shoal.consent.channel import Channel
from shoal.core.errors import UsageError
from shoal.core.names import nearest
from shoal.language.tree import TraitValue

if TYPE_CHECKING:
    import pyarrow as pa

    from shoal.project.people.audiences import Resolved
    from shoal.project.reading import Reading

EMAIL = "email"
NAMES = ("first_name", "last_name")


class Column(StrEnum):
    """What stands in a column."""

    USER_ID = "user id"
    EMAIL = "e-mail address"
    HASHED_EMAIL = "SHA-256 of the e-mail address"
    FIRST_NAME = "first name"
    LAST_NAME = "last name"
    SEGMENT = "name of the segment"


@dataclass(frozen=True, slots=True)
class Tool:
    """Another tool: how people are written to by it, and the columns it takes, by their heads."""

    name: str
    channel: Channel
    columns: Mapping[str, Column]


TOOLS = {
    tool.name: tool
    for tool in (
        Tool(
            "mailchimp",
            Channel.EMAIL,
            {
                "Email Address": Column.EMAIL,
                "First Name": Column.FIRST_NAME,
                "Last Name": Column.LAST_NAME,
                "Tags": Column.SEGMENT,
            },
        ),
        Tool(
            "hubspot",
            Channel.EMAIL,
            {
                "Email": Column.EMAIL,
                "First Name": Column.FIRST_NAME,
                "Last Name": Column.LAST_NAME,
                "Shoal Segment": Column.SEGMENT,
            },
        ),
        Tool(
            "salesforce",
            Channel.EMAIL,
            {
                "Email": Column.EMAIL,
                "First Name": Column.FIRST_NAME,
                "Last Name": Column.LAST_NAME,
                "Shoal User ID": Column.USER_ID,
                "Shoal Segment": Column.SEGMENT,
            },
        ),
        # these write to nobody: they show something else to whoever comes by
        Tool("ga4", Channel.WEBHOOK, {"user_id": Column.USER_ID, "shoal_segment": Column.SEGMENT}),
        Tool(
            "dynamic_yield",
            Channel.WEBHOOK,
            {"hashed_email": Column.HASHED_EMAIL, "shoal_segment": Column.SEGMENT},
        ),
    )
}


@dataclass(frozen=True, eq=False)
class HandedOver:
    """The file's rows, and how many sendable people are not among them, and why."""

    table: pa.Table
    left_out: int
    why: str | None


def tool_named(name: str) -> Tool:
    """The tool of that name; UsageError says which there are."""
    if name not in TOOLS:
        near = nearest(name, TOOLS)
        hint = f"did you mean `{near}`?" if near else f"there are {', '.join(TOOLS)}"
        raise UsageError(f"no tool `{name}`", hint=hint)
    return TOOLS[name]


def hand_over(reading: Reading, found: Resolved, tool: Tool, segment: str) -> HandedOver:
    """The sendable people of an audience as the tool takes them, sorted by user id.

    Whoever has no address is left out where the tool knows people by it; a user id that is an e-mail
    address is left out where the tool must not be told one.
    """
    import pyarrow as pa

    people: list[str] = found.table([State.SENDABLE])["user_id"].to_pylist()
    wanted = set(tool.columns.values())
    traits = _traits(reading, found.as_of, people, wanted)
    email = [_plain(it) for it in traits.get(EMAIL, [None] * len(people))]
    cells: dict[Column, list[str | None]] = {
        Column.USER_ID: [*people],
        Column.EMAIL: email,
        Column.HASHED_EMAIL: [None if it is None else _hashed(it) for it in email],
        Column.FIRST_NAME: traits.get("first_name", []),
        Column.LAST_NAME: traits.get("last_name", []),
        Column.SEGMENT: [segment] * len(people),
    }
    if wanted & {Column.EMAIL, Column.HASHED_EMAIL}:
        rows = [n for n, it in enumerate(email) if it is not None]
        why = "no e-mail address is known of them"
    else:
        rows = [n for n, it in enumerate(people) if "@" not in it]
        why = "their user id is an e-mail address, which this tool must not be told"
    columns = {
        head: pa.array([cells[column][n] for n in rows], pa.string())
        for head, column in tool.columns.items()
    }
    left_out = len(people) - len(rows)
    return HandedOver(pa.table(columns), left_out, why if left_out else None)


def _traits(
    reading: Reading, at: int, people: list[str], wanted: set[Column]
) -> dict[str, list[str | None]]:
    """The texts of the traits that the columns need, of these people, in their order."""
    import pyarrow as pa
    import pyarrow.compute as pc

    from shoal.runners import ValueAnswer, evaluate

    named = [EMAIL] if wanted & {Column.EMAIL, Column.HASHED_EMAIL} else []
    named += NAMES if Column.FIRST_NAME in wanted else ()
    traits: dict[str, list[str | None]] = {name: [None] * len(people) for name in named}
    questions = {name: TraitValue(name) for name in named if name in reading.vocabulary.traits}
    if not people or not questions:
        return traits
    for name, answer in evaluate(reading.snapshot, questions, reading.vocabulary, at).items():
        assert isinstance(answer, ValueAnswer)
        table = answer.table()
        places = pc.index_in(pa.array(people, pa.string()), table["user_id"])
        told = table["value"].take(places).to_pylist()
        traits[name] = [None if it is None else str(it) for it in told]
    return traits


def _plain(address: str | None) -> str | None:
    """An address as it stands; none for an empty one."""
    return (address or "").strip() or None


def _hashed(address: str) -> str:
    return sha256(address.lower().encode()).hexdigest()
