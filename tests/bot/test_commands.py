"""What the owner types and taps, and that each update takes effect once."""

from __future__ import annotations

import pytest

from storage.models import JobState, Wish
from tests.bot.running import NewBot, RunningBot, Worker, cancel
from tests.sandbox.botapi.server import BotApi
from tests.sandbox.phone import Phone


@pytest.mark.parametrize(
    ("typed", "chat"),
    [
        ("/export @alpine", "@alpine"),
        ("/Export   https://t.me/alpine/7 ", "https://t.me/alpine/7"),
        ("/export@chatkeep_sandbox_bot -1001234567890", "-1001234567890"),
        ("/export Alpine Hikers", "Alpine Hikers"),
    ],
)
async def test_the_chat_is_taken_as_typed(
    bot: RunningBot, phone: Phone, worker: Worker, typed: str, chat: str
) -> None:
    await phone.say(typed)

    assert (await worker.claim()).request.chat == chat


async def test_a_second_export_of_the_same_chat_joins_the_first(
    bot: RunningBot, phone: Phone, worker: Worker
) -> None:
    await phone.say("/export @alpine")
    job = await worker.claim()
    card = await phone.wait_for("\u2068@alpine\u2069")

    await phone.say("/export @alpine")
    answer = await phone.wait_for("already running")

    assert answer.reply_to is card
    assert len(await worker.jobs.recent()) == 1
    await worker.finish(job, 77)
    await phone.wait_for("77 messages", after=answer)
    assert sum("77 messages\n77 new" in each.text for each in phone.received) == 1


async def test_the_same_update_twice_makes_one_job_and_one_card(
    bot: RunningBot, bot_api: BotApi, phone: Phone, worker: Worker
) -> None:
    bot_api.faults.slow(0.5, on="getUpdates")
    await phone.say("/export @alpine")
    update = bot_api.state.updates.unconfirmed[0]
    job = await worker.claim()
    await worker.finish(job)
    await phone.wait_for("1,000 messages\n1,000 new")

    bot_api.state.updates.repeat(update)
    await phone.say("/help")
    await phone.wait_for("A card shows")

    assert len(await worker.jobs.recent()) == 1
    assert len(phone.received) == 3


async def test_other_commands_are_answered_once_as_well(
    bot: RunningBot, bot_api: BotApi, phone: Phone
) -> None:
    await phone.say("/jobs")
    update = bot_api.state.updates.unconfirmed[0]
    await phone.wait_for("Nothing was exported yet")

    bot_api.state.updates.repeat(update)
    await phone.say("/help")
    await phone.wait_for("A card shows")

    assert len(phone.received) == 2


async def test_jobs_shows_the_queue_and_what_was_done(
    bot: RunningBot, phone: Phone, worker: Worker
) -> None:
    await phone.say("/export @first")
    first = await worker.claim()
    await worker.finish(first, 12_340)
    await phone.say("/export @second")
    second = await worker.claim()
    await worker.jobs.fail(second.id, second.fence, "There is no chat @second.")
    await phone.say("/export @third")
    third = await worker.claim()
    await worker.report(third, 520)
    await phone.say("/export @fourth")

    await phone.say("/jobs")
    listed = await phone.wait_for("In the queue")

    assert listed.text.split("\n") == [
        "In the queue",
        "▶ 3 · \u2068Alpine Hikers\u2069 · 52%",
        "⏳ 4 · \u2068@fourth\u2069 · waiting",
        "Lately",
        "❌ 2 · \u2068@second\u2069 · stopped",
        "✅ 1 · \u2068Alpine Hikers\u2069 · 12,340 messages",
    ]


async def test_the_cancel_button_stops_a_running_export_and_keeps_what_was_saved(
    bot: RunningBot, phone: Phone, worker: Worker
) -> None:
    await phone.say("/export @alpine")
    job = await worker.claim()
    await worker.report(job, 520)
    card = await phone.wait_for("52%")

    toast = await cancel(phone, card)

    assert toast.text == "Cancelling… It stops at the next page."
    assert await worker.report(job, 530) is Wish.CANCEL
    await phone.wait_for("Cancelling…")
    assert card.buttons == []
    await worker.jobs.release(job.id, job.fence)
    await phone.wait_for("Cancelled. 530 messages stay saved.")
    assert phone.received == [card]


async def test_a_queued_export_is_cancelled_at_once(
    bot: RunningBot, phone: Phone, worker: Worker
) -> None:
    await phone.say("/export @alpine")
    card = await phone.wait_for("@alpine")

    toast = await cancel(phone, card)

    assert toast.text == "Cancelled. What was saved stays."
    await phone.wait_for("Cancelled. Nothing was saved yet.")
    assert await worker.jobs.claim([]) is None


async def test_a_tap_on_a_card_that_looks_different_by_now_is_not_obeyed(
    bot: RunningBot, phone: Phone, worker: Worker
) -> None:
    await phone.say("/export @alpine")
    card = await phone.wait_for("@alpine")
    job = await worker.claim()
    await worker.report(job, 520)
    await phone.wait_for("52%")
    await worker.card_noted(job)

    toast = await phone.tap(card, "Cancel", version=0)

    assert toast.text == "This card is out of date."
    assert await worker.report(job, 530) is None


async def test_a_tap_on_a_finished_card_says_so(
    bot: RunningBot, phone: Phone, worker: Worker
) -> None:
    await phone.say("/export @alpine")
    job = await worker.claim()
    card = await phone.wait_for("@alpine")
    await worker.finish(job)
    await phone.wait_for("1,000 new")

    toast = await phone.tap(card, "Cancel", version=0)

    assert toast.text == "It has already finished."


@pytest.mark.parametrize(
    "data", ["j:pause:1:0", "j:pause:999:4", "j:x:y:z", "j:sell:1:4", "cancel:1:4", "", "🦄"]
)
async def test_a_forged_or_foreign_button_is_out_of_date(
    bot: RunningBot, phone: Phone, worker: Worker, data: str
) -> None:
    await phone.say("/export @alpine")
    job = await worker.claim()
    await worker.report(job, 520)
    await phone.wait_for("52%")
    other = await phone.say("Not a card")

    toast = await phone.tap_data(other, data)

    assert toast.text == "This card is out of date."
    assert await worker.report(job, 530) is None


async def test_cancel_alone_means_the_only_export(
    bot: RunningBot, phone: Phone, worker: Worker
) -> None:
    await phone.say("/export @alpine")
    job = await worker.claim()

    await phone.say("/cancel")
    await phone.wait_for("Number 1 stops at the next page. What was saved stays.")

    assert await worker.report(job, 1) is Wish.CANCEL


async def test_cancel_alone_asks_which_one_when_there_are_several(
    bot: RunningBot, phone: Phone, worker: Worker
) -> None:
    await phone.say("/export @first")
    await phone.say("/export @second")

    await phone.say("/cancel")
    question = await phone.wait_for("Which one?")
    await phone.say("/cancel 2")
    await phone.wait_for("Number 2 is cancelled.")

    assert "⏳ 1 · \u2068@first\u2069 · waiting" in question.text
    assert [job.state for job in await worker.jobs.recent()] == [
        JobState.CANCELLED,
        JobState.QUEUED,
    ]


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("/cancel", "Nothing is running or waiting."),
        ("/cancel 7", "There is no export with the number 7."),
        ("/cancel seven", "Send /cancel and the number"),
        ("/cancel -1", "Send /cancel and the number"),
        ("/cancel 99999999999999999999999", "Send /cancel and the number"),
        ("/resume", "I don't know this command."),
        ("Hello", "Send /export and choose the chat"),
    ],
)
async def test_what_cannot_be_done_is_answered_by_a_sentence(
    bot: RunningBot, phone: Phone, typed: str, answer: str
) -> None:
    await phone.say(typed)

    await phone.wait_for(answer)


async def test_cancel_of_a_finished_export_says_so(
    bot: RunningBot, phone: Phone, worker: Worker
) -> None:
    await phone.say("/export @alpine")
    await worker.finish(await worker.claim())

    await phone.say("/cancel 1")

    await phone.wait_for("Number 1 has already finished.")


async def test_a_cancel_that_comes_again_does_not_stop_the_next_export(
    new_bot: NewBot, bot_api: BotApi, phone: Phone, worker: Worker
) -> None:
    async with new_bot():
        await phone.say("/export @first")
        first = await worker.claim()
        await phone.say("/cancel")
        cancel = bot_api.state.updates.unconfirmed[-1]
        await phone.wait_for("Number 1 stops")
        await worker.jobs.release(first.id, first.fence)
        await phone.say("/export @second")
        second = await worker.claim()

        bot_api.state.updates.repeat(cancel)
        await phone.say("/help")
        await phone.wait_for("A card shows")

        assert await worker.report(second, 1) is None
        assert not [each for each in phone.received if "Number 2" in each.text]
