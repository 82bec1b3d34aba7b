"""Schedules: exports that come by themselves, their runs, and when a person wants news of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, exists, func, select, update
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.choices import Choice, to_choice
from storage.database import Database
from storage.encoding import from_ms, moment_ms, now_ms, to_job, to_ms, to_request, to_text
from storage.models import ExportRequest, Job, JobKind, JobState, Submitted
from storage.submit import record_command, submit_one
from storage.tables import cards, habits, jobs, plans, schedule_runs, schedules

USUAL_CHOICE = Choice()


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be exported, when, and how much at a time."""

    request: ExportRequest
    """Names the chat; what of it is in `choice`."""
    choice: Choice = USUAL_CHOICE
    """The options, as they were when it was planned."""
    title: str | None = None
    """The chat's, where it is known."""
    cron: str
    """Five fields, in the person's time zone."""
    limit_s: int | None = None
    """How long one run may take; the rest comes with the next one."""
    limit_bytes: int | None = None
    """How many bytes of files one run may fetch."""

    @property
    def is_limited(self) -> bool:
        return self.limit_s is not None or self.limit_bytes is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """A row of `schedules`."""

    id: int
    person_id: int
    bot_id: int
    plan: Plan
    next_at: datetime | None
    """When it is due; None: it rests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One time that a schedule was due, with its job."""

    schedule: Schedule
    due_at: datetime
    job: Job
    began_at: datetime | None
    """When its job was first seen running."""
    began_bytes: int
    """What the job had fetched by then."""
    stopped: bool
    """It came to its limit."""
    watched: bool
    """A person looks on by a card, or it is somebody else's job, so that no limit holds."""
    asks: bool
    """It is large, and waits until its person agrees to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """When somebody's day is. None: as is usual here."""

    zone: str | None = None
    """A name or ±HH:MM."""
    quiet: str | None = None
    """`22:00-08:00`: no news of schedules then; empty: there is no such time."""


class Schedules:
    """The tables `schedules`, `schedule_runs` and `habits`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(
        self,
        plan: Plan,
        *,
        person_id: int,
        bot_id: int,
        update_id: int,
        next_at: datetime | None,
    ) -> bool:
        """Note a schedule, in the place of an earlier one for the same; False: this update came
        before."""
        changing = {
            "title": plan.title,
            "choice": to_text(plan.choice),
            "cron": plan.cron,
            "limit_s": plan.limit_s,
            "limit_bytes": plan.limit_bytes,
            "next_ms": None if next_at is None else to_ms(next_at),
        }
        key = {"person_id": person_id, "bot_id": bot_id, "request": to_text(plan.request)}
        async with self._database.write(durable=True) as connection:
            if not await record_command(connection, bot_id, update_id, job_id=None):
                return False
            await connection.execute(
                upsert(schedules)
                .values(key | changing | {"created_ms": now_ms()})
                .on_conflict_do_update(index_elements=list(key), set_=changing)
            )
        return True

    async def of(self, person_id: int, bot_id: int) -> list[Schedule]:
        """A person's schedules, the oldest first."""
        theirs = (schedules.c.person_id == person_id) & (schedules.c.bot_id == bot_id)
        return await self._select(theirs)

    async def due(self, bot_id: int, now: datetime) -> list[Schedule]:
        """Those whose time has come."""
        return await self._select(
            (schedules.c.bot_id == bot_id) & (schedules.c.next_ms <= to_ms(now))
        )

    async def next_due(self, bot_id: int) -> datetime | None:
        """When the next one is due."""
        query = select(func.min(schedules.c.next_ms)).where(schedules.c.bot_id == bot_id)
        async with self._database.read() as connection:
            return moment_ms(await connection.scalar(query))

    async def set_next(self, schedule: Schedule, next_at: datetime | None) -> bool:
        """Let a schedule rest (None), or go on; False: it is not there any more."""
        async with self._database.write(durable=True) as connection:
            changed = await connection.execute(
                update(schedules)
                .where(schedules.c.id == schedule.id, schedules.c.person_id == schedule.person_id)
                .values(next_ms=None if next_at is None else to_ms(next_at))
            )
            return changed.rowcount == 1

    async def remove(self, schedule: Schedule) -> bool:
        """Forget a schedule and its runs; their jobs stay. False: it was gone."""
        async with self._database.write(durable=True) as connection:
            gone = await connection.execute(
                delete(schedules).where(
                    schedules.c.id == schedule.id, schedules.c.person_id == schedule.person_id
                )
            )
            return gone.rowcount == 1

    async def fire(
        self, schedule: Schedule, request: ExportRequest, next_at: datetime | None
    ) -> Submitted | None:
        """Make the job of a due schedule and set its next time, both or neither.

        An unfinished job that wants the same does for it; one that is paused goes on, unless it
        waits until somebody agrees to its plan. None: that, or the schedule has been changed, or
        fired, meanwhile.
        """
        if schedule.next_at is None:
            return None
        due_ms = to_ms(schedule.next_at)
        async with self._database.write(durable=True) as connection:
            still = await connection.execute(
                update(schedules)
                .where(schedules.c.id == schedule.id, schedules.c.next_ms == due_ms)
                .values(next_ms=None if next_at is None else to_ms(next_at))
            )
            if not still.rowcount:
                return None
            if await _asks(connection, schedule.person_id, request):
                return None
            submitted = await submit_one(
                connection,
                request,
                kind=JobKind.EXPORT,
                person_id=schedule.person_id,
                card=None,
                title=schedule.plan.title,
            )
            key = {"schedule_id": schedule.id, "due_ms": due_ms}
            run = {"job_id": submitted.job.id, "began_bytes": 0, "stopped": False, "told": False}
            row = upsert(schedule_runs).values(key | run)
            # a clock that was put back brings the same run again
            again = row.on_conflict_do_update(
                index_elements=list(key), set_=run | {"began_ms": None}
            )
            await connection.execute(again)
            return submitted

    async def untold(self, bot_id: int) -> list[Run]:
        """Runs whose person has not heard of them, the oldest first."""
        query = (
            select(schedule_runs)
            .join(schedules)
            .where(schedules.c.bot_id == bot_id, ~schedule_runs.c.told)
            .order_by(schedule_runs.c.due_ms, schedule_runs.c.schedule_id)
        )
        async with self._database.read() as connection:
            rows = list(await connection.execute(query))
            ids = {row.job_id for row in rows}
            wanted = select(jobs).where(jobs.c.id.in_(ids))
            by_id = {row.id: to_job(row) for row in await connection.execute(wanted)}
            shown = select(cards.c.job_id).where(cards.c.job_id.in_(ids))
            watched = set((await connection.execute(shown)).scalars())
            waiting = select(plans.c.job_id).where(plans.c.job_id.in_(ids), plans.c.asking)
            asking = set((await connection.execute(waiting)).scalars())
            theirs = select(schedules).where(schedules.c.id.in_({row.schedule_id for row in rows}))
            made = {row.id: _to_schedule(row) for row in await connection.execute(theirs)}
        return [
            Run(
                schedule=made[row.schedule_id],
                due_at=from_ms(row.due_ms),
                job=by_id[row.job_id],
                began_at=moment_ms(row.began_ms),
                began_bytes=row.began_bytes,
                stopped=row.stopped,
                watched=row.job_id in watched,
                asks=row.job_id in asking,
            )
            for row in rows
        ]

    async def of_job(self, job_id: int) -> Schedule | None:
        """The schedule that made a job, or was done by it last."""
        query = (
            select(schedules)
            .join(schedule_runs)
            .where(schedule_runs.c.job_id == job_id)
            .order_by(schedule_runs.c.due_ms.desc())
            .limit(1)
        )
        async with self._database.read() as connection:
            row = (await connection.execute(query)).one_or_none()
        return None if row is None else _to_schedule(row)

    async def began(self, run: Run, now: datetime) -> None:
        """Its job runs from now on, as far as the limit is concerned."""
        await self._update_runs(
            [run], {"began_ms": to_ms(now), "began_bytes": run.job.progress.file_bytes}
        )

    async def stopped(self, run: Run) -> None:
        """Its job is being paused, for the limit."""
        await self._update_runs([run], {"stopped": True})

    async def told(self, runs: Sequence[Run]) -> None:
        """The person has heard of them, or there is nothing to hear."""
        await self._update_runs(runs, {"told": True})

    async def habits(self, person_id: int) -> Habits:
        async with self._database.read() as connection:
            row = (
                await connection.execute(select(habits).where(habits.c.person_id == person_id))
            ).one_or_none()
        return Habits() if row is None else Habits(zone=row.zone, quiet=row.quiet)

    async def set_quiet(self, person_id: int, quiet: str | None) -> None:
        """Set when nothing is told; see `Habits.quiet`."""
        async with self._database.write(durable=True) as connection:
            await connection.execute(_habit(person_id, {"quiet": quiet}))

    async def set_zone(
        self, person_id: int, zone: str | None, next_at: Mapping[int, datetime | None]
    ) -> None:
        """Set a person's time zone, and when their schedules are due in it, by their ids."""
        async with self._database.write(durable=True) as connection:
            await connection.execute(_habit(person_id, {"zone": zone}))
            for schedule_id, moment in next_at.items():
                await connection.execute(
                    update(schedules)
                    .where(
                        schedules.c.id == schedule_id,
                        schedules.c.person_id == person_id,
                        schedules.c.next_ms.is_not(None),
                    )
                    .values(next_ms=None if moment is None else to_ms(moment))
                )

    async def _select(self, where: ColumnElement[bool]) -> list[Schedule]:
        query = select(schedules).where(where).order_by(schedules.c.id)
        async with self._database.read() as connection:
            return [_to_schedule(row) for row in await connection.execute(query)]

    async def _update_runs(self, runs: Sequence[Run], values: Mapping[str, Any]) -> None:
        async with self._database.write(durable=True) as connection:
            for run in runs:
                await connection.execute(
                    update(schedule_runs)
                    .where(
                        schedule_runs.c.schedule_id == run.schedule.id,
                        schedule_runs.c.due_ms == to_ms(run.due_at),
                    )
                    .values(values)
                )


async def _asks(connection: AsyncConnection, person_id: int, request: ExportRequest) -> bool:
    """Whether a job that wants the same waits until its person agrees to its plan."""
    waiting = exists().where(
        jobs.c.person_id == person_id,
        jobs.c.request == to_text(request),
        jobs.c.state == JobState.PAUSED,
        plans.c.job_id == jobs.c.id,
        plans.c.asking,
    )
    return bool(await connection.scalar(select(waiting)))


def _habit(person_id: int, value: Mapping[str, str | None]) -> Any:
    row = upsert(habits).values({"person_id": person_id, **value})
    return row.on_conflict_do_update(index_elements=["person_id"], set_=dict(value))


def _to_schedule(row: Row[Any]) -> Schedule:
    return Schedule(
        id=row.id,
        person_id=row.person_id,
        bot_id=row.bot_id,
        plan=Plan(
            request=to_request(row.request),
            title=row.title,
            choice=USUAL_CHOICE if row.choice is None else to_choice(row.choice),
            cron=row.cron,
            limit_s=row.limit_s,
            limit_bytes=row.limit_bytes,
        ),
        next_at=moment_ms(row.next_ms),
    )
