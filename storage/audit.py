"""What was done to people, grants and other people's jobs, by whom and when; nothing is erased."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Database
from storage.encoding import from_ms, now_ms
from storage.tables import audit

DETAIL_LENGTH = 200


class Deed(StrEnum):
    """What was done."""

    OWNERS = "owners"
    """The settings name other owners than before."""
    ALLOWED = "allowed"
    INVITED = "invited"
    """An invite link was made."""
    JOINED = "joined"
    """Somebody came by an invite link; `target_id` is who made it."""
    REVOKED = "revoked"
    ROLE = "role"
    LIMITS = "limits"
    GRANTED = "granted"
    UNGRANTED = "ungranted"
    APPROVED = "approved"
    DENIED = "denied"
    STEERED = "steered"
    """Another's job."""
    DELETED = "deleted"
    """An archive."""
    REFUSED = "refused"
    """Somebody tried what they may not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A row of `audit`."""

    id: int
    at: datetime
    person_id: int | None
    deed: str
    target_id: int | None
    chat_id: int | None
    detail: str | None


async def note(
    connection: AsyncConnection,
    deed: Deed,
    *,
    by: int | None,
    target_id: int | None = None,
    chat_id: int | None = None,
    detail: str | None = None,
) -> None:
    """Write a deed down, in the transaction that does it."""
    await connection.execute(
        insert(audit).values(
            at_ms=now_ms(),
            person_id=by,
            deed=deed,
            target_id=target_id,
            chat_id=chat_id,
            detail=detail[:DETAIL_LENGTH] if detail else detail,
        )
    )


class Audit:
    """The table `audit`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def note(
        self,
        deed: Deed,
        *,
        by: int | None,
        target_id: int | None = None,
        chat_id: int | None = None,
        detail: str | None = None,
    ) -> None:
        """Write down what changes no row of its own, such as a refusal."""
        async with self._database.write(durable=True) as connection:
            await note(connection, deed, by=by, target_id=target_id, chat_id=chat_id, detail=detail)

    async def newest(self, *, offset: int = 0, limit: int = 20) -> list[Entry]:
        query = select(audit).order_by(audit.c.id.desc()).offset(offset).limit(limit)
        async with self._database.read() as connection:
            return [
                Entry(
                    id=row.id,
                    at=from_ms(row.at_ms),
                    person_id=row.person_id,
                    deed=row.deed,
                    target_id=row.target_id,
                    chat_id=row.chat_id,
                    detail=row.detail,
                )
                for row in await connection.execute(query)
            ]
