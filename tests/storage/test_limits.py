"""Bytes count for a person's day as they come in, whatever becomes of their jobs."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from storage.database import Database
from storage.jobs import Jobs
from storage.limits import AN_HOUR_MS, Exceeded, exceeded
from storage.models import ExportRequest, Job, Progress
from storage.people import People
from storage.tables import fetched

OWNER, MIA = 1, 7
LIMIT = Exceeded(bytes_a_day=1_000)


@pytest.fixture
async def limited(database: Database) -> People:
    people = People(database)
    await people.set_owners({OWNER})
    await people.allow(MIA, by=OWNER)
    await people.limit(MIA, by=OWNER, jobs_at_once=None, bytes_a_day=1_000)
    return people


async def running(jobs: Jobs, person_id: int | None = MIA, chat: str = "@alpine") -> Job:
    job = (await jobs.submit(ExportRequest(chat=chat), person_id=person_id)).job
    claimed = await jobs.claim([], only=job.id)
    assert claimed is not None
    return claimed


async def came_in(jobs: Jobs, job: Job, size_bytes: int) -> None:
    await jobs.report(job.id, job.fence, Progress(fetched_bytes=size_bytes))


async def test_an_unfinished_job_counts_and_each_byte_once(
    database: Database, jobs: Jobs, limited: People
) -> None:
    job = await running(jobs)
    for so_far in (400, 400, 900):
        await came_in(jobs, job, so_far)
    assert await exceeded(database, MIA) is None

    await came_in(jobs, job, 1_000)

    assert await exceeded(database, MIA) == LIMIT


@pytest.mark.parametrize("ending", ["fail", "cancel", "finish"])
async def test_it_does_not_matter_how_a_job_ended(
    database: Database, jobs: Jobs, limited: People, ending: str
) -> None:
    for chat in ("@one", "@two"):
        job = await running(jobs, chat=chat)
        await came_in(jobs, job, 500)
        if ending == "fail":
            await jobs.fail(job.id, job.fence, "The disk is full.")
        elif ending == "cancel":
            await jobs.cancel(job.id)
            await jobs.release(job.id, job.fence)
        else:
            await jobs.finish(job.id, job.fence)

    assert await exceeded(database, MIA) == LIMIT


async def test_what_came_in_a_day_ago_counts_no_more_and_is_forgotten(
    database: Database, jobs: Jobs, limited: People
) -> None:
    job = await running(jobs)
    await came_in(jobs, job, 5_000)
    async with database.write() as connection:
        older = fetched.c.hour_ms - 25 * AN_HOUR_MS
        await connection.execute(update(fetched).values(hour_ms=older))
    assert await exceeded(database, MIA) is None

    await came_in(jobs, job, 5_100)

    assert await exceeded(database, MIA) is None
    async with database.read() as connection:
        rows = list(await connection.execute(select(fetched.c.bytes)))
    assert [row.bytes for row in rows] == [100]


async def test_jobs_of_others_and_of_the_command_line_do_not_count(
    database: Database, jobs: Jobs, limited: People
) -> None:
    await came_in(jobs, await running(jobs, None, "@one"), 5_000)
    await came_in(jobs, await running(jobs, OWNER, "@two"), 5_000)

    assert await exceeded(database, MIA) is None
