"""Saying anew which of the files that are not kept are wanted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

import aiosqlite
from pyroaring import BitMap64
from sqlalchemy import and_, bindparam, literal_column, select

from storage import file_statements as sql
from storage.connections import raw
from storage.database import Database
from storage.encoding import moment, now_ms
from storage.file_counts import counted, recounting
from storage.inline import in_one_trip
from storage.media import FileKey, FileState, SkipReason, Wants
from storage.models import MediaRow, MessageRow
from storage.slices import Slice
from storage.statements import as_sql
from storage.tables import files, media, messages

ROWS_A_STRETCH = 2_000
"""Of `media`, so that reads and transactions are short."""
LAST_ID = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Choice:
    """What is wanted: see `Files.choose`."""

    wants: Wants
    wanted: Slice
    account_id: int
    retry_failed: bool
    leave_out: bool


class Found(NamedTuple):
    """A file that is not kept, in one message."""

    row: MediaRow
    state: FileState
    reason: str | None
    origin: int
    """The chat it is asked for in."""
    skip: SkipReason | None
    """What the request says of it in this message."""

    @property
    def key(self) -> FileKey:
        return FileKey(self.row.file_id, self.row.variant)


class Said(NamedTuple):
    """What was said of files so far, by file id; a file may stand in many messages."""

    wanted: BitMap64
    skipped: BitMap64
    """For other reasons than that the message was not asked for."""

    def is_news(self, found: Found) -> bool:
        """Whether this message has something to say that goes before what others said."""
        file_id = found.row.file_id
        if found.skip is None:
            return True
        return file_id not in self.wanted and (
            found.skip is not SkipReason.SLICE or file_id not in self.skipped
        )

    def note(self, found: Found) -> None:
        if found.skip is None:
            self.wanted.add(found.row.file_id)
        elif found.skip is not SkipReason.SLICE:
            self.skipped.add(found.row.file_id)


async def choose(database: Database, chat_ids: Collection[int], choice: Choice) -> int:
    """See `Files.choose`."""
    count = 0
    said: dict[str, Said] = defaultdict(lambda: Said(BitMap64(), BitMap64()))
    for chat_id in chat_ids:
        if not await _has_unkept(database, chat_id):
            continue
        after: int | None = -1
        while after is not None:
            async with database.read() as connection:
                sqlite = await raw(connection)
                last = await end_of_stretch(sqlite, chat_id, after, ROWS_A_STRETCH)
                rows = await sqlite.execute_fetchall(
                    UNKEPT, {"chat": chat_id, "after": after, "last": up_to(last)}
                )
            found = _decided((_found(row, choice) for row in rows), said)
            count += await _write(database, chat_id, found, chat_ids, choice)
            after = last
    return count


async def end_of_stretch(
    sqlite: aiosqlite.Connection, chat_id: int, after: int, rows: int
) -> int | None:
    """The message up to which some `rows` rows of `media` lie behind `after`; None: not so many."""
    values = {"chat": chat_id, "after": after, "rows": rows}
    found = list(await sqlite.execute_fetchall(sql.STRETCH_END, values))
    return found[0][0] if found else None


def up_to(last: int | None) -> int:
    """The last message of a stretch."""
    return LAST_ID if last is None else last


async def _has_unkept(database: Database, chat_id: int) -> bool:
    async with database.read() as connection:
        counts = await counted(await raw(connection), [chat_id])
    return any(at.state != FileState.KEPT for at in counts)


def _decided(found: Iterable[Found], said: dict[str, Said]) -> list[Found]:
    """One of the messages of each file: one that wants it, else one that says most of why not."""
    decided: dict[FileKey, Found] = {}
    for file in found:
        before = said[file.row.variant]
        if before.is_news(file):
            before.note(file)
            decided[file.key] = file
    return list(decided.values())


async def _write(
    database: Database,
    chat_id: int,
    found: Iterable[Found],
    chat_ids: Collection[int],
    choice: Choice,
) -> int:
    wanted: list[dict[str, Any]] = []
    skipped: list[dict[str, Any]] = []
    now = now_ms()
    for file in found:
        about = {"file": file.key.file_id, "of": file.key.variant, "now": now}
        if file.skip is None:
            if _is_to_want(file, choice):
                here = {"new_kind": file.row.kind, "chat": chat_id, "message": file.row.message_id}
                wanted.append(about | here | {"account": choice.account_id})
        elif choice.leave_out and _is_to_skip(file, chat_ids):
            skipped.append(about | {"why": file.skip.value})
    if not wanted and not skipped:
        return 0

    async def write(sqlite: aiosqlite.Connection) -> None:
        async with recounting(sqlite, [row["file"] for row in wanted + skipped]):
            await sqlite.executemany(sql.WANT_HERE, wanted)
            await sqlite.executemany(sql.SKIP, skipped)

    async with database.write(wakes=False) as connection:
        await in_one_trip(await raw(connection), write)
    return len(wanted)


def _is_to_want(file: Found, choice: Choice) -> bool:
    if file.state in (FileState.FAILED, FileState.UNAVAILABLE):
        return choice.retry_failed
    return file.state is FileState.SKIPPED


def _is_to_skip(file: Found, chat_ids: Collection[int]) -> bool:
    """Open files that another chat asks for stay with it; why others were given up stays known."""
    if file.state.is_open:
        return file.origin in chat_ids
    return file.state is FileState.SKIPPED and file.skip != file.reason


def _found(row: Any, choice: Choice) -> Found:
    state, reason, origin, *columns = row
    file = MediaRow(
        message_id=columns[0],
        kind=columns[1],
        file_id=columns[2],
        variant=columns[3],
        dc_id=columns[4],
        size_bytes=columns[5],
        mime_type=columns[6],
        file_name=columns[7],
    )
    message = _message(columns[8:])
    if message is not None and not choice.wanted.holds(message):
        skip: SkipReason | None = SkipReason.SLICE
    else:
        skip = choice.wants(message, file)
    return Found(file, FileState(state), reason, origin, skip)


def _message(columns: Any) -> MessageRow | None:
    message_id, date, edited, sender_id, kind, topic_id, reply_to_id, album_id, layer = columns
    if message_id is None:
        return None
    return MessageRow(
        id=message_id,
        date=datetime.fromtimestamp(date, UTC),
        edited=moment(edited),
        sender_id=sender_id,
        kind=kind,
        topic_id=topic_id,
        reply_to_id=reply_to_id,
        album_id=album_id,
        layer=layer,
        tl=b"",
    )


UNKEPT = as_sql(
    select(
        files.c.state,
        files.c.reason,
        files.c.chat_id,
        media.c.message_id,
        media.c.kind,
        media.c.file_id,
        media.c.variant,
        media.c.dc_id,
        media.c.size_bytes,
        media.c.mime_type,
        media.c.file_name,
        messages.c.id,
        messages.c.date,
        messages.c.edited,
        messages.c.sender_id,
        messages.c.kind,
        messages.c.topic_id,
        messages.c.reply_to_id,
        messages.c.album_id,
        messages.c.layer,
    )
    .join_from(
        media,
        files,
        and_(files.c.file_id == media.c.file_id, files.c.variant == media.c.variant),
    )
    .outerjoin(
        messages,
        and_(messages.c.chat_id == media.c.chat_id, messages.c.id == media.c.message_id),
    )
    .where(
        media.c.chat_id == bindparam("chat"),
        media.c.message_id > bindparam("after"),
        media.c.message_id <= bindparam("last"),
        files.c.state != literal_column("'kept'"),
        files.c.file_id >= literal_column("0"),  # below are those of imports: nobody has them
    )
)
