"""How messages are shown."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from exporter.attachments import Photo, Poll, PollAnswer
from exporter.peers import PeerRef
from exporter.records import Version
from exporter.texts import Text
from tests.reader.making import START, message, photo, pictures

PROGRAM = Path(__file__).parents[2] / "exporter/writers/reader"


def test_an_album_is_one_row(open_reader: Callable[..., Page]) -> None:
    records = [photo(n, album_id=7, sender=PeerRef(101, "Anna")) for n in range(1, 6)]
    page = open_reader(records, files=pictures(1, 2, 3, 4, 5))

    expect(page.get_by_role("article")).to_have_count(1)
    expect(page.locator(".album img")).to_have_count(5)
    widths = page.evaluate(
        "[...document.querySelectorAll('.album-row')].map(row => [row.clientWidth,"
        " row.lastChild.getBoundingClientRect().right - row.getBoundingClientRect().left])"
    )
    assert all(abs(row - filled) < 1 for row, filled in widths)


def test_a_poll_shows_shares_and_the_chosen_answer(open_reader: Callable[..., Page]) -> None:
    answers = (
        PollAnswer(text=Text("The sea"), voters=3, chosen=True),
        PollAnswer(text=Text("The hills"), voters=1),
    )
    poll = Poll(question=Text("Where to?"), answers=answers, total_voters=4)
    page = open_reader([message(1, kind="poll", media=poll)])

    expect(page.locator(".answer").first).to_contain_text("75%")
    expect(page.locator(".answer").first).to_contain_text("chosen")
    expect(page.locator(".poll")).to_contain_text("4 votes")


def test_an_edited_message_opens_what_it_was_before(open_reader: Callable[..., Page]) -> None:
    edits = [START + timedelta(days=1), START + timedelta(days=2)]
    earlier = (
        Version(kind="photo", until=edits[0], media=Photo(photo_id=1)),
        Version(kind="text", until=edits[1], edited=edits[0], text=Text("Meet at nine")),
    )
    page = open_reader([message(1, "Meet at ten", edited=edits[1], earlier=earlier)])

    page.get_by_role("button", name="edited").click()

    expect(page.locator(".version h3")).to_have_text(
        ["Now", re.compile("2 May"), re.compile("1 May")]
    )
    for version, text in zip(page.locator(".version").all(), ["ten", "nine", "Photo"], strict=True):
        expect(version).to_contain_text(text)


def test_right_to_left_text_has_its_direction(open_reader: Callable[..., Page]) -> None:
    page = open_reader([message(1, "שלום לכולם"), message(2, "Hello")])

    expect(page.locator(".bubble").first).to_have_attribute("dir", "rtl")
    expect(page.locator(".bubble").last).to_have_attribute("dir", "ltr")


SENTENCE = r'"((?:[^"\\]|\\.)*)"'


@pytest.mark.parametrize("path", sorted(PROGRAM.glob("*.js")), ids=lambda path: path.name)
def test_every_sentence_is_there_in_russian(path: Path) -> None:
    russian = (PROGRAM / "21-russian.js").read_text("utf-8")
    known = set(re.findall(rf"^  {SENTENCE}:", russian, re.MULTILINE))
    said = re.findall(
        rf"\b(?:t|tn|said|same|titled|withMembers)\(\s*{SENTENCE}", path.read_text("utf-8")
    )

    assert set(said) <= known
