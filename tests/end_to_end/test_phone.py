"""The bot in a process of its own, over real HTTP: storms, strangers, cancels, and bad input."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from tests.bot.running import cancel
from tests.exported_files import exported_files
from tests.installation import Installation, exported_ids
from tests.sandbox.botapi.messages import Message
from tests.sandbox.faults import GET_FILE
from tests.sandbox.phone import Phone
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.world.media_chat import media_chat
from tests.sandbox.world.world import World

Install = Callable[[Sandbox], Installation]


def loud_answer_to(asked: Message) -> Callable[[Message], bool]:
    """Tell a message that makes a sound and replies to the command: how a job ended."""
    return lambda message: message.reply_to is asked and not message.silent


def sandbox_with(messages: int) -> Sandbox:
    world = World()
    world.add_supergroup("Alpine Hikers", "alpine", messages=messages)
    return Sandbox(world)


async def test_a_storm_of_429s_neither_loses_the_end_nor_sends_a_stray_message(
    install: Install,
) -> None:
    async with sandbox_with(1_500) as sandbox:
        chatkeep = install(sandbox)
        await chatkeep.sign_in(sandbox.session())
        held = sandbox.faults.hold(after=3, times=None)
        await chatkeep.start("run")
        asked = await sandbox.phone.say("/export @alpine")
        card = await sandbox.phone.wait_for("Messages")
        sandbox.bot_api.faults.storm(6.0, retry_after_s=2)
        held.release()
        sandbox.faults.clear()

        summary = await sandbox.phone.wait_for("1,500 messages", after=card, timeout_s=60)
        await sandbox.phone.wait_for(
            lambda message: message.id == card.id and "is saved" in message.text, timeout_s=60
        )

        assert len(sandbox.bot_api.faults.asked("editMessageText")) > 1
        assert sandbox.phone.received == [card, summary]
        assert (card.silent, summary.silent) == (True, False)
        assert summary.reply_to is asked


async def test_the_card_counts_files_and_the_summary_tells_of_them(install: Install) -> None:
    world = World()
    made = media_chat(world, files=20, reuploads=0, kinds=("photo", "file"), sizes=50_000)
    async with Sandbox(world) as sandbox:
        chatkeep = install(sandbox)
        await chatkeep.sign_in(sandbox.session())
        held = sandbox.faults.hold(on=GET_FILE, after=8, times=None)
        await chatkeep.start("run")
        await sandbox.phone.say("/export @gallery")

        card = await sandbox.phone.wait_for("Files 8 of 20")
        held.release()
        summary = await sandbox.phone.wait_for("20 files, 1.0\u00a0MB", after=card)

    folder = next(chatkeep.export_dir.iterdir())
    assert "20 messages" in summary.text
    assert exported_files(folder) == made.truth()


async def test_a_strangers_updates_reveal_nothing(install: Install) -> None:
    async with sandbox_with(20) as sandbox:
        chatkeep = install(sandbox)
        await chatkeep.sign_in(sandbox.session())
        await chatkeep.start("run")
        await sandbox.phone.say("/export @alpine")
        summary = await sandbox.phone.wait_for("20 new")
        before = len(sandbox.phone.received)
        stranger = sandbox.stranger()

        await _ten_updates(stranger, summary.id)
        note = await sandbox.phone.wait_for(str(stranger.person.id), after=summary)
        await sandbox.phone.say("/jobs")  # handled after all of the stranger's
        await sandbox.phone.wait_for("Alpine Hikers", after=note)

        told = stranger.received
        assert len(told) == 1
        assert str(stranger.person.id) in told[0].text
        assert "Alpine" not in told[0].text
        assert all(not toast.text for toast in stranger.toasts)
        assert len(sandbox.phone.received) == before + 2  # one note, and the answer to /jobs
        assert len((await chatkeep.run("jobs")).out.splitlines()) == 1


async def _ten_updates(stranger: Phone, message_id: int) -> None:
    await stranger.start()
    await stranger.say("/jobs")
    await stranger.say("/cancel 1")
    edited = await stranger.say("/export @alpine")
    await stranger.edit(edited, "/export @alpine ")
    await stranger.tap_data(stranger.received[0] if stranger.received else edited, "cancel:1:0")
    assert await stranger.inline_query("alp") == []
    await stranger.send({"contact": {"phone_number": "+15550100009", "first_name": "S"}})
    await stranger.send({"chat_shared": {"request_id": 1, "chat_id": -1002300000001}})
    await stranger.send({"users_shared": {"request_id": 1, "users": [{"user_id": message_id}]}})


async def test_a_cancelled_export_stops_and_the_next_one_goes_on(install: Install) -> None:
    async with sandbox_with(4_000) as sandbox:
        chatkeep = install(sandbox)
        await chatkeep.sign_in(sandbox.session())
        held = sandbox.faults.hold(after=20, times=None)
        await chatkeep.start("run")
        await sandbox.phone.say("/export @alpine")
        await held.reached.wait()
        card = await sandbox.phone.wait_for("Messages")

        await cancel(sandbox.phone, card)
        await sandbox.phone.wait_for(lambda message: "Cancelled" in message.text)
        held.release()
        sandbox.faults.clear()
        fetched = sandbox.faults.calls("GetHistoryRequest")
        again = await sandbox.phone.say("/export @alpine")
        await sandbox.phone.wait_for(loud_answer_to(again))

        (folder,) = chatkeep.export_dir.iterdir()
        assert len(exported_ids(folder)) == 4_000
        assert sandbox.faults.calls("GetHistoryRequest") - fetched < 40


async def test_a_killed_bot_loses_no_command_and_does_none_twice(install: Install) -> None:
    """The kill comes after the row was written and before the update is confirmed."""
    async with sandbox_with(200) as sandbox:
        chatkeep = install(sandbox)
        await chatkeep.sign_in(sandbox.session())
        bot = await chatkeep.start("bot")
        await sandbox.phone.start()
        hello = await sandbox.phone.wait_for("/export")
        sandbox.bot_api.faults.slow(5.0, on="sendMessage", times=10)
        sandbox.bot_api.faults.slow(5.0, on="getUpdates", times=10)
        await sandbox.phone.say("/export @alpine")
        while len((await chatkeep.run("jobs")).out.splitlines()) < 1:
            await asyncio.sleep(0.1)
        await chatkeep.kill(bot)
        sandbox.bot_api.faults.clear()

        await chatkeep.start("run")
        summary = await sandbox.phone.wait_for("200 messages", after=hello)

        assert "is saved" in summary.text
        assert len((await chatkeep.run("jobs")).out.splitlines()) == 1


async def test_what_cannot_be_done_is_told_on_the_phone(install: Install) -> None:
    async with sandbox_with(20) as sandbox:
        chatkeep = install(sandbox)
        await chatkeep.start("run")
        asked = await sandbox.phone.say("/export @alpine")
        await sandbox.phone.wait_for(
            lambda message: message.reply_to is asked and "No Telegram account" in message.text,
        )
        await chatkeep.sign_in(sandbox.session())  # while it runs

        for typed, says in {
            "@nobody_is_called_so": "Nothing on Telegram is called @nobody_is_called_so",
            "https://t.me/c/1234/55": "sees no chat with the id",
            "https://t.me/share/url?url=x": "is not a link to a chat",
            "https://t.me/alpine/21": "has no message 21",
        }.items():
            asked = await sandbox.phone.say(f"/export {typed}")
            failed = await sandbox.phone.wait_for(loud_answer_to(asked))
            assert says in failed.text
