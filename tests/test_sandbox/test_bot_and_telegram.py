"""The whole sandbox: data centres, Bot API and phone together, in this process and alone."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path

import aiohttp
import pytest
from aiogram import Bot
from aiogram.client.telegram import TelegramAPIServer
from telethon import TelegramClient
from telethon.crypto import rsa
from telethon.sessions import StringSession

from tests.sandbox.sandbox import Sandbox, UnknownAskedError
from tests.sandbox.world.world import World
from tests.test_sandbox.conftest import PlainSession

ROOT = Path(__file__).parents[2]


async def read_chat(settings: dict[str, str], session: str, chat: str | int) -> list[str]:
    """The texts of the chat, newest first, as Telethon reads them."""
    key = await asyncio.to_thread(Path(settings["TELEGRAM_SERVER_KEY"]).read_text)
    rsa.add_key(key, old=False)
    TelegramClient._config = None  # kept on the class, with the ports of an earlier sandbox
    client = TelegramClient(
        StringSession(session),
        int(settings["API_ID"]),
        settings["API_HASH"],
        receive_updates=False,
    )
    await client.connect()
    if isinstance(chat, int):
        await client.get_dialogs()  # so that Telethon knows its access hash
    texts = [message.message async for message in client.iter_messages(chat)]
    await client.disconnect()
    return texts


async def test_one_world_is_reached_by_both_protocols() -> None:
    world = World(seed=3)
    chat = world.add_supergroup("Alpine", "alpine")
    chat.post("hello")
    async with Sandbox(world) as sandbox:
        texts = await read_chat(sandbox.environment, sandbox.session(), "alpine")
        session = PlainSession(api=TelegramAPIServer.from_base(sandbox.environment["BOT_API_URL"]))
        async with Bot(sandbox.environment["BOT_TOKEN"], session=session) as bot:
            await sandbox.phone.start()
            await bot.send_message(int(sandbox.environment["ADMIN_IDS"]), texts[0])

        assert (await sandbox.phone.wait_for("hello")).sender.is_bot


async def ask_for_nonsense() -> None:
    async with Sandbox() as sandbox, aiohttp.ClientSession(sandbox.bot_api.url) as client:
        await client.get(f"/bot{sandbox.bot_api.token}/sendNonsense")


async def test_what_the_sandbox_does_not_know_fails_the_test_at_the_end() -> None:
    with pytest.raises(UnknownAskedError, match="sendNonsense"):
        await ask_for_nonsense()


async def start_alone(*words: str) -> tuple[Process, dict[str, str]]:
    """`python -m tests.sandbox` and the settings that it prints."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.sandbox", *words, stdout=PIPE, cwd=ROOT
    )
    assert process.stdout is not None
    settings: dict[str, str] = {}
    while line := (await process.stdout.readline()).decode().strip():
        name, _, settings[name] = line.partition("=")
        if name == "CHAT":
            break
    return process, settings


def export_in(folder: Path, *, kind: str) -> Path:
    """A result.json with one message."""
    message = {
        "id": 5,
        "type": "message",
        "date": "2024-03-01T12:00:00",
        "date_unixtime": "1709280000",
        "from": "Anna",
        "from_id": "user17",
        "text": "hello",
        "text_entities": [{"type": "plain", "text": "hello"}],
    }
    export = {"name": "Hikers", "type": kind, "id": 4_000_001, "messages": [message]}
    path = folder / "result.json"
    path.write_text(json.dumps(export))
    return path


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
async def test_alone_it_prints_its_settings_and_serves_until_told_to_stop(
    end: signal.Signals,
) -> None:
    process, settings = await start_alone("--messages", "120")

    assert len(await read_chat(settings, settings["SESSION"], settings["CHAT"])) == 120
    async with (
        aiohttp.ClientSession() as client,
        client.post(f"{settings['PHONE_URL']}/say", json={"text": "/start"}) as answer,
    ):
        assert (await answer.json())["from"]["id"] == int(settings["ADMIN_IDS"])
    process.send_signal(end)
    assert await process.wait() == 0
    assert list(settings)[-2:] == ["SESSION", "CHAT"]
    assert "TIME_ZONE" not in settings
    assert not Path(settings["TELEGRAM_SERVER_KEY"]).exists()


async def test_alone_it_signs_in_several_accounts_that_all_see_the_chat(tmp_path: Path) -> None:
    loaded = "--load", str(export_in(tmp_path, kind="private_supergroup"))
    for words, texts in ((("--messages", "7", "--content", "text"), 7), (loaded, 1)):
        process, settings = await start_alone(*words, "--accounts", "2")

        sessions = [settings["SESSION"], settings["SESSION_2"]]
        chat = settings["CHAT"] if settings["CHAT"].startswith("@") else int(settings["CHAT"])
        for session in sessions:
            assert len(await read_chat(settings, session, chat)) == texts
        process.terminate()
        assert await process.wait() == 0


async def test_alone_it_lets_messages_come_and_go() -> None:
    process, settings = await start_alone(
        "--messages", "5", "--content", "text", "--arrive", "50", "--vanish", "5"
    )

    texts: list[str] = []
    while not any(text.startswith("Arrived") for text in texts):
        texts = await read_chat(settings, settings["SESSION"], settings["CHAT"])
    process.terminate()
    assert await process.wait() == 0


async def test_alone_it_serves_a_loaded_export_and_names_its_zone(tmp_path: Path) -> None:
    export = export_in(tmp_path, kind="public_supergroup")
    process, settings = await start_alone("--load", str(export))

    assert settings["TIME_ZONE"] == "+04:00"
    assert await read_chat(settings, settings["SESSION"], settings["CHAT"]) == ["hello"]
    process.terminate()
    assert await process.wait() == 0


async def test_alone_it_refuses_what_is_no_export_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "result.json").write_text("[]")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.sandbox", "--load", str(tmp_path / "result.json"),
        stderr=PIPE, cwd=ROOT,
    )  # fmt: skip
    _, err = await process.communicate()

    assert process.returncode == 1
    assert err.decode().startswith("python -m tests.sandbox: ")
    assert "Traceback" not in err.decode()
