"""The archive: chats, who speaks in them, and every message with its own bytes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, func, insert, select

from storage import chats, peers
from storage.connections import raw
from storage.database import Database
from storage.models import (
    ChatInfo,
    Kept,
    MediaTotals,
    MessageRow,
    Page,
    Peer,
    Range,
    Skipped,
    Topic,
)
from storage.pages import Fence, Place, keep_page
from storage.slices import EVERYTHING, Slice
from storage.tables import media, message_counts, messages, ranges, skipped


class Archive:
    """What was fetched; every format is rendered from here."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def plan(self, chat_id: int, top_id: int) -> list[Range]:
        """What is left to fetch up to `top_id`, in order: unfinished ranges, then what is new."""
        of_chat = ranges.c.chat_id == chat_id
        async with self._database.write(wakes=False) as connection:
            covered = select(func.coalesce(func.max(ranges.c.last_id), 0)).where(of_chat)
            first_id = (await connection.execute(covered)).scalar_one() + 1
            if first_id <= top_id:
                await connection.execute(
                    insert(ranges).values(
                        chat_id=chat_id, first_id=first_id, last_id=top_id, next_id=first_id
                    )
                )
            left = select(ranges).where(of_chat, ranges.c.next_id <= ranges.c.last_id)
            return [
                Range(id=row.id, first_id=row.first_id, last_id=row.last_id, next_id=row.next_id)
                for row in await connection.execute(left.order_by(ranges.c.first_id))
            ]

    async def keep(
        self,
        account_id: int,
        chat_id: int,
        range_id: int,
        page: Page,
        *,
        fence: Fence | None = None,
    ) -> Kept:
        """Keep a page and its checkpoint, in one transaction; a page kept before changes nothing.

        A message whose bytes differ from what is kept takes its place.

        Raises:
            JobLost: the job of `fence` is no longer this worker's; nothing was written.
            LookupError: the chat has no such range.
        """
        async with self._database.write(wakes=False) as connection:
            sqlite = await raw(connection)
            return await keep_page(sqlite, account_id, Place(chat_id, range_id, fence), page)

    async def messages(
        self, chat_id: int, *, page: int = 1000, wanted: Slice = EVERYTHING
    ) -> AsyncIterator[list[MessageRow]]:
        """All wanted messages, the oldest first, in lists of up to `page`.

        What comes in above the top of the start is left out. Each list is a short read of its
        own, so that a long render does not keep the database's log from shrinking.
        """
        top_id = await self.top_id(chat_id)
        last_id = 0
        while last_id < top_id:
            query = (
                select(messages)
                .where(
                    messages.c.chat_id == chat_id,
                    messages.c.id > last_id,
                    messages.c.id <= top_id,
                    *wanted.conditions(),
                )
                .order_by(messages.c.id)
                .limit(page)
            )
            async with self._database.read() as connection:
                rows = [_to_message(row) for row in await connection.execute(query)]
            if not rows:
                return
            yield rows
            last_id = rows[-1].id

    async def count(self, chat_id: int) -> int:
        """How many messages are kept; a look-up, however many there are."""
        return sum((await self.counts_by_kind(chat_id)).values())

    async def counts_by_kind(self, chat_id: int) -> dict[str, int]:
        """The same by `MessageRow.kind`, the most frequent first."""
        query = (
            select(message_counts.c.kind, message_counts.c.messages)
            .where(message_counts.c.chat_id == chat_id, message_counts.c.messages > 0)
            .order_by(message_counts.c.messages.desc(), message_counts.c.kind)
        )
        async with self._database.read() as connection:
            return {row.kind: row.messages for row in await connection.execute(query)}

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

    async def save_chat(
        self, chat: ChatInfo, *, is_forum: bool = False, members: int | None = None
    ) -> None:
        async with self._database.write() as connection:
            await chats.save_chat(connection, chat, is_forum=is_forum, members=members)

    async def chat(self, chat_id: int) -> ChatInfo | None:
        async with self._database.read() as connection:
            return await chats.get_chat(connection, chat_id)

    async def chats(self, query: str | None = None) -> list[ChatInfo]:
        """Every chat that was ever seen, or those whose title or username holds `query`."""
        async with self._database.read() as connection:
            return await chats.list_chats(connection, query)

    async def save_dialogs(
        self, account_id: int, listed: Sequence[ChatInfo], seen: Sequence[Peer]
    ) -> None:
        """Replace the dialogs of an account, the uppermost first, and note their peers."""
        async with self._database.write() as connection:
            await chats.save_dialogs(connection, account_id, listed)
            await peers.save_peers(await raw(connection), account_id, seen)

    async def dialogs(self, query: str | None = None) -> list[ChatInfo]:
        """The chats that our accounts see, in Telegram's order."""
        async with self._database.read() as connection:
            return await chats.list_dialogs(connection, query)

    async def save_topics(self, chat_id: int, seen: Sequence[Topic]) -> None:
        async with self._database.write(wakes=False) as connection:
            await chats.save_topics(connection, chat_id, seen)

    async def topics(self, chat_id: int) -> list[Topic]:
        async with self._database.read() as connection:
            return await chats.list_topics(connection, chat_id)

    async def save_peers(self, account_id: int, seen: Sequence[Peer]) -> None:
        """Note peers as an account saw them; a *min* object takes away nothing."""
        async with self._database.write(wakes=False) as connection:
            await peers.save_peers(await raw(connection), account_id, seen)

    async def access_hash(self, account_id: int, peer_id: int) -> int | None:
        async with self._database.read() as connection:
            return await peers.access_hash(connection, account_id, peer_id)

    async def peer_by_username(self, username: str) -> Peer | None:
        """Who had this username last; its access hash is left out, being each account's own."""
        async with self._database.read() as connection:
            return await peers.peer_by_username(connection, username)

    async def peers(self, ids: Iterable[int]) -> dict[int, Peer]:
        """The peers with these ids, as far as they are known."""
        async with self._database.read() as connection:
            return await peers.find_peers(connection, ids)


def _to_message(row: Row[Any]) -> MessageRow:
    return MessageRow(
        id=row.id,
        date=datetime.fromtimestamp(row.date, UTC),
        edited=None if row.edited is None else datetime.fromtimestamp(row.edited, UTC),
        sender_id=row.sender_id,
        kind=row.kind,
        topic_id=row.topic_id,
        reply_to_id=row.reply_to_id,
        album_id=row.album_id,
        layer=row.layer,
        tl=row.tl,
    )
