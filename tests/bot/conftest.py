"""A bot that really polls a Bot API on loopback, its database, and a worker played by the test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.pace import Pace
from storage.database import Database
from tests.bot.running import OWNER, QUICK, NewBot, RunningBot, Worker
from tests.sandbox.botapi.messages import Person
from tests.sandbox.botapi.server import BotApi
from tests.sandbox.phone import Phone


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    return f"sqlite+aiosqlite:///{tmp_path / 'data' / 'chatkeep.db'}"


@pytest.fixture
async def bot_api() -> AsyncIterator[BotApi]:
    async with BotApi() as served:
        yield served
        assert served.unknown_methods == []


@pytest.fixture
def phone(bot_api: BotApi) -> Phone:
    return Phone(bot_api.state, Person(id=OWNER, first_name="Olga", started=True))


@pytest.fixture
def stranger(bot_api: BotApi) -> Phone:
    return Phone(bot_api.state, Person(id=6_200_000_001, first_name="Stan", username="stan"))


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """The worker's own connections to the database that the bot uses too."""
    opened = await Database.open(database_url)
    yield opened
    await opened.close()


@pytest.fixture
def worker(database: Database) -> Worker:
    return Worker(database)


@pytest.fixture
def new_bot(bot_api: BotApi, database_url: str, tmp_path: Path) -> NewBot:
    """Makes bots that share token and database; `async with new_bot():` runs one."""

    def make(pace: Pace = QUICK, *, patience_s: float = 10) -> RunningBot:
        exports = tmp_path / "exports"
        return RunningBot(
            bot_api, database_url, export_dir=exports, pace=pace, patience_s=patience_s
        )

    return make


@pytest.fixture
async def bot(new_bot: NewBot) -> AsyncIterator[RunningBot]:
    async with new_bot() as running:
        yield running
