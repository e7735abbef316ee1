"""How campaigns stand, who did what to them and when, and each pass with its waterfall."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shoal.store.books import Books


class CampaignState(StrEnum):
    """How far a campaign is."""

    DRAFT = "draft"
    CHECKED = "checked"
    APPROVED = "approved"
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Stands:
    """How a campaign stands; ``digest`` is of the wording that was checked or approved.

    ``passed_at`` is up to when people have been given arms; ``is_over`` says that nobody will be
    given one any more.
    """

    name: str
    state: CampaignState = CampaignState.DRAFT
    changed_at: int = 0
    changed_by: str = ""
    digest: str | None = None
    holdout: float | None = None
    started_at: int | None = None
    passed_at: int | None = None
    is_over: bool = False


@dataclass(frozen=True, slots=True)
class Deed:
    """Something done to a campaign: when, by whom and what."""

    at: int
    actor: str
    action: str
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Pass:
    """One pass: for which occasion, and who was where in the waterfall then."""

    at: int
    occasion: str
    waterfall: Mapping[str, int]


class CampaignBooks:
    """What the books know of campaigns."""

    def __init__(self, books: Books) -> None:
        self._books = books

    def all(self) -> dict[str, Stands]:
        """Every campaign that anything was done to, by name."""
        table = self._table("campaigns")
        with self._books.reading() as connection:
            rows = connection.execute(table.select().order_by(table.c.name)).mappings().all()
        return {row["name"]: _stands(row) for row in rows}

    def one(self, name: str) -> Stands:
        """How a campaign stands; a draft where nothing was ever done to it."""
        return self.all().get(name, Stands(name))

    def change(
        self, name: str, at: int, actor: str, action: str, *, detail: Mapping[str, Any] | None = None,
        **values: Any,
    ) -> Stands:  # fmt: skip
        """Keeps a change and notes who did what; how it stands then."""
        table, log = self._table("campaigns"), self._table("campaign_log")
        if "state" in values:
            values |= {"state": str(values["state"]), "changed_at": at, "changed_by": actor}
        with self._books.writing() as connection:
            if not connection.execute(
                table.update().where(table.c.name == name).values(**{"name": name, **values})
            ).rowcount:
                usual = {"state": "draft", "changed_at": at, "changed_by": actor}
                connection.execute(table.insert().values(name=name, **{**usual, **values}))
            text = json.dumps(dict(detail or {}), ensure_ascii=False)
            connection.execute(
                log.insert().values(campaign=name, at=at, actor=actor, action=action, detail=text)
            )
        return self.one(name)

    def passed(self, name: str, at: int, passes: list[Pass], *, is_over: bool) -> None:
        """Keeps that a pass is done, with its waterfalls."""
        table, kept = self._table("campaigns"), self._table("campaign_passes")
        values = {"passed_at": at, "is_over": int(is_over)}
        with self._books.writing() as connection:
            connection.execute(table.update().where(table.c.name == name).values(**values))
            for one in passes:
                text = json.dumps(dict(one.waterfall))
                connection.execute(
                    kept.insert().values(
                        campaign=name, at=one.at, occasion=one.occasion, waterfall=text
                    )
                )

    def passes(self, name: str) -> list[Pass]:
        """Every pass in which somebody was looked at, oldest first."""
        table = self._table("campaign_passes")
        query = table.select().where(table.c.campaign == name).order_by(table.c.id)
        with self._books.reading() as connection:
            rows = connection.execute(query).mappings().all()
        return [Pass(it["at"], it["occasion"], json.loads(it["waterfall"])) for it in rows]

    def last_passes(self) -> dict[str, Pass]:
        """The last pass of each campaign in which somebody was looked at."""
        from sqlalchemy import func, select

        table = self._table("campaign_passes")
        newest = select(func.max(table.c.id)).group_by(table.c.campaign)
        with self._books.reading() as connection:
            rows = connection.execute(table.select().where(table.c.id.in_(newest))).mappings().all()
        return {
            it["campaign"]: Pass(it["at"], it["occasion"], json.loads(it["waterfall"]))
            for it in rows
        }

    def log(self, name: str) -> list[Deed]:
        """What was done to a campaign, oldest first."""
        table = self._table("campaign_log")
        query = table.select().where(table.c.campaign == name).order_by(table.c.id)
        with self._books.reading() as connection:
            rows = connection.execute(query).mappings().all()
        return [Deed(it["at"], it["actor"], it["action"], json.loads(it["detail"])) for it in rows]

    def _table(self, name: str) -> Any:
        from shoal.store.campaign_tables import campaigning

        return self._books.table(campaigning, name)


def _stands(row: Mapping[Any, Any]) -> Stands:
    names = ("name", "changed_at", "changed_by", "digest", "holdout", "started_at", "passed_at")
    state = CampaignState(row["state"])
    return Stands(**{it: row[it] for it in names}, state=state, is_over=bool(row["is_over"]))
