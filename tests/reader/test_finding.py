"""Search and gallery."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from exporter.attachments import File
from tests.reader.making import message, messages, photo, pictures, video


def test_search_knows_accents_names_of_files_and_filters(open_reader: Callable[..., Page]) -> None:
    report = File(document_id=3, name="Report.pdf", size_bytes=5, path="files/Report.pdf")
    page = open_reader(
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
        page.keyboard.press("/")
        page.get_by_role("searchbox").fill(words)
        expect(page.get_by_role("search").get_by_role("status")).to_have_text(count)

    page.get_by_role("searchbox").fill("nobody")
    expect(page.get_by_role("search")).to_contain_text("Nothing found for “nobody”.")


def test_the_gallery_leads_through_pictures_and_into_the_chat(
    open_reader: Callable[..., Page],
) -> None:
    page = open_reader(
        [photo(1), *messages(600)[1:], photo(601), photo(602)], files=pictures(1, 601, 602)
    )

    page.keyboard.press("m")
    expect(page.locator(".cell")).to_have_count(3)
    page.locator(".cell").first.click()
    shown = page.locator("dialog .stage img")
    expect(shown).to_have_attribute("src", "photos/602.png")
    page.keyboard.press("ArrowLeft")
    expect(shown).to_have_attribute("src", "photos/601.png")
    page.keyboard.press("ArrowLeft")
    expect(shown).to_have_attribute("src", "photos/1.png")
    page.get_by_role("button", name="Show in chat").last.click()
    expect(page.get_by_text("Message number 2 of many")).to_be_in_viewport()


def test_a_video_plays_in_the_viewer(open_reader: Callable[..., Page]) -> None:
    page = open_reader([video(1)], files={"video_files/1.mp4": bytes(100)})

    page.get_by_role("button", name="Video, Anna, 1 May 2024").click()

    expect(page.locator("dialog video[controls]")).to_have_attribute("src", "video_files/1.mp4")
