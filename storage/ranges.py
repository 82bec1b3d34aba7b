"""The stretches of ids that are fetched, or still to be fetched, of each chat and source.

A stretch is a `range` of ids here, so its `stop` is the first id behind it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, Text, and_, cast, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.models import JobState, Range
from storage.tables import jobs, ranges

IMPORT = "import"
"""In the place of a source: what an import covers. It counts as fetched for every source, but as
proof only where Telegram itself explains each id that is missing (see `exporter.receipt`)."""
PART_IDS = 2_000
"""Twenty pages of a chat of which nothing was ever deleted."""


async def plan(
    connection: AsyncConnection,
    chat_id: int,
    wanted: range,
    *,
    source: str | None,
    part_ids: int,
    anew: bool,
) -> list[Range]:
    """See `Archive.plan`; in the caller's transaction."""
    if await _jobs_at(connection, chat_id) <= 1:  # another job may hold a range by its id
        await _merge(connection, chat_id, source)
    rows = await _rows(connection, _of(chat_id, source))
    for row in rows:
        await _cut(connection, row, wanted, part_ids)
    taken = [range(row.first_id, row.last_id + 1) for row in rows]
    for other in {None, IMPORT} - {source} if not anew else ():
        everything = await _rows(connection, _of(chat_id, other))
        taken += [range(row.first_id, row.next_id) for row in everything]
    for stretch in uncovered(wanted, taken):
        for part in parts_of(stretch, part_ids):
            await _add(connection, chat_id, source, part)
    left = await _rows(
        connection,
        and_(
            _of(chat_id, source),
            ranges.c.next_id <= ranges.c.last_id,
            ranges.c.next_id < wanted.stop,
            ranges.c.last_id >= wanted.start,
        ),
    )
    return [
        Range(id=row.id, first_id=row.first_id, last_id=row.last_id, next_id=row.next_id)
        for row in left
    ]


async def forget_refreshes(connection: AsyncConnection, chat_id: int) -> None:
    """See `Archive.forget_refreshes`; in the caller's transaction."""
    unfinished = [JobState.QUEUED.value, JobState.RUNNING.value]
    going_on = select("refresh " + cast(jobs.c.id, Text)).where(jobs.c.state.in_(unfinished))
    await connection.execute(
        delete(ranges).where(
            ranges.c.chat_id == chat_id,
            ranges.c.source.like("refresh %"),
            ranges.c.source.not_in(going_on),
        )
    )


async def cover(connection: AsyncConnection, chat_id: int, stretches: Iterable[range]) -> None:
    """Note what an import covers; what an earlier one covered stays as it is."""
    taken = [
        range(row.first_id, row.next_id) for row in await _rows(connection, _of(chat_id, IMPORT))
    ]
    for wanted in stretches:
        for part in uncovered(wanted, taken):
            await _add(connection, chat_id, IMPORT, part, done=True)


async def trust_imports(connection: AsyncConnection, chat_id: int) -> None:
    """Telegram was asked for every message: what imports covered is covered by that."""
    await connection.execute(update(ranges).where(_of(chat_id, IMPORT)).values(source=None))


def uncovered(wanted: range, taken: Iterable[range]) -> Iterator[range]:
    """The stretches of `wanted` that lie in none of `taken`, in order."""
    start = wanted.start
    for stretch in sorted(taken, key=lambda stretch: stretch.start):
        stop = min(stretch.start, wanted.stop)
        if start < stop:
            yield range(start, stop)
        start = max(start, stretch.stop)
    if start < wanted.stop:
        yield range(start, wanted.stop)


def parts_of(stretch: range, part_ids: int) -> list[range]:
    """Cut a stretch into parts of `part_ids`; the last one is up to half as long again."""
    count = max(1, (2 * len(stretch) + part_ids) // (2 * part_ids))
    starts = [stretch.start + n * part_ids for n in range(count)]
    return [
        range(start, stop) for start, stop in zip(starts, [*starts[1:], stretch.stop], strict=True)
    ]


def pieces_of(left: range, wanted: range, part_ids: int) -> list[range]:
    """Cut what is left of a range at the bounds of `wanted`, and within them into parts."""
    start = min(max(left.start, wanted.start), left.stop)
    stop = max(min(left.stop, wanted.stop), start)
    before, within, after = range(left.start, start), range(start, stop), range(stop, left.stop)
    parts = parts_of(within, part_ids) if within else []
    return [piece for piece in (before, *parts, after) if piece]


async def _cut(connection: AsyncConnection, row: Row[Any], wanted: range, part_ids: int) -> None:
    """Shorten an unfinished range to its first piece, and make ranges of the others."""
    left = range(row.next_id, row.last_id + 1)
    pieces = pieces_of(left, wanted, part_ids)
    if len(pieces) <= 1:
        return
    shortened = update(ranges).where(ranges.c.id == row.id).values(last_id=pieces[0].stop - 1)
    await connection.execute(shortened)
    for piece in pieces[1:]:
        await _add(connection, row.chat_id, row.source, piece)


async def _merge(connection: AsyncConnection, chat_id: int, source: str | None) -> None:
    """Make one row of finished ranges that touch, so that there are few however often one asks."""
    done = await _rows(connection, and_(_of(chat_id, source), ranges.c.next_id > ranges.c.last_id))
    for last, ids in _touching(done):
        await connection.execute(
            update(ranges).where(ranges.c.id == ids[0]).values(last_id=last, next_id=last + 1)
        )
        await connection.execute(delete(ranges).where(ranges.c.id.in_(ids[1:])))


def _touching(done: Sequence[Row[Any]]) -> Iterator[tuple[int, list[int]]]:
    """Last id and rows of each run of two or more finished ranges without a gap."""
    run: list[Row[Any]] = []
    last = 0
    for row in [*done, None]:
        if row is not None and run and row.first_id <= last + 1:
            run.append(row)
            last = max(last, row.last_id)
            continue
        if len(run) > 1:
            yield last, [each.id for each in run]
        if row is not None:
            run, last = [row], row.last_id


async def _add(
    connection: AsyncConnection,
    chat_id: int,
    source: str | None,
    part: range,
    *,
    done: bool = False,
) -> None:
    await connection.execute(
        insert(ranges).values(
            chat_id=chat_id,
            source=source,
            first_id=part.start,
            last_id=part.stop - 1,
            next_id=part.stop if done else part.start,
        )
    )


async def _rows(connection: AsyncConnection, where: ColumnElement[bool]) -> Sequence[Row[Any]]:
    return (await connection.execute(select(ranges).where(where).order_by(ranges.c.first_id))).all()


async def _jobs_at(connection: AsyncConnection, chat_id: int) -> int:
    query = select(func.count()).where(
        jobs.c.chat_id == chat_id, jobs.c.state == JobState.RUNNING.value
    )
    return await connection.scalar(query) or 0


def _of(chat_id: int, source: str | None) -> ColumnElement[bool]:
    return and_(ranges.c.chat_id == chat_id, ranges.c.source.is_not_distinct_from(source))
