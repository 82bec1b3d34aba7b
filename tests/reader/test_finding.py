"""Search and gallery."""

from __future__ import annotations

from playwright.async_api import expect

from exporter.attachments import File
from tests.reader.conftest import Open
from tests.reader.making import message, messages, photo, pictures, video


async def test_search_counts_marks_and_goes_from_match_to_match(open_reader: Open) -> None:
    page = await open_reader(
        [message(1, "A goat on the hill"), *messages(900)[1:], message(901, "Two GOATS")]
    )

    await page.keyboard.press("/")
    await page.keyboard.type("goat")
    status = page.get_by_role("search").get_by_role("status")
    await expect(status).to_have_text("2 matches")
    await page.keyboard.press("Enter")
    await page.keyboard.press("Enter")
    await expect(status).to_have_text("2 of 2")
    await expect(page.locator(".row mark")).to_have_text("goat")
    await expect(page.get_by_role("article").get_by_text("on the hill")).to_be_in_viewport()


async def test_search_knows_accents_names_of_files_and_filters(open_reader: Open) -> None:
    report = File(document_id=3, name="Report.pdf", size_bytes=5, path="files/Report.pdf")
    page = await open_reader(
        [
            message(1, "Ёжик, café"),
            message(2, "Ёжик, café"),
            message(3, kind="file", media=report),
            photo(4),
        ],
        files=pictures(4),
    )

    for words, count in (
        ("ежик CAFE", "2 matches"),
        ("ежик from:anna", "1 match"),
        ("report", "1 match"),
        ("has:photo", "1 match"),
        ("date:2024-05", "4 matches"),
    ):
        await page.keyboard.press("/")
        await page.get_by_role("searchbox").fill(words)
        await expect(page.get_by_role("search").get_by_role("status")).to_have_text(count)

    await page.get_by_role("searchbox").fill("nobody")
    await expect(page.get_by_role("search")).to_contain_text("Nothing found for “nobody”.")


async def test_the_gallery_leads_through_pictures_and_into_the_chat(open_reader: Open) -> None:
    page = await open_reader(
        [photo(1), *messages(600)[1:], photo(601), photo(602)], files=pictures(1, 601, 602)
    )

    await page.keyboard.press("m")
    await expect(page.locator(".cell")).to_have_count(3)
    await page.locator(".cell").first.click()
    shown = page.locator("dialog .stage img")
    await expect(shown).to_have_attribute("src", "photos/602.png")
    await page.keyboard.press("ArrowLeft")
    await expect(shown).to_have_attribute("src", "photos/601.png")
    await page.keyboard.press("ArrowLeft")
    await expect(shown).to_have_attribute("src", "photos/1.png")
    await page.get_by_role("button", name="Show in chat").last.click()
    await expect(page.get_by_text("Message number 2 of many")).to_be_in_viewport()


async def test_a_video_plays_in_the_viewer(open_reader: Open) -> None:
    page = await open_reader([video(1)], files={"video_files/1.mp4": b""})

    await page.get_by_role("button", name="Video, Anna, 1 May 2024").click()

    await expect(page.locator("dialog video[controls]")).to_have_attribute(
        "src", "video_files/1.mp4"
    )
