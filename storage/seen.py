"""The exact ids that the archive holds of a chat, as compressed bitmaps."""

from __future__ import annotations

from pyroaring import BitMap
from sqlalchemy import select

from storage.database import Database
from storage.tables import messages

IDS_A_READ = 50_000
"""So that each read is short: SQLite's log cannot shrink while one lasts."""


async def kept_ids(database: Database, chat_id: int, *, gone: bool = False) -> BitMap:
    """The ids of a chat's messages, read from the rows themselves: about 1 s a million.

    `gone`: only those that have since been noticed to be deleted at Telegram.
    """
    query = select(messages.c.id).where(messages.c.chat_id == chat_id).order_by(messages.c.id)
    if gone:
        query = query.where(messages.c.deleted_ms.is_not(None))
    found = BitMap()
    last_id = 0
    while True:
        async with database.read() as connection:
            rows = await connection.scalars(query.where(messages.c.id > last_id).limit(IDS_A_READ))
            ids = rows.all()
        found.update(ids)
        if len(ids) < IDS_A_READ:
            return found
        last_id = ids[-1]
