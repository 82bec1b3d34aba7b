"""Updates on loopback: what is confirmed, what comes again, who may poll, what is posted."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest
from aiogram import Bot
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramConflictError,
    TelegramNotFound,
    TelegramUnauthorizedError,
)
from aiohttp import web

from tests.sandbox.botapi.server import BotApi
from tests.sandbox.phone import Phone


async def test_an_update_comes_again_until_a_higher_offset_confirms_it(
    bot: Bot, phone: Phone
) -> None:
    await phone.say("one")
    await phone.say("two")
    first, second = await bot.get_updates()

    assert await bot.get_updates() == [first, second]
    assert await bot.get_updates(offset=second.update_id) == [second]
    assert await bot.get_updates(offset=second.update_id + 1) == []
    assert await bot.get_updates() == []


async def test_a_negative_offset_counts_from_the_end_and_forgets_what_lies_before(
    bot: Bot, phone: Phone
) -> None:
    for text in ("one", "two", "three"):
        await phone.say(text)

    last = await bot.get_updates(offset=-1)

    assert [update.message.text for update in last if update.message] == ["three"]
    assert await bot.get_updates() == last


async def test_the_limit_leaves_the_rest_for_later(bot: Bot, phone: Phone) -> None:
    await phone.say("one")
    await phone.say("two")

    assert len(await bot.get_updates(limit=1)) == 1
    assert len(await bot.get_updates()) == 2


async def test_a_waiting_poll_ends_with_the_first_update(bot: Bot, phone: Phone) -> None:
    async with asyncio.TaskGroup() as group:
        poll = group.create_task(bot.get_updates(timeout=50))
        await asyncio.sleep(0.05)
        await phone.say("/start")

    assert [update.message.text for update in poll.result() if update.message] == ["/start"]


async def test_a_second_poller_ends_the_first_with_a_conflict(bot: Bot, phone: Phone) -> None:
    first = asyncio.ensure_future(bot.get_updates(timeout=50))
    await asyncio.sleep(0.05)
    second = asyncio.ensure_future(bot.get_updates(timeout=50))

    with pytest.raises(TelegramConflictError, match="terminated by other getUpdates request"):
        await first
    await phone.say("for the second")
    assert len(await second) == 1


async def test_kinds_that_were_not_asked_for_do_not_come(bot: Bot, phone: Phone) -> None:
    await bot.get_updates(allowed_updates=["callback_query"])
    await phone.say("unheard")
    await bot.get_updates(allowed_updates=["message"])
    said = await phone.say("heard")
    await phone.edit(said, "unheard too")

    updates = await bot.get_updates()
    assert [update.message.text for update in updates if update.message] == ["heard"]
    assert len(updates) == 1


async def test_a_webhook_and_polling_exclude_each_other(bot: Bot) -> None:
    await bot.set_webhook("https://example.org/hook")
    assert (await bot.get_webhook_info()).url == "https://example.org/hook"
    with pytest.raises(TelegramConflictError, match="webhook is active"):
        await bot.get_updates()

    await bot.delete_webhook(drop_pending_updates=True)
    assert await bot.get_updates() == []


async def test_a_wrong_token_is_unauthorized(bot_api: BotApi, bot: Bot) -> None:
    async with Bot("1:wrong", session=bot.session) as stranger:
        with pytest.raises(TelegramUnauthorizedError, match="Unauthorized"):
            await stranger.get_me()


async def test_an_unknown_method_is_not_found_and_remembered(bot_api: BotApi, bot: Bot) -> None:
    with pytest.raises(TelegramNotFound):
        await bot.send_dice(1001)

    assert bot_api.unknown_methods == ["sendDice"]


async def test_requests_come_by_get_json_form_and_in_any_case(
    bot_api: BotApi, phone: Phone
) -> None:
    await phone.start()
    url = f"{bot_api.url}/bot{bot_api.token}"
    async with aiohttp.ClientSession() as client:
        async with client.get(f"{url}/GETME") as answer:
            assert (await answer.json())["result"]["is_bot"] is True
        body = {"chat_id": str(phone.person.id), "text": "1"}
        async with client.get(f"{url}/sendMessage", params=body) as answer:
            assert answer.status == 200
        async with client.post(f"{url}/sendMessage", json={**body, "text": "2"}) as answer:
            assert answer.status == 200
        async with client.post(f"{url}/sendMessage", data={**body, "text": "3"}) as answer:
            assert answer.status == 200
        async with client.post(f"{url}/sendMessage", json=[]) as answer:
            assert (await answer.json())["error_code"] == 400

    assert [message.text for message in phone.received] == ["1", "2", "3"]


async def test_a_webhook_is_posted_each_update_of_a_chat_in_order_until_it_takes_it(
    bot_api: BotApi, bot: Bot, phone: Phone
) -> None:
    came: list[tuple[int, str, str]] = []
    answers = [503, 200, 200]

    async def take(request: web.Request) -> web.Response:
        update = await request.json()
        secret = request.headers["X-Telegram-Bot-Api-Secret-Token"]
        came.append((update["update_id"], update["message"]["text"], secret))
        return web.Response(status=answers.pop(0))

    app = web.Application()
    app.router.add_post("/hook", take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    bot_api.state.local_server = True
    await phone.say("one")
    await phone.say("two")

    await bot.set_webhook(url, secret_token="a_secret-1")
    while bot_api.state.updates.unconfirmed:
        await asyncio.sleep(0.01)

    assert [text for _, text, _ in came] == ["one", "one", "two"]
    assert {secret for *_, secret in came} == {"a_secret-1"}
    info = await bot.get_webhook_info()
    assert info.last_error_message == "Wrong response from the webhook: 503 Service Unavailable"
    await bot.delete_webhook()
    await phone.say("three")
    assert len(await bot.get_updates()) == 1
    await runner.cleanup()


@pytest.mark.parametrize(
    ("url", "secret", "refusal"),
    [
        ("http://example.org/hook", "", "HTTPS URL must be provided"),
        ("https://example.org:8081/hook", "", "only on ports 80, 88, 443 or 8443"),
        ("https://127.0.0.1/hook", "", "is reserved"),
        ("nonsense", "", "invalid webhook URL"),
        ("https://example.org/hook", "a secret", "unallowed characters"),
        ("https://example.org/hook", "s" * 257, "too long"),
    ],
)
async def test_what_telegram_does_not_take_as_a_webhook_is_refused(
    bot: Bot, url: str, secret: str, refusal: str
) -> None:
    with pytest.raises(TelegramBadRequest, match=refusal):
        await bot.set_webhook(url, secret_token=secret)

    assert (await bot.get_webhook_info()).url == ""
