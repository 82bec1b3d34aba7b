"""The reader opens from a folder and from a web server, shows all, and runs nothing of it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.reader.browser import Seen, seen, served
from tests.reader.folders import HOSTILE, NAMES
from tests.reader_folder import ReaderFolder

AXE = Path("build/axe/node_modules/axe-core/axe.min.js")
"""Installed by .ci/run."""


def assert_nothing_happened(opened: Seen) -> None:
    assert opened.errors == []
    assert opened.requests == []


def test_the_full_world_opens_from_the_disk(browser: Browser, full_world: Path) -> None:
    newest = ReaderFolder(full_world / "index.html").ids[-1]
    with seen(browser, f"{full_world.as_uri()}/") as opened:
        page = opened.open()

        expect(page.locator("#ck-static")).to_have_count(0)
        expect(page.locator("article.row").last).to_be_visible()
        opened.open(f"#{newest}")
        page.keyboard.press("Home")
        expect(page.locator("article.row[aria-posinset='1']")).to_be_visible()
        assert_nothing_happened(opened)


def test_the_full_world_opens_from_a_web_server(browser: Browser, full_world: Path) -> None:
    with served(full_world) as root, seen(browser, root) as opened:
        expect(opened.open().locator("article.row").last).to_be_visible()
        assert_nothing_happened(opened)


def test_without_a_program_there_are_the_title_and_the_last_messages(
    browser: Browser, full_world: Path
) -> None:
    last = list(ReaderFolder(full_world / "index.html").messages())[-50:]
    texts = [message.text for message in last if message.text]
    with seen(browser, f"{full_world.as_uri()}/", java_script_enabled=False) as opened:
        page = opened.page
        page.goto(f"{opened.root}index.html")

        expect(page.locator("h1")).to_have_text("Everything")
        expect(page.locator("#ck-static article")).to_have_count(50)
        expect(page.locator("#ck-static")).to_contain_text("Unpack the whole archive")
        for text in texts:
            expect(page.locator("#ck-static")).to_contain_text(text.split("\n")[0])
        assert_nothing_happened(opened)


def test_nothing_in_a_message_runs(browser: Browser, hostile: Path) -> None:
    with seen(browser, f"{hostile.as_uri()}/") as opened:
        page = opened.open()
        page.keyboard.press("Home")
        expect(page.locator("article.row[aria-posinset='1']")).to_contain_text(HOSTILE[0])
        for link in page.locator("article.row a").all():
            assert (link.get_attribute("href") or "").partition(":")[0] != "javascript"

        assert page.evaluate("window.ran") is None
        assert_nothing_happened(opened)


def test_attachments_are_downloaded_never_run(browser: Browser, hostile: Path) -> None:
    with seen(browser, f"{hostile.as_uri()}/") as opened:
        page = opened.open()
        page.keyboard.press("End")
        links = page.locator("article.row a[href*='attachments/']")
        expect(links).to_have_count(len(NAMES))
        for link in links.all():
            href = link.get_attribute("href") or ""
            assert href.endswith(".bin")
            with page.expect_download() as downloading:
                link.click()
            downloading.value.cancel()

        assert page.locator("article.row a[href*='files/']").count() == 0
        assert page.evaluate("window.ran") is None


def test_a_part_that_is_missing_is_said(browser: Browser, forum: Path, tmp_path: Path) -> None:
    folder = tmp_path / "torn"
    shutil.copytree(forum, folder)
    for part in (folder / "data").glob("m[0-9]*.js"):
        part.unlink()
    with seen(browser, f"{folder.as_uri()}/") as opened:
        opened.page.goto(f"{opened.root}index.html")

        expect(opened.page.locator("body")).to_contain_text("is missing")
        expect(opened.page.locator("body")).to_contain_text("Unpack the whole archive")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(browser: Browser, full_world: Path, scheme: str) -> None:
    if not AXE.exists():
        pytest.skip("axe-core is not installed: see .ci/run")
    with seen(browser, f"{full_world.as_uri()}/", color_scheme=scheme) as opened:
        page = opened.open()
        page.evaluate(AXE.read_text())
        found = page.evaluate(
            "axe.run().then(r => r.violations.filter("
            "v => ['serious','critical'].includes(v.impact)).map("
            "v => [v.id, v.nodes.length, v.nodes[0].html]))"
        )

        assert found == []
