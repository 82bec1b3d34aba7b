"""A job's life, from the command to its end, and who may change it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from storage.accounts import Accounts
from storage.cards import Cards
from storage.database import Database
from storage.errors import JobLost
from storage.jobs import Jobs
from storage.models import (
    CardPlace,
    ChatInfo,
    ExportRequest,
    Job,
    JobKind,
    JobState,
    Phase,
    Progress,
    Skipped,
    Summary,
    Wish,
)
from storage.people import People
from storage.secrets import Secrets
from tests.storage.making import CHAT_ID

HERE = CardPlace(bot_id=1, chat_id=10, reply_to=100)
THERE = CardPlace(bot_id=1, chat_id=20, reply_to=200, is_group=True)
REQUEST = ExportRequest(chat="@study", formats=("json",), media="photo,video", max_size_bytes=5)
SUMMARY = Summary(
    chat=ChatInfo(id=CHAT_ID, title="Study", type="private_supergroup", username="study"),
    folder="/exports/Study",
    messages=12,
    new=5,
    by_kind={"text": 10, "photo": 2},
    skipped=(Skipped(id=7, reason="too new for this version"),),
    complete=False,
    duration_s=1.5,
    rate=3.3,
)


@pytest.fixture
async def account_ids(database: Database) -> tuple[int, int]:
    accounts = Accounts(database, Secrets.load("a key", database.path.parent))
    first = await accounts.add(user_id=7, name="Mia", phone=None, dc_id=2, session="s")
    second = await accounts.add(user_id=8, name="Ben", phone=None, dc_id=2, session="s")
    return first.id, second.id


async def test_a_request_comes_back_as_it_was_given(jobs: Jobs) -> None:
    submitted = await jobs.submit(REQUEST, person_id=77, update_id=5, card=HERE)

    job = submitted.job
    assert (submitted.joined, submitted.repeated) == (False, False)
    assert await jobs.get(job.id) == job
    assert (job.request, job.person_id, job.state) == (REQUEST, 77, JobState.QUEUED)
    assert job.created_at.tzinfo == UTC
    assert await jobs.get(job.id + 1) is None


async def test_the_same_update_makes_one_job_however_often_it_comes(
    jobs: Jobs, cards: Cards
) -> None:
    first = await jobs.submit(REQUEST, update_id=5, card=HERE)
    running = await claim(jobs)
    await jobs.finish(running.id, running.fence, SUMMARY)

    again = await jobs.submit(REQUEST, update_id=5, card=HERE)

    assert again.repeated
    assert again.job.id == first.job.id
    assert len(await jobs.recent()) == len(await cards.open()) == 1


async def test_updates_of_two_bots_are_told_apart(jobs: Jobs) -> None:
    other_bot = CardPlace(bot_id=2, chat_id=10, reply_to=100)
    await jobs.submit(REQUEST, update_id=5, card=HERE)

    assert not (await jobs.submit(REQUEST, update_id=5, card=other_bot)).repeated


async def test_an_update_without_its_bot_is_a_bug(jobs: Jobs) -> None:
    with pytest.raises(ValueError, match="bot"):
        await jobs.submit(REQUEST, update_id=5)


async def test_an_equal_request_joins_the_unfinished_job(jobs: Jobs, cards: Cards) -> None:
    first = await jobs.submit(REQUEST, update_id=5, card=HERE)
    await claim(jobs)

    second = await jobs.submit(REQUEST, update_id=6, card=THERE)
    third = await jobs.submit(REQUEST, update_id=7, card=HERE)

    assert second.joined
    assert third.joined
    assert {first.job.id} == {second.job.id, third.job.id}
    assert [card.place for card, _ in await cards.open()] == [HERE, THERE]
    assert (await jobs.submit(REQUEST, update_id=6, card=THERE)).repeated


async def test_owners_and_the_command_line_share_their_jobs_and_nobody_else(
    jobs: Jobs, database: Database
) -> None:
    await People(database).set_owners([1, 2])
    job = (await jobs.submit(REQUEST)).job

    assert [(await jobs.submit(REQUEST, person_id=each)).job.id for each in (1, 2)] == [job.id] * 2
    members = [(await jobs.submit(REQUEST, person_id=each)).job.id for each in (3, 4, 3)]
    assert members == [job.id + 1, job.id + 2, job.id + 1]
    assert (await jobs.submit(REQUEST)).job.id == job.id


async def test_another_request_is_another_job(jobs: Jobs) -> None:
    first = await jobs.submit(REQUEST)

    for other in (ExportRequest(chat="@study"), ExportRequest(chat="@other", formats=("json",))):
        assert (await jobs.submit(other)).job.id != first.job.id
    assert (await jobs.submit(REQUEST, kind=JobKind.DIALOGS)).job.id != first.job.id


async def test_a_request_does_not_join_a_job_that_is_being_cancelled(jobs: Jobs) -> None:
    first = (await jobs.submit(REQUEST)).job
    await claim(jobs)
    await jobs.cancel(first.id)

    assert (await jobs.submit(REQUEST)).job.id != first.id


async def test_one_command_at_once_from_many_tasks_makes_one_job(
    jobs: Jobs, rival: Database
) -> None:
    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(each.submit(REQUEST, update_id=5, card=HERE))
            for each in (jobs, Jobs(rival)) * 10
        ]

    assert [task.result().repeated for task in tasks].count(False) == 1
    assert len({task.result().job.id for task in tasks}) == 1


async def test_a_command_without_a_job_is_noted_once(jobs: Jobs) -> None:
    assert await jobs.record_command(1, 5)
    assert not await jobs.record_command(1, 5)
    assert await jobs.record_command(2, 5)


async def test_claiming_takes_short_kinds_first_then_the_oldest(jobs: Jobs) -> None:
    first, second = await submit_exports(jobs, 2)
    short = (await jobs.submit(ExportRequest(chat=""), kind=JobKind.DIALOGS)).job

    assert [(await claim(jobs)).id for _ in range(3)] == [short.id, first.id, second.id]
    assert await jobs.claim([]) is None


async def test_claiming_one_job_leaves_the_others(jobs: Jobs) -> None:
    first, second = await submit_exports(jobs, 2)

    claimed = await jobs.claim([], only=second.id)

    assert claimed is not None
    assert claimed.id == second.id
    assert await jobs.claim([], only=second.id) is None
    assert [job.state for job in await jobs.unfinished()] == [JobState.QUEUED, JobState.RUNNING]
    assert (await claim(jobs)).id == first.id


async def test_a_claimed_job_has_a_new_fence_and_one_attempt_more(jobs: Jobs) -> None:
    await jobs.submit(REQUEST)
    first = await claim(jobs)
    await jobs.release(first.id, first.fence)
    second = await claim(jobs)

    assert (first.fence, first.attempt, second.attempt) == (1, 1, 2)
    assert second.fence > first.fence
    assert second.started_at is not None


async def test_two_processes_never_claim_the_same_job(jobs: Jobs, rival: Database) -> None:
    submitted = await submit_exports(jobs, 20)
    claimed: list[int] = []

    async def work(each: Jobs) -> None:
        while (job := await each.claim([])) is not None:
            claimed.append(job.id)

    async with asyncio.TaskGroup() as group:
        for each in (jobs, Jobs(rival), jobs, Jobs(rival)):
            group.create_task(work(each))

    assert sorted(claimed) == [job.id for job in submitted]


async def test_a_report_is_seen_and_answers_with_the_wish(jobs: Jobs) -> None:
    soon = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=30)
    progress = Progress(
        phase=Phase.FETCHING,
        title="Study",
        messages=5,
        total=10,
        rate=2.5,
        eta=soon,
        wait_until=soon,
        wait_reason="Telegram asks us to wait",
    )
    job = await running_job(jobs)

    assert await jobs.report(job.id, job.fence, progress) is None
    assert (await again(jobs, job)).progress == progress
    await jobs.cancel(job.id)
    assert await jobs.report(job.id, job.fence, progress) is Wish.CANCEL


async def test_a_job_ends_once_with_what_became_of_it(jobs: Jobs) -> None:
    done, failed, cancelled, joined, plain = [await running_job(jobs) for _ in range(5)]

    await jobs.finish(done.id, done.fence, SUMMARY)
    await jobs.fail(failed.id, failed.fence, "Nobody knows this chat.")
    await jobs.cancel(cancelled.id)
    await jobs.release(cancelled.id, cancelled.fence)
    await jobs.join(joined.id, joined.fence, done.id)
    await jobs.finish(plain.id, plain.fence, None)

    ended = {job.id: job for job in await jobs.recent()}
    assert ended[done.id].summary == SUMMARY
    assert ended[failed.id].error == "Nobody knows this chat."
    assert ended[joined.id].joined_job_id == done.id
    assert ended[plain.id].summary is None
    assert [ended[job.id].state for job in (done, failed, cancelled, joined, plain)] == [
        JobState.DONE,
        JobState.FAILED,
        JobState.CANCELLED,
        JobState.JOINED,
        JobState.DONE,
    ]
    assert all(job.finished_at is not None for job in ended.values())
    assert await jobs.unfinished() == []


async def test_a_running_job_rests_once_its_worker_grants_it_and_waits_again_when_resumed(
    jobs: Jobs,
) -> None:
    job = await running_job(jobs)

    asked = await jobs.pause(job.id)
    assert asked is not None
    assert (asked.state, asked.wish) == (JobState.RUNNING, Wish.PAUSE)
    assert await jobs.report(job.id, job.fence, Progress(messages=7)) is Wish.PAUSE
    await jobs.release(job.id, job.fence)
    resting = await again(jobs, job)
    assert (resting.state, resting.wish) == (JobState.PAUSED, None)
    assert await jobs.claim([]) is None
    assert [each.id for each in await jobs.unfinished()] == [job.id]

    await jobs.resume(job.id)
    assert (await claim(jobs)).id == job.id


async def test_a_job_whose_worker_died_while_it_was_to_rest_does_rest(
    jobs: Jobs, account_ids: tuple[int, int]
) -> None:
    await jobs.submit(REQUEST)
    job = await jobs.claim(account_ids)
    assert job is not None
    await jobs.pause(job.id)

    await jobs.requeue(account_ids)

    assert (await again(jobs, job)).state is JobState.PAUSED


async def test_each_change_of_state_or_wish_is_another_turn(jobs: Jobs) -> None:
    job = (await jobs.submit(REQUEST)).job
    turns = [job.turn]

    async def turned() -> None:
        turns.append((await again(jobs, job)).turn)

    await jobs.pause(job.id)
    await turned()
    await jobs.resume(job.id)
    await turned()
    running = await claim(jobs)
    await turned()
    await jobs.report(job.id, running.fence, Progress(messages=7))
    assert (await again(jobs, job)).turn == turns[-1], "progress is none"
    await jobs.pause(job.id)
    await turned()
    await jobs.resume(job.id)
    await turned()
    await jobs.cancel(job.id)
    await turned()
    await jobs.release(job.id, running.fence)
    await turned()

    assert turns == sorted(set(turns))


async def test_what_is_over_is_neither_paused_nor_resumed_nor_moved(jobs: Jobs) -> None:
    job = await running_job(jobs)
    await jobs.finish(job.id, job.fence, SUMMARY)
    over = await again(jobs, job)

    assert await jobs.pause(job.id) == over
    assert await jobs.resume(job.id) == over
    assert await jobs.move_to_front(job.id) == over


async def test_an_equal_request_lets_a_paused_job_go_on(jobs: Jobs) -> None:
    job = (await jobs.submit(REQUEST)).job
    await jobs.pause(job.id)

    submitted = await jobs.submit(REQUEST)

    assert submitted.joined
    assert (submitted.job.id, submitted.job.state) == (job.id, JobState.QUEUED)


async def test_a_worker_that_lost_its_job_can_change_nothing(jobs: Jobs) -> None:
    stale = await running_job(jobs)
    await jobs.release(stale.id, stale.fence)
    current = await claim(jobs)

    await refused(jobs, stale)

    assert await again(jobs, current) == current


async def test_nobody_can_change_a_job_that_has_ended(jobs: Jobs) -> None:
    job = await running_job(jobs)
    await jobs.fail(job.id, job.fence, "A reason.")

    await refused(jobs, job)

    assert (await again(jobs, job)).error == "A reason."


async def test_a_queued_job_is_nobodys(jobs: Jobs) -> None:
    job = (await jobs.submit(REQUEST)).job

    await refused(jobs, job)


async def test_cancelling_ends_a_queued_job_at_once(jobs: Jobs) -> None:
    job = (await jobs.submit(REQUEST)).job

    cancelled = await jobs.cancel(job.id)

    assert cancelled is not None
    assert cancelled.state is JobState.CANCELLED
    assert cancelled.finished_at is not None
    assert await jobs.claim([]) is None


async def test_cancelling_asks_the_worker_of_a_running_job(jobs: Jobs) -> None:
    job = await running_job(jobs)

    cancelled = await jobs.cancel(job.id)

    assert cancelled is not None
    assert (cancelled.state, cancelled.wish) == (JobState.RUNNING, Wish.CANCEL)
    assert cancelled.finished_at is None


async def test_cancelling_leaves_a_job_that_has_ended(jobs: Jobs) -> None:
    job = await running_job(jobs)
    await jobs.finish(job.id, job.fence, SUMMARY)
    before = await again(jobs, job)

    assert await jobs.cancel(job.id) == before
    assert await jobs.cancel(job.id + 1) is None


async def test_a_cancel_command_counts_once(jobs: Jobs) -> None:
    first, second = await submit_exports(jobs, 2)
    await jobs.cancel(first.id, command=(1, 5))

    again_ = await jobs.cancel(second.id, command=(1, 5))

    assert again_ is not None
    assert again_.state is JobState.QUEUED


async def test_jobs_of_a_dead_worker_go_back_into_the_queue(
    jobs: Jobs, account_ids: tuple[int, int]
) -> None:
    first, second = account_ids
    await submit_exports(jobs, 3)
    dead, alive = [await jobs.claim([account]) for account in (first, second)]
    assert dead is not None
    assert alive is not None

    assert await jobs.requeue([first]) == 1

    states = {job.id: job.state for job in await jobs.unfinished()}
    assert states[dead.id] is JobState.QUEUED
    assert states[alive.id] is JobState.RUNNING
    with pytest.raises(JobLost):
        await jobs.report(dead.id, dead.fence, Progress())
    assert (await claim(jobs)).id == dead.id


async def test_a_job_is_held_by_the_accounts_of_its_last_claim(
    jobs: Jobs, account_ids: tuple[int, int]
) -> None:
    first, second = account_ids
    await submit_exports(jobs, 1)
    await jobs.claim([first])
    await jobs.requeue([first])
    await jobs.claim([second])

    assert await jobs.requeue([first]) == 0
    assert await jobs.requeue([second]) == 1


async def test_a_job_that_was_to_be_cancelled_does_not_come_back(
    jobs: Jobs, account_ids: tuple[int, int]
) -> None:
    await submit_exports(jobs, 2)
    dead, stopped = [await jobs.claim([account_ids[0]]) for _ in range(2)]
    assert dead is not None
    assert stopped is not None
    for job in (dead, stopped):
        await jobs.cancel(job.id)

    await jobs.release(stopped.id, stopped.fence)
    await jobs.requeue([account_ids[0]])

    for job in (dead, stopped):
        ended = await again(jobs, job)
        assert ended.state is JobState.CANCELLED
        assert ended.finished_at is not None


async def test_running_jobs_that_nobody_holds_go_back(
    jobs: Jobs, database: Database, account_ids: tuple[int, int]
) -> None:
    """Those claimed without an account, and those of an account that was removed."""
    await submit_exports(jobs, 3)
    held, orphan, bare = [await jobs.claim(ids) for ids in ([account_ids[0]], [account_ids[1]], [])]
    assert held is not None
    assert orphan is not None
    assert bare is not None
    await Accounts(database, Secrets.load("a key", database.path.parent)).remove(account_ids[1])

    assert await jobs.requeue_unheld() == 2

    states = [(await again(jobs, job)).state for job in (held, orphan, bare)]
    assert states == [JobState.RUNNING, JobState.QUEUED, JobState.QUEUED]


async def test_the_second_of_two_exports_of_one_chat_learns_of_the_first(jobs: Jobs) -> None:
    """They were typed differently, so that only now it shows."""
    one = await running_job(jobs, ExportRequest(chat="@study"))
    two = await running_job(jobs, ExportRequest(chat="https://t.me/study"))
    with_photos = await running_job(jobs, ExportRequest(chat="study", media="photo"))
    elsewhere = await running_job(jobs, ExportRequest(chat="@other"))

    assert await jobs.set_chat(one.id, one.fence, CHAT_ID) is None
    assert await jobs.set_chat(elsewhere.id, elsewhere.fence, CHAT_ID - 1) is None
    assert await jobs.set_chat(with_photos.id, with_photos.fence, CHAT_ID) is None
    other = await jobs.set_chat(two.id, two.fence, CHAT_ID)

    assert other is not None
    assert other.id == one.id
    assert (await again(jobs, two)).chat_id == CHAT_ID


async def test_an_export_that_ended_or_is_being_cancelled_is_not_joined(jobs: Jobs) -> None:
    ended = await running_job(jobs, ExportRequest(chat="@study"))
    cancelled = await running_job(jobs, ExportRequest(chat="study"))
    await jobs.set_chat(ended.id, ended.fence, CHAT_ID)
    await jobs.fail(ended.id, ended.fence, "A reason.")
    await jobs.set_chat(cancelled.id, cancelled.fence, CHAT_ID)
    await jobs.cancel(cancelled.id)
    job = await running_job(jobs, ExportRequest(chat="t.me/study"))

    assert await jobs.set_chat(job.id, job.fence, CHAT_ID) is None


async def test_recent_jobs_come_newest_first_and_unfinished_ones_oldest_first(jobs: Jobs) -> None:
    submitted = await submit_exports(jobs, 4)
    await jobs.cancel(submitted[1].id)
    ids = [job.id for job in submitted]

    assert [job.id for job in await jobs.recent(limit=3)] == ids[:0:-1]
    assert [job.id for job in await jobs.unfinished()] == [ids[0], ids[2], ids[3]]


async def submit_exports(jobs: Jobs, number: int) -> list[Job]:
    return [(await jobs.submit(ExportRequest(chat=f"chat {n}"))).job for n in range(number)]


async def running_job(jobs: Jobs, request: ExportRequest | None = None) -> Job:
    if request is None:
        request = ExportRequest(chat=f"another {len(await jobs.recent(limit=100))}")
    job = (await jobs.submit(request)).job
    claimed = await jobs.claim([], only=job.id)
    assert claimed is not None
    return claimed


async def claim(jobs: Jobs) -> Job:
    job = await jobs.claim([])
    assert job is not None
    return job


async def again(jobs: Jobs, job: Job) -> Job:
    found = await jobs.get(job.id)
    assert found is not None
    return found


async def refused(jobs: Jobs, job: Job) -> None:
    """Whatever a worker might do with this job and fence."""
    for change in (
        jobs.report(job.id, job.fence, Progress(messages=1)),
        jobs.set_chat(job.id, job.fence, CHAT_ID),
        jobs.finish(job.id, job.fence, SUMMARY),
        jobs.fail(job.id, job.fence, "Another reason."),
        jobs.join(job.id, job.fence, job.id),
        jobs.release(job.id, job.fence),
    ):
        with pytest.raises(JobLost):
            await change
