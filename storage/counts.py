"""The numbers of messages by kind, kept equal to the rows of `messages`: a look-up however many."""

from __future__ import annotations

from collections.abc import Mapping

import aiosqlite
from sqlalchemy.dialects.sqlite import insert

from storage.statements import as_sql
from storage.tables import message_counts


async def count(sqlite: aiosqlite.Connection, chat_id: int, kinds: Mapping[str, int]) -> None:
    """Add to the numbers of a chat, or take away from them, in the caller's transaction."""
    rows = [
        {"chat_id": chat_id, "kind": kind, "messages": number}
        for kind, number in kinds.items()
        if number
    ]
    if rows:
        await sqlite.executemany(COUNT, rows)


def _counting() -> str:
    new = insert(message_counts)
    return as_sql(
        new.on_conflict_do_update(
            index_elements=["chat_id", "kind"],
            set_={"messages": message_counts.c.messages + new.excluded.messages},
        )
    )


COUNT = _counting()
