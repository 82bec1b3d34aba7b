"""Cards stay true and endings arrive, whatever happens on the way."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from bot.pace import Pace
from storage.database import Database
from storage.grants import Grants
from storage.models import ExportRequest, Job, JobState, Phase
from storage.people import People
from tests.bot.running import OWNER, NewBot, RunningBot, Worker, cancel
from tests.sandbox.botapi.faults import Asked
from tests.sandbox.botapi.messages import Message, Person
from tests.sandbox.botapi.server import BotApi
from tests.sandbox.phone import Phone

ENDING = "1,000 messages\n1,000 new"


async def running(phone: Phone, worker: Worker) -> tuple[Job, Message]:
    """An export that is half done, and its card."""
    await phone.say("/export @alpine")
    job = await worker.claim()
    await worker.report(job, 520)
    return job, await phone.wait_for("52%")


def landed(bot_api: BotApi, *methods: str) -> list[Asked]:
    return [each for each in bot_api.faults.log if each.method in methods and each.code == 200]


def told(phone: Phone) -> list[str]:
    """What the bot said, an ending by its first two lines."""
    return ["\n".join(each.text.split("\n")[:2]) for each in phone.received]


FINAL_AND_SUMMARY = [
    "✅ \u2068Alpine Hikers\u2069 is saved\n1,000 messages",
    "✅ \u2068Alpine Hikers\u2069 is saved\n1,000 messages",
]


async def test_a_private_card_is_edited_every_three_seconds_at_most(
    new_bot: NewBot, bot_api: BotApi, phone: Phone, worker: Worker
) -> None:
    async with new_bot(Pace()):
        await phone.say("/export @alpine")
        job = await worker.claim()
        for messages in range(40):
            await worker.report(job, messages)
            await asyncio.sleep(0.1)
        await worker.finish(job)
        await phone.wait_for(ENDING)

    shown = [*landed(bot_api, "sendMessage")[:1], *landed(bot_api, "editMessageText")]
    gaps = [later.at_s - earlier.at_s for earlier, later in pairwise(shown)]
    assert len(gaps) >= 2
    assert min(gaps) >= 2.9


async def test_a_card_that_would_look_the_same_is_left_alone(
    bot: RunningBot, bot_api: BotApi, phone: Phone, worker: Worker
) -> None:
    job, _ = await running(phone, worker)
    await worker.card_noted(job)
    edits = len(bot_api.faults.asked("editMessageText"))

    for _ in range(5):
        await worker.report(job, 520)
        await asyncio.sleep(0.2)

    assert len(bot_api.faults.asked("editMessageText")) == edits


async def test_a_storm_of_429s_neither_loses_the_end_nor_sends_a_stray_message(
    bot: RunningBot, bot_api: BotApi, phone: Phone, worker: Worker
) -> None:
    job, card = await running(phone, worker)
    bot_api.faults.storm(3.0, on="editMessageText", retry_after_s=1)
    for messages in range(530, 1000, 47):
        await worker.report(job, messages)
        await asyncio.sleep(0.1)
    await worker.finish(job)

    summary = await phone.wait_for(ENDING)

    refused = [each for each in bot_api.faults.asked("editMessageText") if each.code == 429]
    assert refused
    assert all(b.at_s - a.at_s >= 1 for a, b in pairwise(refused))
    assert phone.received == [card, summary]
    assert told(phone) == FINAL_AND_SUMMARY


async def test_a_storm_of_429s_on_everything_delays_and_loses_nothing(
    bot: RunningBot, bot_api: BotApi, phone: Phone, worker: Worker
) -> None:
    bot_api.faults.storm(600, on="sendMessage", retry_after_s=1)
    bot_api.faults.storm(600, on="editMessageText", retry_after_s=1)
    await phone.say("/export @alpine")
    await worker.finish(await worker.claim())
    refused = len(bot_api.faults.asked("sendMessage"))
    while len(bot_api.faults.asked("sendMessage")) < refused + 2:  # the next one knows the end
        await asyncio.sleep(0.1)
    bot_api.faults.clear()

    await phone.wait_for(ENDING)

    assert told(phone) == FINAL_AND_SUMMARY
    assert not landed(bot_api, "editMessageText"), "older frames were dropped"


async def test_edits_refused_for_hours_do_not_hold_up_the_summary(
    bot: RunningBot, bot_api: BotApi, phone: Phone, worker: Worker
) -> None:
    job, card = await running(phone, worker)
    bot_api.faults.too_many_requests(14_400)
    await worker.report(job, 600)
    await asyncio.sleep(0.5)
    await worker.finish(job)

    await phone.wait_for(ENDING)

    codes = [each.code for each in bot_api.faults.asked("editMessageText")]
    assert codes.count(429) == 1
    assert codes[-1] == 429, "nothing is asked again before its time"
    assert "52%" in card.text


async def test_an_outage_of_the_bot_api_only_delays(
    bot: RunningBot, bot_api: BotApi, phone: Phone, worker: Worker
) -> None:
    job, card = await running(phone, worker)
    await bot_api.stop()
    await worker.finish(job)
    await asyncio.sleep(1)
    await bot_api.start()

    await phone.wait_for(ENDING)

    assert phone.received[0] is card
    assert told(phone) == FINAL_AND_SUMMARY


@pytest.mark.parametrize("method", ["editMessageText", "sendMessage"])
async def test_errors_of_the_server_are_tried_again(
    bot: RunningBot, bot_api: BotApi, phone: Phone, worker: Worker, method: str
) -> None:
    job, _ = await running(phone, worker)
    bot_api.faults.server_error(502, on=method)
    await worker.finish(job)

    await phone.wait_for(ENDING)

    assert told(phone) == FINAL_AND_SUMMARY


async def test_an_edit_whose_answer_was_lost_is_not_modified_and_that_is_success(
    bot: RunningBot, bot_api: BotApi, phone: Phone, worker: Worker
) -> None:
    job, _ = await running(phone, worker)
    bot_api.faults.cut_after_effect(on="editMessageText")
    await worker.finish(job)

    await phone.wait_for(ENDING)

    assert "is not modified" in bot_api.faults.asked("editMessageText")[-1].description
    assert told(phone) == FINAL_AND_SUMMARY


async def test_a_deleted_card_is_sent_once_more_and_no_third_time(
    bot: RunningBot, phone: Phone, worker: Worker
) -> None:
    job, card = await running(phone, worker)
    await phone.delete(card)
    await worker.report(job, 600)
    second = await phone.wait_for("60%", after=card)
    assert second.silent
    await worker.card_noted(job)
    await phone.delete(second)
    await worker.report(job, 700)
    await asyncio.sleep(1)
    await worker.report(job, 800)
    await asyncio.sleep(1)
    assert phone.received == []
    await worker.finish(job)

    summary = await phone.wait_for(ENDING)

    assert phone.received == [summary]


async def test_a_deleted_command_does_not_hold_up_card_and_summary(
    bot: RunningBot, bot_api: BotApi, phone: Phone, worker: Worker
) -> None:
    bot_api.faults.slow(0.5, on="sendMessage")
    command = await phone.say("/export @alpine")
    job = await worker.claim()
    await phone.delete(command)
    await worker.finish(job)

    summary = await phone.wait_for(ENDING)

    assert summary.reply_to is None


async def test_a_server_that_knows_no_times_gets_plain_text(
    bot: RunningBot, bot_api: BotApi, phone: Phone, worker: Worker
) -> None:
    bot_api.faults.fail(400, "Bad Request: unsupported entity type", on="sendMessage")
    await phone.say("/export Alpine Hikers")

    card = await phone.wait_for("Alpine Hikers")

    assert card.entities == ()


async def test_a_failure_is_told_by_a_message_of_its_own(
    bot: RunningBot, phone: Phone, worker: Worker
) -> None:
    job, card = await running(phone, worker)
    await worker.jobs.fail(job.id, job.fence, "The disk is full: 40 MB free, 3 GB needed.")

    failure = await phone.wait_for("The disk is full: 40 MB free, 3 GB needed.", after=card)

    assert not failure.silent
    assert failure.reply_to is not None
    assert failure.reply_to.text == "/export @alpine"
    assert "The disk is full" in card.text
    assert card.buttons == []


async def test_a_wait_is_shown_with_its_length_at_once(
    bot: RunningBot, phone: Phone, worker: Worker
) -> None:
    job, _ = await running(phone, worker)
    await worker.report(
        job,
        520,
        wait_until=datetime.now(UTC) + timedelta(minutes=2),
        wait_reason="Telegram asks us to wait",
    )

    await phone.wait_for("⏳ Telegram asks us to wait 2\u00a0min. It goes on by itself.")
    await worker.report(job, 530, phase=Phase.RENDERING)
    await phone.wait_for("Writing the files…")


async def until_nothing_is_open(worker: Worker) -> None:
    async with asyncio.timeout(40):
        while await worker.cards.open():
            await asyncio.sleep(0.05)


@pytest.mark.parametrize(
    ("state", "end"),
    [
        ("queued", "kill"),
        ("running", "kill"),
        ("running", "stop"),
        ("cancelling", "kill"),
        ("ended", "kill"),
        ("summarised", "kill"),
    ],
)
async def test_the_card_survives_a_restart_of_the_bot(
    new_bot: NewBot, phone: Phone, worker: Worker, state: str, end: str
) -> None:
    job = None
    async with new_bot() as bot:
        await phone.say("/export @alpine")
        card = await phone.wait_for("@alpine")
        if state != "queued":
            job = await worker.claim()
            await worker.report(job, 520)
            await phone.wait_for("52%")
        if state == "cancelling":
            await cancel(phone, card)
            await phone.wait_for("Cancelling…")
        if state == "summarised" and job:
            await worker.finish(job)
            await phone.wait_for(ENDING)
            await until_nothing_is_open(worker)
        else:
            await worker.card_noted((await worker.jobs.recent())[0])
        await (bot.stop() if end == "stop" else bot.kill())
    if state == "ended" and job:
        await worker.finish(job)

    async with new_bot():
        if job is None:
            job = await worker.claim()
        if state in ("queued", "running"):
            await worker.report(job, 600)
            await phone.wait_for("60%")
            await worker.finish(job)
        if state == "cancelling":
            await worker.jobs.release(job.id, job.fence)
        await until_nothing_is_open(worker)

    if state == "cancelling":
        assert phone.received == [card]
        assert card.text.endswith("Cancelled. 520 messages stay saved.")
    else:
        assert phone.received[0] is card
        assert told(phone) == FINAL_AND_SUMMARY


async def test_an_update_that_comes_again_after_a_kill_is_done_once(
    new_bot: NewBot, bot_api: BotApi, phone: Phone, worker: Worker
) -> None:
    bot_api.faults.slow(30, on="getUpdates", after=1)
    await phone.say("/export @alpine")
    async with new_bot() as bot:
        job = await worker.claim()
        await phone.wait_for("@alpine")
        await bot.kill()
    assert len(bot_api.state.updates.unconfirmed) == 1, "the row stands, the update is unconfirmed"
    bot_api.faults.clear()

    async with new_bot():
        await phone.say("/help")
        await phone.wait_for("A card shows")
        await worker.finish(job)
        await until_nothing_is_open(worker)

    assert len(await worker.jobs.recent()) == 1
    assert sum("1,000 new" in each.text for each in phone.received) == 1


async def test_the_card_goes_on_after_a_restart_of_the_exporter(
    bot: RunningBot, phone: Phone, worker: Worker
) -> None:
    job, card = await running(phone, worker)
    await worker.jobs.release(job.id, job.fence)
    await phone.wait_for("520 messages so far")
    again = await worker.claim()
    await worker.report(again, 700)
    await phone.wait_for("70%")

    toast = await cancel(phone, card)

    assert toast.text.startswith("Cancelling")
    assert again.fence == job.fence + 1


async def test_a_job_that_joined_another_shows_where_that_one_is(
    bot: RunningBot, phone: Phone, worker: Worker
) -> None:
    first, card = await running(phone, worker)
    await phone.say("/export -1001234567890")
    second = await worker.claim()
    await worker.jobs.join(second.id, second.fence, first.id)

    pointer = await phone.wait_for("being exported already, as number 1", after=card)
    await worker.finish(first)
    summary = await phone.wait_for(ENDING)

    assert phone.received == [card, pointer, summary]


async def test_a_job_that_joined_one_without_a_card_here_shows_its_course(
    bot: RunningBot, phone: Phone, worker: Worker
) -> None:
    await worker.jobs.submit(ExportRequest(chat="@alpine"))
    first = await worker.claim()
    await worker.report(first, 520)
    await phone.say("/export -1001234567890")
    second = await worker.claim()
    await worker.jobs.join(second.id, second.fence, first.id)

    await phone.wait_for("52%")
    await worker.finish(first)
    await phone.wait_for(ENDING)

    joined = await worker.jobs.get(second.id)
    assert joined is not None
    assert joined.state is JobState.JOINED


async def test_two_cards_in_one_chat_both_move(
    bot: RunningBot, phone: Phone, worker: Worker
) -> None:
    await phone.say("/export @one")
    await phone.say("/export @two")
    one, two = await worker.claim(), await worker.claim()
    await worker.report(one, 110, title="One")
    await worker.report(two, 220, title="Two")
    first = await phone.wait_for("11%")
    second = await phone.wait_for("22%")
    for step in range(1, 4):
        await worker.report(one, 110 + step * 10, title="One")
        await worker.report(two, 220 + step * 10, title="Two")
        await phone.wait_for(f"Messages {110 + step * 10} of")
        await phone.wait_for(f"Messages {220 + step * 10} of")

    assert [first, second] == phone.received


async def test_a_person_who_blocked_the_bot_does_not_stop_the_others(
    *, bot: RunningBot, bot_api: BotApi, phone: Phone, worker: Worker, database: Database
) -> None:
    other = Phone(bot_api.state, Person(id=6_200_000_001, first_name="Mia", started=True))
    await People(database).allow(other.person.id, by=OWNER)
    await Grants(database).add(other.person.id, -1001234567890, by=OWNER)
    job, _ = await running(phone, worker)
    await phone.block()
    await worker.finish(job)
    async with asyncio.timeout(40):
        while not [each for each in bot_api.faults.log if each.code == 403]:
            await asyncio.sleep(0.05)

    await other.say("/export @other")
    await worker.finish(await worker.claim(), 55)

    await other.wait_for("55 messages\n55 new")
