"""Messages that went from Telegram: tombstones with the time it was noticed, and their removal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

import aiosqlite
import orjson
from sqlalchemy import Table, bindparam, delete, func, literal_column, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.counts import count
from storage.encoding import now_ms
from storage.page_files import drop_files
from storage.statements import as_sql, each_of
from storage.tables import message_versions, messages

IS_DELETED = messages.c.deleted_ms > literal_column("0")
"""Said so, SQLite uses the index and does not read the whole chat."""


async def mark_deleted(sqlite: aiosqlite.Connection, chat_id: int, ids: Collection[int]) -> int:
    """See `Archive.mark_deleted`; in the caller's transaction."""
    if not ids:
        return 0
    values = {"chat": chat_id, "ids": orjson.dumps(sorted(ids)).decode(), "now": now_ms()}
    return len(list(await sqlite.execute_fetchall(MARK_DELETED, values)))


async def purge_deleted(sqlite: aiosqlite.Connection, chat_id: int) -> int:
    """See `Archive.purge_deleted`; in the caller's transaction."""
    gone = list(await sqlite.execute_fetchall(DELETED, {"chat": chat_id}))
    rows = [{"chat": chat_id, "message": message_id} for message_id, _ in gone]
    if rows:
        await drop_files(sqlite, chat_id, [message_id for message_id, _ in gone])
        for statement in (DROP_VERSIONS, DROP_MESSAGE):
            await sqlite.executemany(statement, rows)
    kinds: Counter[str] = Counter()
    kinds.subtract([kind for _, kind in gone])
    await count(sqlite, chat_id, kinds)
    return len(gone)


async def count_deleted(connection: AsyncConnection, chat_id: int) -> dict[str, int]:
    """How many tombstones a chat has, by the kind of message."""
    query = (
        select(messages.c.kind, func.count().label("messages"))
        .where(messages.c.chat_id == chat_id, IS_DELETED)
        .group_by(messages.c.kind)
    )
    return {row.kind: row.messages for row in await connection.execute(query)}


def _dropping(table: Table) -> str:
    return as_sql(
        delete(table).where(
            table.c.chat_id == bindparam("chat"), table.c.id == bindparam("message")
        )
    )


MARK_DELETED = as_sql(
    update(messages)
    .where(
        messages.c.chat_id == bindparam("chat"),
        messages.c.id.in_(each_of("ids")),
        messages.c.deleted_ms.is_(None),
    )
    .values(deleted_ms=bindparam("now"))
    .returning(messages.c.id)
)
DELETED = as_sql(
    select(messages.c.id, messages.c.kind).where(
        messages.c.chat_id == bindparam("chat"), IS_DELETED
    )
)
DROP_VERSIONS = _dropping(message_versions)
DROP_MESSAGE = _dropping(messages)
