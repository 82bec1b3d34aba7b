"""What one can do in the reader: search, jump, pictures, topics, and all of it by key."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.reader.browser import seen

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def test_a_search_counts_marks_and_leads_to_the_message(browser: Browser, forum: Path) -> None:
    with seen(browser, f"{forum.as_uri()}/") as opened:
        page = opened.open()
        page.keyboard.press("/")
        page.locator(".search-field").fill("needle 3")

        expect(page.locator(".search-count")).to_contain_text("2")
        expect(page.locator(".results > li")).to_have_count(2)
        page.keyboard.press("Enter")
        expect(page.locator("article.row mark").first).to_be_visible()
        page.locator(".results > li button").last.click()
        expect(page.locator("article.row.flash")).to_contain_text("Needle 300")
        assert opened.errors == []


def test_a_reply_jumps_to_what_it_answers_and_back(browser: Browser, forum: Path) -> None:
    with seen(browser, f"{forum.as_uri()}/") as opened:
        page = opened.open("#699")
        page.locator("article.row a.reply").last.click()

        expect(page.locator("article.row.flash")).to_contain_text("Needle 100")
        page.locator(".back-to").click()
        expect(page.locator("article.row", has_text="Message 699")).to_be_in_viewport()


def test_a_link_to_a_message_opens_there(browser: Browser, forum: Path) -> None:
    with seen(browser, f"{forum.as_uri()}/") as opened:
        page = opened.open("#350")

        expect(page.locator("article.row", has_text="Needle 350")).to_be_in_viewport()


def test_a_topic_opens_from_the_side(browser: Browser, forum: Path) -> None:
    with seen(browser, f"{forum.as_uri()}/") as opened:
        page = opened.open()
        expect(page.locator(".topics")).to_contain_text("Weather")
        page.locator("button.topic", has_text="Routes").click()

        expect(page.locator("article.row", has_text="Message 89 of the first")).to_be_visible()


def test_the_gallery_shows_pictures_and_leads_to_their_messages(
    browser: Browser, full_world: Path
) -> None:
    with seen(browser, f"{full_world.as_uri()}/") as opened:
        page = opened.open()
        page.keyboard.press("m")

        expect(page.locator(".gallery img, .gallery-panel img, .panel img").first).to_be_visible()
        assert opened.errors == []


def test_a_poll_shows_its_answers(browser: Browser, full_world: Path) -> None:
    with seen(browser, f"{full_world.as_uri()}/") as opened:
        page = opened.open()
        page.keyboard.press("/")
        page.locator(".search-field").fill("Чай или кофе")
        page.locator(".results > li button").first.click()

        expect(page.locator("article.row.flash ul.answers > li")).to_have_count(2)
        expect(page.locator("article.row.flash ul.answers")).to_contain_text("%")
        assert opened.errors == []


def test_an_album_is_one_message_of_several_pictures(browser: Browser, forum: Path) -> None:
    with seen(browser, f"{forum.as_uri()}/") as opened:
        page = opened.open("#91")

        expect(page.locator("article.row[aria-label]:has(.frame) .frame")).to_have_count(3)


def test_all_is_reached_by_key(browser: Browser, forum: Path) -> None:
    with seen(browser, f"{forum.as_uri()}/") as opened:
        page = opened.open("#699")
        page.keyboard.press("Home")
        expect(page.locator("article.row[aria-posinset='1']")).to_be_in_viewport()
        page.keyboard.press("End")
        expect(page.locator("article.row[aria-posinset='600']")).to_be_in_viewport()
        page.keyboard.press("k")
        expect(page.locator("article.row:focus")).to_have_count(1)
        page.keyboard.press("r")
        expect(page.locator("article.row.flash")).to_contain_text("Needle 100")
        page.keyboard.press("Backspace")
        expect(page.locator("article.row[aria-posinset='600']")).to_be_in_viewport()
        page.keyboard.press("?")
        expect(page.locator("dialog[open]")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.locator("dialog[open]")).to_have_count(0)
        page.keyboard.press("t")
        expect(page.locator("button.topic:focus")).to_have_count(1)


def test_a_phone_shows_one_pane(browser: Browser, forum: Path) -> None:
    with seen(browser, f"{forum.as_uri()}/", **PHONE) as opened:
        page = opened.page
        page.goto(f"{opened.root}index.html#350")
        row = page.locator("article.row", has_text="Needle 350")
        expect(row).to_be_in_viewport()

        box = row.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
