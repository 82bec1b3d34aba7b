"""The real aiogram, a person on the phone, and the loopback Bot API between them."""

from __future__ import annotations

from aiogram import Bot
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup
from aiogram.types import Message as BotMessage

from tests.sandbox.phone import Phone
from tests.test_sandbox.polling import Answers


async def test_a_command_comes_as_an_update_and_the_answer_is_seen(bot: Bot, phone: Phone) -> None:
    await phone.start()

    updates = await bot.get_updates(timeout=1)
    assert updates[0].message is not None
    assert updates[0].message.text == "/start"
    await bot.send_message(phone.person.id, "123")

    seen = await phone.wait_for("123")
    assert seen.sender.is_bot
    assert await bot.get_updates(offset=updates[0].update_id + 1) == []


async def test_a_tap_is_answered_with_a_toast_and_the_card_changes(
    answers: Answers, phone: Phone
) -> None:
    @answers.dispatcher.message()
    async def show_card(message: BotMessage) -> None:
        button = InlineKeyboardButton(text="Cancel", callback_data="cancel:1")
        await message.reply(
            "<b>52 %</b>",
            parse_mode="HTML",
            reply_markup=InlineKeyboardMarkup(inline_keyboard=[[button]]),
        )

    @answers.dispatcher.callback_query()
    async def cancel(query: CallbackQuery) -> None:
        assert isinstance(query.message, BotMessage)
        await query.message.edit_text(f"Cancelled by {query.data}")
        await query.answer("Cancelled.", show_alert=True)

    async with answers.given():
        asked = await phone.say("/export @alpine")
        card = await phone.wait_for("52 %")
        assert card.reply_to is asked
        assert card.entities == ({"type": "bold", "offset": 0, "length": 4},)
        assert card.buttons == [["Cancel"]]

        toast = await phone.tap(card, "Cancel")

    assert (toast.text, toast.alert) == ("Cancelled.", True)
    assert [frame.text for frame in card.frames] == ["52 %", "Cancelled by cancel:1"]
    assert card.buttons == []
