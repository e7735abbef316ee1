"""Models in the books: what was fitted to what, as of when, and how each last run of one went.

Nothing in them speaks of a person.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, Column, Integer, MetaData, String, Table, Text, func, select

if TYPE_CHECKING:
    from shoal.store.books import Books

modelling = MetaData()
"""Made when it is first needed: a project that predicts nothing has none of it."""

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

runs = Table(
    "prediction_runs",
    modelling,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("prediction", String, nullable=False),
    Column("step", String, nullable=False),
    Column("digest", String, nullable=False),
    Column("as_of", BigInteger, nullable=False),
    Column("ran_at", BigInteger, nullable=False),
    Column("data_version", String, nullable=False),
    Column("failure", Text),
    Column("body", Text, nullable=False),
    sqlite_autoincrement=True,
)


@dataclass(frozen=True, slots=True)
class StoredRun:
    """How fitting, scoring or testing a prediction went: what it told, or why it failed.

    ``step`` is ``fit``, ``score`` or ``backtest``; ``ran_at`` is when by the clock. Of the ones that went
    well the last is kept, and so of those that failed.
    """

    id: int
    prediction: str
    step: str
    digest: str
    as_of: int
    ran_at: int
    data_version: str
    failure: Mapping[str, Any] | None
    body: Mapping[str, Any]


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
        self._books.make(modelling)
        with self._books.writing() as connection:
            found = connection.execute(
                models.insert().values(
                    prediction=model.prediction,
                    digest=model.digest,
                    as_of=model.as_of,
                    fitted_at=model.fitted_at,
                    data_version=model.data_version,
                    body=_written(model.body),
                )
            )
            key = found.inserted_primary_key
        assert key is not None
        return int(key[0])

    def newest(self, prediction: str, digest: str, as_of: int) -> StoredModel | None:
        """The model of a definition that knows most of those that look at nothing after an instant.

        Of equal ones the one fitted last.
        """
        self._books.make(modelling)
        query = (
            models.select()
            .where(
                models.c.prediction == prediction,
                models.c.digest == digest,
                models.c.as_of <= as_of,
            )
            .order_by(models.c.as_of.desc(), models.c.id.desc())
            .limit(1)
        )
        with self._books.reading() as connection:
            row = connection.execute(query).mappings().first()
        return None if row is None else _model(row)

    def all(self, prediction: str) -> list[StoredModel]:
        """Every model of a prediction, oldest first, without their bodies."""
        self._books.make(modelling)
        columns = [it for it in models.c if it.name != "body"]
        query = models.select().with_only_columns(*columns).where(models.c.prediction == prediction)
        with self._books.reading() as connection:
            rows = connection.execute(query.order_by(models.c.id)).mappings().all()
        return [_model(row) for row in rows]

    def part(self, model: int, name: str) -> Any:
        """One part of what is kept of a model, without reading the others; None where it has none."""
        self._books.make(modelling)
        told = func.json_extract(models.c.body, f"$.{name}")
        with self._books.reading() as connection:
            found = connection.execute(select(told).where(models.c.id == model)).scalar()
        return None if found is None else json.loads(found)

    def keep_run(self, run: StoredRun) -> None:
        """Keeps how a run went, whatever its number says, in place of the last that ended alike."""
        self._books.make(modelling)
        alike = runs.c.failure.is_(None) if run.failure is None else runs.c.failure.is_not(None)
        before = runs.delete().where(
            runs.c.prediction == run.prediction, runs.c.step == run.step, alike
        )
        with self._books.writing() as connection:
            connection.execute(before)
            connection.execute(
                runs.insert().values(
                    prediction=run.prediction,
                    step=run.step,
                    digest=run.digest,
                    as_of=run.as_of,
                    ran_at=run.ran_at,
                    data_version=run.data_version,
                    failure=None if run.failure is None else _written(run.failure),
                    body=_written(run.body),
                )
            )

    def runs(self, prediction: str) -> list[StoredRun]:
        """How the last runs of a prediction went, oldest first."""
        self._books.make(modelling)
        query = runs.select().where(runs.c.prediction == prediction).order_by(runs.c.id)
        with self._books.reading() as connection:
            rows = connection.execute(query).mappings().all()
        return [_run(row) for row in rows]


def _written(body: Mapping[str, Any]) -> str:
    return json.dumps(dict(body), ensure_ascii=False)


def _run(row: Mapping[Any, Any]) -> StoredRun:
    return StoredRun(
        int(row["id"]),
        str(row["prediction"]),
        str(row["step"]),
        str(row["digest"]),
        int(row["as_of"]),
        int(row["ran_at"]),
        str(row["data_version"]),
        None if row["failure"] is None else json.loads(row["failure"]),
        json.loads(row["body"]),
    )


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
