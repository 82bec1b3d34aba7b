"""A person on the phone: taps, inline queries, shared chats, groups, strangers."""

from __future__ import annotations

import asyncio

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest, TelegramMigrateToChat
from aiogram.types import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQuery,
    InlineQueryResultArticle,
    InlineQueryResultUnion,
    InputTextMessageContent,
    KeyboardButton,
    KeyboardButtonRequestChat,
    KeyboardButtonRequestUsers,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)

from tests.sandbox.botapi.messages import Message, Person
from tests.sandbox.botapi.server import BotApi
from tests.sandbox.phone import Phone
from tests.sandbox.screen import NotSeenError
from tests.test_sandbox.polling import Answers

CANCEL = InlineKeyboardMarkup(
    inline_keyboard=[[InlineKeyboardButton(text="Cancel", callback_data="c:1")]]
)


async def card(bot: Bot, phone: Phone) -> Message:
    await phone.start()
    await bot.send_message(phone.person.id, "52 %", reply_markup=CANCEL)
    return phone.received[-1]


async def test_a_tap_can_be_answered_once_and_only_in_time(
    bot_api: BotApi, bot: Bot, phone: Phone
) -> None:
    shown = await card(bot, phone)
    tap = asyncio.ensure_future(phone.tap(shown, "Cancel"))
    query = (await bot.get_updates(offset=-1, timeout=1))[0].callback_query
    assert query is not None
    assert query.data == "c:1"
    await bot.answer_callback_query(query.id, text="Cancelled.")
    assert (await tap).text == "Cancelled."
    with pytest.raises(TelegramBadRequest, match="query is too old and response timeout expired"):
        await bot.answer_callback_query(query.id)

    bot_api.state.query_lifetime_s = -1
    late = asyncio.ensure_future(phone.tap(shown, "Cancel", timeout_s=0.2))
    query = (await bot.get_updates(offset=-1, timeout=1))[0].callback_query
    assert query is not None
    with pytest.raises(TelegramBadRequest, match="query is too old"):
        await bot.answer_callback_query(query.id)
    with pytest.raises(NotSeenError, match="52 %"):
        await late


async def test_a_button_that_is_not_there_cannot_be_tapped(bot: Bot, phone: Phone) -> None:
    shown = await card(bot, phone)

    with pytest.raises(LookupError, match="Cancel"):
        await phone.tap(shown, "Pause")


async def test_an_outdated_button_can_be_tapped_on_a_phone_that_lags(
    bot: Bot, phone: Phone
) -> None:
    shown = await card(bot, phone)
    await bot.edit_message_text("done", chat_id=phone.person.id, message_id=shown.id)

    tap = asyncio.ensure_future(phone.tap(shown, "Cancel", version=0))
    query = (await bot.get_updates(offset=-1, timeout=1))[0].callback_query
    assert query is not None
    await bot.answer_callback_query(query.id, text="This card is out of date.")
    assert (await tap).text == "This card is out of date."


async def test_what_does_not_appear_is_reported_with_what_does(bot: Bot, phone: Phone) -> None:
    await card(bot, phone)

    with pytest.raises(NotSeenError, match=r"(?s)'100 %' was not seen.*52 %.*\[Cancel\]"):
        await phone.wait_for("100 %", 0.05)


async def test_waiting_sees_an_edit_and_skips_what_came_before(bot: Bot, phone: Phone) -> None:
    shown = await card(bot, phone)
    waiting = asyncio.ensure_future(phone.wait_for("100 %"))
    await asyncio.sleep(0)
    await bot.edit_message_text("100 %", chat_id=phone.person.id, message_id=shown.id)
    assert await waiting is shown

    again = await phone.say("again")
    with pytest.raises(NotSeenError):
        await phone.wait_for("100 %", 0.05, after=again)


async def test_inline_results_are_offered_and_the_chosen_one_is_sent(
    answers: Answers, phone: Phone
) -> None:
    @answers.dispatcher.inline_query()
    async def offer(query: InlineQuery) -> None:
        content = InputTextMessageContent(message_text=f"/export {query.query}")
        article = InlineQueryResultArticle(
            id="1", title="Alpine Hikers", input_message_content=content
        )
        await query.answer([article], cache_time=0, is_personal=True)

    async with answers.given():
        results = await phone.inline_query("@alpine")
    chosen = await phone.choose(results[0])

    assert results[0]["title"] == "Alpine Hikers"
    assert chosen.text == "/export @alpine"


@pytest.mark.parametrize(
    ("ids", "text", "reason"),
    [
        (["1", "1"], "x", "RESULT_ID_DUPLICATE"),
        (["x" * 65], "x", "RESULT_ID_INVALID"),
        (["1"], "<b>x", "can't parse entities"),
        ([str(number) for number in range(51)], "x", "RESULTS_TOO_MUCH"),
    ],
)
async def test_inline_results_are_checked(
    bot: Bot, phone: Phone, ids: list[str], text: str, reason: str
) -> None:
    content = InputTextMessageContent(message_text=text, parse_mode="HTML")
    results: list[InlineQueryResultUnion] = [
        InlineQueryResultArticle(id=number, title="Alpine", input_message_content=content)
        for number in ids
    ]
    typing = asyncio.ensure_future(phone.inline_query("a", timeout_s=0.5))
    query = (await bot.get_updates(timeout=1))[0].inline_query
    assert query is not None

    with pytest.raises(TelegramBadRequest, match=reason):
        await bot.answer_inline_query(query.id, results)
    typing.cancel()


async def test_a_keyboard_shares_chats_and_people(bot: Bot, phone: Phone) -> None:
    await phone.start()
    chats = KeyboardButtonRequestChat(request_id=1, chat_is_channel=False, request_title=True)
    people = KeyboardButtonRequestUsers(request_id=2, max_quantity=2, request_name=True)
    keyboard = ReplyKeyboardMarkup(
        keyboard=[
            [KeyboardButton(text="Pick a group", request_chat=chats)],
            [KeyboardButton(text="Pick people", request_users=people)],
        ]
    )
    await bot.send_message(phone.person.id, "Which?", reply_markup=keyboard)
    await phone.pick_chat("Pick a group", -1002300000001, title="Hikers", username="hikers")
    ben = Person(id=5, first_name="Ben", username="ben")
    await phone.share_users("Pick people", [ben])

    shared, users = (await bot.get_updates())[-2:]
    assert shared.message is not None
    assert shared.message.chat_shared is not None
    assert shared.message.chat_shared.chat_id == -1002300000001
    assert shared.message.chat_shared.title == "Hikers"
    assert shared.message.chat_shared.username is None
    assert users.message is not None
    assert users.message.users_shared is not None
    assert users.message.users_shared.users[0].first_name == "Ben"

    await bot.send_message(phone.person.id, "Thanks", reply_markup=ReplyKeyboardRemove())
    with pytest.raises(LookupError, match="Pick a group"):
        await phone.pick_chat("Pick a group", -1, title="x")


async def test_in_groups_the_bot_sees_commands_and_replies_to_it_alone(
    bot_api: BotApi, bot: Bot, phone: Phone
) -> None:
    group = bot_api.state.add_group("Hikers", [phone.person])
    hello = await bot.send_message(group.id, "hello")
    await phone.say("just talking", chat=group)
    await phone.say("/jobs", chat=group)
    await phone.say("/jobs@another_bot", chat=group)
    await phone.say("/help@Chatkeep_Sandbox_Bot", chat=group)
    await phone.say("a reply", chat=group, reply_to=group.messages[hello.message_id])

    texts = [update.message.text for update in await bot.get_updates() if update.message]
    assert texts == ["/jobs", "/help@Chatkeep_Sandbox_Bot", "a reply"]


async def test_an_edited_message_comes_as_its_own_kind_of_update(bot: Bot, phone: Phone) -> None:
    said = await phone.say("/exprt")
    await phone.edit(said, "/export @alpine")

    update = (await bot.get_updates())[-1]
    assert update.edited_message is not None
    assert update.edited_message.text == "/export @alpine"


async def test_watching_shows_every_message_and_version_as_it_comes(bot: Bot, phone: Phone) -> None:
    shown = await card(bot, phone)
    await bot.edit_message_text("done", chat_id=phone.person.id, message_id=shown.id)

    watch = phone.watch()
    seen = [(await anext(watch))[1].text for _ in range(3)]
    await watch.aclose()
    assert seen == ["/start", "52 %", "done"]


async def test_files_places_and_reactions_come_as_telegram_sends_them(
    bot: Bot, phone: Phone
) -> None:
    await bot.get_updates(allowed_updates=["message", "message_reaction", "my_chat_member"])
    sent = await phone.send_file("chats.txt", b"@alpine", caption="these")
    await phone.send({"location": {"latitude": 47.1, "longitude": 11.3}})
    await phone.react(sent, "👍")

    file, place, reaction = await bot.get_updates()
    assert file.message is not None
    assert file.message.document is not None
    got = await bot.download(file.message.document.file_id)
    assert got is not None
    assert got.read() == b"@alpine"
    assert place.message is not None
    assert place.message.location is not None
    assert reaction.message_reaction is not None


async def test_a_bot_taken_into_a_group_is_told_so(bot_api: BotApi, bot: Bot, phone: Phone) -> None:
    group = bot_api.state.add_group("Hikers", [phone.person])
    await phone.add_bot(group)
    await phone.remove_bot(group)

    joined, service, removed = await bot.get_updates()
    assert joined.my_chat_member is not None
    assert joined.my_chat_member.new_chat_member.status == "member"
    assert service.message is not None
    assert service.message.new_chat_members is not None
    assert removed.my_chat_member is not None
    assert removed.my_chat_member.new_chat_member.status == "kicked"


async def test_a_group_that_became_a_supergroup_says_where_it_went(
    bot_api: BotApi, bot: Bot, phone: Phone
) -> None:
    group = bot_api.state.add_group("Hikers", [phone.person], chat_type="group")
    group.migrated_to = -1003000000001

    with pytest.raises(TelegramMigrateToChat) as refused:
        await bot.send_message(group.id, "x")
    assert refused.value.migrate_to_chat_id == -1003000000001
