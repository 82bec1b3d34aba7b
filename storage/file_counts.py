"""How many files stand in each chat, by state: kept beside the rows, so that nobody counts them.

A file counts once in every chat that has a message with it, and in the state it is in. Whoever
changes rows of `media` or `files` corrects the counts in the same transaction.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import NamedTuple

import aiosqlite
import orjson
from sqlalchemy import and_, bindparam, case, exists, func, literal_column, select
from sqlalchemy.dialects.sqlite import insert

from storage.media import FileState
from storage.statements import as_sql, as_sql_in_order, each_of
from storage.tables import file_counts, files, media


class Stand(NamedTuple):
    """Where files are counted."""

    chat_id: int
    state: str
    reason: str
    """Of skipped files: a `SkipReason`; else empty."""


class Count(NamedTuple):
    """How many files, and how large they are together."""

    files: int
    size_bytes: int


NONE = Count(0, 0)
Counts = dict[Stand, Count]


def stand(chat_id: int, state: str, reason: str | None) -> Stand:
    """Where a file is counted."""
    return Stand(chat_id, state, reason or "" if state == FileState.SKIPPED else "")


def add(counts: Counts, at: Stand, files: int, size_bytes: int) -> None:
    """Add to a count, or take from it."""
    before = counts.get(at, NONE)
    counts[at] = Count(before.files + files, before.size_bytes + size_bytes)


async def correct(sqlite: aiosqlite.Connection, changes: Mapping[Stand, Count]) -> None:
    """Add these numbers, some of which are below 0, to what is counted."""
    rows = [(*at, *count) for at, count in changes.items() if count != NONE]
    if rows:
        await sqlite.executemany(ADD, rows)


@asynccontextmanager
async def recounting(sqlite: aiosqlite.Connection, file_ids: Iterable[int]) -> AsyncIterator[None]:
    """Count anew what the block changes of these files, whatever it does to them.

    Reads all their rows in `media`, of which a popular sticker may have many thousands.
    """
    ids = {"ids": orjson.dumps(sorted(set(file_ids))).decode()}
    before = await sqlite.execute_fetchall(STANDING, ids)
    yield
    changes: Counts = {}
    for *at, number, size_bytes in await sqlite.execute_fetchall(STANDING, ids):
        add(changes, Stand(*at), number, size_bytes)
    for *at, number, size_bytes in before:
        add(changes, Stand(*at), -number, -size_bytes)
    await correct(sqlite, changes)


async def counted(sqlite: aiosqlite.Connection, chat_ids: Iterable[int]) -> Counts:
    """Return the counts of chats, a file that stands in several of them counted in one only.

    That of the chat with most files is what is kept; the files of the others are read.
    """
    by_chat = [await _kept_counts(sqlite, chat_id) for chat_id in set(chat_ids)]
    by_chat.sort(key=lambda counts: -sum(count.files for count in counts.values()))
    found: Counts = {}
    before: list[int] = []
    for counts in by_chat:
        if not counts:
            continue
        [chat_id] = {at.chat_id for at in counts}
        found |= await _counted_besides(sqlite, chat_id, before) if before else counts
        before.append(chat_id)
    return found


async def _kept_counts(sqlite: aiosqlite.Connection, chat_id: int) -> Counts:
    rows = await sqlite.execute_fetchall(COUNTED, {"chat": chat_id})
    return {Stand(*at): Count(number, size) for *at, number, size in rows if number}


async def _counted_besides(
    sqlite: aiosqlite.Connection, chat_id: int, others: Sequence[int]
) -> Counts:
    """Count the files of a chat that stand in none of the others."""
    values = {"chat": chat_id, "others": orjson.dumps(list(others)).decode()}
    rows = await sqlite.execute_fetchall(COUNTED_BESIDES, values)
    return {Stand(chat_id, *at): Count(number, size) for *at, number, size in rows}


def _adding() -> str:
    new = insert(file_counts)
    together = {name: file_counts.c[name] + new.excluded[name] for name in ("files", "size_bytes")}
    return as_sql_in_order(
        new.on_conflict_do_update(index_elements=["chat_id", "state", "reason"], set_=together)
    )


_reason = case(
    (files.c.state == literal_column(f"'{FileState.SKIPPED.value}'"), files.c.reason),
    else_=literal_column("''"),
)
_stands = (
    select(media.c.chat_id, media.c.file_id, media.c.variant)
    .where(media.c.file_id.in_(each_of("ids")))
    .distinct()
    .subquery("stands")
)
ADD = _adding()
STANDING = as_sql(
    select(_stands.c.chat_id, files.c.state, _reason, func.count(), func.sum(files.c.size_bytes))
    .join_from(
        _stands,
        files,
        and_(files.c.file_id == _stands.c.file_id, files.c.variant == _stands.c.variant),
    )
    .group_by(_stands.c.chat_id, files.c.state, _reason)
)
COUNTED = as_sql(select(file_counts).where(file_counts.c.chat_id == bindparam("chat")))
_other = media.alias("other")
_of_chat = (
    select(media.c.file_id, media.c.variant)
    .where(
        media.c.chat_id == bindparam("chat"),
        ~exists().where(
            _other.c.file_id == media.c.file_id,
            _other.c.variant == media.c.variant,
            _other.c.chat_id.in_(each_of("others")),
        ),
    )
    .distinct()
    .subquery("stands")
)
COUNTED_BESIDES = as_sql(
    select(files.c.state, _reason, func.count(), func.sum(files.c.size_bytes))
    .join_from(
        _of_chat,
        files,
        and_(files.c.file_id == _of_chat.c.file_id, files.c.variant == _of_chat.c.variant),
    )
    .group_by(files.c.state, _reason)
)
