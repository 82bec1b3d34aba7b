"""Updates that Telegram posts: who is believed, what is taken, and that each is done once."""

from __future__ import annotations

import asyncio
import io
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import aiohttp
import pytest
from aiohttp import web
from structlog.testing import capture_logs

from bot.errors import BotError
from bot.webhook import LARGEST_BYTES, SECRET_HEADER, WebhookConfig, secret_of
from tests.bot.running import PATIENCE_S, NewBot, RunningBot, Worker
from tests.sandbox.botapi.server import BotApi
from tests.sandbox.phone import Phone


@pytest.fixture
def webhook(bot_api: BotApi) -> WebhookConfig:
    """A webhook that a Bot API server of one's own reaches."""
    bot_api.state.local_server = True
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    return WebhookConfig(url=f"http://127.0.0.1:{port}/telegram", host="127.0.0.1", port=port)


@asynccontextmanager
async def running(new_bot: NewBot, webhook: WebhookConfig | None) -> AsyncIterator[RunningBot]:
    """A bot with this webhook, from when Telegram knows about it."""
    bot = new_bot()
    bot.config = replace(bot.config, webhook=webhook)
    async with bot:
        yield bot


async def test_what_is_posted_is_answered_and_taps_too(
    new_bot: NewBot, bot_api: BotApi, webhook: WebhookConfig, phone: Phone, worker: Worker
) -> None:
    async with running(new_bot, webhook):
        await phone.say("/export @alpine")
        card = await phone.wait_for("@alpine")
        await phone.tap(card, "Cancel")
        await phone.wait_for(lambda message: message is card and "Cancel?" in message.text)

        assert bot_api.state.updates.unconfirmed == []
        assert not bot_api.faults.asked("getUpdates")
    assert [job.request.chat for job in await worker.jobs.recent()] == ["@alpine"]


async def test_the_commands_of_a_chat_are_done_in_their_order(
    new_bot: NewBot, bot_api: BotApi, webhook: WebhookConfig, phone: Phone, worker: Worker
) -> None:
    bot_api.limits.enabled = False
    wanted = [f"@chat_{number}" for number in range(30)]
    for chat in wanted:
        await phone.say(f"/export {chat}")

    async with running(new_bot, webhook):
        await phone.wait_for(wanted[-1])
        await confirmed(bot_api)

    jobs = sorted(await worker.jobs.recent(100), key=lambda job: job.id)
    assert [job.request.chat for job in jobs] == wanted


async def test_only_telegram_is_believed(
    new_bot: NewBot, bot_api: BotApi, webhook: WebhookConfig, phone: Phone, worker: Worker
) -> None:
    async with running(new_bot, webhook), aiohttp.ClientSession() as http:
        await phone.say("/help")
        await phone.wait_for("A card shows")
        message = (await phone.say("/help")).to_json()
        forged = {"update_id": 1, "message": {**message, "text": "/export @forged"}}

        async def posted(secret: str | None, url: str = webhook.url) -> int:
            headers = {} if secret is None else {SECRET_HEADER: secret}
            async with http.post(url, json=forged, headers=headers) as answer:
                return answer.status

        right = secret_of(bot_api.token)
        for wrong in (None, "", "wrong", right.upper(), right[:-1], "geheim-ü", bot_api.token):
            assert await posted(wrong) == 403
        assert await posted(right, webhook.url + "/else") == 404
        async with http.get(webhook.url, headers={SECRET_HEADER: right}) as answer:
            assert answer.status == 405

        assert await worker.jobs.recent() == []
        assert await posted(right) == 200
        assert [job.request.chat for job in await worker.jobs.recent()] == ["@forged"]


async def test_what_cannot_be_read_is_passed_over_and_what_is_no_update_is_refused(
    new_bot: NewBot, bot_api: BotApi, webhook: WebhookConfig, phone: Phone
) -> None:
    async with running(new_bot, webhook), aiohttp.ClientSession() as http:
        await phone.say("/help")
        await phone.wait_for("A card shows")

        async def posted(body: bytes) -> int:
            headers = {SECRET_HEADER: secret_of(bot_api.token)}
            sent = http.post(webhook.url, data=io.BytesIO(body), headers=headers)
            async with sent as answer:
                return answer.status

        assert await posted(b'{"update_id": 5, "message": {"of": "the future"}}') == 200
        assert await posted(b"[]") == 200
        assert await posted(b"\xff\xfe") == 400
        assert await posted(b"{") == 400
        assert await posted(b"[" * 100_000) == 400
        assert await posted(json.dumps("x" * LARGEST_BYTES).encode()) == 413
        await phone.say("/jobs")
        await phone.wait_for("Nothing was exported yet")


async def test_a_kill_before_the_answer_brings_the_update_again(
    new_bot: NewBot, bot_api: BotApi, webhook: WebhookConfig, phone: Phone
) -> None:
    held = bot_api.faults.hold(on="sendMessage")
    await phone.say("/help")
    async with running(new_bot, webhook) as bot:
        await held.reached.wait()
        await bot.kill()

    assert bot_api.state.updates.unconfirmed
    async with running(new_bot, webhook):
        await phone.wait_for("A card shows")
        await confirmed(bot_api)
    assert len(phone.received) == 1


async def test_a_stop_lets_the_update_in_hand_finish_and_leaves_the_others_to_the_next(
    new_bot: NewBot, bot_api: BotApi, webhook: WebhookConfig, phone: Phone
) -> None:
    held = bot_api.faults.hold(on="sendMessage")
    async with running(new_bot, webhook) as bot:
        await phone.say("/help")
        await phone.say("/jobs")
        await held.reached.wait()
        stopping = asyncio.create_task(bot.stop())
        await asyncio.sleep(0)
        held.release()
        await stopping

    assert len(phone.received) == 1
    assert len(bot_api.state.updates.unconfirmed) == 1
    async with running(new_bot, webhook):
        await phone.wait_for("Nothing was exported yet")
        await confirmed(bot_api)
    assert len(phone.received) == 2


async def test_either_way_of_receiving_follows_the_other(
    new_bot: NewBot, bot_api: BotApi, webhook: WebhookConfig, phone: Phone
) -> None:
    for turn, way in enumerate((webhook, None, webhook, None)):
        asked_as = await phone.say("/help")
        async with running(new_bot, way):
            await phone.wait_for("A card shows", after=asked_as)
        assert (bot_api.state.webhook is not None) is (way is not None), turn


async def test_an_address_that_is_taken_is_told(
    new_bot: NewBot, bot_api: BotApi, webhook: WebhookConfig
) -> None:
    bot = new_bot()
    bot.config = replace(bot.config, webhook=webhook)
    with (
        socket.create_server((webhook.host, webhook.port)),
        pytest.raises(BotError, match=f"WEBHOOK_LISTEN 127.0.0.1:{webhook.port}"),
    ):
        await bot.run()

    assert bot_api.state.webhook is None


async def test_what_telegram_says_of_an_impossible_webhook_is_told(
    new_bot: NewBot, bot_api: BotApi, webhook: WebhookConfig
) -> None:
    bot_api.state.local_server = False
    bot = new_bot()
    bot.config = replace(bot.config, webhook=webhook)

    with pytest.raises(BotError, match=r"Telegram refuses WEBHOOK_URL: .*HTTPS URL must be"):
        await bot.run()


async def test_an_outage_at_the_start_is_waited_out(
    new_bot: NewBot, bot_api: BotApi, webhook: WebhookConfig, phone: Phone
) -> None:
    bot_api.faults.server_error(on="setWebhook", times=1)
    bot_api.faults.too_many_requests(1, on="setWebhook")
    await phone.say("/help")

    async with running(new_bot, webhook):
        await phone.wait_for("A card shows")


async def test_another_program_that_takes_over_is_told(
    new_bot: NewBot, bot_api: BotApi, webhook: WebhookConfig, phone: Phone
) -> None:
    bot = new_bot()
    bot.config = replace(bot.config, webhook=replace(webhook, watch_s=0.2))
    ended = asyncio.create_task(bot.run())
    await phone.say("/help")
    await phone.wait_for("A card shows")

    async with running(new_bot, None):
        with pytest.raises(BotError, match="Another program has taken over"):
            await ended
        await phone.say("/jobs")
        await phone.wait_for("Nothing was exported yet")


async def test_what_keeps_telegram_from_reaching_us_is_in_the_log_once_and_no_secret_is(
    new_bot: NewBot, bot_api: BotApi, webhook: WebhookConfig, phone: Phone
) -> None:
    """A proxy in front passes nothing on."""

    async def refuse(_: web.Request) -> web.Response:
        return web.Response(status=502)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", refuse)
    proxy = web.AppRunner(app)
    await proxy.setup()
    await web.TCPSite(proxy, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{proxy.addresses[0][1]}/telegram"
    await phone.say("/help")

    with capture_logs() as logs:
        async with running(new_bot, replace(webhook, url=url, watch_s=0.2)):
            async with asyncio.timeout(PATIENCE_S):
                while not (told := [line for line in logs if line.get("reason")]):
                    await asyncio.sleep(0.05)
    await proxy.cleanup()

    assert told[0]["reason"] == "Wrong response from the webhook: 502 Bad Gateway"
    assert told[0]["waiting"] == 1
    assert secret_of(bot_api.token) not in str(logs)
    assert "/telegram" not in str(logs)


def test_the_secret_does_not_give_the_token_away() -> None:
    """https://core.telegram.org/bots/api#setwebhook takes 1-256 of these signs."""
    secret = secret_of("777:secret-token")

    assert set(secret) <= set("0123456789abcdef")
    assert len(secret) == 64
    assert "secret" not in secret
    assert secret != secret_of("777:secret-tokem")


async def confirmed(bot_api: BotApi) -> None:
    """Every update was taken."""
    async with asyncio.timeout(PATIENCE_S):
        while bot_api.state.updates.unconfirmed:
            await asyncio.sleep(0.02)
