"""What was learned of how often an account may ask."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import orjson
from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert

from storage.database import Database
from storage.encoding import now_ms, to_text
from storage.models import LearnedPace
from storage.tables import paces

HISTORY = ("messages.getHistory", "messages.getHistory in takeout")
"""What most of an export's requests are, within a data export and outside."""


class Paces:
    """The table `paces`: of each account and method."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def load(self, account_id: int) -> dict[str, LearnedPace]:
        """What is known of an account, by method."""
        query = select(paces.c.method, paces.c.pace).where(paces.c.account_id == account_id)
        async with self._database.read() as connection:
            return {row.method: _to_pace(row.pace) for row in await connection.execute(query)}

    async def save(self, account_id: int, learned: Mapping[str, LearnedPace]) -> None:
        """Take the place of what was known of these methods."""
        rows = [
            {
                "account_id": account_id,
                "method": method,
                "pace": to_text(pace),
                "changed_ms": now_ms(),
            }
            for method, pace in learned.items()
        ]
        statement = insert(paces)
        statement = statement.on_conflict_do_update(
            index_elements=["account_id", "method"],
            set_={name: statement.excluded[name] for name in ("pace", "changed_ms")},
        )
        async with self._database.write(wakes=False) as connection:
            await connection.execute(statement, rows)


def _to_pace(text: str) -> LearnedPace:
    fields = orjson.loads(text)
    return LearnedPace(**fields | {"waited_at": datetime.fromisoformat(fields["waited_at"])})
