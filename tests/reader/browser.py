"""A browser that looks at folders of the offline reader, and what it did meanwhile."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from playwright.async_api import Browser, ConsoleMessage, Page, Request


@dataclass
class Seen:
    """A page, and what happened on it that should not."""

    page: Page
    root: str
    """All that it may ask for begins so."""
    errors: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    """Those for something elsewhere."""

    def heard(self, said: ConsoleMessage) -> None:
        """Note what the console calls an error."""
        if said.type == "error":
            self.errors.append(said.text)

    def asked(self, request: Request) -> None:
        """Note what is asked for elsewhere."""
        if not request.url.startswith((self.root, "data:", "blob:")):
            self.requests.append(request.url)

    async def open(self, hash_: str = "") -> Page:
        """Open the reader, and wait for its messages."""
        await self.page.goto(f"{self.root}index.html{hash_}")
        await self.page.wait_for_selector("article.row")
        return self.page


@asynccontextmanager
async def seen(browser: Browser, root: str, **options: object) -> AsyncIterator[Seen]:
    """A new page for what lies at `root`, an address that ends with a slash."""
    context = await browser.new_context(**options)  # type: ignore[arg-type]
    page = await context.new_page()
    found = Seen(page, root)
    page.on("pageerror", lambda error: found.errors.append(str(error)))
    page.on("console", found.heard)
    page.on("request", found.asked)
    try:
        yield found
    finally:
        await context.close()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as it is there
        """Say nothing."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a static web server for a folder."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()
