"""Going about in a chat: its newest messages, replies, addresses, days, topics, keys."""

from __future__ import annotations

from playwright.async_api import expect

from exporter.writers.writer import Around
from storage.models import Topic
from tests.reader.conftest import Open
from tests.reader.making import message, messages, reply

LEAST_MOVED_PX = 1
IN_VIEW = """number => {
  const {list} = CK.feed;
  return CK.feed.visibleRows().some(row => list.record(row.from).id === number);
}"""


async def test_it_begins_with_the_newest_message(open_reader: Open) -> None:
    page = await open_reader(messages(1200))

    await expect(page.get_by_text("Message number 1200 of many")).to_be_in_viewport()
    assert await page.locator("#ck-static").count() == 0
    assert await page.locator("*").count() < 2000


async def test_a_reply_leads_to_its_message_and_the_way_back_is_offered(open_reader: Open) -> None:
    page = await open_reader([*messages(900), reply(901, to=20)])

    quote = page.locator("a.reply")
    await expect(quote).to_contain_text("Message number 20 of many")
    await quote.click()
    await expect(page.get_by_text("Message number 20 of many")).to_be_in_viewport()
    assert page.url.endswith("#20")
    await page.get_by_text("Back to where I was").click()
    await expect(page.get_by_text("An answer to 20")).to_be_in_viewport()


async def test_an_address_with_a_number_opens_at_that_message(open_reader: Open) -> None:
    page = await open_reader(messages(900), at="#300")

    await expect(page.get_by_text("Message number 300 of many")).to_be_in_viewport()


async def test_a_number_that_is_not_there_leads_to_the_nearest(open_reader: Open) -> None:
    page = await open_reader([message(1, "first"), message(9, "second")], at="#8")

    await expect(page.locator(".toast")).to_have_text(
        "Message 8 isn't in this archive. Nearest: 9."
    )


async def test_scrolling_moves_no_row_but_by_what_was_scrolled(open_reader: Open) -> None:
    page = await open_reader(messages(2000))

    moved = await page.evaluate(
        """async () => {
          const {scroller} = CK.feed;
          const top = row => row.getBoundingClientRect().top;
          let worst = 0;
          for (let step = 0; step < 120; step++) {
            const before = new Map(CK.feed.visibleRows().map(row => [row, top(row)]));
            const from = scroller.scrollTop;
            scroller.scrollTop += step < 80 ? -900 : 700;
            const by = scroller.scrollTop - from;
            CK.feed.update();
            const shift = scroller.scrollTop - from - by;
            for (const [row, was] of before) {
              if (row.isConnected) worst = Math.max(worst, Math.abs(top(row) - (was - by)));
            }
          }
          return worst;
        }"""
    )

    assert moved <= LEAST_MOVED_PX


async def test_a_day_is_found_in_the_calendar_by_key(open_reader: Open) -> None:
    page = await open_reader(messages(1200))

    await page.keyboard.press("g")
    await expect(page.get_by_role("button", name="9 May 2024", exact=True)).to_be_focused()
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("Enter")

    await page.wait_for_function(IN_VIEW, arg=79)


async def test_rows_are_gone_through_by_key(open_reader: Open) -> None:
    page = await open_reader(messages(300))

    await page.keyboard.press("k")
    await page.keyboard.press("k")
    await expect(page.locator(".row:focus")).to_contain_text("Message number 299 of many")
    await page.keyboard.press("Home")
    await page.wait_for_function(IN_VIEW, arg=1)
    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)


async def test_a_forum_shows_a_topic_at_a_time(open_reader: Open) -> None:
    around = Around(topics=(Topic(topic_id=1, title="General"), Topic(topic_id=7, title="Gear")))
    records = [message(n, f"Message {n}", topic_id=7 if n > 5 else 1) for n in range(1, 11)]
    page = await open_reader(records, around=around)

    await expect(page.get_by_role("heading", level=1)).to_have_text("Gear")
    await page.get_by_role("navigation").get_by_role("button", name="General").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("General")
    await expect(page.locator(".row")).to_have_count(5)


async def test_on_a_phone_back_leads_from_a_topic_to_the_topics(open_reader: Open) -> None:
    around = Around(topics=(Topic(topic_id=1, title="General"), Topic(topic_id=7, title="Gear")))
    records = [message(n, f"Message {n}", topic_id=7 if n > 5 else 1) for n in range(1, 11)]
    page = await open_reader(records, around=around, width=390)
    topics = page.get_by_role("navigation")

    await topics.get_by_role("button", name="General").click()
    await expect(topics).to_be_hidden()
    await page.go_back()
    await expect(topics).to_be_visible()


async def test_a_missing_part_is_named_with_what_to_do(open_reader: Open) -> None:
    page = await open_reader(messages(20), without="data/m[0-9]*.js")

    await expect(page.get_by_role("alert")).to_contain_text("Part 1 of 1 is missing")


async def test_the_words_around_the_messages_are_russian(open_reader: Open) -> None:
    page = await open_reader(messages(5), around=Around(language="ru"))

    await expect(page.locator("header")).to_contain_text("5 сообщений")
    await expect(page.locator(".day").last).to_have_text("1 мая 2024")
