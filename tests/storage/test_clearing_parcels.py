"""Parcels on their way are kept until they have arrived."""

from __future__ import annotations

import asyncio
from pathlib import Path

from sqlalchemy import update

from storage.database import Database
from storage.jobs import Jobs
from storage.models import CardPlace, ExportRequest, JobKind, JobState
from storage.parcels import Parcel, Parcels
from storage.tables import jobs as job_rows

BOT, MIA = 5, 7


async def test_what_is_packed_while_the_old_is_cleared_away_is_still_sent(
    database: Database, rival: Database, jobs: Jobs
) -> None:
    submitted = await jobs.submit(
        ExportRequest(chat="Alpine Hikers", to="/exports/alpine"),
        kind=JobKind.DELIVER,
        person_id=MIA,
        update_id=1,
        card=CardPlace(bot_id=BOT, chat_id=MIA, reply_to=3),
        chat_id=-1001234567890,
    )
    job_id = submitted.job.id
    parcel = Parcel(
        job_id=job_id,
        number=1,
        of=1,
        key="key",
        path=Path("/outbox/a.zip"),
        name="a.zip",
        size_bytes=2,
        note=None,
    )
    await Parcels(database).put([parcel])

    async with database.write() as connection:
        clearing = asyncio.create_task(Parcels(rival).clear())
        await asyncio.sleep(0.1)  # it has read what there is to read, and waits for its turn
        done = update(job_rows).where(job_rows.c.id == job_id).values(state=JobState.DONE)
        await connection.execute(done)
    dropped = await clearing

    assert dropped == []
    (errand,) = await Parcels(database).errands(BOT)
    assert (errand.parcel, errand.about_id) == (parcel, -1001234567890)
    assert not clearing.cancelled()
