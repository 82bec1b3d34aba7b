"""What the tests of the reader start from."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.reader import folders
from tests.reader.browser import chromium


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Of each module its own: while one is open, no test of the same process may be async."""
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="session")
def full_world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The reader of everything that a chat can hold; made in a thread that no browser runs in."""
    folder = tmp_path_factory.mktemp("full-world")
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(folders.full_world(folder))).result()


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return folders.hostile(tmp_path_factory.mktemp("hostile"))


@pytest.fixture(scope="module")
def forum(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return folders.forum(tmp_path_factory.mktemp("forum"))
