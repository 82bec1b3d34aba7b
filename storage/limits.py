"""How much a person may export: jobs at once, and bytes of files in a day.

Bytes count as they come in, hour by hour, whatever becomes of their job.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Database
from storage.encoding import now_ms
from storage.models import UNFINISHED, JobKind
from storage.people import get_person
from storage.tables import fetched, jobs

A_DAY_MS = timedelta(days=1) // timedelta(milliseconds=1)
AN_HOUR_MS = timedelta(hours=1) // timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exceeded:
    """The limit that is in the way."""

    jobs_at_once: int | None = None
    bytes_a_day: int | None = None


async def exceeded(database: Database, person_id: int, *, more: int = 1) -> Exceeded | None:
    """The limit that keeps a person from `more` exports now; None: there is none."""
    theirs = (jobs.c.person_id == person_id) & (jobs.c.kind == JobKind.EXPORT)
    async with database.read() as connection:
        person = await get_person(connection, person_id)
        if person is None:
            return None
        if (at_once := person.jobs_at_once) is not None:
            query = (
                select(func.count())
                .select_from(jobs)
                .where(theirs, jobs.c.batch_id.is_(None), jobs.c.state.in_(UNFINISHED))
            )
            if (await connection.scalar(query) or 0) + more > at_once:
                return Exceeded(jobs_at_once=at_once)
        if (a_day := person.bytes_a_day) is not None:
            query = select(func.sum(fetched.c.bytes)).where(
                fetched.c.person_id == person_id, fetched.c.hour_ms > now_ms() - A_DAY_MS
            )
            if (await connection.scalar(query) or 0) >= a_day:
                return Exceeded(bytes_a_day=a_day)
    return None


async def count_fetched(connection: AsyncConnection, person_id: int, size_bytes: int) -> None:
    """Note bytes that came in for a person just now, in the caller's transaction."""
    now = now_ms()
    row = insert(fetched).values(
        person_id=person_id, hour_ms=now - now % AN_HOUR_MS, bytes=size_bytes
    )
    more = {"bytes": fetched.c.bytes + row.excluded.bytes}
    await connection.execute(
        row.on_conflict_do_update(index_elements=["person_id", "hour_ms"], set_=more)
    )
    over = (fetched.c.person_id == person_id) & (fetched.c.hour_ms <= now - A_DAY_MS)
    await connection.execute(delete(fetched).where(over))
