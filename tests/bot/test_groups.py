"""Groups: others read along, so that each command is answered by the way to the private chat."""

from __future__ import annotations

import pytest

from storage.database import Database
from storage.people import People
from tests.bot.running import NewBot, RunningBot, Worker
from tests.sandbox.botapi.messages import Chat, Person
from tests.sandbox.botapi.server import BotApi
from tests.sandbox.phone import Phone

WAY = "Continue in private"
MIA = 6_200_000_001


@pytest.fixture
def group(bot_api: BotApi, phone: Phone) -> Chat:
    return bot_api.state.add_group("Group", [phone.person])


def said_in(phone: Phone, group: Chat) -> list[str]:
    """Every text that the bot ever showed there."""
    said = [each for each in phone.messages_in(group) if each.sender.is_bot]
    return [frame.text for each in said for frame in each.frames]


async def test_an_export_in_a_group_has_its_card_and_its_end_in_private(
    bot: RunningBot, phone: Phone, worker: Worker, group: Chat
) -> None:
    await phone.say("/export Alpine Hikers", chat=group)
    job = await worker.claim()
    await worker.report(job, 520)
    card = await phone.wait_for("52%")
    await worker.finish(job, 77)
    await phone.wait_for("77 messages\n77 new")
    await phone.wait_for(WAY, chat=group)

    assert said_in(phone, group) == [WAY]
    assert card.reply_to is None


async def test_whoever_has_not_started_the_bot_gets_the_way_and_nothing_begins(
    bot: RunningBot, phone: Phone, worker: Worker, group: Chat
) -> None:
    phone.person.started = False
    await phone.say("/export Alpine Hikers", chat=group)

    answer = await phone.wait_for(WAY, chat=group)

    link = (await phone.tap(answer, "Open our chat")).url
    assert link == "https://t.me/chatkeep_sandbox_bot?start=group"
    assert await worker.jobs.recent() == []
    await phone.start("group")
    await phone.wait_for("I save Telegram chats")


@pytest.mark.parametrize(
    "command",
    [
        *("/export", "/plan Alpine", "/jobs", "/archives", "/status", "/cancel", "/cancel 1"),
        *("/schedule", "/schedule @alpine daily", "/timezone", "/help", "/start"),
        *("/users", "/allow 7", "/revoke 7", "/role 7 admin", "/limits 7", "/grant 7", "/audit"),
    ],
)
async def test_every_command_in_a_group_is_answered_by_the_way_to_the_private_chat(
    bot: RunningBot, phone: Phone, worker: Worker, group: Chat, command: str
) -> None:
    await phone.say("/export @alpine")
    await phone.wait_for("Starting")

    await phone.say(command, chat=group)

    await phone.wait_for(WAY, chat=group)
    assert said_in(phone, group) == [WAY]
    assert [job.request.chat for job in await worker.jobs.recent()] == ["@alpine"]
    assert (await worker.jobs.recent())[0].wish is None


async def test_talk_and_commands_of_other_bots_are_passed_over(
    bot: RunningBot, phone: Phone, worker: Worker, bot_api: BotApi, group: Chat
) -> None:
    bot_api.state.privacy_mode = False
    for text in ("t.me/alpine", "@alpine", "Hello", "/weather"):
        await phone.say(text, chat=group)
    await phone.say("/jobs", chat=group)

    await phone.wait_for(WAY, chat=group)
    assert said_in(phone, group) == [WAY]
    assert await worker.jobs.recent() == []


async def test_a_command_that_is_not_theirs_does_not_exist_for_a_member_in_a_group(
    bot: RunningBot, bot_api: BotApi, phone: Phone, database: Database
) -> None:
    member = Phone(bot_api.state, Person(id=MIA, first_name="Mia", started=True))
    await People(database).allow(MIA, by=phone.person.id)
    group = bot_api.state.add_group("Group", [phone.person, member.person])

    await member.say("/users", chat=group)
    await member.say("/audit", chat=group)
    await member.say("/jobs", chat=group)

    await member.wait_for(WAY, chat=group)
    assert said_in(member, group) == [WAY]


async def test_an_export_that_comes_again_from_a_group_is_answered_once(
    new_bot: NewBot, bot_api: BotApi, phone: Phone, worker: Worker, group: Chat
) -> None:
    async with new_bot():
        await phone.say("/export @alpine", chat=group)
        update = bot_api.state.updates.unconfirmed[0]
        await phone.wait_for(WAY, chat=group)
        await worker.finish(await worker.claim())
        await phone.wait_for("1,000 new")

        bot_api.state.updates.repeat(update)
        await phone.say("/help")
        await phone.wait_for("A card shows")

    assert said_in(phone, group) == [WAY]
    assert len(await worker.jobs.recent()) == 1


async def test_a_button_left_in_a_group_says_where_to_go(
    bot: RunningBot, phone: Phone, worker: Worker, group: Chat
) -> None:
    await phone.say("/export @alpine")
    job = await worker.claim()
    await phone.say("/jobs", chat=group)
    left = await phone.wait_for(WAY, chat=group)

    toast = await phone.tap_data(left, f"j:really:{job.id}:99")

    assert toast.text == WAY
    assert await worker.report(job, 1) is None
