"""What was brought in from exports of Telegram Desktop: each import, and which messages are its."""

from __future__ import annotations

from collections.abc import Iterable

import orjson
from sqlalchemy import Integer, bindparam, delete, func, literal_column, select, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import ranges as covered
from storage.connections import raw
from storage.database import Database
from storage.encoding import now_ms
from storage.statements import as_sql, each_of
from storage.tables import (
    chats,
    file_counts,
    files,
    holes,
    imports,
    media,
    message_counts,
    message_versions,
    messages,
    ranges,
    skipped,
)

NOBODY = 0
"""The owner of a chat that is numbered by account, while it is not known by whose: nobody goes on
with it at Telegram, since other numbers would be mixed with its own."""
IS_IMPORTED = messages.c.import_id > literal_column("0")
"""Said so, SQLite uses the index and does not read the whole chat."""


class Imports:
    """The table `imports`, and what it means for other tables."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(self, digest: bytes, path: str) -> int:
        """Note an import by the SHA-256 of its file; return its number, the same for the same."""
        new = insert(imports).values(digest=digest, path=path, begun_ms=now_ms())
        noted = new.on_conflict_do_update(
            index_elements=["digest"], set_={"path": new.excluded.path}
        ).returning(imports.c.id)
        async with self._database.write(wakes=False) as connection:
            number: int = (await connection.execute(noted)).scalar_one()
        return number

    async def known(self, chat_id: int, ids: Iterable[int]) -> dict[int, int | None]:
        """Which of these messages are kept, with the import that each came from."""
        values = {"chat": chat_id, "ids": orjson.dumps(list(ids)).decode()}
        async with self._database.read() as connection:
            rows = await (await raw(connection)).execute_fetchall(KNOWN, values)
        return {row[0]: row[1] for row in rows}

    async def cover(self, chat_id: int, stretches: Iterable[range]) -> None:
        """Note that these ids need not be fetched any more."""
        async with self._database.write(wakes=False) as connection:
            await covered.cover(connection, chat_id, stretches)

    async def owner(self, chat_id: int) -> int | None:
        """Whose numbers the messages of a private chat or basic group have; see `NOBODY`."""
        async with self._database.read() as connection:
            return await connection.scalar(select(chats.c.owner_id).where(chats.c.id == chat_id))

    async def give(self, chat_id: int, owner_id: int) -> None:
        """Note whose they are, unless that is known."""
        unknown = chats.c.owner_id.is_(None) | (chats.c.owner_id == NOBODY)
        given = update(chats).where(chats.c.id == chat_id, unknown).values(owner_id=owner_id)
        async with self._database.write(wakes=False) as connection:
            await connection.execute(given)


async def adopt_group(connection: AsyncConnection, made_up_id: int, group_id: int) -> None:
    """See `Archive.adopt_group`; in the caller's transaction."""
    tables = (
        messages,
        message_versions,
        message_counts,
        media,
        file_counts,
        skipped,
        holes,
        ranges,
    )
    for table in tables:
        if await connection.scalar(select(table.c.chat_id).where(table.c.chat_id == group_id)):
            return
    for table in (*tables, files):
        moved = update(table).where(table.c.chat_id == made_up_id).values(chat_id=group_id)
        await connection.execute(moved)
    owner = select(chats.c.owner_id).where(chats.c.id == made_up_id).scalar_subquery()
    given = update(chats).where(chats.c.id == group_id, chats.c.owner_id.is_(None))
    await connection.execute(given.values(owner_id=owner))
    await connection.execute(delete(chats).where(chats.c.id == made_up_id))


async def count_imported(connection: AsyncConnection, chat_id: int) -> int:
    """How many messages of a chat are an import's, and not Telegram's own."""
    query = select(func.count(type_=Integer)).where(messages.c.chat_id == chat_id, IS_IMPORTED)
    return await connection.scalar(query) or 0


KNOWN = as_sql(
    select(messages.c.id, messages.c.import_id).where(
        messages.c.chat_id == bindparam("chat"), messages.c.id.in_(each_of("ids"))
    )
)
