"""A loopback Bot API, a real aiogram bot on it, and a person with a phone."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer

from tests.sandbox.botapi.messages import Person
from tests.sandbox.botapi.server import BotApi
from tests.sandbox.phone import Phone
from tests.test_sandbox.polling import Answers


@pytest.fixture
async def bot_api() -> AsyncIterator[BotApi]:
    async with BotApi() as served:
        yield served


class PlainSession(AiohttpSession):
    """Closes at once: aiogram's own waits a quarter of a second for TLS, which is not used here."""

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()


@pytest.fixture
async def bot(bot_api: BotApi) -> AsyncIterator[Bot]:
    session = PlainSession(api=TelegramAPIServer.from_base(bot_api.url))
    async with Bot(bot_api.token, session=session) as ready:
        yield ready


@pytest.fixture
def phone(bot_api: BotApi) -> Phone:
    return Phone(bot_api.state, Person(id=1001, first_name="Anna", username="anna"))


@pytest.fixture
def answers(bot: Bot) -> Answers:
    return Answers(bot)
