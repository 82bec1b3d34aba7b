"""What the tests of the reader start from."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from exporter.records import Record
from exporter.writers import Around
from tests.reader import folders
from tests.reader.browser import chromium, seen

expect.set_options(timeout=60_000)  # of a state to wait for, on however slow a machine


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


@pytest.fixture
def open_reader(browser: Browser, tmp_path: Path) -> Iterator[Callable[..., Page]]:
    """Write records and open them; in the end, nothing went wrong in the page."""
    with seen(browser, f"{tmp_path.as_uri()}/") as opened:

        def show(
            records: Sequence[Record],
            *,
            around: Around | None = None,
            at: str = "",
            width: int = 1280,
            files: dict[str, bytes] | None = None,
        ) -> Page:
            for name, content in (files or {}).items():
                (tmp_path / name).parent.mkdir(exist_ok=True)
                (tmp_path / name).write_bytes(content)
            folders.write(tmp_path, records, around=around)
            opened.page.set_viewport_size({"width": width, "height": 800})
            return opened.open(at)

        yield show
        assert opened.errors == []
        assert opened.requests == []
