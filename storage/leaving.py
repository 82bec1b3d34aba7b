"""What ends when somebody may no longer do something: their jobs, grants, invites, schedules and
requests.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, case, delete, exists, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.encoding import now_ms
from storage.models import UNFINISHED, JobState, Wish
from storage.tables import access_requests, grants, invites, jobs, people, schedules


async def leave(connection: AsyncConnection, person_id: int) -> int:
    """Take everything from a person, in the caller's transaction; return how many jobs stopped."""
    await connection.execute(
        update(people).where(people.c.id == person_id).values(role=None, revoked_ms=now_ms())
    )
    await connection.execute(delete(grants).where(grants.c.person_id == person_id))
    await connection.execute(
        delete(invites).where(invites.c.made_by == person_id, invites.c.used_by.is_(None))
    )
    await connection.execute(delete(schedules).where(schedules.c.person_id == person_id))
    await withdraw(connection, person_id)
    return await stop_jobs(connection, person_id)


async def withdraw(
    connection: AsyncConnection, person_id: int, *, chat_id: int | None = None
) -> None:
    """End the requests of a person, open or approved for one job, of one chat or of all."""
    of_chat = true() if chat_id is None else access_requests.c.chat_id == chat_id
    await connection.execute(
        update(access_requests)
        .where(
            access_requests.c.person_id == person_id,
            access_requests.c.answer.is_(None) | (access_requests.c.answer == "once"),
            of_chat,
        )
        .values(answer="withdrawn")
    )


async def stop_jobs(
    connection: AsyncConnection, person_id: int, *, where: ColumnElement[bool] | None = None
) -> int:
    """Cancel what a person has under way; what others joined goes on as theirs."""
    await _follow_no_more(connection, person_id, true() if where is None else where)
    joiners = jobs.alias()
    other = (
        select(joiners.c.person_id)
        .where(
            joiners.c.joined_job_id == jobs.c.id,
            joiners.c.state == JobState.JOINED,
            joiners.c.person_id.is_distinct_from(person_id),
        )
        .order_by(joiners.c.id)
        .limit(1)
    )
    joined = exists().where(
        joiners.c.joined_job_id == jobs.c.id,
        joiners.c.state == JobState.JOINED,
        joiners.c.person_id.is_distinct_from(person_id),
    )
    theirs = (jobs.c.person_id == person_id) & jobs.c.state.in_(UNFINISHED)
    if where is not None:
        theirs &= where
    await connection.execute(
        update(jobs).where(theirs, joined).values(person_id=other.scalar_subquery())
    )
    waiting = jobs.c.state.in_([JobState.QUEUED, JobState.PAUSED])
    stopped = await connection.execute(
        update(jobs)
        .where(theirs, jobs.c.wish.is_distinct_from(Wish.CANCEL))
        .values(
            state=case((waiting, JobState.CANCELLED), else_=jobs.c.state),
            finished_ms=case((waiting, now_ms())),
            wish=Wish.CANCEL,
            turn=jobs.c.turn + 1,
        )
    )
    return stopped.rowcount


async def _follow_no_more(
    connection: AsyncConnection, person_id: int, where: ColumnElement[bool]
) -> None:
    """Cancel what a person joined, so that nothing goes on for their sake."""
    others = jobs.alias()
    goes_on = exists().where(others.c.id == jobs.c.joined_job_id, others.c.state.in_(UNFINISHED))
    theirs = (jobs.c.person_id == person_id) & (jobs.c.state == JobState.JOINED)
    await connection.execute(
        update(jobs)
        .where(theirs, goes_on, where)
        .values(state=JobState.CANCELLED, wish=Wish.CANCEL, turn=jobs.c.turn + 1)
    )
