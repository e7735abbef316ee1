"""The tables of campaigns in the books: how each stands, what was done, and what goes out."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Float, Index, Integer, MetaData, String, Table, Text

campaigning = MetaData()
"""Made when they are first needed. Only ``outbox`` speaks of people."""

campaigns = Table(
    "campaigns",
    campaigning,
    Column("name", String, primary_key=True),
    Column("state", String, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    Column("changed_by", String, nullable=False),
    Column("digest", String),
    Column("holdout", Float),
    Column("started_at", BigInteger),
    Column("passed_at", BigInteger),
    Column("is_over", Integer, nullable=False, default=0),
)
campaign_log = Table(
    "campaign_log",
    campaigning,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("campaign", String, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("actor", String, nullable=False),
    Column("action", String, nullable=False),
    Column("detail", Text, nullable=False),
    sqlite_autoincrement=True,
)
campaign_passes = Table(
    "campaign_passes",
    campaigning,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("campaign", String, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("occasion", String, nullable=False),
    Column("waterfall", Text, nullable=False),
    sqlite_autoincrement=True,
)
outbox = Table(
    "outbox",
    campaigning,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("key", String, nullable=False, unique=True),
    Column("campaign", String, nullable=False),
    Column("user_id", String, nullable=False),
    Column("occasion", String, nullable=False),
    Column("arm", String, nullable=False),
    Column("channel", String, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("state", String, nullable=False),
    Column("assigned_at", BigInteger, nullable=False),
    Column("next_at", BigInteger, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    Column("tries", Integer, nullable=False, default=0),
    Column("reason", Text),
    Column("is_told", Integer, nullable=False, default=0),
    Index("outbox_by_state", "state", "priority", "id"),
    Index("outbox_by_person", "user_id"),
    Index("outbox_by_campaign", "campaign", "state"),
    sqlite_autoincrement=True,
)
