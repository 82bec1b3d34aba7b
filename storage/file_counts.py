"""How many files stand in each chat, by state: kept beside the rows, so that nobody counts them.

A file counts once in every chat that has a message with it, and in the state it is in. Whoever
changes rows of `media` or `files` corrects the counts in the same transaction.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import NamedTuple

import aiosqlite
import orjson
from sqlalchemy import and_, bindparam, case, func, literal_column, select
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


async def counted(sqlite: aiosqlite.Connection, chat_id: int) -> Counts:
    """Return the counts of a chat."""
    rows = await sqlite.execute_fetchall(COUNTED, {"chat": chat_id})
    return {Stand(*at): Count(number, size) for *at, number, size in rows if number}


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
