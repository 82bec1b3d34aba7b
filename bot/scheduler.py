"""Makes the jobs of schedules that are due, ends runs at their limit, and sends news of them.

Whatever it knows stands in rows. A run that was missed while nothing ran is made up for once; the
time after it is counted from now on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo

import structlog
from aiogram import Bot
from aiogram.exceptions import (
    AiogramError,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramRetryAfter,
)
from aiogram.methods import SendMessage

from bot.digest import digest
from bot.language import speaking
from bot.session import once
from bot.timetable import next_after, quiet_until
from bot.unbroken import Unbroken
from storage.choices import Choices
from storage.database import Database
from storage.errors import StorageError
from storage.grants import Grants
from storage.jobs import Jobs
from storage.limits import exceeded
from storage.models import JobState
from storage.people import People
from storage.schedules import Habits, Run, Schedule, Schedules
from storage.zones import zone_of

Clock = Callable[[], datetime]
"""Says what time it is, aware of its zone."""

USUAL_QUIET = "22:00-08:00"
SHORTEST_ROUND_S = 0.25
LONGEST_ROUND_S = 30.0
RUNNING_ROUND_S = 5.0
"""While a run is under way, which may come to its limit without any change in the database."""
AGAIN_AFTER_S = 5.0
NEWS_WAIT = timedelta(hours=6)
"""How long news wait for runs that are still under way."""

log = structlog.get_logger(__name__)


def zone_by(habits: Habits, usual: tzinfo) -> tzinfo:
    """Somebody's time zone; the usual one where this machine knows theirs no more."""
    try:
        return usual if habits.zone is None else zone_of(habits.zone)
    except ValueError:
        return usual


def quiet_by(habits: Habits) -> str:
    """Somebody's quiet hours."""
    return USUAL_QUIET if habits.quiet is None else habits.quiet


class Scheduler:
    """The loop over schedules and their runs."""

    def __init__(
        self, bot: Bot, database: Database, unbroken: Unbroken, *, zone: tzinfo, clock: Clock
    ) -> None:
        """`zone`: of people who have named none."""
        self._bot = bot
        self._database = database
        self._schedules = Schedules(database)
        self._choices = Choices(database)
        self._jobs = Jobs(database)
        self._people = People(database)
        self._grants = Grants(database)
        self._unbroken = unbroken
        self._zone = zone
        self._clock = clock

    async def run(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            seen = self._database.changes
            try:
                with self._unbroken.work():
                    wait_s = await self._round()
            except StorageError as error:
                log.warning("schedules wait for the database", reason=str(error))
                await asyncio.sleep(AGAIN_AFTER_S)
                continue
            await asyncio.sleep(SHORTEST_ROUND_S)
            await self._database.wait_for_change(wait_s, since=seen)

    async def _round(self) -> float:
        """Do what is due; return after how many seconds to look again at the latest."""
        now = self._clock()
        for schedule in await self._schedules.due(self._bot.id, now):
            await self._fire(schedule, now)
        runs = [await self._followed(run) for run in await self._schedules.untold(self._bot.id)]
        for run in runs:
            await self._watch(run, now)
        wait_s = await self._tell(runs, now) or LONGEST_ROUND_S
        if any(run.job.state is JobState.RUNNING for run in runs):
            wait_s = min(wait_s, RUNNING_ROUND_S)
        following = await self._schedules.next_due(self._bot.id)
        if following is not None and following > now:
            wait_s = min(wait_s, (following - now).total_seconds())
        return wait_s

    async def _fire(self, schedule: Schedule, now: datetime) -> None:
        """Who has no rights any more has no schedules; whoever is at their limits waits.

        Whether the chat is theirs to read is looked at by the exporter, which finds out what
        chat it is.
        """
        if await self._people.role(schedule.person_id) is None:
            await self._schedules.remove(schedule)
            log.info("a schedule was removed: its person has no role", schedule=schedule.id)
            return
        plan = schedule.plan
        request = await self._choices.request_by(plan.choice, plan.request.chat)
        if await exceeded(self._database, schedule.person_id) is not None and not any(
            (job.person_id, job.request) == (schedule.person_id, request)
            for job in await self._jobs.unfinished()  # its last run rests, and needs no further job
        ):
            return
        habits = await self._schedules.habits(schedule.person_id)
        next_at = next_after(schedule.plan.cron, zone_by(habits, self._zone), now)
        submitted = await self._schedules.fire(schedule, request, next_at)
        if submitted is not None:
            log.info("a schedule was due", schedule=schedule.id, job=submitted.job.id)

    async def _followed(self, run: Run) -> Run:
        """A job that joined another one ends as that does; no limit of this run holds for it."""
        other_id = run.job.joined_job_id
        other = None if other_id is None else await self._jobs.get(other_id)
        return run if other is None else replace(run, job=other, watched=True)

    async def _watch(self, run: Run, now: datetime) -> None:
        """Note when a run begins, and let its job rest when it comes to its limit."""
        if run.job.state is not JobState.RUNNING or run.stopped or run.watched:
            return
        if run.began_at is None:
            await self._schedules.began(run, now)
            return
        plan = run.schedule.plan
        took_s = (now - run.began_at).total_seconds()
        fetched = run.job.progress.file_bytes - run.began_bytes
        over = plan.limit_s is not None and took_s >= plan.limit_s
        if over or (plan.limit_bytes is not None and fetched >= plan.limit_bytes):
            await self._jobs.pause(run.job.id)
            await self._schedules.stopped(run)
            log.info("a scheduled run came to its limit", job=run.job.id)

    async def _tell(self, runs: list[Run], now: datetime) -> float:
        """Send each person the news, outside their quiet hours; return how long to wait, 0: no
        need."""
        wait_s = 0.0
        for person_id in dict.fromkeys(run.schedule.person_id for run in runs):
            theirs = [run for run in runs if run.schedule.person_id == person_id]
            over = [run for run in theirs if _is_over(run)]
            if not over or (len(over) < len(theirs) and not _is_late(over, now)):
                continue
            habits = await self._schedules.habits(person_id)
            zone = zone_by(habits, self._zone)
            if quiet_until(quiet_by(habits), zone, now) is None:
                wait_s = max(wait_s, await self._tell_one(person_id, over, zone))
        return wait_s

    async def _tell_one(self, person_id: int, runs: list[Run], zone: tzinfo) -> float:
        if await self._people.role(person_id) is None:
            await self._schedules.told(runs)
            return 0.0
        readable = await self._grants.may_have_of(person_id, [run.job for run in runs])
        with speaking(await self._people.language(person_id)):
            text = digest(runs, zone, readable=readable)
        if text is not None:
            try:
                await once(self._bot, SendMessage(chat_id=person_id, **text.as_kwargs()))
            except TelegramRetryAfter as pause:
                return float(pause.retry_after)
            except (TelegramForbiddenError, TelegramBadRequest) as error:
                log.info("news of schedules were not told", person=person_id, error=str(error))
            except AiogramError as error:
                log.info("news of schedules wait", person=person_id, error=str(error))
                return AGAIN_AFTER_S
        await self._schedules.told(runs)
        return 0.0


def _is_over(run: Run) -> bool:
    """Nothing more comes of it by itself; what a person or its limit paused is over for now."""
    return run.job.state.is_final or run.job.state is JobState.PAUSED


def _is_late(runs: list[Run], now: datetime) -> bool:
    """News of these runs have waited for the others long enough."""
    return any(now - run.due_at > NEWS_WAIT for run in runs)
