"""A browser that looks at folders of the offline reader, and what it did meanwhile."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

FLAGS = (
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium; the test is skipped where there is none."""
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("no chromium on this machine: the reader goes unseen")
    flags = [*FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=flags)
        try:
            yield browser
        finally:
            browser.close()


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

    def open(self, hash_: str = "") -> Page:
        """Open the reader, and wait for its messages."""
        self.page.goto(f"{self.root}index.html{hash_}")
        self.page.wait_for_selector("article.row")
        return self.page


@contextmanager
def seen(browser: Browser, root: str, **options: object) -> Iterator[Seen]:
    """A new page for what lies at `root`, an address that ends with a slash."""
    context = browser.new_context(**options)  # type: ignore[arg-type]
    page = context.new_page()
    found = Seen(page, root)
    page.on("pageerror", lambda error: found.errors.append(str(error)))
    page.on("console", found.heard)
    page.on("request", found.asked)
    try:
        yield found
    finally:
        context.close()


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
