"""Messages in the archive and in its search index, as the worker leaves them for the bot."""

from __future__ import annotations

from collections.abc import Mapping

from storage.archive import Archive
from storage.database import Database
from storage.models import ChatInfo
from storage.search_index import Indexable, SearchIndex
from tests.storage.making import message, page_of, user


async def keep(database: Database, chat: ChatInfo, texts: Mapping[int, str]) -> None:
    """Keep messages of a chat, by id, and index them."""
    archive, index = Archive(database), SearchIndex(database)
    await archive.save_chat(chat)
    rows = [message(number, tl=text.encode()) for number, text in texts.items()]
    people = [user(row.sender_id or 0, name=f"Walker {row.sender_id}") for row in rows]
    await archive.keep(1, chat.id, None, page_of(*rows, peers=tuple(people)))
    await index.prepare()
    while await index.add_names():
        pass
    while (batch := await index.next_batch()) is not None:
        found = [Indexable(row=row, text=row.tl.decode()) for row in batch.rows]
        await index.add(batch, found)
