"""How messages are shown."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import expect

from exporter.attachments import File, Poll, PollAnswer
from exporter.peers import PeerRef
from exporter.records import Action, Button, Record
from exporter.texts import Entity, Text
from tests.reader.conftest import Open
from tests.reader.making import message, photo, pictures

PROGRAM = Path(__file__).parents[2] / "exporter/writers/reader"
HOSTILE = (
    "<img src=x onerror=alert(1)>",
    "<script>alert(1)</script>",
    "'); alert(1); ('",
    "</script><script>alert(1)</script>",
    "javascript:alert(1)",
    "\u2028alert(1)\u2029",
    "\\'+alert(1)+\\'",
)


async def test_an_album_is_one_row(open_reader: Open) -> None:
    records = [photo(n, album_id=7, sender=PeerRef(101, "Anna")) for n in range(1, 6)]
    page = await open_reader(records, files=pictures(1, 2, 3, 4, 5))

    await expect(page.get_by_role("article")).to_have_count(1)
    await expect(page.locator(".album img")).to_have_count(5)
    widths = await page.evaluate(
        "[...document.querySelectorAll('.album-row')].map(row => [row.clientWidth,"
        " row.lastChild.getBoundingClientRect().right - row.getBoundingClientRect().left])"
    )
    assert all(abs(row - filled) < 1 for row, filled in widths)


async def test_a_poll_shows_shares_and_the_chosen_answer(open_reader: Open) -> None:
    answers = (
        PollAnswer(text=Text("The sea"), voters=3, chosen=True),
        PollAnswer(text=Text("The hills"), voters=1),
    )
    poll = Poll(question=Text("Where to?"), answers=answers, total_voters=4)
    page = await open_reader([message(1, kind="poll", media=poll)])

    await expect(page.locator(".answer").first).to_contain_text("75%")
    await expect(page.locator(".answer").first).to_contain_text("chosen")
    await expect(page.locator(".poll")).to_contain_text("4 votes")


async def test_nothing_that_a_message_says_is_run(open_reader: Open) -> None:
    """The fixture sees to it that no window opened and nothing was asked for."""
    records: list[Record] = []
    for text in HOSTILE:
        number = len(records) + 1
        link = Entity("text_link", 0, len(text), "javascript:alert(1)")
        button = Button(type="url", text=text, data="javascript:alert(1)")
        records.append(
            message(
                number,
                sender=PeerRef(200 + number, text),
                text=Text(text, (link,)),
                buttons=((button,),),
            )
        )
        file = File(document_id=1, name=text, path=f"files/{number}.pdf", size_bytes=1)
        records.append(message(number + 1, kind="file", media=file))
        action = Action(name="edit_group_title", details={"title": text})
        records.append(message(number + 2, kind="service", action=action))
    page = await open_reader(records)

    await page.evaluate("CK.feed.show(CK.feed.list, 0, {at: 'offset'})")
    await expect(page.get_by_text(HOSTILE[0]).first).to_be_visible()
    await expect(page.locator("a[href^='javascript:']")).to_have_count(0)
    await page.keyboard.press("/")
    await page.keyboard.type("alert")
    await expect(page.locator(".result").first).to_be_visible()


async def test_right_to_left_text_has_its_direction(open_reader: Open) -> None:
    page = await open_reader([message(1, "שלום לכולם"), message(2, "Hello")])

    await expect(page.locator(".bubble").first).to_have_attribute("dir", "rtl")
    await expect(page.locator(".bubble").last).to_have_attribute("dir", "ltr")


async def test_a_file_that_a_browser_might_run_is_linked_by_its_second_name(
    open_reader: Open,
) -> None:
    page = await open_reader(
        [
            message(
                1,
                kind="file",
                media=File(document_id=1, name="page.html", path="files/page.html", size_bytes=1),
            )
        ],
        files={"files/page.html": b"<script>alert(1)</script>"},
    )

    await expect(page.locator("a.tile")).to_have_attribute(
        "href", "attachments/files_page.html.bin"
    )


SENTENCE = r'"((?:[^"\\]|\\.)*)"'


@pytest.mark.parametrize("path", sorted(PROGRAM.glob("*.js")), ids=lambda path: path.name)
def test_every_sentence_is_there_in_russian(path: Path) -> None:
    russian = (PROGRAM / "21-russian.js").read_text("utf-8")
    known = set(re.findall(rf"^  {SENTENCE}:", russian, re.MULTILINE))
    said = re.findall(
        rf"\b(?:t|tn|said|same|titled|withMembers)\(\s*{SENTENCE}", path.read_text("utf-8")
    )

    assert set(said) <= known
