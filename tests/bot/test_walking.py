"""The bot's first path: a command, a card, a summary."""

from __future__ import annotations

from tests.bot.running import RunningBot, Worker
from tests.sandbox.phone import Phone


async def test_start_says_what_the_bot_does(bot: RunningBot, phone: Phone) -> None:
    await phone.start()

    greeting = await phone.wait_for("/export")

    assert "@name" in greeting.text


async def test_an_export_shows_a_card_and_ends_with_a_summary_of_its_own(
    bot: RunningBot, phone: Phone, worker: Worker
) -> None:
    command = await phone.say("/export @alpine")
    job = await worker.claim()
    card = await phone.wait_for("@alpine")
    await worker.report(job, 520)
    await phone.wait_for("▰▰▰▰▰▱▱▱▱▱ 52%")
    await worker.finish(job, 1234)

    summary = await phone.wait_for("1,234 messages", after=card)

    assert job.request.chat == "@alpine"
    assert summary.reply_to is command
    assert not summary.silent
    assert card.silent
    assert "✅ \u2068Alpine Hikers\u2069 is saved" in card.text
    assert card.buttons == []
    assert phone.received == [card, summary]
