"""Whether anybody still waits for an answer: what nobody waits for any longer is not worked out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from threading import Lock

from fastapi import Request


@dataclass(slots=True, eq=False)
class Turn:
    """One question's turn: on until a newer one of the same client comes or nobody listens."""

    is_on: bool = True

    def going_on(self) -> bool:
        """Whether somebody still waits."""
        return self.is_on


@dataclass(slots=True)
class Turns:
    """Whose question is the newest."""

    newest: dict[tuple[str, str], Turn] = field(default_factory=dict[tuple[str, str], Turn])
    lock: Lock = field(default_factory=Lock)

    def take(self, key: tuple[str, str]) -> Turn:
        """The next turn of a client; the one before is over."""
        turn = Turn()
        with self.lock:
            before = self.newest.get(key)
            if before is not None:
                before.is_on = False
            self.newest[key] = turn
        return turn

    def leave(self, key: tuple[str, str], turn: Turn) -> None:
        """A question is answered, or given up."""
        turn.is_on = False
        with self.lock:
            if self.newest.get(key) is turn:
                del self.newest[key]


@asynccontextmanager
async def listened(request: Request, turn: Turn) -> AsyncGenerator[Turn]:
    """The turn, which ends when the connection closes."""
    listening = asyncio.create_task(_until_gone(request, turn))
    try:
        yield turn
    finally:
        listening.cancel()


async def _until_gone(request: Request, turn: Turn) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
    turn.is_on = False
