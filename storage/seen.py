"""The exact ids that the archive holds of a chat, as compressed bitmaps."""

from __future__ import annotations

from pyroaring import BitMap
from sqlalchemy import bindparam, select

from storage.connections import raw
from storage.database import Database
from storage.statements import as_sql
from storage.tables import messages

IDS_A_READ = 50_000
"""So that each read is short: SQLite's log cannot shrink while one lasts."""


async def kept_ids(database: Database, chat_id: int) -> BitMap:
    """The ids of a chat's messages, read from the rows themselves: about 1 s a million."""
    found = BitMap()
    values = {"chat": chat_id, "after": 0, "limit": IDS_A_READ, "offset": 0}
    while True:
        async with database.read() as connection:
            rows = await (await raw(connection)).execute_fetchall(KEPT, values)
        ids = [row[0] for row in rows]
        found.update(ids)
        if len(ids) < IDS_A_READ:
            return found
        values["after"] = ids[-1]


KEPT = as_sql(
    select(messages.c.id)
    .where(messages.c.chat_id == bindparam("chat"), messages.c.id > bindparam("after"))
    .order_by(messages.c.id)
    .limit(bindparam("limit"))
    .offset(bindparam("offset"))
)
