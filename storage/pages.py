"""Keeping one page of messages: all of it and the checkpoint behind it, or nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import aiosqlite
from sqlalchemy import Table, bindparam, delete, func, select, update
from sqlalchemy.dialects.sqlite import Insert, insert

from storage.errors import JobLost
from storage.models import JobState, Kept, MessageRow, Page
from storage.peers import save_peers
from storage.statements import as_sql, as_sql_in_order
from storage.tables import jobs, media, message_counts, messages, ranges, skipped

Fence = tuple[int, int]
"""The id of a job, and the fence that this worker claimed it with."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page belongs, and on whose behalf it is kept."""

    chat_id: int
    range_id: int
    fence: Fence | None


async def keep_page(
    sqlite: aiosqlite.Connection, account_id: int, place: Place, page: Page
) -> Kept:
    """See `Archive.keep`; in the caller's transaction."""
    chat_id = place.chat_id
    await _move_checkpoint(sqlite, place, page.next_id)
    known = await _known(sqlite, chat_id, page.messages)
    changed = [row for row in page.messages if known.get(row.id, ("", None))[1] != row.tl]
    kinds = Counter(row.kind for row in changed)
    edited = [known[row.id][0] for row in changed if row.id in known]
    kinds.subtract(edited)
    await _save_messages(sqlite, chat_id, changed)
    await _count(sqlite, chat_id, kinds)
    await _save_media(sqlite, chat_id, page, {row.id for row in changed}, known)
    await _save_skipped(sqlite, chat_id, page)
    await save_peers(sqlite, account_id, page.peers)
    return Kept(new=len(changed) - len(edited), edited=len(edited))


async def _move_checkpoint(sqlite: aiosqlite.Connection, place: Place, next_id: int) -> None:
    """First of all, because it shows whether the job is still ours."""
    if place.fence is not None:
        job_id, fence = place.fence
        held = {"job": job_id, "fence": fence, "state": JobState.RUNNING.value}
        if not await sqlite.execute_fetchall(HELD, held):
            raise JobLost(job_id)
    values = {"range": place.range_id, "chat": place.chat_id, "next": next_id}
    if not await sqlite.execute_fetchall(MOVE_CHECKPOINT, values):
        raise LookupError(f"chat {place.chat_id} has no range {place.range_id}")


async def _known(
    sqlite: aiosqlite.Connection, chat_id: int, rows: Sequence[MessageRow]
) -> dict[int, tuple[str, bytes]]:
    """Kind and bytes of what is kept already between the first and the last of these."""
    if not rows:
        return {}
    span = {"chat": chat_id, "first": rows[0].id, "last": rows[-1].id}
    found = await sqlite.execute_fetchall(KNOWN, span)
    return {message_id: (kind, tl) for message_id, kind, tl in found}


async def _save_messages(
    sqlite: aiosqlite.Connection, chat_id: int, changed: Sequence[MessageRow]
) -> None:
    if changed:
        await sqlite.executemany(
            SAVE_MESSAGE,
            [
                (
                    chat_id,
                    row.id,
                    int(row.date.timestamp()),
                    None if row.edited is None else int(row.edited.timestamp()),
                    row.sender_id,
                    row.kind,
                    row.topic_id,
                    row.reply_to_id,
                    row.album_id,
                    row.layer,
                    row.tl,
                )
                for row in changed
            ],
        )


async def _count(sqlite: aiosqlite.Connection, chat_id: int, kinds: Mapping[str, int]) -> None:
    rows = [
        {"chat_id": chat_id, "kind": kind, "messages": number}
        for kind, number in kinds.items()
        if number
    ]
    if rows:
        await sqlite.executemany(COUNT, rows)


async def _save_media(
    sqlite: aiosqlite.Connection,
    chat_id: int,
    page: Page,
    changed: set[int],
    known: Mapping[int, object],
) -> None:
    outdated = [{"chat": chat_id, "message": id_} for id_ in changed if id_ in known]
    if outdated:
        await sqlite.executemany(DROP_MEDIA, outdated)
    rows = [
        {
            "chat_id": chat_id,
            "message_id": row.message_id,
            "file_id": row.file_id,
            "kind": row.kind,
            "dc_id": row.dc_id,
            "size_bytes": row.size_bytes,
            "mime_type": row.mime_type,
            "file_name": row.file_name,
        }
        for row in page.media
        if row.message_id in changed
    ]
    if rows:
        await sqlite.executemany(SAVE_MEDIA, rows)


async def _save_skipped(sqlite: aiosqlite.Connection, chat_id: int, page: Page) -> None:
    if page.skipped:
        await sqlite.executemany(
            SAVE_SKIPPED,
            [{"chat_id": chat_id, "id": item.id, "reason": item.reason} for item in page.skipped],
        )


def _replacing(table: Table) -> Insert:
    """An insert that puts a row in the place of the one with the same key."""
    new = insert(table)
    keys = [column.name for column in table.primary_key]
    return new.on_conflict_do_update(
        index_elements=keys,
        set_={c.name: new.excluded[c.name] for c in table.c if c.name not in keys},
    )


def _counting() -> str:
    new = insert(message_counts)
    return as_sql(
        new.on_conflict_do_update(
            index_elements=["chat_id", "kind"],
            set_={"messages": message_counts.c.messages + new.excluded.messages},
        )
    )


HELD = as_sql(
    select(jobs.c.id).where(
        jobs.c.id == bindparam("job"),
        jobs.c.fence == bindparam("fence"),
        jobs.c.state == bindparam("state"),
    )
)
MOVE_CHECKPOINT = as_sql(
    update(ranges)
    .where(ranges.c.id == bindparam("range"), ranges.c.chat_id == bindparam("chat"))
    .values(next_id=func.max(ranges.c.next_id, bindparam("next")))
    .returning(ranges.c.next_id)
)
KNOWN = as_sql(
    select(messages.c.id, messages.c.kind, messages.c.tl).where(
        messages.c.chat_id == bindparam("chat"),
        messages.c.id.between(bindparam("first"), bindparam("last")),
    )
)
SAVE_MESSAGE = as_sql_in_order(_replacing(messages))
COUNT = _counting()
DROP_MEDIA = as_sql(
    delete(media).where(
        media.c.chat_id == bindparam("chat"), media.c.message_id == bindparam("message")
    )
)
SAVE_MEDIA = as_sql(_replacing(media))
SAVE_SKIPPED = as_sql(_replacing(skipped))
