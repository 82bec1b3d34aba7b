"""Schedules and their runs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from storage.cards import Cards
from storage.database import Database
from storage.jobs import Jobs
from storage.models import CardPlace, ExportRequest, JobState, Progress
from storage.schedules import Habits, Plan, Schedule, Schedules

PERSON, BOT = 7, 500
DUE = datetime(2026, 11, 25, 3, tzinfo=UTC)
DAY = timedelta(days=1)
PLAN = Plan(request=ExportRequest(chat="@alpine"), cron="0 3 * * *", limit_s=7200)


@pytest.fixture
def schedules(database: Database) -> Schedules:
    return Schedules(database)


async def added(
    schedules: Schedules, plan: Plan = PLAN, *, update_id: int = 1, person_id: int = PERSON
) -> Schedule:
    assert await schedules.add(
        plan, person_id=person_id, bot_id=BOT, update_id=update_id, next_at=DUE
    )
    return (await schedules.of(person_id, BOT))[-1]


async def test_an_update_that_comes_twice_makes_one_schedule(schedules: Schedules) -> None:
    schedule = await added(schedules)
    again = await schedules.add(
        Plan(request=ExportRequest(chat="@other"), cron="0 4 * * *"),
        person_id=PERSON,
        bot_id=BOT,
        update_id=1,
        next_at=DUE,
    )

    assert not again
    assert await schedules.of(PERSON, BOT) == [schedule]
    assert schedule.plan == PLAN


async def test_another_time_for_the_same_export_takes_the_place_of_the_earlier_one(
    schedules: Schedules,
) -> None:
    first = await added(schedules)
    weekly = Plan(request=PLAN.request, cron="0 3 * * 1")
    second = await added(schedules, weekly, update_id=2)
    theirs = await added(schedules, update_id=3, person_id=8)

    assert await schedules.of(PERSON, BOT) == [second]
    assert (second.id, second.plan) == (first.id, weekly)
    assert theirs.id != first.id


async def test_a_schedule_is_due_from_its_moment_on_unless_it_rests(schedules: Schedules) -> None:
    schedule = await added(schedules)

    assert await schedules.due(BOT, DUE - timedelta(seconds=1)) == []
    assert await schedules.due(BOT, DUE) == [schedule]
    assert await schedules.due(501, DUE) == []
    assert await schedules.next_due(BOT) == DUE

    assert await schedules.set_next(schedule, None)
    assert await schedules.due(BOT, DUE + DAY) == []
    assert await schedules.next_due(BOT) is None


async def test_a_clock_that_was_put_back_brings_the_same_run_again(
    schedules: Schedules, database: Database
) -> None:
    schedule = await added(schedules)
    first = await schedules.fire(schedule, PLAN.request, DUE + DAY)
    assert first is not None
    await Jobs(database).cancel(first.job.id)
    await schedules.told(await schedules.untold(BOT))
    await schedules.set_next(schedule, DUE)

    second = await schedules.fire(schedule, PLAN.request, DUE + DAY)

    assert second is not None
    (run,) = await schedules.untold(BOT)
    assert run.job.id == second.job.id != first.job.id


async def test_two_who_fire_the_same_schedule_make_one_job(
    schedules: Schedules, rival: Database, jobs: Jobs
) -> None:
    schedule = await added(schedules)

    first = await schedules.fire(schedule, PLAN.request, DUE + DAY)
    second = await Schedules(rival).fire(schedule, PLAN.request, DUE + DAY)

    assert first is not None
    assert second is None
    assert [job.id for job in await jobs.recent()] == [first.job.id]
    assert first.job.person_id == PERSON
    assert (await schedules.of(PERSON, BOT))[0].next_at == DUE + DAY


async def test_the_next_run_goes_on_with_what_rests(schedules: Schedules, jobs: Jobs) -> None:
    schedule = await added(schedules)
    fired = await schedules.fire(schedule, PLAN.request, DUE + DAY)
    assert fired is not None
    job = await jobs.claim([])
    assert job is not None
    await jobs.pause(job.id)
    await jobs.release(job.id, job.fence)

    again = await schedules.fire((await schedules.of(PERSON, BOT))[0], PLAN.request, DUE + 2 * DAY)

    assert again is not None
    assert again.joined
    assert (again.job.id, again.job.state) == (job.id, JobState.QUEUED)
    assert [run.due_at for run in await schedules.untold(BOT)] == [DUE, DUE + DAY]


async def test_a_run_notes_where_it_began_and_that_it_was_stopped_and_told(
    schedules: Schedules, jobs: Jobs
) -> None:
    await schedules.fire(await added(schedules), PLAN.request, DUE + DAY)
    job = await jobs.claim([])
    assert job is not None
    await jobs.report(job.id, job.fence, Progress(file_bytes=10))
    (run,) = await schedules.untold(BOT)
    assert (run.began_at, run.stopped, run.watched) == (None, False, False)

    await schedules.began(run, DUE)
    await schedules.stopped(run)
    (run,) = await schedules.untold(BOT)
    assert (run.began_at, run.began_bytes, run.stopped) == (DUE, 10, True)

    await schedules.told([run])
    assert await schedules.untold(BOT) == []


async def test_a_job_with_a_card_is_watched(schedules: Schedules, jobs: Jobs, cards: Cards) -> None:
    await schedules.fire(await added(schedules), PLAN.request, DUE + DAY)
    await jobs.submit(
        PLAN.request,
        person_id=PERSON,
        update_id=9,
        card=CardPlace(bot_id=BOT, chat_id=PERSON, reply_to=1),
    )

    (run,) = await schedules.untold(BOT)

    assert run.watched


async def test_a_schedule_that_goes_takes_its_runs_along_and_leaves_its_job(
    schedules: Schedules, jobs: Jobs
) -> None:
    schedule = await added(schedules)
    await schedules.fire(schedule, PLAN.request, DUE + DAY)

    assert await schedules.remove(schedule)

    assert not await schedules.remove(schedule)
    assert await schedules.untold(BOT) == []
    assert len(await jobs.unfinished()) == 1


async def test_a_zone_moves_what_is_due_and_lets_the_rest_be(schedules: Schedules) -> None:
    first = await added(schedules)
    resting = await added(
        schedules, Plan(request=ExportRequest(chat="@other"), cron="0 4 * * *"), update_id=2
    )
    await schedules.set_next(resting, None)
    await schedules.set_quiet(PERSON, "22:00-08:00")

    await schedules.set_zone(PERSON, "Asia/Tashkent", {first.id: DUE + DAY, resting.id: DUE})

    assert await schedules.habits(PERSON) == Habits(zone="Asia/Tashkent", quiet="22:00-08:00")
    assert await schedules.habits(8) == Habits()
    assert [each.next_at for each in await schedules.of(PERSON, BOT)] == [DUE + DAY, None]
