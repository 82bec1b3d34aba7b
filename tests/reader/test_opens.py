"""The reader opens from a folder and from a web server, shows all, and runs nothing of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.reader.browser import Seen, seen, served
from tests.reader.folders import HOSTILE, NAMES, forum, hostile
from tests.reader_folder import ReaderFolder

AXE = Path("build/axe/node_modules/axe-core/axe.min.js")
"""Installed by .ci/run."""


def assert_nothing_happened(opened: Seen) -> None:
    assert opened.errors == []
    assert opened.requests == []


async def test_the_full_world_opens_from_the_disk(browser: Browser, full_world: Path) -> None:
    newest = ReaderFolder(full_world / "index.html").ids[-1]
    async with seen(browser, f"{full_world.as_uri()}/") as opened:
        page = await opened.open()

        await expect(page.locator("#ck-static")).to_have_count(0)
        await expect(page.locator("article.row").last).to_be_visible()
        await opened.open(f"#{newest}")
        await page.keyboard.press("Home")
        await expect(page.locator("article.row[aria-posinset='1']")).to_be_visible()
        assert_nothing_happened(opened)


async def test_the_full_world_opens_from_a_web_server(browser: Browser, full_world: Path) -> None:
    with served(full_world) as root:
        async with seen(browser, root) as opened:
            page = await opened.open()
            await expect(page.locator("article.row").last).to_be_visible()

        assert_nothing_happened(opened)


async def test_without_a_program_there_are_the_title_and_the_last_messages(
    browser: Browser, full_world: Path
) -> None:
    last = list(ReaderFolder(full_world / "index.html").messages())[-50:]
    texts = [message.text for message in last if message.text]
    async with seen(browser, f"{full_world.as_uri()}/", java_script_enabled=False) as opened:
        page = opened.page
        await page.goto(f"{opened.root}index.html")

        await expect(page.locator("h1")).to_have_text("Everything")
        await expect(page.locator("#ck-static article")).to_have_count(50)
        await expect(page.locator("#ck-static")).to_contain_text("Unpack the whole archive")
        for text in texts:
            await expect(page.locator("#ck-static")).to_contain_text(text.split("\n")[0])
        assert_nothing_happened(opened)


async def test_nothing_in_a_message_runs(browser: Browser, tmp_path: Path) -> None:
    folder = hostile(tmp_path / "hostile")
    async with seen(browser, f"{folder.as_uri()}/") as opened:
        page = await opened.open()
        await page.keyboard.press("Home")
        await expect(page.locator("article.row[aria-posinset='1']")).to_contain_text(HOSTILE[0])
        for link in await page.locator("article.row a").all():
            assert ((await link.get_attribute("href")) or "").partition(":")[0] != "javascript"

        assert await page.evaluate("window.ran") is None
        assert_nothing_happened(opened)


async def test_attachments_are_downloaded_never_run(browser: Browser, tmp_path: Path) -> None:
    folder = hostile(tmp_path / "hostile")
    async with seen(browser, f"{folder.as_uri()}/") as opened:
        page = await opened.open()
        await page.keyboard.press("End")
        links = page.locator("article.row a[href*='attachments/']")
        await expect(links).to_have_count(len(NAMES))
        for link in await links.all():
            href = (await link.get_attribute("href")) or ""
            assert href.endswith(".bin")
            async with page.expect_download() as downloading:
                await link.click()
            await (await downloading.value).cancel()

        await expect(page.locator("article.row a[href*='files/']")).to_have_count(0)
        assert await page.evaluate("window.ran") is None


async def test_a_part_that_is_missing_is_said(browser: Browser, tmp_path: Path) -> None:
    folder = forum(tmp_path)
    for part in (folder / "data").glob("m[0-9]*.js"):
        part.unlink()
    async with seen(browser, f"{folder.as_uri()}/") as opened:
        await opened.page.goto(f"{opened.root}index.html")

        await expect(opened.page.locator("body")).to_contain_text("is missing")
        await expect(opened.page.locator("body")).to_contain_text("Unpack the whole archive")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_serious(browser: Browser, full_world: Path, scheme: str) -> None:
    if not AXE.exists():
        pytest.skip("axe-core is not installed: see .ci/run")
    async with seen(browser, f"{full_world.as_uri()}/", color_scheme=scheme) as opened:
        page = await opened.open()
        await page.evaluate(AXE.read_text())
        found = await page.evaluate(
            "axe.run().then(r => r.violations.filter("
            "v => ['serious','critical'].includes(v.impact)).map("
            "v => [v.id, v.nodes.length, v.nodes[0].html]))"
        )

        assert found == []
