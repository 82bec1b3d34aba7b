"""Sending, editing and deleting on loopback: what Telegram refuses, in its words."""

from __future__ import annotations

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError
from aiogram.types import (
    BotCommand,
    BotCommandScopeChat,
    BufferedInputFile,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    ReactionTypeEmoji,
    ReplyParameters,
)

from tests.sandbox.botapi.messages import Person
from tests.sandbox.botapi.server import BotApi
from tests.sandbox.phone import Phone


def one_button(callback_data: str | None = None) -> InlineKeyboardMarkup:
    button = InlineKeyboardButton(text="Cancel", callback_data=callback_data)
    return InlineKeyboardMarkup(inline_keyboard=[[button]])


@pytest.fixture
async def chat_id(phone: Phone) -> int:
    await phone.start()
    return phone.person.id


async def test_an_edit_that_changes_nothing_is_refused(bot: Bot, chat_id: int) -> None:
    markup = one_button(callback_data="x")
    card = await bot.send_message(chat_id, "52 %", reply_markup=markup)

    with pytest.raises(TelegramBadRequest, match="message is not modified: specified new message"):
        await bot.edit_message_text(
            "52 %", chat_id=chat_id, message_id=card.message_id, reply_markup=markup
        )
    await bot.edit_message_text("52 %", chat_id=chat_id, message_id=card.message_id)


async def test_an_edit_keeps_the_earlier_versions_for_the_test(
    bot: Bot, phone: Phone, chat_id: int
) -> None:
    card = await bot.send_message(chat_id, "1 %", reply_markup=one_button(callback_data="x"))
    await bot.edit_message_text("2 %", chat_id=chat_id, message_id=card.message_id)

    seen = phone.received[-1]
    assert [frame.text for frame in seen.frames] == ["1 %", "2 %"]
    assert seen.buttons == []
    assert seen.edit_date is not None


async def test_a_message_that_is_gone_or_not_ones_own_cannot_be_edited(
    bot: Bot, phone: Phone, chat_id: int
) -> None:
    card = await bot.send_message(chat_id, "1 %")
    await phone.delete(phone.received[-1])
    with pytest.raises(TelegramBadRequest, match="message to edit not found"):
        await bot.edit_message_text("2 %", chat_id=chat_id, message_id=card.message_id)

    said = await phone.say("mine")
    with pytest.raises(TelegramBadRequest, match="message can't be edited"):
        await bot.edit_message_text("yours", chat_id=chat_id, message_id=said.id)


async def test_a_reply_needs_its_message_unless_the_bot_allows_to_do_without(
    bot: Bot, phone: Phone, chat_id: int
) -> None:
    with pytest.raises(TelegramBadRequest, match="message to be replied not found"):
        await bot.send_message(chat_id, "lost", reply_parameters=ReplyParameters(message_id=99))
    lenient = ReplyParameters(message_id=99, allow_sending_without_reply=True)
    await bot.send_message(chat_id, "free", reply_parameters=lenient)
    assert phone.received[-1].reply_to is None

    asked = await phone.say("/export @alpine")
    reply = await bot.send_message(
        chat_id, "card", reply_parameters=ReplyParameters(message_id=asked.id)
    )
    assert reply.reply_to_message is not None
    assert reply.reply_to_message.text == "/export @alpine"


async def test_callback_data_may_have_64_bytes(bot: Bot, phone: Phone, chat_id: int) -> None:
    await bot.send_message(chat_id, "x", reply_markup=one_button(callback_data="x" * 64))
    with pytest.raises(TelegramBadRequest, match="BUTTON_DATA_INVALID"):
        await bot.send_message(chat_id, "x", reply_markup=one_button(callback_data="x" * 65))
    with pytest.raises(TelegramBadRequest, match="BUTTON_DATA_INVALID"):
        await bot.send_message(chat_id, "x", reply_markup=one_button(callback_data="ж" * 33))
    with pytest.raises(TelegramBadRequest, match="Text buttons are unallowed"):
        await bot.send_message(chat_id, "x", reply_markup=one_button())


async def test_who_never_started_or_blocked_the_bot_gets_nothing(
    bot_api: BotApi, bot: Bot, phone: Phone
) -> None:
    with pytest.raises(TelegramBadRequest, match="chat not found"):
        await bot.send_message(424242, "x")
    with pytest.raises(TelegramForbiddenError, match="bot can't initiate conversation with a user"):
        await bot.send_message(phone.person.id, "x")
    await phone.start()
    await phone.block()
    with pytest.raises(TelegramForbiddenError, match="bot was blocked by the user"):
        await bot.send_message(phone.person.id, "x")

    kinds = [
        next(iter(update.keys() - {"update_id"})) for update in bot_api.state.updates.unconfirmed
    ]
    assert kinds == ["message", "my_chat_member"]


async def test_a_bot_that_was_removed_from_a_group_is_told_so(bot_api: BotApi, bot: Bot) -> None:
    group = bot_api.state.add_group("Hikers", [Person(id=7, first_name="Ben")])
    await bot.send_message(group.id, "hello")
    group.bot_is_member = False

    with pytest.raises(TelegramForbiddenError, match="bot was kicked from the supergroup chat"):
        await bot.send_message(group.id, "hello")


async def test_ids_are_shared_by_private_chats_and_counted_apart_in_supergroups(
    bot_api: BotApi, bot: Bot, phone: Phone
) -> None:
    other = Phone(bot_api.state, Person(id=1002, first_name="Ben"))
    mine, his = await phone.start(), await other.start()
    group = bot_api.state.add_group("Hikers", [phone.person])

    assert his.id == mine.id + 1
    assert (await bot.send_message(group.id, "x")).message_id == 1


async def test_a_silent_message_makes_no_sound(bot: Bot, phone: Phone, chat_id: int) -> None:
    await bot.send_message(chat_id, "card", disable_notification=True)
    await bot.send_message(chat_id, "summary")

    assert [message.silent for message in phone.received] == [True, False]


async def test_a_document_arrives_with_its_bytes_and_can_be_sent_again(
    bot: Bot, phone: Phone, chat_id: int
) -> None:
    file = BufferedInputFile(b"PK archive", "alpine.zip")
    sent = await bot.send_document(chat_id, file, caption="<b>archive</b>", parse_mode="HTML")
    assert sent.document is not None

    got = await bot.download(sent.document.file_id)
    assert got is not None
    assert got.read() == b"PK archive"
    again = await bot.send_document(chat_id, sent.document.file_id)
    assert again.document is not None
    assert again.document.file_name == "alpine.zip"
    assert phone.received[0].to_json()["caption"] == "archive"
    with pytest.raises(TelegramBadRequest, match="there is no text in the message to edit"):
        await bot.edit_message_text("x", chat_id=chat_id, message_id=sent.message_id)


async def test_commands_are_kept_by_scope_and_language(bot: Bot, phone: Phone) -> None:
    help_command = [BotCommand(command="help", description="What I can do")]
    await bot.set_my_commands(help_command)
    assert [known.command for known in await bot.get_my_commands()] == ["help"]
    assert await bot.get_my_commands(language_code="ru") == []

    scope = BotCommandScopeChat(chat_id=phone.person.id)
    with pytest.raises(TelegramBadRequest, match="chat not found"):
        await bot.set_my_commands(help_command, scope=scope)
    await phone.start()
    await bot.set_my_commands(help_command, scope=scope)
    await bot.delete_my_commands()
    assert await bot.get_my_commands() == []
    assert [known.command for known in await bot.get_my_commands(scope=scope)] == ["help"]

    with pytest.raises(TelegramBadRequest, match="BOT_COMMAND_INVALID"):
        await bot.set_my_commands([BotCommand(command="Help", description="x")])


async def test_reactions_actions_pins_and_deletions_are_seen(
    bot: Bot, phone: Phone, chat_id: int
) -> None:
    card = await bot.send_message(chat_id, "card")
    await bot.set_message_reaction(chat_id, 1, reaction=[ReactionTypeEmoji(emoji="👀")])
    await bot.send_chat_action(chat_id, "typing")
    await bot.pin_chat_message(chat_id, card.message_id)
    pinned = (await bot.get_chat(chat_id)).pinned_message

    assert phone.messages[0].reactions[0]["emoji"] == "👀"
    assert phone.private.actions == ["typing"]
    assert pinned is not None
    assert pinned.text == "card"
    with pytest.raises(TelegramBadRequest, match="REACTION_INVALID"):
        await bot.set_message_reaction(chat_id, 1, reaction=[ReactionTypeEmoji(emoji="🪑")])

    await bot.unpin_all_chat_messages(chat_id)
    await bot.delete_message(chat_id, card.message_id)
    assert "card" not in [message.text for message in phone.received]
    with pytest.raises(TelegramBadRequest, match="message to delete not found"):
        await bot.delete_message(chat_id, card.message_id)
