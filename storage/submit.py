"""One command of a person, in one transaction: its update, its job, and the job's card."""

from __future__ import annotations

from sqlalchemy import and_, exists, insert, literal, or_, select, update
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.encoding import now_ms, options_text, to_job, to_text
from storage.models import (
    UNFINISHED,
    CardPlace,
    ExportRequest,
    Job,
    JobKind,
    JobState,
    Progress,
    Submitted,
)
from storage.rights import Role
from storage.tables import cards, commands, jobs, people

ANYBODYS = (JobKind.DIALOGS,)
"""Kinds of jobs that tell nobody anything."""


async def submit(
    connection: AsyncConnection,
    request: ExportRequest,
    *,
    kind: JobKind,
    person_id: int | None,
    update_id: int | None,
    card: CardPlace | None,
    chat_id: int | None = None,
) -> Submitted:
    """See `Jobs.submit`.

    Raises:
        ValueError: an `update_id` without the `card` that says which bot got it.
    """
    if update_id is not None:
        if card is None:
            raise ValueError("an update belongs to a bot, which its card names")
        earlier = await _made_by(connection, card.bot_id, update_id)
        if earlier is not None:
            return Submitted(job=earlier, repeated=True)
    submitted = await submit_one(
        connection, request, kind=kind, person_id=person_id, card=card, chat_id=chat_id
    )
    if card is not None and update_id is not None:
        await record_command(connection, card.bot_id, update_id, job_id=submitted.job.id)
    return submitted


async def submit_one(
    connection: AsyncConnection,
    request: ExportRequest,
    *,
    kind: JobKind,
    person_id: int | None,
    card: CardPlace | None,
    chat_id: int | None = None,
    title: str | None = None,
) -> Submitted:
    """The same for a command that is noted elsewhere.

    `title`: of the chat, as the person was shown it.
    """
    job = await _unfinished(connection, request, kind, person_id)
    joined = job is not None
    if job is not None and job.state is JobState.PAUSED:
        job = await _go_on(connection, job.id)
    if job is None:
        job = await _add(connection, request, kind, person_id, chat_id=chat_id, title=title)
    if card is not None:
        await add_card(connection, job.id, card)
    return Submitted(job=job, joined=joined)


async def record_command(
    connection: AsyncConnection, bot_id: int, update_id: int, *, job_id: int | None
) -> bool:
    """Note an update as handled. False when it was already."""
    result = await connection.execute(
        upsert(commands)
        .values(bot_id=bot_id, update_id=update_id, job_id=job_id, received_ms=now_ms())
        .on_conflict_do_nothing()
    )
    return result.rowcount == 1


async def _made_by(connection: AsyncConnection, bot_id: int, update_id: int) -> Job | None:
    """The job that this update made before; of several, the first."""
    row = (
        await connection.execute(
            select(jobs)
            .join(commands)
            .where(commands.c.bot_id == bot_id, commands.c.update_id == update_id)
        )
    ).one_or_none()
    return None if row is None else to_job(row)


async def _unfinished(
    connection: AsyncConnection, request: ExportRequest, kind: JobKind, person_id: int | None
) -> Job | None:
    """An equal job of the same person; whether another's may be joined is known with the chat.

    To the owners those of the command line are as their own.
    """
    owner = exists().where(people.c.id == person_id, people.c.role == Role.OWNER)
    theirs = or_(
        jobs.c.person_id.is_not_distinct_from(person_id),
        and_(jobs.c.person_id.is_(None), owner),
        literal(kind in ANYBODYS),
    )
    row = (
        await connection.execute(
            select(jobs)
            .where(
                jobs.c.state.in_(UNFINISHED),
                jobs.c.wish.is_(None),
                jobs.c.kind == kind,
                jobs.c.request == to_text(request),
                theirs,
            )
            .order_by(jobs.c.id)
            .limit(1)
        )
    ).one_or_none()
    return None if row is None else to_job(row)


async def _go_on(connection: AsyncConnection, job_id: int) -> Job:
    """A paused job that somebody asks for again waits for nobody any more."""
    row = await connection.execute(
        update(jobs)
        .where(jobs.c.id == job_id)
        .values(state=JobState.QUEUED, turn=jobs.c.turn + 1)
        .returning(jobs)
    )
    return to_job(row.one())


async def _add(
    connection: AsyncConnection,
    request: ExportRequest,
    kind: JobKind,
    person_id: int | None,
    *,
    chat_id: int | None,
    title: str | None,
) -> Job:
    row = await connection.execute(
        insert(jobs)
        .values(
            kind=kind,
            state=JobState.QUEUED,
            priority=0,
            attempt=0,
            fence=0,
            turn=0,
            request=to_text(request),
            options=options_text(request),
            person_id=person_id,
            chat_id=chat_id,
            progress=to_text(Progress(title=title)),
            created_ms=now_ms(),
        )
        .returning(jobs)
    )
    return to_job(row.one())


async def add_card(connection: AsyncConnection, job_id: int, place: CardPlace) -> None:
    """Show a job in a chat that does not show it yet, in the caller's transaction."""
    await connection.execute(
        upsert(cards)
        .values(
            job_id=job_id,
            bot_id=place.bot_id,
            chat_id=place.chat_id,
            reply_to=place.reply_to,
            revision=0,
            losses=0,
            final=False,
            summarised=False,
            asking=False,
        )
        .on_conflict_do_nothing()
    )
