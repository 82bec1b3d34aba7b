"""Keeping pages of messages: all of them and the checkpoints behind them, or nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import aiosqlite
from sqlalchemy import bindparam, func, insert, select, update

from storage.counts import count
from storage.errors import JobLost
from storage.media import Wants
from storage.models import JobState, Kept, MessageRow, Page
from storage.page_files import Place, Written, save_files
from storage.peers import save_peers
from storage.statements import as_sql, as_sql_in_order, replacing
from storage.tables import jobs, messages, ranges, skipped
from storage.versions import Change, IsEdit, changes_among, known_among, save_versions

Fence = tuple[int, int]
"""The id of a job, and the fence that this worker claimed it with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """A page as it came in."""

    account_id: int
    """Who saw it: the access hashes of its peers are of value to this account only."""
    range_id: int | None
    """The range whose checkpoint it moves; None for messages that were asked for by id."""
    page: Page
    perhaps: Collection[int] | None = None
    """The ids that may be kept already, so that only these are looked up; None: look up all."""
    wants: Wants | None = None
    """Says which of its files are to be fetched; None: all."""


async def check_fence(sqlite: aiosqlite.Connection, fence: Fence) -> None:
    """Make sure that the job is still this worker's.

    Raises:
        JobLost: it is not.
    """
    job_id, number = fence
    held = {"job": job_id, "fence": number, "state": JobState.RUNNING.value}
    if not await sqlite.execute_fetchall(HELD, held):
        raise JobLost(job_id)


async def keep_page(
    sqlite: aiosqlite.Connection, chat_id: int, arrived: Arrived, is_edit: IsEdit
) -> Kept:
    """See `Archive.keep`; in the caller's transaction."""
    page = arrived.page
    if arrived.range_id is not None:
        await _move_checkpoint(sqlite, chat_id, arrived.range_id, page.next_id)
    known = await known_among(sqlite, chat_id, page.messages, arrived.perhaps)
    changes = changes_among(page.messages, known, is_edit)
    new = [row for row in page.messages if row.id not in known]
    edited = [change for change in changes if change.is_edit]
    await save_versions(sqlite, chat_id, edited)
    await _save_messages(sqlite, chat_id, new, changes)
    written = Written({row.id for row in new}, [change.row.id for change in changes])
    await save_files(sqlite, Place(arrived.account_id, chat_id), page, written, arrived.wants)
    await _save_skipped(sqlite, chat_id, page)
    await save_peers(sqlite, arrived.account_id, page.peers)
    return Kept(new=len(new), edited=len(edited))


async def _move_checkpoint(
    sqlite: aiosqlite.Connection, chat_id: int, range_id: int, next_id: int
) -> None:
    values = {"range": range_id, "chat": chat_id, "next": next_id}
    if not await sqlite.execute_fetchall(MOVE_CHECKPOINT, values):
        raise LookupError(f"chat {chat_id} has no range {range_id}")


async def _save_messages(
    sqlite: aiosqlite.Connection,
    chat_id: int,
    new: Sequence[MessageRow],
    changes: Sequence[Change],
) -> None:
    """Add new messages and put changed ones in the place of what was kept.

    Raises:
        IntegrityError: a new one is kept already.
    """
    kinds = Counter(row.kind for row in new)
    if new:
        await sqlite.executemany(ADD_MESSAGE, [_values(chat_id, row) for row in new])
    if changes:
        kinds.update(change.row.kind for change in changes)
        kinds.subtract([change.before.kind for change in changes])
        rows = [_values(chat_id, change.row) for change in changes]
        await sqlite.executemany(REPLACE_MESSAGE, rows)
    await count(sqlite, chat_id, kinds)


def _values(chat_id: int, row: MessageRow) -> tuple[object, ...]:
    """The columns of `messages`, in their order."""
    return (
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
        None,
        row.import_id,
    )


async def _save_skipped(sqlite: aiosqlite.Connection, chat_id: int, page: Page) -> None:
    if page.skipped:
        await sqlite.executemany(
            SAVE_SKIPPED,
            [{"chat_id": chat_id, "id": item.id, "reason": item.reason} for item in page.skipped],
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
ADD_MESSAGE = as_sql_in_order(insert(messages))
REPLACE_MESSAGE = as_sql_in_order(replacing(messages))
SAVE_SKIPPED = as_sql(replacing(skipped))
