"""What the owner must hear of, whatever job it came up in, until the bot has told it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import orjson
from sqlalchemy import delete, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Database
from storage.encoding import now_ms, to_text
from storage.models import Freeze
from storage.tables import alerts


class AlertKind(StrEnum):
    """What happened to an account; the first four as its state is called from then on."""

    REVOKED = "revoked"
    DUPLICATED = "duplicated"
    DEACTIVATED = "deactivated"
    FROZEN = "frozen"
    THAWED = "thawed"
    """It was frozen, and is no more."""
    PERMISSION = "permission"
    """Its owner could allow Telegram's data export."""


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What is to be told."""

    kind: AlertKind
    account_id: int
    account: str
    """The account's name."""
    freeze: Freeze | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """News that the owners have not heard yet."""

    id: int
    news: News


async def add_alert(connection: AsyncConnection, news: News) -> None:
    """Note an alert in the caller's transaction; one that waits already is not said twice."""
    row = {"text": to_text(news), "created_ms": now_ms()}
    await connection.execute(insert(alerts).values(row).on_conflict_do_nothing())


class Alerts:
    """The table `alerts`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def untold(self) -> list[Alert]:
        """The oldest first."""
        query = select(alerts.c.id, alerts.c.text).order_by(alerts.c.id)
        async with self._database.read() as connection:
            return [_to_alert(row.id, row.text) for row in await connection.execute(query)]

    async def told(self, alert_id: int) -> None:
        """The owner has heard it."""
        async with self._database.write(durable=True, wakes=False) as connection:
            await connection.execute(delete(alerts).where(alerts.c.id == alert_id))


def _to_alert(number: int, text: str) -> Alert:
    fields = orjson.loads(text)
    freeze = fields["freeze"]
    news = News(
        kind=AlertKind(fields["kind"]),
        account_id=fields["account_id"],
        account=fields["account"],
        freeze=None if freeze is None else _to_freeze(freeze),
    )
    return Alert(id=number, news=news)


def _to_freeze(fields: dict[str, Any]) -> Freeze:
    until = fields["until"]
    return Freeze(
        since=datetime.fromisoformat(fields["since"]),
        until=None if until is None else datetime.fromisoformat(until),
        appeal_url=fields["appeal_url"],
    )
