"""Limits and scripted faults of the loopback Bot API."""

from __future__ import annotations

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramNetworkError, TelegramRetryAfter, TelegramServerError

from tests.sandbox.botapi.limits import Limits
from tests.sandbox.botapi.server import BotApi
from tests.sandbox.phone import Phone


@pytest.fixture
async def chat_id(phone: Phone) -> int:
    await phone.start()
    return phone.person.id


async def test_a_burst_passes_and_then_one_message_a_second(
    bot_api: BotApi, bot: Bot, phone: Phone, chat_id: int
) -> None:
    bot_api.limits.private_burst = 3
    bot_api.limits.private_per_s = 0.01
    for _ in range(2):
        await bot.send_message(chat_id, "x")
    sent = await bot.send_message(chat_id, "x")

    with pytest.raises(TelegramRetryAfter) as refused:
        await bot.edit_message_text("y", chat_id=chat_id, message_id=sent.message_id)

    assert 90 <= refused.value.retry_after <= 100
    assert len(phone.received) == 3
    assert bot_api.faults.asked("editMessageText")[0].code == 429


async def test_a_group_takes_20_a_minute_and_another_chat_is_not_held_up(
    bot_api: BotApi, bot: Bot, phone: Phone, chat_id: int
) -> None:
    group = bot_api.state.add_group("Hikers", [phone.person])
    for _ in range(20):
        await bot.send_message(group.id, "x")

    with pytest.raises(TelegramRetryAfter):
        await bot.send_message(group.id, "x")
    await bot.send_message(chat_id, "x")


async def test_limits_can_be_switched_off() -> None:
    limits = Limits(enabled=False, private_burst=1)
    async with BotApi(limits=limits) as bot_api:
        chat = bot_api.state.add_group("Hikers", [])
        for _ in range(50):
            bot_api.limits.spend(chat)


async def test_a_storm_hits_edits_and_leaves_sends_alone(
    bot_api: BotApi, bot: Bot, phone: Phone, chat_id: int
) -> None:
    sent = await bot.send_message(chat_id, "1 %")
    bot_api.faults.storm(60, retry_after_s=7)
    for _ in range(3):
        with pytest.raises(TelegramRetryAfter, match="retry after 7"):
            await bot.edit_message_text("2 %", chat_id=chat_id, message_id=sent.message_id)
    await bot.send_message(chat_id, "still here")
    bot_api.faults.clear()
    await bot.edit_message_text("2 %", chat_id=chat_id, message_id=sent.message_id)

    assert [message.text for message in phone.received] == ["2 %", "still here"]


async def test_a_fault_waits_for_its_turn_and_ends(
    bot_api: BotApi, bot: Bot, phone: Phone, chat_id: int
) -> None:
    bot_api.faults.server_error(502, on="sendMessage", after=1, times=1)

    await bot.send_message(chat_id, "first")
    with pytest.raises(TelegramServerError, match="Bad Gateway"):
        await bot.send_message(chat_id, "second")
    await bot.send_message(chat_id, "third")

    assert [message.text for message in phone.received] == ["first", "third"]


async def test_a_cut_connection_leaves_open_whether_it_was_done(
    bot_api: BotApi, bot: Bot, phone: Phone, chat_id: int
) -> None:
    bot_api.faults.cut_before_effect(on="sendMessage")
    with pytest.raises(TelegramNetworkError):
        await bot.send_message(chat_id, "lost")
    bot_api.faults.cut_after_effect(on="sendMessage")
    with pytest.raises(TelegramNetworkError):
        await bot.send_message(chat_id, "done")

    assert [message.text for message in phone.received] == ["done"]


async def test_an_outage_keeps_address_chats_and_updates(
    bot_api: BotApi, bot: Bot, phone: Phone
) -> None:
    address = bot_api.url
    await bot_api.stop()
    with pytest.raises(TelegramNetworkError):
        await bot.get_me()
    await phone.say("meanwhile")
    await bot_api.start()

    assert bot_api.url == address
    assert len(await bot.get_updates()) == 1
