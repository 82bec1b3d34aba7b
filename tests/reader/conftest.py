"""A browser, and archives for it to open."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from exporter.records import Record
from exporter.writers.html.writer import HtmlReader
from exporter.writers.writer import Around
from storage.models import ChatInfo
from tests.reader import folders

CHAT = ChatInfo(id=-1001234567890, title="Alpine Hikers", type="private_supergroup")
CHROMIUM = shutil.which("chromium")
FLAGS = (
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)

expect.set_options(timeout=60_000)  # of a state to wait for, on however slow a machine

Open: TypeAlias = Callable[..., Coroutine[Any, Any, Page]]


def write_reader(folder: Path, records: Iterable[Record], around: Around) -> Path:
    """Write an archive; return its index.html."""
    writer = HtmlReader(folder, ZoneInfo("Europe/Berlin"))
    writer.begin(CHAT, around)
    for record in records:
        writer.message(record)
    return writer.end()


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("there is no chromium here")
    async with async_playwright() as playwright:
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=[*FLAGS, *sandbox]
        )
        yield browser
        await browser.close()


@pytest.fixture(scope="session")
def full_world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The reader of everything that a chat can hold; made in a thread that has no event loop."""
    folder = tmp_path_factory.mktemp("full-world")
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(folders.full_world(folder))).result()


@pytest.fixture
async def open_reader(browser: Browser, tmp_path: Path) -> AsyncIterator[Open]:
    """Write an archive and open it by its file; in the end, nothing went wrong in the page.

    Nothing that it shows may fail, ask for anything but files, or open a window of its own.
    """
    wrong: list[str] = []

    async def show(
        records: Iterable[Record],
        *,
        around: Around | None = None,
        at: str = "",
        width: int = 1280,
        files: dict[str, bytes] | None = None,
        without: str | None = None,
    ) -> Page:
        for name, content in (files or {}).items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_bytes(content)
        index = write_reader(tmp_path, records, around or Around())
        if without is not None:
            next(tmp_path.glob(without)).unlink()
        page = await browser.new_page(viewport={"width": width, "height": 800})
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("dialog", lambda dialog: wrong.append(dialog.message))
        page.on(
            "request",
            lambda request: (
                None if request.url.startswith(("file:", "data:")) else wrong.append(request.url)
            ),
        )
        await page.goto(index.as_uri() + at)
        await page.wait_for_selector(".row, .feed-note:not([hidden])")
        return page

    yield show
    assert not wrong
