"""Models in the books: what was fitted to what, as of when. Nothing in them speaks of a person."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

from sqlalchemy import BigInteger, Column, Integer, MetaData, String, Table, Text, inspect

if TYPE_CHECKING:
    from shoal.store.books import Books

modelling = MetaData()
"""Made when it is first needed: a project that predicts nothing has none of it."""

_MADE: WeakSet[Books] = WeakSet()

models = Table(
    "models",
    modelling,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("prediction", String, nullable=False),
    Column("digest", String, nullable=False),
    Column("as_of", BigInteger, nullable=False),
    Column("fitted_at", BigInteger, nullable=False),
    Column("data_version", String, nullable=False),
    Column("body", Text, nullable=False),
    sqlite_autoincrement=True,
)


@dataclass(frozen=True, slots=True)
class StoredModel:
    """A model as it was kept.

    ``digest`` is of the definition it was fitted for; nothing that happened after ``as_of`` was
    looked at; ``fitted_at`` is when by the clock.
    """

    id: int
    prediction: str
    digest: str
    as_of: int
    fitted_at: int
    data_version: str
    body: Mapping[str, Any]


class ModelBooks:
    """What the books know of models."""

    def __init__(self, books: Books) -> None:
        self._books = books

    def keep(self, model: StoredModel) -> int:
        """Keeps a model, whatever its id says; the number it got."""
        table = self._table()
        with self._books.writing() as connection:
            found = connection.execute(
                table.insert().values(
                    prediction=model.prediction,
                    digest=model.digest,
                    as_of=model.as_of,
                    fitted_at=model.fitted_at,
                    data_version=model.data_version,
                    body=json.dumps(dict(model.body), ensure_ascii=False),
                )
            )
            key = found.inserted_primary_key
        assert key is not None
        return int(key[0])

    def newest(self, prediction: str, digest: str, as_of: int) -> StoredModel | None:
        """The model of a definition that knows most of those that look at nothing after an instant.

        Of equal ones the one fitted last.
        """
        table = self._table()
        query = (
            table.select()
            .where(
                table.c.prediction == prediction,
                table.c.digest == digest,
                table.c.as_of <= as_of,
            )
            .order_by(table.c.as_of.desc(), table.c.id.desc())
            .limit(1)
        )
        with self._books.reading() as connection:
            row = connection.execute(query).mappings().first()
        return None if row is None else _model(row)

    def all(self, prediction: str) -> list[StoredModel]:
        """Every model of a prediction, oldest first, without their bodies."""
        table = self._table()
        columns = [it for it in table.c if it.name != "body"]
        query = table.select().with_only_columns(*columns).where(table.c.prediction == prediction)
        with self._books.reading() as connection:
            rows = connection.execute(query.order_by(table.c.id)).mappings().all()
        return [_model(row) for row in rows]

    def _table(self) -> Table:
        if self._books not in _MADE:
            with self._books.reading() as connection:
                is_there = inspect(connection).has_table(models.name)
            if not is_there:
                with self._books.writing() as connection:
                    modelling.create_all(connection)
            _MADE.add(self._books)
        return models


def _model(row: Mapping[Any, Any]) -> StoredModel:
    return StoredModel(
        int(row["id"]),
        str(row["prediction"]),
        str(row["digest"]),
        int(row["as_of"]),
        int(row["fitted_at"]),
        str(row["data_version"]),
        json.loads(row["body"]) if "body" in row else {},
    )
