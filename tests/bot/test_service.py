"""Starting, stopping, and what the bot does when something it needs is not there."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import web
from structlog.testing import capture_logs

from bot.errors import BotError, TokenRefused
from bot.service import BotConfig
from storage.database import Database
from tests.bot.running import NewBot, RunningBot, Worker
from tests.exporter.proxies import Proxy
from tests.sandbox.botapi.server import BotApi
from tests.sandbox.phone import Phone


async def fails(bot: RunningBot, **changes: object) -> str:
    bot.config = replace(bot.config, **changes)  # type: ignore[arg-type]
    with pytest.raises(BotError) as error:
        await bot.run()
    return str(error.value)


@pytest.mark.parametrize("token", ["777000777:wrong", "nonsense", ""])
async def test_a_wrong_token_is_told(new_bot: NewBot, token: str) -> None:
    bot = new_bot()
    bot.config = replace(bot.config, token=token)

    with pytest.raises(TokenRefused, match=r"does not accept BOT_TOKEN.*@BotFather"):
        await bot.run()


async def test_an_unreachable_bot_api_is_told_without_the_token(new_bot: NewBot) -> None:
    bot = new_bot()

    sentence = await fails(bot, api_url="http://127.0.0.1:9")

    assert sentence.startswith("The Bot API at http://127.0.0.1:9 cannot be reached")
    assert bot.config.token not in sentence


@pytest.mark.parametrize("api_url", ["localhost:8081", "ftp://localhost", "http://"])
async def test_an_address_that_is_none_is_told_without_the_token(
    new_bot: NewBot, api_url: str
) -> None:
    bot = new_bot()

    sentence = await fails(bot, api_url=api_url)

    assert "BOT_API_URL" in sentence
    assert bot.config.token not in sentence


async def test_a_token_that_is_taken_back_ends_the_bot(
    new_bot: NewBot, bot_api: BotApi, phone: Phone
) -> None:
    bot = new_bot()
    running = asyncio.create_task(bot.run())
    await phone.say("/help")
    await phone.wait_for("A card shows")

    bot_api.faults.fail(401, "Unauthorized", on="getUpdates", times=100)
    await phone.say("/help")

    with pytest.raises(TokenRefused):
        await running


async def test_a_second_bot_with_the_same_token_is_told_and_the_first_goes_on(
    new_bot: NewBot, bot: RunningBot, phone: Phone
) -> None:
    await phone.say("/help")
    await phone.wait_for("A card shows")

    sentence = await fails(new_bot())

    assert "Another program receives this bot's messages" in sentence
    await phone.say("/jobs")
    await phone.wait_for("Nothing was exported yet")


async def test_the_bot_outlives_an_outage_of_the_bot_api(
    bot: RunningBot, bot_api: BotApi, phone: Phone
) -> None:
    await phone.say("/help")
    await phone.wait_for("A card shows")
    await bot_api.stop()
    await phone.say("/jobs")
    await bot_api.start()

    await phone.wait_for("Nothing was exported yet")


async def test_a_gateways_web_page_instead_of_an_answer_is_an_outage(new_bot: NewBot) -> None:
    async def page(_: web.Request) -> web.Response:
        return web.Response(text="<html>Bad gateway</html>", content_type="text/html", status=502)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", page)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]

    sentence = await fails(new_bot(), api_url=f"http://127.0.0.1:{port}")

    assert "the answer is not from the Bot API" in sentence
    await runner.cleanup()


async def test_an_update_that_cannot_be_read_does_not_hold_up_the_others(
    bot: RunningBot, bot_api: BotApi, phone: Phone
) -> None:
    await phone.say("/help")
    await phone.wait_for("A card shows")
    bot_api.faults.slow(0.3, on="getUpdates")
    updates = bot_api.state.updates
    update_id, updates._next_id = updates._next_id, updates._next_id + 1
    await phone.say("/jobs")
    updates.repeat({"update_id": update_id, "message": {"of": "the future"}})

    await phone.wait_for("Nothing was exported yet")
    await phone.say("/cancel")
    await phone.wait_for("Nothing is running or waiting.")


async def test_an_answer_refused_by_429_comes_later(
    bot: RunningBot, bot_api: BotApi, phone: Phone
) -> None:
    bot_api.faults.too_many_requests(1, on="sendMessage", times=2)

    await phone.say("/help")
    await phone.wait_for("A card shows")

    assert len(phone.received) == 1


async def test_a_stop_lets_the_update_in_hand_finish(
    new_bot: NewBot, bot_api: BotApi, phone: Phone
) -> None:
    async with new_bot() as bot:
        held = bot_api.faults.hold(on="sendMessage")
        await phone.say("/help")
        await held.reached.wait()
        stopping = asyncio.create_task(bot.stop())
        await asyncio.sleep(0)
        held.release()
        await stopping

    assert len(phone.received) == 1


async def test_a_kill_before_an_answer_does_not_lose_it(
    new_bot: NewBot, bot_api: BotApi, phone: Phone
) -> None:
    held = bot_api.faults.hold(on="sendMessage")
    await phone.say("/help")
    async with new_bot() as bot:
        await held.reached.wait()
        await bot.kill()

    async with new_bot():
        await phone.wait_for("A card shows")
        await phone.say("/jobs")
        await phone.wait_for("Nothing was exported yet")

    assert len(phone.received) == 2


async def test_a_locked_database_delays_a_command_and_says_so_once(
    new_bot: NewBot, bot_api: BotApi, phone: Phone, worker: Worker, database_url: str
) -> None:
    async with new_bot(patience_s=0.2):
        await phone.say("/help")
        await phone.wait_for("A card shows")
        other_program = sqlite3.connect(
            database_url.removeprefix("sqlite+aiosqlite:///"), isolation_level=None
        )
        other_program.execute("BEGIN IMMEDIATE")
        await phone.say("/export @alpine")
        await phone.wait_for("Your message is not lost")
        await asyncio.sleep(1.5)
        other_program.rollback()
        other_program.close()

        job = await worker.claim()

    assert job.request.chat == "@alpine"
    assert sum("not lost" in each.text for each in phone.received) == 1


async def test_what_a_locked_database_could_not_note_is_not_said_again(
    new_bot: NewBot, bot_api: BotApi, phone: Phone, worker: Worker, database_url: str
) -> None:
    async def said_while_locked(words: str) -> None:
        other_program = sqlite3.connect(
            database_url.removeprefix("sqlite+aiosqlite:///"), isolation_level=None
        )
        other_program.execute("BEGIN IMMEDIATE")
        await phone.wait_for(words)
        await asyncio.sleep(1)
        other_program.rollback()
        other_program.close()

    async with new_bot(patience_s=0.2):
        bot_api.faults.slow(0.5, on="sendMessage", times=2)
        await phone.say("/export @alpine")
        job = await worker.claim()
        await said_while_locked("@alpine")
        await worker.card_noted(job)
        await worker.finish(job)
        await worker.card_noted((await worker.jobs.recent())[0])
        await said_while_locked("1,000 new")
        async with asyncio.timeout(40):
            while await worker.cards.open():
                await asyncio.sleep(0.1)

    assert len(phone.received) == 2


async def test_a_bug_is_told_by_an_apology_that_names_nothing(
    new_bot: NewBot, phone: Phone, database_url: str
) -> None:
    async with new_bot():
        await phone.say("/help")
        await phone.wait_for("A card shows")
        other = sqlite3.connect(database_url.removeprefix("sqlite+aiosqlite:///"))
        other.execute("DROP TABLE commands")
        other.close()

        with capture_logs() as logs:
            await phone.say("/export @alpine")
            answer = await phone.wait_for("Something went wrong here")

    assert "commands" not in answer.text
    logged = [line for line in logs if line["event"] == "a handler failed"]
    assert "no such table: commands" in str(logged[0]["exc_info"])


async def test_where_the_database_lies_is_told_to_owners_alone(
    new_bot: NewBot, phone: Phone, stranger: Phone, database: Database, database_url: str
) -> None:
    async with new_bot():
        await phone.say(f"/allow {stranger.person.id}")
        await phone.wait_for("may use me now")
        await stranger.start()
        allowed = await stranger.wait_for("I save Telegram chats")
        other = sqlite3.connect(database_url.removeprefix("sqlite+aiosqlite:///"))
        other.execute("PRAGMA writable_schema = ON")
        with other:
            other.execute("UPDATE sqlite_schema SET sql = 'no' WHERE name = 'people'")
            (version,) = other.execute("PRAGMA schema_version").fetchone()
            other.execute(f"PRAGMA schema_version = {version + 1}")
        other.close()

        await stranger.say("/help")
        theirs = await stranger.wait_for(lambda _: True, after=allowed)
        sent = await phone.say("/help")
        owners = await phone.wait_for(lambda _: True, after=sent)

    assert "chatkeep.db is damaged" in owners.text
    assert theirs.text.startswith("Something went wrong here")


@pytest.mark.parametrize("scheme", ["socks5", "http"])
async def test_the_bot_works_through_a_proxy(new_bot: NewBot, phone: Phone, scheme: str) -> None:
    bot = new_bot()
    async with Proxy(user="olga", password="s3:cr@t") as proxy:
        address = f"{scheme}://olga:s3%3Acr%40t@127.0.0.1:{proxy.port}"
        bot.config = replace(bot.config, proxy=address)
        async with bot:
            await phone.say("/help")
            await phone.wait_for("A card shows")

    assert proxy.opened


async def test_a_proxy_that_is_not_there_is_told(new_bot: NewBot) -> None:
    sentence = await fails(new_bot(), proxy="socks5://user:secret@127.0.0.1:9")

    assert "BOT_PROXY" in sentence
    assert "secret" not in sentence


async def test_a_proxy_address_that_is_none_is_told(new_bot: NewBot) -> None:
    sentence = await fails(new_bot(), proxy="gopher://127.0.0.1:9")

    assert "BOT_PROXY" in sentence


def test_secrets_are_not_part_of_how_the_settings_look() -> None:
    config = BotConfig(
        token="777:secret-token",
        admin_ids=frozenset({1}),
        proxy="socks5://user:secret-word@proxy:1080",
        export_dir=Path("exports"),
    )

    assert "secret" not in repr(config)


def test_importing_the_errors_of_the_bot_does_not_import_aiogram() -> None:
    found = subprocess.run(
        [sys.executable, "-c", "import bot.errors, sys; print('aiogram' in sys.modules)"],
        check=True,
        capture_output=True,
        text=True,
    )

    assert found.stdout.strip() == "False"
