"""Batches: many chats that a person asked for at once, as rows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from storage.archive import Archive
from storage.batches import Batches, LeftOut, Part
from storage.database import Database
from storage.errors import JobLost
from storage.folders import Folder, Folders
from storage.jobs import Among, Jobs
from storage.limits import exceeded
from storage.models import ChatInfo, ExportRequest, Job, JobKind, JobState, Progress, Summary, Wish
from storage.people import People
from storage.selections import ChatKind, Selection

ALL = ExportRequest(chat="", chats=Selection(excluded=("@spam",)))
ME = 77


@pytest.fixture
def batches(database: Database) -> Batches:
    return Batches(database)


def parts(*chat_ids: int) -> list[Part]:
    return [
        Part(kind=JobKind.EXPORT, chat_id=each, request=ExportRequest(chat=str(each)))
        for each in chat_ids
    ]


def summary(chat_id: int, *, messages: int = 10) -> Summary:
    chat = ChatInfo(id=chat_id, title=f"Chat {chat_id}", type="private_group")
    return Summary(
        chat=chat,
        folder=f"/exports/{chat_id}",
        messages=messages,
        new=3,
        media_kept=2,
        media_bytes=9,
    )


async def claim(jobs: Jobs, among: Among = Among.ALL) -> Job:
    job = await jobs.claim([], among=among)
    assert job is not None
    return job


async def begun(jobs: Jobs, batches: Batches, *chat_ids: int) -> Job:
    """The job of a batch whose jobs were made."""
    await jobs.submit(ALL, kind=JobKind.BATCH, person_id=ME)
    job = await claim(jobs)
    await batches.make(job, parts(*chat_ids), [LeftOut(title="Spam", reason="excluded")])
    return await at(jobs, job)


async def at(jobs: Jobs, job: Job) -> Job:
    found = await jobs.get(job.id)
    assert found is not None
    return found


async def test_a_batch_waits_for_its_jobs_and_is_claimed_once_more(
    jobs: Jobs, batches: Batches
) -> None:
    job = await begun(jobs, batches, -1, -2)
    assert job.state is JobState.QUEUED
    first, second = await claim(jobs), await claim(jobs)
    assert await jobs.claim([]) is None
    await jobs.finish(first.id, first.fence, summary(-1))
    await jobs.fail(second.id, second.fence, "No way.")

    again = await claim(jobs)

    assert (first.chat_id, second.chat_id) == (-1, -2)
    assert {first.batch_id, second.batch_id} == {again.id} == {job.id}
    assert {first.person_id, second.person_id} == {ME}
    tally = await batches.tally(job.id)
    assert tally is not None
    assert [part.state for part in tally.chats] == [JobState.DONE, JobState.FAILED]
    assert (tally.over, tally.messages, tally.new, tally.files, tally.file_bytes) == (
        2,
        10,
        3,
        2,
        9,
    )
    assert tally.chats[1].error == "No way."
    assert tally.left_out == [LeftOut(title="Spam", reason="excluded")]


async def test_the_jobs_of_a_batch_are_made_once(jobs: Jobs, batches: Batches) -> None:
    await jobs.submit(ALL, kind=JobKind.BATCH)
    job = await claim(jobs)
    await jobs.requeue_unheld()  # its worker has died
    taken_up = await claim(jobs)

    with pytest.raises(JobLost):
        await batches.make(job, parts(-1, -2), [])
    assert await batches.tally(job.id) is None
    await batches.make(taken_up, parts(-1, -2), [])

    tally = await batches.tally(job.id)
    assert tally is not None
    assert len(tally.parts) == 2


async def test_other_peoples_jobs_come_before_those_of_a_batch(
    jobs: Jobs, batches: Batches
) -> None:
    await begun(jobs, batches, -1, -2, -3)
    await claim(jobs)
    member = (await jobs.submit(ExportRequest(chat="@alpine"), person_id=5)).job

    assert (await claim(jobs)).id == member.id
    assert await jobs.claim([], among=Among.ALONE) is None
    assert (await claim(jobs)).chat_id == -2


async def test_a_batch_moved_to_the_front_takes_its_jobs_with_it(
    jobs: Jobs, batches: Batches
) -> None:
    job = await begun(jobs, batches, -1)
    await jobs.submit(ExportRequest(chat="@alpine"), person_id=5)

    await jobs.move_to_front(job.id)

    assert (await claim(jobs)).chat_id == -1


async def test_pause_resume_and_cancel_hold_for_all_of_a_batch(
    jobs: Jobs, batches: Batches
) -> None:
    job = await begun(jobs, batches, -1, -2, -3)
    running = await claim(jobs)

    paused = await jobs.pause(job.id)
    assert paused is not None
    assert (paused.id, paused.state) == (job.id, JobState.PAUSED)
    assert await jobs.claim([]) is None
    assert (await at(jobs, running)).wish is Wish.PAUSE
    await jobs.release(running.id, running.fence)

    await jobs.resume(job.id)
    again = await claim(jobs)
    assert again.id == running.id

    await jobs.cancel(job.id)
    await jobs.release(again.id, again.fence)
    tally = await batches.tally(job.id)
    assert tally is not None
    assert {part.state for part in tally.parts} == {JobState.CANCELLED}
    assert (await at(jobs, job)).state is JobState.CANCELLED
    assert await jobs.claim([]) is None


@pytest.mark.parametrize(
    ("wish", "stands", "made"),
    [(Wish.CANCEL, JobState.CANCELLED, 0), (Wish.PAUSE, JobState.PAUSED, 2)],
)
async def test_a_wish_made_while_the_chats_are_listed_holds_for_what_is_made(
    jobs: Jobs, batches: Batches, wish: Wish, stands: JobState, made: int
) -> None:
    await jobs.submit(ALL, kind=JobKind.BATCH)
    job = await claim(jobs)
    await (jobs.cancel if wish is Wish.CANCEL else jobs.pause)(job.id)

    await batches.make(job, parts(-1, -2), [])

    assert (await at(jobs, job)).state is stands
    tally = await batches.tally(job.id)
    assert len(tally.parts if tally else []) == made
    assert all(part.state is JobState.PAUSED for part in (tally.parts if tally else []))
    assert await jobs.claim([]) is None


async def test_asking_again_for_a_paused_batch_lets_all_of_it_go_on(
    jobs: Jobs, batches: Batches
) -> None:
    job = await begun(jobs, batches, -1)
    await jobs.pause(job.id)

    submitted = await jobs.submit(ALL, kind=JobKind.BATCH, person_id=ME)

    assert (submitted.joined, submitted.job.id) == (True, job.id)
    assert (await claim(jobs)).chat_id == -1


async def test_a_batch_waits_for_what_one_of_its_jobs_joined(jobs: Jobs, batches: Batches) -> None:
    other = (await jobs.submit(ExportRequest(chat="-1"), person_id=5)).job
    running = await claim(jobs)
    job = await begun(jobs, batches, -1)
    part = await claim(jobs)
    await jobs.join(part.id, part.fence, other.id)
    assert await jobs.claim([]) is None

    await jobs.report(running.id, running.fence, Progress(title="Us", messages=4))
    tally = await batches.tally(job.id)
    assert tally is not None
    assert (tally.parts[0].state, tally.messages) == (JobState.RUNNING, 4)
    await jobs.finish(running.id, running.fence, summary(-1, messages=40))

    assert (await claim(jobs)).id == job.id
    tally = await batches.tally(job.id)
    assert tally is not None
    assert (tally.parts[0].state, tally.messages) == (JobState.DONE, 40)


async def test_only_what_failed_is_made_once_more(jobs: Jobs, batches: Batches) -> None:
    job = await begun(jobs, batches, -1, -2)
    first, second = await claim(jobs), await claim(jobs)
    await jobs.finish(first.id, first.fence, summary(-1))
    await jobs.fail(second.id, second.fence, "No way.")

    assert await batches.failed(job.id) == parts(-2)


async def test_lists_of_jobs_show_a_batch_as_one(jobs: Jobs, batches: Batches) -> None:
    job = await begun(jobs, batches, -1, -2)
    assert [each.id for each in await jobs.unfinished()] == [job.id]

    for _ in range(2):
        part = await claim(jobs)
        await jobs.finish(part.id, part.fence, summary(part.chat_id or 0))
    again = await claim(jobs)
    await jobs.finish(again.id, again.fence)

    assert [each.id for each in await jobs.recent()] == [job.id]
    assert [each.id for each in await jobs.ended(offset=0, limit=9)] == [job.id]
    assert len(await jobs.archives()) == 2


async def test_the_jobs_of_a_batch_use_up_nobodys_jobs_at_once(
    jobs: Jobs, batches: Batches, database: Database
) -> None:
    people = People(database)
    await people.set_owners({ME})
    await people.limit(ME, by=1, jobs_at_once=2, bytes_a_day=None)

    await begun(jobs, batches, -1, -2, -3)

    assert await exceeded(database, ME) is None


async def test_who_asks_for_a_chat_of_a_batch_gets_a_job_of_their_own(
    jobs: Jobs, batches: Batches
) -> None:
    await begun(jobs, batches, -1)

    alone = await jobs.submit(ExportRequest(chat="-1"), person_id=ME)

    assert (alone.joined, alone.job.batch_id) == (False, None)


async def test_folders_of_one_name_are_one(database: Database, archive: Archive) -> None:
    folders = Folders(database)
    await folders.save(
        1, [Folder(title="Work", chat_ids=[-1, -2]), Folder(title="Fun", chat_ids=[])]
    )
    await folders.save(2, [Folder(title="work", chat_ids=[-2, -3])])
    assert await folders.all() == [
        Folder(title="Work", chat_ids=[-1, -2, -3]),
        Folder(title="Fun", chat_ids=[]),
    ]

    await folders.save(1, [])

    assert [folder.title for folder in await folders.all()] == ["work"]


async def test_a_selection_comes_back_as_it_was_given(jobs: Jobs) -> None:
    wanted = replace(
        ALL, chats=Selection(kinds=(ChatKind.BOT,), folders=("Work",), accounts=True, retry_of=3)
    )
    job = (await jobs.submit(wanted, kind=JobKind.BATCH)).job
    assert (await at(jobs, job)).request == wanted
