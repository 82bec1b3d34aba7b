"""What is packed is dropped once it has arrived everywhere, and not a moment earlier."""

from __future__ import annotations

from pathlib import Path

from storage.database import Database
from storage.jobs import Jobs
from storage.models import CardPlace, ExportRequest, Job, JobKind
from storage.parcels import Arrival, Parcel, Parcels

BOT = 7
HERE = CardPlace(bot_id=BOT, chat_id=10, reply_to=100)
THERE = CardPlace(bot_id=BOT, chat_id=20, reply_to=200)
REQUEST = ExportRequest(chat="Study", to="/exports/Study", max_size_bytes=1000)


async def packing(jobs: Jobs, *places: CardPlace) -> Job:
    """A delivery that a worker is at."""
    for update_id, place in enumerate(places, start=1):
        await jobs.submit(REQUEST, kind=JobKind.DELIVER, update_id=update_id, card=place)
    job = await jobs.claim([])
    assert job is not None
    return job


def parcels_of(job: Job, amount: int) -> list[Parcel]:
    return [
        Parcel(
            job_id=job.id,
            number=number,
            of=amount,
            key="k",
            path=Path(f"/outbox/{number}.zip"),
            name=f"{number}.zip",
            size_bytes=9,
            note=None,
        )
        for number in range(1, amount + 1)
    ]


async def test_parcels_go_out_once_their_job_is_done(database: Database, jobs: Jobs) -> None:
    parcels = Parcels(database)
    job = await packing(jobs, HERE)
    await parcels.put(parcels_of(job, 2))

    assert await parcels.errands(BOT) == []
    assert await parcels.clear() == []
    await jobs.finish(job.id, job.fence)

    errands = await parcels.errands(BOT)
    assert [(each.place.chat_id, each.parcel.number) for each in errands] == [(10, 1), (10, 2)]
    assert [each.is_first for each in errands] == [True, False]
    assert await parcels.errands(BOT + 1) == [], "of another bot"


async def test_parcels_are_kept_until_every_chat_has_all(database: Database, jobs: Jobs) -> None:
    parcels = Parcels(database)
    job = await packing(jobs, HERE, THERE)
    await parcels.put(parcels_of(job, 2))
    await jobs.finish(job.id, job.fence)

    while errands := await parcels.errands(BOT):
        assert await parcels.clear() == []
        await parcels.delivered([Arrival(errand=errands[0], message_id=5, file_id="f")])

    assert await parcels.clear() == [Path("/outbox/1.zip"), Path("/outbox/2.zip")]
    assert await parcels.clear() == []


async def test_what_was_sent_before_is_known_again_when_it_is_whole(
    database: Database, jobs: Jobs
) -> None:
    parcels = Parcels(database)
    job = await packing(jobs, HERE)
    await parcels.put(parcels_of(job, 2))
    await jobs.finish(job.id, job.fence)
    first, second = await parcels.errands(BOT)

    await parcels.delivered([Arrival(errand=first, message_id=5, file_id="f1")])
    assert await parcels.sent_before(99, "k") == []
    await parcels.delivered([Arrival(errand=second, message_id=6, file_id="f2")])

    known = await parcels.sent_before(99, "k")
    assert [(each.job_id, each.number, each.path) for each in known] == [
        (99, 1, None),
        (99, 2, None),
    ]
    assert await parcels.sent_before(99, "other") == []
