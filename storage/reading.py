"""Reading messages back from the archive: in pages, by id, and how many there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import bindparam, func, select

from storage.connections import raw
from storage.database import Database
from storage.deletions import count_deleted
from storage.encoding import moment, moment_ms
from storage.models import MediaTotals, MessageRow, Skipped
from storage.slices import EVERYTHING, Slice
from storage.statements import as_sql_with_values
from storage.tables import media, message_counts, messages, skipped

OTHERS = (
    "sender_id",
    "kind",
    "topic_id",
    "reply_to_id",
    "album_id",
    "layer",
    "tl",
)
COLUMNS = ("id", "date", "edited", "deleted_ms", *OTHERS)
"""Of a message, in the order of a read; `OTHERS` are as in `MessageRow`."""


class Reading:
    """The part of the `Archive` that reads messages."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def ids(self, chat_id: int, first_id: int, last_id: int) -> list[int]:
        """The ids kept between these two, both included, without those of deleted messages."""
        query = select(messages.c.id).where(
            messages.c.chat_id == chat_id,
            messages.c.id.between(first_id, last_id),
            messages.c.deleted_ms.is_(None),
        )
        async with self._database.read() as connection:
            return list(await connection.scalars(query.order_by(messages.c.id)))

    async def messages(
        self,
        chat_id: int,
        *,
        page: int = 1000,
        wanted: Slice = EVERYTHING,
        deleted: bool = True,
    ) -> AsyncIterator[list[MessageRow]]:
        """All wanted messages, the oldest first, in lists of up to `page`.

        `deleted`: also those that are gone from Telegram.

        What comes in above the top of the start is left out. Each list is a short read of its
        own, so that a long render does not keep the database's log from shrinking.
        """
        conditions = wanted.conditions()
        if not deleted:
            conditions.append(messages.c.deleted_ms.is_(None))
        query = (
            select(*(messages.c[name] for name in COLUMNS))
            .where(
                messages.c.chat_id == chat_id,
                messages.c.id > bindparam("after", 0),
                messages.c.id <= bindparam("top", 0),
                *conditions,
            )
            .order_by(messages.c.id)
            .limit(page)
        )
        sql, values = as_sql_with_values(query)
        values["top"] = await self.top_id(chat_id)
        values["after"] = 0
        while values["after"] < values["top"]:
            async with self._database.read() as connection:
                found = await (await raw(connection)).execute_fetchall(sql, values)
            if not found:
                return
            rows = [_to_message(*row) for row in found]
            yield rows
            values["after"] = rows[-1].id

    async def count(self, chat_id: int) -> int:
        """How many messages are kept; a look-up, however many there are."""
        return sum((await self.counts_by_kind(chat_id)).values())

    async def counts_by_kind(self, chat_id: int, *, deleted: bool = True) -> dict[str, int]:
        """The same by `MessageRow.kind`, the most frequent first.

        `deleted`: also those that are gone from Telegram.
        """
        query = (
            select(message_counts.c.kind, message_counts.c.messages)
            .where(message_counts.c.chat_id == chat_id, message_counts.c.messages > 0)
            .order_by(message_counts.c.messages.desc(), message_counts.c.kind)
        )
        async with self._database.read() as connection:
            found = {row.kind: row.messages for row in await connection.execute(query)}
            gone = {} if deleted else await count_deleted(connection, chat_id)
        left = Counter(found)
        left.subtract(gone)
        return {kind: number for kind, number in left.most_common() if number}

    async def top_id(self, chat_id: int) -> int:
        """The highest id that is kept; 0 when nothing is."""
        query = select(func.max(messages.c.id)).where(messages.c.chat_id == chat_id)
        async with self._database.read() as connection:
            return await connection.scalar(query) or 0

    async def skipped(self, chat_id: int) -> list[Skipped]:
        """What was left out of a chat, by id."""
        query = select(skipped).where(skipped.c.chat_id == chat_id).order_by(skipped.c.id)
        async with self._database.read() as connection:
            rows = await connection.execute(query)
            return [Skipped(id=row.id, reason=row.reason) for row in rows]

    async def media_totals(self, chat_id: int) -> MediaTotals:
        """How many files the chat's messages carry, and how large they are together."""
        query = select(func.count(), func.coalesce(func.sum(media.c.size_bytes), 0)).where(
            media.c.chat_id == chat_id
        )
        async with self._database.read() as connection:
            files, size_bytes = (await connection.execute(query)).one()
        return MediaTotals(files=files, size_bytes=size_bytes)

    async def newest_id(self, chat_id: int, number: int) -> int:
        """The id of the oldest of the newest `number` messages; 1 when there are not so many."""
        query = (
            select(messages.c.id)
            .where(messages.c.chat_id == chat_id, messages.c.deleted_ms.is_(None))
            .order_by(messages.c.id.desc())
            .limit(1)
            .offset(number - 1)
        )
        async with self._database.read() as connection:
            return await connection.scalar(query) or 1


def _to_message(
    id_: int, date: int, edited: int | None, deleted_ms: int | None, *others: Any
) -> MessageRow:
    """A row of `COLUMNS`."""
    return MessageRow(
        id=id_,
        date=datetime.fromtimestamp(date, UTC),
        edited=moment(edited),
        deleted=moment_ms(deleted_ms),
        **dict(zip(OTHERS, others, strict=True)),
    )
