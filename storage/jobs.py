"""Jobs: what people asked for, who works on it, and what became of it.

A worker proves by its *fence* that a job is still its own: each claim raises the number, and a
write with an older one is refused (`JobLost`).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from enum import Enum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    bindparam,
    case,
    delete,
    exists,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.batches import waits_for_parts, with_parts
from storage.database import Database
from storage.encoding import now_ms, to_job, to_text
from storage.errors import JobLost
from storage.limits import count_fetched
from storage.models import (
    ASKED_FOR,
    UNFINISHED,
    CardPlace,
    ExportRequest,
    Job,
    JobKind,
    JobState,
    Progress,
    Submitted,
    Summary,
    Wish,
)
from storage.submit import has_command, record_command, submit, submit_one
from storage.tables import access_requests, job_accounts, jobs
from storage.wording import to_column

SHORT_KINDS = (JobKind.DIALOGS, JobKind.PLAN, JobKind.BATCH, JobKind.STATS)
"""Kinds that take some seconds at most, and so come before all others."""
IS_UNFINISHED = jobs.c.state.in_(
    bindparam("unfinished", UNFINISHED, expanding=True, literal_execute=True)
)
"""In the very words of `ix_jobs_unfinished`, so that what ended, of many batches, costs nothing.
https://www.sqlite.org/partialindex.html#queries_using_partial_indexes"""
WAITING = jobs.c.state.in_([JobState.QUEUED, JobState.PAUSED])
"""Nobody works on them."""
NEXT_TURN = jobs.c.turn + 1
RUNNING = jobs.c.state == JobState.RUNNING
IS_ALONE = jobs.c.batch_id.is_(None)
"""It was not made for a batch."""


class Among(Enum):
    """Which jobs may be claimed."""

    ALL = "all"
    ALONE = "alone"
    """All but those of batches."""
    SHORT = "short"
    """Those of a short kind."""


class Jobs:
    """The table `jobs`, and what belongs to it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @property
    def database(self) -> Database:
        return self._database

    async def submit(
        self,
        request: ExportRequest,
        *,
        kind: JobKind = JobKind.EXPORT,
        person_id: int | None = None,
        update_id: int | None = None,
        card: CardPlace | None = None,
        chat_id: int | None = None,
    ) -> Submitted:
        """Write down what a person asked for, once, and durably.

        The same update of the same bot (`update_id`, with `card`) makes one job, however often
        it comes. A request equal to an unfinished one of the same person joins that (owners and
        the command line have theirs in common); its card is added where that chat has none for
        the job yet. `chat_id`: the chat, where it is known.
        """
        async with self._database.write(durable=True) as connection:
            return await submit(
                connection,
                request,
                kind=kind,
                person_id=person_id,
                update_id=update_id,
                card=card,
                chat_id=chat_id,
            )

    async def submit_all(
        self,
        wanted: Sequence[tuple[ExportRequest, str | None]],
        *,
        person_id: int | None,
        update_id: int,
        card: CardPlace,
    ) -> list[Submitted]:
        """The same for one command that names several chats, each of which gets a card.

        `wanted`: each with the title that the person knows it by. Nothing is returned for an
        update that came before.
        """
        async with self._database.write(durable=True) as connection:
            if not await record_command(connection, card.bot_id, update_id, job_id=None):
                return []
            return [
                await submit_one(
                    connection,
                    request,
                    kind=JobKind.EXPORT,
                    person_id=person_id,
                    card=card,
                    title=title,
                )
                for request, title in wanted
            ]

    async def record_command(self, bot_id: int, update_id: int) -> bool:
        """Note a command that makes no job. True the first time that this update comes."""
        async with self._database.write(durable=True) as connection:
            return await record_command(connection, bot_id, update_id, job_id=None)

    async def has_command(self, bot_id: int, update_id: int) -> bool:
        """Whether an update was handled before."""
        async with self._database.read() as connection:
            return await has_command(connection, bot_id, update_id)

    async def get(self, job_id: int) -> Job | None:
        async with self._database.read() as connection:
            return await _get(connection, job_id)

    async def unfinished(self) -> list[Job]:
        """Queued, running and paused jobs, the oldest first; of a batch only its own job."""
        return await self._select(IS_UNFINISHED & IS_ALONE, newest_first=False)

    async def recent(self, limit: int = 10) -> list[Job]:
        """The last jobs in any state, the newest first; of a batch only its own job."""
        return await self._select(IS_ALONE, newest_first=True, limit=limit)

    async def latest(self, kind: JobKind, person_id: int) -> Job | None:
        """The last job of a kind that a person asked for, in any state."""
        theirs = (jobs.c.kind == kind) & (jobs.c.person_id == person_id)
        found = await self._select(theirs, newest_first=True, limit=1)
        return found[0] if found else None

    async def archives(self) -> list[Job]:
        """The last export that was done of each chat, the newest first, unless it was removed."""
        done = (jobs.c.kind == JobKind.EXPORT) & (jobs.c.state == JobState.DONE)
        newest = select(func.max(jobs.c.id)).where(done).group_by(jobs.c.chat_id)
        removed = jobs.alias()
        gone = exists().where(
            removed.c.kind == JobKind.REMOVE,
            removed.c.state == JobState.DONE,
            removed.c.chat_id == jobs.c.chat_id,
            removed.c.id > jobs.c.id,
        )
        return await self._select(jobs.c.id.in_(newest) & ~gone, newest_first=True)

    async def ended(self, *, offset: int, limit: int, person_id: int | None = None) -> list[Job]:
        """The exports that have ended, the newest first, without the first `offset` of them.

        `person_id`: only those of this person.
        """
        ended = ~IS_UNFINISHED & IS_ALONE & jobs.c.kind.in_(ASKED_FOR)
        if person_id is not None:
            ended &= jobs.c.person_id == person_id
        return await self._select(ended, newest_first=True, limit=limit, offset=offset)

    async def claim(
        self, account_ids: Collection[int], *, only: int | None = None, among: Among = Among.ALL
    ) -> Job | None:
        """Take the next queued job, to be done with these accounts; None when there is none.

        Short kinds come first, then the higher priority, then what is in no batch, then the older
        job. With `only` it is that job, or one that this one made, or none.
        """
        wanted = IS_UNFINISHED & (jobs.c.state == JobState.QUEUED) & ~waits_for_parts()
        if only is not None:
            wanted &= with_parts(only)
        if among is Among.ALONE:
            wanted &= IS_ALONE
        elif among is Among.SHORT:
            wanted &= jobs.c.kind.in_(SHORT_KINDS)
        next_id = (
            select(jobs.c.id)
            .where(wanted)
            .order_by(
                case((jobs.c.kind.in_(SHORT_KINDS), 0), else_=1),
                jobs.c.priority.desc(),
                case((IS_ALONE, 0), else_=1),
                jobs.c.id,
            )
            .limit(1)
        )
        async with self._database.read() as connection:
            if await connection.scalar(next_id) is None:
                return None  # asking often must not cost a write
        claimed = {
            "state": JobState.RUNNING,
            "fence": jobs.c.fence + 1,
            "turn": NEXT_TURN,
            "attempt": jobs.c.attempt + 1,
            "started_ms": now_ms(),
        }
        async with self._database.write(durable=True) as connection:
            row = (
                await connection.execute(
                    update(jobs)
                    .where(jobs.c.id == next_id.scalar_subquery(), wanted)
                    .values(claimed)
                    .returning(jobs)
                )
            ).one_or_none()
            if row is None:
                return None
            await connection.execute(delete(job_accounts).where(job_accounts.c.job_id == row.id))
            if account_ids:
                await connection.execute(
                    insert(job_accounts),
                    [{"job_id": row.id, "account_id": account} for account in account_ids],
                )
            return to_job(row)

    async def requeue(self, account_ids: Collection[int]) -> int:
        """Put back what ran with these accounts, after taking their locks: its worker has died.

        Returns how many jobs that were. What was to be cancelled or paused is.
        """
        held = select(job_accounts.c.job_id).where(job_accounts.c.account_id.in_(account_ids))
        return await self._put_back(jobs.c.id.in_(held))

    async def requeue_unheld(self) -> int:
        """Put back running jobs that name no account, such as those of one since removed."""
        return await self._put_back(~exists().where(job_accounts.c.job_id == jobs.c.id))

    async def release(self, job_id: int, fence: int) -> None:
        """Give a job back unfinished: it ends or rests as the person wished, or waits again.

        Raises:
            JobLost: it is no longer this worker's.
        """
        if not await self._put_back(_held(job_id, fence)):
            raise JobLost(job_id)

    async def set_chat(self, job_id: int, fence: int, chat_id: int) -> Job | None:
        """Name the chat that was meant; another running export of it that wants the same, if any.

        Raises:
            JobLost: it is no longer this worker's.
        """
        async with self._database.write(durable=True) as connection:
            options = await self._change(connection, job_id, fence, {"chat_id": chat_id})
            same = select(jobs).where(
                RUNNING,
                jobs.c.wish.is_(None),
                jobs.c.id != job_id,
                jobs.c.chat_id == chat_id,
                jobs.c.kind == JobKind.EXPORT,
                jobs.c.options == options.options,
            )
            row = (await connection.execute(same.order_by(jobs.c.id).limit(1))).one_or_none()
            return None if row is None else to_job(row)

    async def report(self, job_id: int, fence: int, progress: Progress) -> Wish | None:
        """Say how far a job is, and learn what the person wishes meanwhile.

        What came in since the last report counts for the person's limit of a day.

        Raises:
            JobLost: it is no longer this worker's.
        """
        reported = func.coalesce(func.json_extract(jobs.c.progress, "$.fetched_bytes"), 0)
        query = select(jobs.c.person_id, reported.label("bytes")).where(_held(job_id, fence))
        async with self._database.write() as connection:
            before = (await connection.execute(query)).one_or_none()
            if before is not None and before.person_id is not None:
                more = progress.fetched_bytes - before.bytes
                if more > 0:
                    await count_fetched(connection, before.person_id, more)
            row = await self._change(connection, job_id, fence, {"progress": to_text(progress)})
            return None if row.wish is None else Wish(row.wish)

    async def finish(self, job_id: int, fence: int, summary: Summary | None = None) -> None:
        """End a job that did its work; only exports have a summary. JobLost as the others."""
        await self._end(job_id, fence, JobState.DONE, summary=summary and to_text(summary))

    async def fail(self, job_id: int, fence: int, error: str) -> None:
        """End a job with a sentence for the person."""
        await self._end(job_id, fence, JobState.FAILED, error=to_column(error))

    async def join(self, job_id: int, fence: int, other_id: int) -> None:
        """End a job because another one does the same work; an approval for it goes along."""
        ended = {"state": JobState.JOINED, "turn": NEXT_TURN, "finished_ms": now_ms()}
        approved = access_requests.c.approved_job_id
        async with self._database.write(durable=True) as connection:
            await self._change(connection, job_id, fence, ended | {"joined_job_id": other_id})
            await connection.execute(
                update(access_requests).where(approved == job_id).values(approved_job_id=other_id)
            )

    async def cancel(self, job_id: int, *, command: tuple[int, int] | None = None) -> Job | None:
        """Cancel a waiting job at once, ask the worker of a running one, leave a final one alone.

        The jobs of a batch go with it, here and in what follows.

        `command` is the (bot id, update id) that asks for it, noted in the same transaction: one
        that was noted before changes nothing.
        """
        async with self._database.write(durable=True) as connection:
            if command is not None and not await record_command(
                connection, command[0], command[1], job_id=job_id
            ):
                return await _get(connection, job_id)
            await connection.execute(
                update(jobs)
                .where(with_parts(job_id), IS_UNFINISHED, jobs.c.wish.is_distinct_from(Wish.CANCEL))
                .values(
                    state=case((WAITING, JobState.CANCELLED), else_=jobs.c.state),
                    finished_ms=case((WAITING, now_ms())),
                    wish=Wish.CANCEL,
                    turn=NEXT_TURN,
                )
            )
            return await _get(connection, job_id)

    async def pause(self, job_id: int) -> Job | None:
        """Let a queued job rest at once, and ask the worker of a running one."""
        queued = jobs.c.state == JobState.QUEUED
        return await self._steer(
            job_id,
            (queued | RUNNING) & jobs.c.wish.is_(None),
            state=case((queued, JobState.PAUSED), else_=jobs.c.state),
            wish=case((RUNNING, Wish.PAUSE)),
        )

    async def resume(self, job_id: int) -> Job | None:
        """Let a paused job wait for its turn again, or take the wish for a pause back."""
        paused = jobs.c.state == JobState.PAUSED
        return await self._steer(
            job_id,
            paused | (RUNNING & (jobs.c.wish == Wish.PAUSE)),
            state=case((paused, JobState.QUEUED), else_=jobs.c.state),
            wish=None,
        )

    async def move_to_front(self, job_id: int) -> Job | None:
        """Let a queued job be the next one."""
        others = jobs.alias()
        highest = select(func.max(others.c.priority)).where(others.c.state == JobState.QUEUED)
        return await self._steer(
            job_id, jobs.c.state == JobState.QUEUED, priority=highest.scalar_subquery() + 1
        )

    async def _steer(self, job_id: int, when: ColumnElement[bool], **values: object) -> Job | None:
        """Change a job if it stands so; return how it stands then."""
        async with self._database.write(durable=True) as connection:
            await connection.execute(
                update(jobs).where(with_parts(job_id), when).values(turn=NEXT_TURN, **values)
            )
            return await _get(connection, job_id)

    async def _select(
        self,
        where: ColumnElement[bool] | None,
        *,
        newest_first: bool,
        limit: int | None = None,
        offset: int | None = None,
    ) -> list[Job]:
        order = jobs.c.id.desc() if newest_first else jobs.c.id
        query = select(jobs).order_by(order).limit(limit).offset(offset)
        if where is not None:
            query = query.where(where)
        async with self._database.read() as connection:
            return [to_job(row) for row in await connection.execute(query)]

    async def _put_back(self, which: ColumnElement[bool]) -> int:
        cancelled = jobs.c.wish == Wish.CANCEL
        paused = jobs.c.wish == Wish.PAUSE
        async with self._database.write(durable=True) as connection:
            result = await connection.execute(
                update(jobs)
                .where(RUNNING, which)
                .values(
                    state=case(
                        (cancelled, JobState.CANCELLED),
                        (paused, JobState.PAUSED),
                        else_=JobState.QUEUED,
                    ),
                    finished_ms=case((cancelled, now_ms())),
                    wish=case((cancelled, Wish.CANCEL)),
                    turn=NEXT_TURN,
                )
            )
            return result.rowcount

    async def _end(self, job_id: int, fence: int, state: JobState, **values: object) -> None:
        async with self._database.write(durable=True) as connection:
            await self._change(
                connection,
                job_id,
                fence,
                {"state": state, "turn": NEXT_TURN, "finished_ms": now_ms()} | values,
            )

    async def _change(
        self, connection: AsyncConnection, job_id: int, fence: int, values: dict[str, Any]
    ) -> Any:
        changed = update(jobs).where(_held(job_id, fence)).values(values)
        row = (await connection.execute(changed.returning(jobs.c.wish, jobs.c.options))).first()
        if row is None:
            raise JobLost(job_id)
        return row


async def _get(connection: AsyncConnection, job_id: int) -> Job | None:
    row = (await connection.execute(select(jobs).where(jobs.c.id == job_id))).one_or_none()
    return None if row is None else to_job(row)


def _held(job_id: int, fence: int) -> ColumnElement[bool]:
    return (jobs.c.id == job_id) & (jobs.c.fence == fence) & RUNNING
