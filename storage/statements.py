"""SQLAlchemy statements as plain text, for the few that run hundreds of times a second."""

from __future__ import annotations

from sqlalchemy import ClauseElement
from sqlalchemy.dialects import sqlite

DIALECT = sqlite.dialect(paramstyle="named")


def as_sql(statement: ClauseElement) -> str:
    """The text that SQLite's driver takes, with `:name` for each parameter."""
    return str(statement.compile(dialect=DIALECT))
