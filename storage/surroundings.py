"""What stands around a chat: what it was before, where it is talked about, its photo."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.connections import raw
from storage.media import SkipReason
from storage.models import MediaRow
from storage.page_files import Place, save_pictures
from storage.tables import chats, peers


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """The chats that belong to a chat, by marked id, and its photo."""

    forerunner_id: int | None = None
    """The basic group that became this supergroup."""
    linked_id: int | None = None
    """A channel's discussion group."""
    photo: MediaRow | None = None


async def save_surroundings(connection: AsyncConnection, chat_id: int, seen: Surroundings) -> None:
    """Note what was seen; what was not leaves what was known."""
    known = {"migrated_from": seen.forerunner_id, "linked_id": seen.linked_id}
    if values := {name: value for name, value in known.items() if value is not None}:
        await connection.execute(update(chats).where(chats.c.id == chat_id).values(values))
    if seen.photo is not None:
        # whoever exports the chat says whether it is wanted, and by which account
        picture = replace(seen.photo, location=b"")
        at = Place(account_id=0, chat_id=chat_id)
        await save_pictures(await raw(connection), at, [picture], lambda *_: SkipReason.KIND)


async def surroundings(connection: AsyncConnection, chat_id: int) -> Surroundings:
    """The chats that belong to a chat; photos are listed with the files of messages."""
    query = select(chats.c.migrated_from, chats.c.linked_id).where(chats.c.id == chat_id)
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        return Surroundings()
    return Surroundings(forerunner_id=row.migrated_from, linked_id=row.linked_id)


async def lineage(connection: AsyncConnection, chat_id: int) -> list[int]:
    """The basic group that a chat was, if it was one, and the chat."""
    before = (await surroundings(connection, chat_id)).forerunner_id
    return [chat_id] if before is None else [before, chat_id]


async def successor_of(connection: AsyncConnection, chat_id: int) -> int | None:
    """The supergroup that this basic group became."""
    return await connection.scalar(select(chats.c.id).where(chats.c.migrated_from == chat_id))


async def ids_by_name(connection: AsyncConnection, name: str) -> list[int]:
    """The peers that are called so, but for capitals."""
    wanted = name.casefold()
    found = await connection.execute(select(peers.c.id, peers.c.name).where(peers.c.name != ""))
    return [peer_id for peer_id, called in found if called.casefold() == wanted]
