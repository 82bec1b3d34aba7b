"""Filling the search index, in small transactions: what came, what changed, what went.

SQLite's own SQL; see `storage.search_schema` for the tables and who notes what in them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import aiosqlite
import orjson

from storage import search_schema
from storage import search_statements as sql
from storage.connections import raw
from storage.database import Database
from storage.encoding import moment, moment_ms, now_ms
from storage.inline import in_one_trip
from storage.models import MessageRow
from storage.search_schema import SLOT_BITS, IndexLost, means_lost
from storage.spacing import spaced, unspaced

PEERS = 0
"""The mark of the peers' names stands where those of chats do."""
BATCH = 500
"""Messages in one transaction, which holds the writer for about 20 ms."""
CHECK_EVERY_MS = 24 * 60 * 60 * 1000
SLOTS = 1 << SLOT_BITS
SPARE_SLOTS = 256 * SLOTS
NEIGHBOURS = 64
"""Places that are looked at together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Messages that are to be indexed."""

    chat_id: int
    rows: Sequence[MessageRow]
    after: int | None
    """They follow this id, which is the chat's mark; None: they are in `search_pending`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Indexable:
    """What of a message is to be found."""

    row: MessageRow
    """As it was read: should it be another by now, it is looked at again."""
    text: str = ""
    words: str = ""
    """Names of files, titles of links and so on, one a line."""
    has: Collection[str] = ()
    """What it has besides its kind, such as link."""


class SearchIndex:
    """What fills the index. Several processes may: what one has added, another leaves out."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def prepare(self) -> bool:
        """Make the index if it is missing; it is checked once a day, and made anew if damaged.

        Returns:
            Whether it is empty now, and everything has to be indexed.
        """
        async with self._database.read() as connection:
            if await _is_trusted(await raw(connection)):
                return False
        return not await self.check()

    async def check(self) -> bool:
        """Read all of the index; make it anew, empty, if it is missing or damaged.

        Returns:
            Whether it was sound.
        """
        async with self._database.write(wakes=False) as connection:
            sqlite = await raw(connection)
            sound = await search_schema.is_present(sqlite) and await search_schema.is_sound(sqlite)
            if not sound:
                await search_schema.make(sqlite)
            await sqlite.execute_fetchall(sql.SET_CHECKED, {"peers": PEERS, "now": now_ms()})
            return sound

    async def forget(self) -> None:
        """Make the index anew, empty; it may be missing or damaged."""
        async with self._database.write() as connection:  # the worker wakes and fills it
            await _make(await raw(connection))

    async def is_behind(self) -> bool:
        """Whether something is kept that cannot be found yet, or found that is kept no more."""
        async with self._database.read() as connection:
            return await is_behind(await raw(connection))

    async def left(self) -> int:
        """About how many messages are to be indexed: by their numbers, as far as these are new."""
        async with self._reading() as sqlite:
            ((number,),) = await sqlite.execute_fetchall(sql.LEFT)
            return int(number)

    async def next_batch(self, size: int = BATCH) -> Batch | None:
        """Some messages of one chat that are to be indexed; None: there are none."""
        async with self._reading() as sqlite:
            for chat_id, mark in await sqlite.execute_fetchall(sql.CHATS_BEHIND):
                values = {"chat": chat_id, "after": mark, "size": size}
                found = await sqlite.execute_fetchall(sql.ABOVE_MARK, values)
                return Batch(chat_id=chat_id, rows=[*map(_to_message, found)], after=mark)
            for (chat_id,) in await sqlite.execute_fetchall(sql.PENDING_CHAT):
                found = await sqlite.execute_fetchall(sql.PENDING, {"chat": chat_id, "size": size})
                return Batch(chat_id=chat_id, rows=[*map(_to_message, found)], after=None)
        return None

    async def add(self, batch: Batch, indexable: Sequence[Indexable]) -> int:
        """Index what a batch has; how many messages were new to the index.

        Messages that changed since they were read are left for another batch.
        """

        async def add(sqlite: aiosqlite.Connection) -> int:
            return await _add(sqlite, batch, indexable)

        async with self._writing() as sqlite:
            return await in_one_trip(sqlite, add)

    async def take_out(self, size: int = BATCH) -> int:
        """Take some of what changed or went out of the index; how much it was."""
        async with self._writing() as sqlite:
            return await in_one_trip(sqlite, lambda inline: _take_out(inline, size))

    async def add_names(self, size: int = BATCH) -> int:
        """Index the names of some peers that are new or have others now; how many there were."""
        async with self._writing() as sqlite:
            return await in_one_trip(sqlite, lambda inline: _add_names(inline, size))

    @asynccontextmanager
    async def _reading(self) -> AsyncIterator[aiosqlite.Connection]:
        async with self._database.read() as connection:
            with_index = await raw(connection)
            try:
                yield with_index
            except sqlite3.Error as error:
                raise _told(error) from error

    @asynccontextmanager
    async def _writing(self) -> AsyncIterator[aiosqlite.Connection]:
        async with self._database.write(wakes=False) as connection:
            with_index = await raw(connection)
            try:
                yield with_index
            except sqlite3.Error as error:
                raise _told(error) from error


async def is_behind(sqlite: aiosqlite.Connection) -> bool:
    """See `SearchIndex.is_behind`; without an index it is."""
    if not await search_schema.is_present(sqlite):
        return True
    ((behind,),) = await sqlite.execute_fetchall(sql.BEHIND, {"peers": PEERS})
    return bool(behind)


def _to_message(columns: Sequence[Any]) -> MessageRow:
    """A message of the columns of `_ROW`."""
    id_, date, edited, *others, deleted_ms = columns
    sender_id, kind, topic_id, reply_to_id, album_id, layer, tl = others
    return MessageRow(
        id=id_,
        date=datetime.fromtimestamp(date, UTC),
        edited=moment(edited),
        sender_id=sender_id,
        kind=kind,
        topic_id=topic_id,
        reply_to_id=reply_to_id,
        album_id=album_id,
        layer=layer,
        tl=tl,
        deleted=moment_ms(deleted_ms),
    )


def _told(error: sqlite3.Error) -> Exception:
    return IndexLost() if means_lost(error) else error


async def _is_trusted(sqlite: aiosqlite.Connection) -> bool:
    """Whether the index is there, and was found sound within a day."""
    if not await search_schema.is_present(sqlite):
        return False
    ((checked_ms,),) = await sqlite.execute_fetchall(sql.CHECKED, {"peers": PEERS})
    return bool(now_ms() < checked_ms + CHECK_EVERY_MS)


async def _make(sqlite: aiosqlite.Connection) -> None:
    await search_schema.make(sqlite)
    await sqlite.execute_fetchall(sql.SET_CHECKED, {"peers": PEERS, "now": now_ms()})


async def _add(sqlite: aiosqlite.Connection, batch: Batch, indexable: Sequence[Indexable]) -> int:
    await _take_out(sqlite, BATCH)
    if await sqlite.execute_fetchall(sql.SOME_GONE):
        return 0  # their numbers may be wanted again
    chat_id = batch.chat_id
    ids = orjson.dumps([row.id for row in batch.rows]).decode()
    if batch.after is None:
        await sqlite.execute_fetchall(sql.FORGET_PENDING, {"chat": chat_id})
        taken = await sqlite.execute_fetchall(sql.TAKE_PENDING, {"chat": chat_id, "ids": ids})
        due = {message_id for (message_id,) in taken}
    else:
        marks = list(await sqlite.execute_fetchall(sql.MARK, {"chat": chat_id}))
        if (marks[0][0] if marks else 0) != batch.after:
            return 0  # somebody else was quicker
        due = {row.id for row in batch.rows}
    read = await sqlite.execute_fetchall(sql.NOW, {"chat": chat_id, "ids": ids})
    now = {row.id: row for row in map(_to_message, read)}
    same = [one for one in indexable if one.row.id in due and _is_same(one.row, now)]
    await _insert(sqlite, chat_id, same)
    changed = due.intersection(now).difference(one.row.id for one in same)
    await sqlite.executemany(sql.SET_PENDING, [(chat_id, message_id) for message_id in changed])
    if batch.after is not None:
        up_to = max(due, default=batch.after)
        await sqlite.execute_fetchall(sql.SET_MARK, {"chat": chat_id, "up_to": up_to})
    return len(same)


def _is_same(row: MessageRow, now: dict[int, MessageRow]) -> bool:
    """Whether nothing that is indexed has changed since it was read."""
    found = now.get(row.id)
    return found is not None and (found.tl, found.kind, found.sender_id, found.date) == (
        row.tl,
        row.kind,
        row.sender_id,
        row.date,
    )


async def _insert(
    sqlite: aiosqlite.Connection, chat_id: int, indexable: Sequence[Indexable]
) -> None:
    numbers = await _numbers(sqlite, [one.row for one in indexable])
    rows = sorted(
        (number, chat_id, one.row.id, *_columns(one))
        for number, one in zip(numbers, indexable, strict=True)
    )  # in order, or FTS5 would write a part of its own for each
    await sqlite.executemany(sql.ADD_ROW, rows)
    await sqlite.executemany(sql.ADD_TO_INDEX, [(row[0],) for row in rows])


def _columns(one: Indexable) -> tuple[int, int, str | None, str | None, str | None]:
    """Where the text is in the message's bytes, or the text itself; and all else."""
    text, plain = spaced(one.text), unspaced(one.text)
    at, length, other = 1, 0, None
    if text:
        encoded = plain.encode()
        found = one.row.tl.find(encoded) if text == plain == one.text else -1
        at, length, other = (found + 1, len(encoded), None) if found >= 0 else (1, 0, text)
    return at, length, other, spaced(one.words) or None, " ".join(one.has) or None


async def _numbers(sqlite: aiosqlite.Connection, rows: Sequence[MessageRow]) -> list[int]:
    """Numbers that are free, in the order of time; see `search_schema.SLOT_BITS`.

    What finds its place taken goes to another by its id, some minutes later at most, so that a
    chat whose messages all have one date is no slower.
    """
    numbers: list[int] = []
    used = await _used(sqlite, [_place(row, SLOTS) for row in rows])
    for row in rows:
        number = _place(row, SLOTS)
        if number in used:
            number = _place(row, SPARE_SLOTS)
            used |= await _used(sqlite, range(number, number + NEIGHBOURS))
        while number in used:
            number += 1
            if number not in used:
                used |= await _used(sqlite, range(number, number + NEIGHBOURS))
        used.add(number)
        numbers.append(number)
    return numbers


def _place(row: MessageRow, slots: int) -> int:
    return (int(row.date.timestamp()) << SLOT_BITS) + row.id % slots


async def _used(sqlite: aiosqlite.Connection, numbers: Iterable[int]) -> set[int]:
    found = await sqlite.execute_fetchall(sql.USED, {"ids": orjson.dumps([*numbers]).decode()})
    return {number for (number,) in found}


async def _take_out(sqlite: aiosqlite.Connection, size: int) -> int:
    gone = list(await sqlite.execute_fetchall(sql.GONE, {"size": size}))
    await sqlite.executemany(sql.TAKE_OUT, gone)
    await sqlite.executemany(sql.FORGET_GONE, [(row[0],) for row in gone])
    return len(gone)


async def _add_names(sqlite: aiosqlite.Connection, size: int) -> int:
    """Peers that changed within one millisecond are taken together, whatever their number."""
    ((mark, _),) = await sqlite.execute_fetchall(sql.PEERS_MARK, {"peers": PEERS})
    new = list(await sqlite.execute_fetchall(sql.NEW_NAMES, {"mark": mark, "size": size}))
    if not new:
        return 0
    await sqlite.executemany(sql.DROP_NAME, [(row[0],) for row in new])
    names = [(id_, spaced(name or ""), username or "") for id_, name, username, _ in new]
    await sqlite.executemany(sql.ADD_NAME, names)
    await sqlite.execute_fetchall(sql.SET_MARK, {"chat": PEERS, "up_to": new[-1][3]})
    return len(new)
