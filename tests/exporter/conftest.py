"""What the tests of the exporter start from."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from exporter.telegram.connection import Memory
from storage.archive import Archive
from storage.database import Database
from storage.paces import Paces
from storage.takeouts import Takeouts
from tests.exporter.reaching import add_account
from tests.sandbox.sandbox import Sandbox


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    """A Telegram whose world has an owner and nothing else yet."""
    async with Sandbox() as running:
        yield running


@pytest.fixture
async def memory(tmp_path: Path) -> AsyncIterator[Memory]:
    """What is kept about accounts; nothing yet."""
    database = await Database.open(f"sqlite+aiosqlite:///{tmp_path / 'memory.db'}")
    try:
        yield Memory(paces=Paces(database), takeouts=Takeouts(database))
    finally:
        await database.close()


@pytest.fixture
async def archive(sandbox: Sandbox, tmp_path: Path) -> AsyncIterator[Archive]:
    """An empty archive in which the owner's account is `ACCOUNT_ID`."""
    database = await Database.open(f"sqlite+aiosqlite:///{tmp_path / 'chatkeep.db'}")
    try:
        await add_account(database, tmp_path, sandbox.world.owner)
        yield Archive(database)
    finally:
        await database.close()
