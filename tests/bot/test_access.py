"""Nobody but the owners is let in, whatever they send."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.bot.running import OWNER, NewBot, RunningBot, Worker
from tests.sandbox.botapi.messages import Person
from tests.sandbox.botapi.server import BotApi
from tests.sandbox.phone import Phone

Json = dict[str, Any]


def push(bot_api: BotApi, kind: str, content: Json) -> None:
    """Bring an update of any kind, also one that the bot did not ask for."""
    updates = bot_api.state.updates
    update_id, updates._next_id = updates._next_id, updates._next_id + 1
    updates.repeat({"update_id": update_id, kind: content})


def message(sender: Json, chat: Json, **rest: Any) -> Json:
    plain = {"message_id": 4711, "date": int(time.time()), "from": sender, "chat": chat}
    return plain | rest


def all_that_a_stranger_can_send(stranger: Phone) -> list[tuple[str, Json]]:
    """Everything but the first message, which is answered."""
    who, chat = stranger.person.to_json(), stranger.private.to_json()
    command = {"text": "/jobs", "entities": [{"type": "bot_command", "offset": 0, "length": 5}]}
    old = message(who, chat, text="/export @alpine")
    channel = {"id": -1001000000001, "type": "channel", "title": "News"}
    group = {"id": -1001000000002, "type": "supergroup", "title": "Group"}
    bot = {"id": 777000777, "is_bot": True, "first_name": "Chatkeep"}
    member = {"status": "member", "user": bot}
    return [
        ("message", message(who, chat, **command)),
        ("message", message(who, chat, text="/export @alpine")),
        ("message", message(who, chat, text="/cancel 1")),
        ("message", message(who, group, **command)),
        ("message", message(who, chat, chat_shared={"request_id": 1, "chat_id": -100123})),
        (
            "message",
            message(who, chat, users_shared={"request_id": 1, "users": [{"user_id": OWNER}]}),
        ),
        ("edited_message", {**old, "edit_date": int(time.time())}),
        ("channel_post", message(who, channel, text="/jobs", sender_chat=channel)),
        ("edited_channel_post", message(who, channel, text="/jobs", sender_chat=channel)),
        (
            "my_chat_member",
            {
                "chat": chat,
                "from": who,
                "date": int(time.time()),
                "old_chat_member": member,
                "new_chat_member": member,
            },
        ),
        (
            "business_connection",
            {
                "id": "b1",
                "user": who,
                "user_chat_id": who["id"],
                "date": int(time.time()),
                "is_enabled": True,
            },
        ),
        ("business_message", message(who, chat, text="/jobs", business_connection_id="b1")),
        (
            "message_reaction",
            {
                "chat": chat,
                "message_id": 1,
                "user": who,
                "date": int(time.time()),
                "old_reaction": [],
                "new_reaction": [{"type": "emoji", "emoji": "👍"}],
            },
        ),
        ("poll_answer", {"poll_id": "1", "user": who, "option_ids": [0]}),
        ("chosen_inline_result", {"result_id": "1", "from": who, "query": "alpine"}),
        ("kind_of_the_future", {"from": who}),
    ]


async def handled(bot_api: BotApi, phone: Phone) -> None:
    """Until everything sent so far was handled: updates are taken one after another."""
    last = phone.received[-1] if phone.received else None
    await phone.say("/help")
    await phone.wait_for("/export CHAT", after=last)


async def test_a_stranger_gets_one_sentence_with_their_id_and_the_owner_one_note(
    bot: RunningBot, bot_api: BotApi, phone: Phone, stranger: Phone
) -> None:
    await stranger.start()
    await stranger.wait_for(f"{stranger.person.id}")
    await stranger.say("/export @alpine")
    await stranger.say("Please?")
    await handled(bot_api, phone)

    assert [each.text for each in stranger.received] == [
        f"This bot is private. To use it, ask its owner to add your id: {stranger.person.id}"
    ]
    notes = [each.text for each in phone.received if "turned away" in each.text]
    assert len(notes) == 1
    assert f"\u2068Stan\u2069 (id {stranger.person.id})" in notes[0]


async def test_nothing_that_a_stranger_sends_reveals_anything(
    bot: RunningBot, bot_api: BotApi, phone: Phone, stranger: Phone, worker: Worker
) -> None:
    await phone.say("/export @alpine")
    job = await worker.claim()
    await worker.report(job, 520)
    card = await phone.wait_for("52%")
    await stranger.start()
    await stranger.wait_for("This bot is private")
    bot_api.faults.log.clear()

    for kind, content in all_that_a_stranger_can_send(stranger):
        push(bot_api, kind, content)
    forged = await stranger.tap_data(card, card.button("Cancel")["callback_data"])
    results = await stranger.inline_query("alpine")
    await handled(bot_api, phone)

    assert (forged.text, forged.alert, forged.url) == ("", False, None)
    assert results == []
    assert len(stranger.received) == 1
    asked = {
        each.method
        for each in bot_api.faults.log
        if each.chat_id not in (OWNER, None) or each.method.startswith("answer")
    }
    assert asked == {"answerCallbackQuery", "answerInlineQuery"}
    now = await worker.jobs.get(job.id)
    assert now is not None
    assert now.wish is None
    assert len(await worker.jobs.recent()) == 1


async def test_one_sentence_is_all_even_after_a_restart(
    new_bot: NewBot, bot_api: BotApi, phone: Phone, stranger: Phone
) -> None:
    async with new_bot():
        await stranger.start()
        await stranger.wait_for("This bot is private")
    async with new_bot():
        await stranger.start()
        await handled(bot_api, phone)

    assert len(stranger.received) == 1
    assert len([each for each in phone.received if "turned away" in each.text]) == 1


async def test_a_button_or_an_inline_query_does_not_use_up_the_sentence(
    bot: RunningBot, stranger: Phone
) -> None:
    await stranger.inline_query("news")
    await stranger.start()

    await stranger.wait_for("This bot is private")


@pytest.mark.parametrize("text", ["Hello everybody", "/jobs", "/jobs@another_bot"])
async def test_a_strangers_talk_in_a_group_is_not_answered(
    bot: RunningBot, bot_api: BotApi, phone: Phone, stranger: Phone, text: str
) -> None:
    bot_api.state.privacy_mode = False
    group = bot_api.state.add_group("Group", [phone.person, stranger.person])

    await stranger.say(text, chat=group)
    await handled(bot_api, phone)

    assert phone.messages_in(group)[-1].text == text
    assert not [each for each in phone.received if "turned away" in each.text]


async def test_a_stranger_who_names_the_bot_in_a_group_gets_the_sentence_there(
    bot: RunningBot, bot_api: BotApi, phone: Phone, stranger: Phone
) -> None:
    group = bot_api.state.add_group("Group", [phone.person, stranger.person])

    await stranger.say("/jobs@chatkeep_sandbox_bot", chat=group)

    await stranger.wait_for("This bot is private", chat=group)


async def test_anonymous_administrators_channels_and_bots_are_not_the_owner(
    bot: RunningBot, bot_api: BotApi, phone: Phone, worker: Worker
) -> None:
    group = bot_api.state.add_group("Group", [phone.person])
    owner, chat = phone.person.to_json(), group.to_json()
    anonymous = Person(
        id=1087968824, first_name="Group", username="GroupAnonymousBot", is_bot=True
    ).to_json()
    command = {"text": "/export @alpine"}

    push(bot_api, "message", message(anonymous, chat, sender_chat=chat, **command))
    push(bot_api, "message", message(owner, chat, sender_chat=chat, **command))
    push(bot_api, "message", message({**owner, "is_bot": True}, chat, **command))
    push(bot_api, "channel_post", message(owner, chat, **command))
    await handled(bot_api, phone)

    assert await worker.jobs.recent() == []


async def test_the_commands_are_offered_to_owners_alone(
    bot: RunningBot, bot_api: BotApi, phone: Phone, worker: Worker
) -> None:
    await phone.start()
    await phone.wait_for("/export")
    await handled(bot_api, phone)

    [scope] = {scope for scope, _language in bot_api.state.commands}
    assert str(OWNER) in scope


async def test_a_crowd_of_strangers_does_not_hold_up_the_owner(
    bot: RunningBot, bot_api: BotApi, phone: Phone, worker: Worker
) -> None:
    bot_api.faults.too_many_requests(30, on="sendMessage", times=40)
    for number in range(20):
        crowd = Phone(bot_api.state, Person(id=7_000_000_000 + number, first_name="Crowd"))
        await crowd.start()

    await phone.say("/export @alpine")

    assert (await worker.claim()).request.chat == "@alpine"


async def test_the_owner_may_not_have_started_the_bot_yet(
    bot: RunningBot, phone: Phone, stranger: Phone
) -> None:
    phone.person.started = False

    await stranger.start()

    await stranger.wait_for("This bot is private")
