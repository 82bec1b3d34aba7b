"""What a chat is called, as long as no worker has looked: told only to whom it is open."""

from __future__ import annotations

from storage.archive import Archive
from storage.choices import Choices
from storage.database import Database
from storage.grants import Grants


async def title_of(database: Database, person_id: int, chat: str) -> str | None:
    """The title of the chat that is typed so; None: not known, or not theirs to know."""
    peer_id = await Choices(database).chat_id(chat)
    if peer_id is None or not await Grants(database).may_read(person_id, peer_id):
        return None
    found = await Archive(database).chat(peer_id)
    return found.title if found else None
