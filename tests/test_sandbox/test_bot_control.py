"""The phone over HTTP: how another process plays the person."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiogram import Bot
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from tests.sandbox.botapi.control import Control
from tests.sandbox.botapi.messages import Person
from tests.sandbox.botapi.server import BotApi
from tests.sandbox.faults import Faults

ANNA = 1001


class Remote:
    """A client that knows only addresses."""

    def __init__(self, client: aiohttp.ClientSession) -> None:
        self._client = client

    async def get(self, path: str, **query: str | int) -> Any:
        async with self._client.get(f"/phone{path}", params=query) as answer:
            return await answer.json(content_type=None)

    async def post(self, path: str, **body: Any) -> Any:
        async with self._client.post(f"/phone{path}", json=body) as answer:
            return await answer.json(content_type=None)


@pytest.fixture
async def telegram_faults() -> Faults:
    return Faults()


@pytest.fixture
async def bot_api(telegram_faults: Faults) -> AsyncIterator[BotApi]:
    served = BotApi()
    Control(served, telegram_faults).add_phone(Person(id=ANNA, first_name="Anna"))
    async with served:
        yield served


@pytest.fixture
async def remote(bot_api: BotApi) -> AsyncIterator[Remote]:
    async with aiohttp.ClientSession(bot_api.url) as client:
        yield Remote(client)


async def test_a_conversation_is_played_from_outside(remote: Remote, bot: Bot) -> None:
    asked = await remote.post(f"/{ANNA}/say", text="/export @alpine")
    button = InlineKeyboardButton(text="Cancel", callback_data="c:1")
    markup = InlineKeyboardMarkup(inline_keyboard=[[button]])
    sent = await bot.send_message(ANNA, "52 %", reply_markup=markup, disable_notification=True)

    seen = await remote.get(f"/{ANNA}/messages", text="52", after=asked["message_id"])
    assert seen["buttons"] == [["Cancel"]]
    assert seen["silent"] is True
    assert seen["from_bot"] is True

    tap = asyncio.ensure_future(
        remote.post(f"/{ANNA}/tap", message_id=sent.message_id, button="Cancel")
    )
    said = (await bot.get_updates())[0].update_id
    query = (await bot.get_updates(offset=said + 1, timeout=5))[0].callback_query
    assert query is not None
    await bot.answer_callback_query(query.id, text="Cancelled.")
    assert (await tap)["text"] == "Cancelled."

    shown = await remote.get(f"/{ANNA}/messages")
    assert [message["text"] for message in shown] == ["/export @alpine", "52 %"]


async def test_what_cannot_be_done_is_answered_with_a_sentence(remote: Remote, bot: Bot) -> None:
    await remote.post(f"/{ANNA}/say", text="/start")
    sent = await bot.send_message(ANNA, "no buttons")

    no_button = await remote.post(f"/{ANNA}/tap", message_id=sent.message_id, button="Cancel")
    assert "no button 'Cancel'" in no_button["error"]
    assert await remote.post(f"/{ANNA}/say") == {"error": "the field 'text' is missing"}
    unseen = await remote.get(f"/{ANNA}/messages", text="100 %", timeout="0.05")
    assert "'100 %' was not seen" in unseen["error"]


async def test_strangers_and_groups_come_in_from_outside(remote: Remote, bot: Bot) -> None:
    ben = await remote.post("", first_name="Ben", username="ben")
    group = await remote.post("/groups", title="Hikers", members=[ANNA, ben["id"]])
    await remote.post(f"/{ben['id']}/say", text="/jobs", chat=group["id"])

    update = (await bot.get_updates())[0].message
    assert update is not None
    assert update.from_user is not None
    assert (update.from_user.first_name, update.chat.title) == ("Ben", "Hikers")
    everybody = await remote.get("")
    assert [person["first_name"] for person in everybody["people"]] == ["Anna", "Ben"]


async def test_faults_of_both_sides_are_scripted_from_outside(
    remote: Remote, bot_api: BotApi, telegram_faults: Faults
) -> None:
    await remote.post("/faults", fault="storm", seconds=9)
    await remote.post("/faults", on_side="telegram", fault="flood_wait", seconds=7, times=2)
    unknown = await remote.post("/faults", fault="__init__")

    assert len(bot_api.faults.next_for("editMessageText")) == 1
    assert len(telegram_faults._faults) == 1
    assert "no fault '__init__'" in unknown["error"]
