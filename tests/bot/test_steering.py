"""Steering a job from its card: pause, resume, to the front, and once more."""

from __future__ import annotations

from storage.models import JobState, Wish
from tests.bot.running import RunningBot, Worker
from tests.sandbox.phone import Phone


async def test_a_running_export_pauses_at_its_next_page_and_goes_on_when_told(
    bot: RunningBot, phone: Phone, worker: Worker
) -> None:
    await phone.say("/export @alpine")
    job = await worker.claim()
    await worker.report(job, 520)
    card = await phone.wait_for("52%")

    toast = await phone.tap(card, "Pause")
    assert toast.text == "Pausing… It stops at the next page."
    assert await worker.report(job, 530) is Wish.PAUSE
    await phone.wait_for("Pausing…")
    await worker.jobs.release(job.id, job.fence)
    await phone.wait_for("⏸ Paused at 530 of 1,000 messages. All that was saved stays.")
    assert await worker.jobs.claim([]) is None, "nobody works on it"

    toast = await phone.tap(card, "Resume")
    assert toast.text == "It goes on."
    again = await worker.claim()
    assert again.id == job.id
    assert await worker.report(again, 600) is None
    await phone.wait_for("60%")
    assert phone.received == [card], "silently, in one card"


async def test_a_wish_for_a_pause_can_be_taken_back(
    bot: RunningBot, phone: Phone, worker: Worker
) -> None:
    await phone.say("/export @alpine")
    job = await worker.claim()
    await worker.report(job, 520)
    card = await phone.wait_for("52%")
    await phone.tap(card, "Pause")
    await phone.wait_for("Pausing…")

    await phone.tap(card, "Resume")

    assert await worker.report(job, 530) is None


async def test_a_cancel_is_asked_for_and_may_be_thought_over(
    bot: RunningBot, phone: Phone, worker: Worker
) -> None:
    await phone.say("/export @alpine")
    job = await worker.claim()
    await worker.report(job, 520)
    card = await phone.wait_for("52%")

    await phone.tap(card, "Cancel")
    await phone.wait_for("Cancel? 520 messages stay saved.")
    assert await worker.report(job, 530) is None
    await phone.tap(card, "Keep going")

    await phone.wait_for(lambda message: "53%" in message.text and "Cancel?" not in message.text)
    assert await worker.report(job, 540) is None


async def test_a_waiting_export_moves_to_the_front(
    bot: RunningBot, phone: Phone, worker: Worker
) -> None:
    for name in ("first", "second", "third"):
        await phone.say(f"/export @{name}")
        await phone.wait_for(f"@{name}")
    card = await phone.wait_for("@third")

    toast = await phone.tap(card, "Move to front")

    assert toast.text == "It is the next one now."
    assert (await worker.claim()).request.chat == "@third"
    assert (await worker.claim()).request.chat == "@first"


async def test_a_paused_export_goes_on_when_it_is_asked_for_again(
    bot: RunningBot, phone: Phone, worker: Worker
) -> None:
    await phone.say("/export @alpine")
    card = await phone.wait_for("@alpine")
    assert (await phone.tap(card, "Pause")).text == "Paused."
    await phone.wait_for("⏸")

    await phone.say("/export @alpine")

    job = await worker.claim()
    assert [each.id for each in await worker.jobs.recent()] == [job.id]


async def test_a_failed_export_is_tried_again_by_a_tap(
    bot: RunningBot, phone: Phone, worker: Worker
) -> None:
    await phone.say("/export @alpine")
    job = await worker.claim()
    await worker.jobs.fail(job.id, job.fence, "The disk is full.")
    told = await phone.wait_for(
        lambda message: "The disk is full." in message.text and not message.silent
    )

    toast = await phone.tap(told, "Retry")
    twice = await phone.tap(told, "Retry")

    again = await worker.claim()
    assert (toast.text, again.request) == ("Started again.", job.request)
    assert "already" in twice.text
    assert len(await worker.jobs.recent()) == 2
    await worker.report(again, 520)
    await phone.wait_for("52%")


async def test_a_paused_export_can_be_cancelled_at_once(
    bot: RunningBot, phone: Phone, worker: Worker
) -> None:
    await phone.say("/export @alpine")
    card = await phone.wait_for("@alpine")
    await phone.tap(card, "Pause")
    await phone.wait_for("⏸")
    await phone.tap(card, "Cancel")
    await phone.wait_for("Cancel?")

    toast = await phone.tap(card, "Yes, cancel")

    assert toast.text == "Cancelled. What was saved stays."
    (job,) = await worker.jobs.recent()
    assert job.state is JobState.CANCELLED
