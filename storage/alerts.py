"""What the owner must hear of, whatever job it came up in, until the bot has told it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Database
from storage.encoding import now_ms
from storage.tables import alerts
from storage.wording import from_column, to_column


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """A sentence for the owner."""

    id: int
    text: str


async def add_alert(connection: AsyncConnection, text: str) -> None:
    """Note an alert in the caller's transaction; one that waits already is not said twice."""
    row = {"text": to_column(text), "created_ms": now_ms()}
    await connection.execute(insert(alerts).values(row).on_conflict_do_nothing())


class Alerts:
    """The table `alerts`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def untold(self) -> list[Alert]:
        """The oldest first."""
        query = select(alerts.c.id, alerts.c.text).order_by(alerts.c.id)
        async with self._database.read() as connection:
            return [
                Alert(id=row.id, text=from_column(row.text) or "")
                for row in await connection.execute(query)
            ]

    async def told(self, alert_id: int) -> None:
        """The owner has heard it."""
        async with self._database.write(durable=True, wakes=False) as connection:
            await connection.execute(delete(alerts).where(alerts.c.id == alert_id))
