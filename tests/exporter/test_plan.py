"""What an export would fetch, told before anything is fetched; and when it asks first."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from storage.cards import Cards
from storage.limits import Exceeded, exceeded
from storage.models import CardPlace, ChatInfo, ExportRequest, Job, JobKind, JobState
from storage.people import People
from storage.plans import Plan, Plans
from storage.schedules import Plan as ScheduledPlan
from storage.schedules import Schedules
from tests.exporter.exporting import Exporter, exporter
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.world.content import MIXED

OWNER = 5_100_000_001


@pytest.fixture
async def chatkeep(sandbox: Sandbox, tmp_path: Path) -> AsyncIterator[Exporter]:
    async with exporter(sandbox, tmp_path) as running:
        yield running


async def planned(chatkeep: Exporter, chat: int, **wishes: Any) -> Plan:
    """Run a plan that succeeds."""
    request = ExportRequest(chat=str(chat), **wishes)
    job = (await chatkeep.bench.jobs.submit(request, kind=JobKind.PLAN)).job
    assert await chatkeep.runner.run_one(job.id)
    made = await Plans(chatkeep.bench.database).get(job.id)
    assert made is not None
    return made


async def test_a_plan_counts_what_is_new_and_fetches_nothing(
    sandbox: Sandbox, chatkeep: Exporter
) -> None:
    chat = sandbox.world.add_supergroup("Alpine Hikers", messages=300)

    first = await planned(chatkeep, chat.peer_id)

    assert (first.chat.title, first.held, first.messages) == ("Alpine Hikers", 0, 300)
    assert (first.files, first.fetch_bytes) == ({}, 0)
    assert first.duration_s > 0
    assert first.free_bytes > 0
    assert await chatkeep.bench.archive.count(chat.peer_id) == 0

    await chatkeep.export(chat.peer_id)
    for number in range(7):
        chat.post(f"news {number}")

    then = await planned(chatkeep, chat.peer_id)

    assert (then.held, then.messages) == (300, 7)


async def test_files_are_counted_by_kind_as_telegram_counts_them(
    sandbox: Sandbox, chatkeep: Exporter
) -> None:
    chat = sandbox.world.add_supergroup("Study", messages=400, content=MIXED)

    everything = await planned(chatkeep, chat.peer_id, media="all")
    photos = await planned(chatkeep, chat.peer_id, media="photo")
    small = await planned(chatkeep, chat.peer_id, media="photo", max_size_bytes=1_000)
    done = await chatkeep.export(chat.peer_id)

    assert everything.files["photo"] == done.by_kind["photo"]
    assert photos.files == {"photo": done.by_kind["photo"]}
    assert 0 < small.fetch_bytes == 1_000 * done.by_kind["photo"] < photos.fetch_bytes
    assert photos.fetch_bytes < everything.fetch_bytes


async def test_sizes_that_the_archive_knows_are_taken_for_granted(
    sandbox: Sandbox, chatkeep: Exporter
) -> None:
    chat = sandbox.world.add_supergroup("Study", messages=400, content=MIXED)
    plans = Plans(chatkeep.bench.database)
    await chatkeep.export(chat.peer_id, media="none")
    known = (await plans.known_files([chat.peer_id]))["photo"]
    before = await planned(chatkeep, chat.peer_id, media="photo")
    await chatkeep.export(chat.peer_id, media="photo")
    kept = (await plans.known_files([chat.peer_id]))["photo"]

    after = await planned(chatkeep, chat.peer_id, media="photo")

    # Telegram counts also photos that destroy themselves, which are not fetched
    assert before.fetch_bytes == pytest.approx(known.size_bytes, rel=0.05)
    assert (known.kept_files, kept.kept_files) == (0, kept.files)
    assert after.fetch_bytes < before.fetch_bytes / 10
    assert after.kept_bytes == kept.kept_bytes > 0


async def test_of_a_part_of_a_chat_only_the_part_is_counted(
    sandbox: Sandbox, chatkeep: Exporter
) -> None:
    chat = sandbox.world.add_supergroup("Study", messages=400, content=MIXED)

    whole = await planned(chatkeep, chat.peer_id, media="photo")
    part = await planned(chatkeep, chat.peer_id, media="photo", min_id=301)

    assert part.messages == pytest.approx(100, rel=0.15)  # ids have gaps
    assert part.files["photo"] == pytest.approx(whole.files["photo"] / 4, rel=0.2)


async def test_a_plan_of_a_forum_knows_its_topics(sandbox: Sandbox, chatkeep: Exporter) -> None:
    forum = sandbox.world.add_forum("Forum", topics=["Rope", "Ice"])

    assert (await planned(chatkeep, forum.peer_id)).topics == 3


async def test_a_plan_of_nothing_says_what_an_export_would(
    sandbox: Sandbox, chatkeep: Exporter
) -> None:
    job = (await chatkeep.bench.jobs.submit(ExportRequest(chat="@nobody"), kind=JobKind.PLAN)).job
    assert await chatkeep.runner.run_one(job.id)

    ended = await chatkeep.bench.jobs.get(job.id)

    assert ended is not None
    assert ended.state is JobState.FAILED
    assert ended.error == await chatkeep.refusal("@nobody")


async def asked_on_the_phone(chatkeep: Exporter, chat: int, **wishes: Any) -> Job:
    """Let an export of the phone run as far as it does by itself."""
    request = ExportRequest(chat=str(chat), **wishes)
    card = CardPlace(bot_id=7, chat_id=OWNER, reply_to=3)
    submitted = await chatkeep.bench.jobs.submit(request, person_id=OWNER, update_id=1, card=card)
    return await run_on(chatkeep, submitted.job)


async def run_on(chatkeep: Exporter, job: Job) -> Job:
    assert await chatkeep.runner.run_one(job.id)
    then = await chatkeep.bench.jobs.get(job.id)
    assert then is not None
    return then


@pytest.fixture
async def careful(sandbox: Sandbox, tmp_path: Path) -> AsyncIterator[Exporter]:
    """One that asks before it fetches a megabyte."""
    async with exporter(sandbox, tmp_path, plan_above_bytes=1_000_000) as running:
        await People(running.bench.database).set_owners({OWNER})
        yield running


async def test_a_large_export_of_the_phone_rests_until_somebody_agrees(
    sandbox: Sandbox, careful: Exporter
) -> None:
    chat = sandbox.world.add_supergroup("Study", messages=400, content=MIXED)
    plans = Plans(careful.bench.database)

    job = await asked_on_the_phone(careful, chat.peer_id, media="all")

    assert job.state is JobState.PAUSED
    asking = await plans.asking(job.id)
    assert asking is not None
    assert asking.fetch_bytes > 1_000_000
    assert await careful.bench.archive.count(chat.peer_id) == 0

    await careful.bench.jobs.resume(job.id)
    done = await run_on(careful, job)

    assert done.state is JobState.DONE
    assert await plans.asking(job.id) is None


async def by_schedule(chatkeep: Exporter, chat: int, **limits: Any) -> Job:
    """Let a schedule's first run go as far as it does by itself."""
    schedules = Schedules(chatkeep.bench.database)
    request, due = ExportRequest(chat=str(chat)), datetime.now(UTC)
    plan = ScheduledPlan(request=request, cron="0 3 * * *", **limits)
    await schedules.add(plan, person_id=OWNER, bot_id=7, update_id=5, next_at=due)
    (schedule,) = await schedules.of(OWNER, 7)
    fired = await schedules.fire(schedule, request, due + timedelta(days=1))
    assert fired is not None
    return await run_on(chatkeep, fired.job)


async def test_a_large_run_of_a_schedule_asks_in_the_private_chat_of_its_person(
    sandbox: Sandbox, careful: Exporter
) -> None:
    chat = sandbox.world.add_supergroup("Study", messages=400, content=MIXED)

    job = await by_schedule(careful, chat.peer_id)

    assert job.state is JobState.PAUSED
    assert await Plans(careful.bench.database).asking(job.id) is not None
    card = await Cards(careful.bench.database).for_job(job.id, OWNER)
    assert card is not None
    assert card.place == CardPlace(bot_id=7, chat_id=OWNER, reply_to=0)
    assert await careful.bench.archive.count(chat.peer_id) == 0
    await careful.bench.jobs.resume(job.id)
    assert (await run_on(careful, job)).state is JobState.DONE


@pytest.mark.parametrize("limits", [{"limit_s": 7_200}, {"limit_bytes": 20_000_000_000}])
async def test_a_run_that_has_limits_of_its_own_begins_at_once(
    sandbox: Sandbox, careful: Exporter, limits: dict[str, int]
) -> None:
    chat = sandbox.world.add_supergroup("Study", messages=100, content=MIXED)

    job = await by_schedule(careful, chat.peer_id, **limits)

    assert job.state is JobState.DONE


async def test_a_kill_before_the_question_was_seen_asks_again(
    sandbox: Sandbox, careful: Exporter
) -> None:
    chat = sandbox.world.add_supergroup("Study", messages=400, content=MIXED)
    jobs, plans = careful.bench.jobs, Plans(careful.bench.database)
    place = CardPlace(bot_id=7, chat_id=OWNER, reply_to=3)
    request = ExportRequest(chat=str(chat.peer_id))
    submitted = await jobs.submit(request, person_id=OWNER, update_id=1, card=place)
    job = await jobs.claim([], only=submitted.job.id)
    assert job is not None
    plan = Plan(chat=ChatInfo(id=chat.peer_id, title="Study", type="private_supergroup"))
    await plans.ask(job.id, plan)

    await jobs.requeue_unheld()

    then = await jobs.get(job.id)
    assert then is not None
    assert then.state is JobState.PAUSED
    assert await plans.asking(job.id) == plan


async def test_what_came_in_counts_for_a_persons_day_whatever_becomes_of_the_job(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    chat = sandbox.world.add_supergroup("Study", messages=200, content=MIXED)
    async with exporter(sandbox, tmp_path) as chatkeep:
        database = chatkeep.bench.database
        people = People(database)
        await people.set_owners({OWNER})

        done = await asked_on_the_phone(chatkeep, chat.peer_id)

        assert done.summary is not None
        fetched = done.progress.fetched_bytes
        assert fetched >= done.summary.media_bytes > 0
        await people.limit(OWNER, by=OWNER, jobs_at_once=None, bytes_a_day=fetched + 1)
        assert await exceeded(database, OWNER) is None
        await people.limit(OWNER, by=OWNER, jobs_at_once=None, bytes_a_day=fetched)
        assert await exceeded(database, OWNER) == Exceeded(bytes_a_day=fetched)


async def test_a_small_export_begins_at_once(sandbox: Sandbox, careful: Exporter) -> None:
    chat = sandbox.world.add_supergroup("Study", messages=40)

    job = await asked_on_the_phone(careful, chat.peer_id, media="all")

    assert job.state is JobState.DONE


def test_more_than_half_of_what_is_free_is_large_too() -> None:
    chat = ChatInfo(id=-1007, title="Study", type="private_supergroup")
    plan = Plan(chat=chat, fetch_bytes=600, free_bytes=1_000)

    assert plan.is_large(10_000)
    assert not replace(plan, free_bytes=2_000).is_large(10_000)
