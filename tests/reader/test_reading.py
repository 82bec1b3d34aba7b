"""Going about in a chat: its newest messages, replies, addresses, days, topics, keys."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from exporter.writers.writer import Around
from storage.models import Topic
from tests.reader.making import message, messages

LEAST_MOVED_PX = 1
IN_VIEW = """number => {
  const {list} = CK.feed;
  return CK.feed.visibleRows().some(row => list.record(row.from).id === number);
}"""


def test_it_begins_with_the_newest_message(open_reader: Callable[..., Page]) -> None:
    page = open_reader(messages(1200))

    expect(page.get_by_text("Message number 1200 of many")).to_be_in_viewport()
    assert page.locator("#ck-static").count() == 0
    assert page.locator("*").count() < 2000


def test_a_number_that_is_not_there_leads_to_the_nearest(open_reader: Callable[..., Page]) -> None:
    page = open_reader([message(1, "first"), message(9, "second")], at="#8")

    expect(page.locator(".toast")).to_have_text("Message 8 isn't in this archive. Nearest: 9.")


def test_scrolling_moves_no_row_but_by_what_was_scrolled(open_reader: Callable[..., Page]) -> None:
    page = open_reader(messages(2000))

    moved = page.evaluate(
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


def test_a_day_is_found_in_the_calendar_by_key(open_reader: Callable[..., Page]) -> None:
    page = open_reader(messages(1200))

    page.keyboard.press("g")
    expect(page.get_by_role("button", name="9 May 2024", exact=True)).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")

    page.wait_for_function(IN_VIEW, arg=79)


def test_on_a_phone_back_leads_from_a_topic_to_the_topics(open_reader: Callable[..., Page]) -> None:
    around = Around(topics=(Topic(topic_id=1, title="General"), Topic(topic_id=7, title="Gear")))
    records = [message(n, f"Message {n}", topic_id=7 if n > 5 else 1) for n in range(1, 11)]
    page = open_reader(records, around=around, width=390)
    topics = page.get_by_role("navigation")

    topics.get_by_role("button", name="General").click()
    expect(topics).to_be_hidden()
    page.go_back()
    expect(topics).to_be_visible()


def test_the_words_around_the_messages_are_russian(open_reader: Callable[..., Page]) -> None:
    page = open_reader(messages(5), around=Around(language="ru"))

    expect(page.locator("header")).to_contain_text("5 сообщений")
    expect(page.locator(".day").last).to_have_text("1 мая 2024")
