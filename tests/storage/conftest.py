"""A database of its own for every test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.archive import Archive
from storage.cards import Cards
from storage.contents import Contents
from storage.database import Database
from storage.files import Files
from storage.jobs import Jobs
from tests.storage.making import url_of


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "chatkeep.db"


@pytest.fixture
async def database(path: Path) -> AsyncIterator[Database]:
    opened = await Database.open(url_of(path))
    yield opened
    await opened.close()


@pytest.fixture
async def rival(database: Database) -> AsyncIterator[Database]:
    """The same file, as another process would have it open."""
    opened = await Database.open(url_of(database.path))
    yield opened
    await opened.close()


@pytest.fixture
def jobs(database: Database) -> Jobs:
    return Jobs(database)


@pytest.fixture
def cards(database: Database) -> Cards:
    return Cards(database)


@pytest.fixture
def archive(database: Database) -> Archive:
    return Archive(database)


@pytest.fixture
def files(database: Database) -> Files:
    return Files(database)


@pytest.fixture
def contents(database: Database) -> Contents:
    return Contents(database)
