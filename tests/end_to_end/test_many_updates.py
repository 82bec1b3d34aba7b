"""Five hundred commands at once, by either way of receiving, also with kills amid them."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import sqlite3
from asyncio.subprocess import Process
from collections import Counter
from collections.abc import Callable

import pytest

from tests.installation import Installation
from tests.sandbox.botapi.limits import Limits
from tests.sandbox.phone import Phone
from tests.sandbox.sandbox import Sandbox

Install = Callable[[Sandbox], Installation]
PEOPLE = 4
ROUNDS = 50
"""Of each person: an export of another chat, and a question; the first also in a group."""
PATIENCE_S = 280.0
KILL_AT = (40, 120)
"""So many commands have been noted when the bot is killed."""


@pytest.fixture
def sandbox() -> Sandbox:
    """Telegram that limits nothing by the clock, or this would take minutes; see `asked`."""
    return Sandbox(limits=Limits(enabled=False))


@pytest.fixture(params=["polling", "webhook"])
def way(request: pytest.FixtureRequest, sandbox: Sandbox) -> dict[str, str]:
    """The settings of a way to receive."""
    if request.param == "polling":
        return {}
    sandbox.bot_api.state.local_server = True
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    return {"WEBHOOK_URL": f"http://{address}/telegram", "WEBHOOK_LISTEN": address}


async def all_at_once(sandbox: Sandbox) -> list[Phone]:
    """Everybody says all they have to say, before the bot has read any of it."""
    phones = [sandbox.phone, *(sandbox.stranger(f"Olga {n}") for n in range(1, PEOPLE))]
    group = sandbox.bot_api.state.add_group("Group", [phone.person for phone in phones])
    for number in range(ROUNDS):
        for phone in phones:
            await phone.say(f"/export @of_{phone.person.id}_{number:02}")
            await phone.say("/help")
        await phones[0].say(f"/export @in_group_{number:02}", chat=group)
        await phones[1].say(f"/cancel {900 + number}")
    return phones


@pytest.mark.timeout(300)
async def test_five_hundred_commands_at_once_are_each_done_once(
    install: Install, sandbox: Sandbox, way: dict[str, str]
) -> None:
    async with sandbox:
        chatkeep, phones = await asked(install, sandbox, way)
        await chatkeep.start("bot")
        await taken(sandbox)

        assert [each.code for each in sandbox.bot_api.faults.log].count(429) == 3
        assert helped(phones) == [ROUNDS] * PEOPLE
        assert cancels(phones[1]) == Counter({900 + n: 1 for n in range(ROUNDS)})
        assert wanted(chatkeep) == in_order(phones)


@pytest.mark.timeout(300)
async def test_kills_amid_five_hundred_commands_lose_none_and_do_none_twice(
    install: Install, sandbox: Sandbox, way: dict[str, str]
) -> None:
    async with sandbox:
        chatkeep, phones = await asked(install, sandbox, way)
        for count in KILL_AT:
            bot = await chatkeep.start("bot")
            await noted(chatkeep, bot, count)
            await chatkeep.kill(bot)
        assert sandbox.bot_api.state.updates.unconfirmed, "the kills came before the end"
        await chatkeep.start("bot")
        await taken(sandbox)

        assert wanted(chatkeep) == in_order(phones)
        assert min(helped(phones)) >= ROUNDS
        assert sum(helped(phones)) <= PEOPLE * ROUNDS + len(KILL_AT), "sent, and killed untold"


async def asked(
    install: Install, sandbox: Sandbox, way: dict[str, str]
) -> tuple[Installation, list[Phone]]:
    """An installation that has yet to start, and what waits for it; three answers are refused."""
    phones = await all_at_once(sandbox)
    sandbox.bot_api.faults.too_many_requests(1, on="sendMessage", times=3, after=20)
    assert len(sandbox.bot_api.state.updates.unconfirmed) == 500
    chatkeep = install(sandbox)
    chatkeep.settings |= way
    chatkeep.settings["ADMIN_IDS"] = ",".join(str(phone.person.id) for phone in phones)
    return chatkeep, phones


async def taken(sandbox: Sandbox) -> None:
    """Until the bot has confirmed every update."""
    async with asyncio.timeout(PATIENCE_S):
        while sandbox.bot_api.state.updates.unconfirmed:
            await asyncio.sleep(0.1)


async def noted(chatkeep: Installation, bot: Process, count: int) -> None:
    """Until so many commands are in the database."""
    async with asyncio.timeout(PATIENCE_S):
        while (
            not chatkeep.database.exists()
            or len(rows(chatkeep, "SELECT update_id FROM commands")) < count
        ):
            assert bot.returncode is None
            await asyncio.sleep(0.02)


def rows(chatkeep: Installation, query: str) -> list[tuple[str]]:
    """What the database answers; nothing while the bot has yet to make the table."""
    database = sqlite3.connect(chatkeep.database)
    try:
        return database.execute(query).fetchall()
    except sqlite3.OperationalError as error:
        if "no such table" not in str(error):
            raise
        return []
    finally:
        database.close()


def wanted(chatkeep: Installation) -> dict[str, list[str]]:
    """The chats that were asked for, in the order of their jobs, by who asked."""
    chats = [
        json.loads(request)["chat"]
        for (request,) in rows(chatkeep, "SELECT request FROM jobs ORDER BY id")
    ]
    return by_asker([chat for chat in chats if chat])


def in_order(phones: list[Phone]) -> dict[str, list[str]]:
    """What `wanted` has to be."""
    askers = [f"@of_{phone.person.id}" for phone in phones]
    return by_asker([f"{who}_{n:02}" for who in [*askers, "@in_group"] for n in range(ROUNDS)])


def by_asker(chats: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for chat in chats:
        found.setdefault(chat.rpartition("_")[0], []).append(chat)
    return found


def helped(phones: list[Phone]) -> list[int]:
    """How often each was answered to /help."""
    return [sum("A card shows" in message.text for message in phone.received) for phone in phones]


def cancels(phone: Phone) -> Counter[int]:
    """Which numbers were answered to /cancel."""
    found = (re.search(r"\b(9\d\d)\b", message.text) for message in phone.received)
    return Counter(int(match[1]) for match in found if match)
