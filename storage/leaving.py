"""What ends when somebody may no longer do something: their jobs, grants, invites, schedules and
requests.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, case, delete, exists, func, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.choices import chat_named
from storage.encoding import now_ms, to_request
from storage.models import UNFINISHED, JobState, Wish
from storage.tables import (
    access_requests,
    grants,
    invites,
    jobs,
    people,
    schedule_runs,
    schedules,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ends:
    """What ends, or would end, with somebody's rights."""

    jobs: int
    """Unfinished ones, of any kind."""
    schedules: int


async def at_stake(connection: AsyncConnection, person_id: int) -> Ends:
    """What would end if a person left now; in the caller's transaction."""
    ending = (
        select(func.count())
        .select_from(jobs)
        .where(
            jobs.c.person_id == person_id,
            jobs.c.state.in_(UNFINISHED),
            jobs.c.wish.is_distinct_from(Wish.CANCEL),
            ~_joined_by_others(person_id),
        )
    )
    planned = select(func.count()).select_from(schedules).where(schedules.c.person_id == person_id)
    return Ends(
        jobs=await connection.scalar(ending) or 0,
        schedules=await connection.scalar(planned) or 0,
    )


async def leave(connection: AsyncConnection, person_id: int) -> Ends:
    """Take everything from a person, in the caller's transaction; return what ended."""
    ends = await at_stake(connection, person_id)
    await connection.execute(
        update(people).where(people.c.id == person_id).values(role=None, revoked_ms=now_ms())
    )
    await connection.execute(delete(grants).where(grants.c.person_id == person_id))
    await connection.execute(
        delete(invites).where(invites.c.made_by == person_id, invites.c.used_by.is_(None))
    )
    await connection.execute(delete(schedules).where(schedules.c.person_id == person_id))
    await withdraw(connection, person_id)
    await stop_jobs(connection, person_id)
    return ends


async def end_schedules(
    connection: AsyncConnection, person_id: int, chat_ids: Collection[int]
) -> list[str]:
    """Forget a person's schedules of these chats, in the caller's transaction.

    A schedule has its chat as it was typed: it is one of these if the words mean one of them, or
    if one of its runs turned out to.

    Returns:
        The chats as the person typed them.
    """
    query = (
        select(schedules.c.id, schedules.c.request)
        .where(schedules.c.person_id == person_id)
        .order_by(schedules.c.id)
    )
    ended = []
    for row in list(await connection.execute(query)):
        words = to_request(row.request).chat
        ran = exists().where(
            schedule_runs.c.schedule_id == row.id,
            schedule_runs.c.job_id == jobs.c.id,
            jobs.c.chat_id.in_(chat_ids),
        )
        if await chat_named(connection, words) in chat_ids or await connection.scalar(select(ran)):
            await connection.execute(delete(schedules).where(schedules.c.id == row.id))
            ended.append(words)
    return ended


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
) -> None:
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
    theirs = (jobs.c.person_id == person_id) & jobs.c.state.in_(UNFINISHED)
    if where is not None:
        theirs &= where
    await connection.execute(
        update(jobs)
        .where(theirs, _joined_by_others(person_id))
        .values(person_id=other.scalar_subquery())
    )
    waiting = jobs.c.state.in_([JobState.QUEUED, JobState.PAUSED])
    await connection.execute(
        update(jobs)
        .where(theirs, jobs.c.wish.is_distinct_from(Wish.CANCEL))
        .values(
            state=case((waiting, JobState.CANCELLED), else_=jobs.c.state),
            finished_ms=case((waiting, now_ms())),
            wish=Wish.CANCEL,
            turn=jobs.c.turn + 1,
        )
    )


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


def _joined_by_others(person_id: int) -> ColumnElement[bool]:
    """Of a job: somebody else wants the same, and waits for it."""
    joiners = jobs.alias()
    return exists().where(
        joiners.c.joined_job_id == jobs.c.id,
        joiners.c.state == JobState.JOINED,
        joiners.c.person_id.is_distinct_from(person_id),
    )
