"""What of a message can be found, by what it carries."""

from __future__ import annotations

from typing import Any

import pytest
from telethon.tl import types

from exporter.searchable import searchable
from exporter.telegram.convert.actions import ACTIONS
from exporter.telegram.convert.kinds import MEDIA_KINDS
from storage.search_index import Indexable
from tests.exporter.convert.anything import Anything
from tests.exporter.convert.making import (
    WINTER,
    document,
    in_channel,
    in_group,
    record_of,
    row_of,
    service,
    styled,
)

POLL = types.Poll(
    id=1,
    question=styled("Which apple?"),
    answers=[types.PollAnswer(text=styled("Boskoop"), option=b"0")],
    hash=0,
)
PAGE = types.WebPage(
    id=1,
    url="https://orchard.example/press",
    display_url="orchard.example",
    hash=0,
    site_name="Orchard",
    title="How to press",
    description="Cider at home",
)
SONG = document(
    types.DocumentAttributeAudio(180, title="Apple song", performer="The Trees"),
    types.DocumentAttributeFilename("song-03.mp3"),
    mime_type="audio/mpeg",
)


def found_in(message: Any) -> Indexable:
    return searchable(row_of(message), record_of(message))


@pytest.mark.parametrize(
    ("media", "words"),
    [
        (types.MessageMediaDocument(document=SONG), ["song-03.mp3", "Apple song", "The Trees"]),
        (types.MessageMediaPoll(POLL, types.PollResults()), ["Which apple?", "Boskoop"]),
        (
            types.MessageMediaWebPage(PAGE),
            ["https://orchard.example/press", "Orchard", "How to press", "Cider at home"],
        ),
        (types.MessageMediaContact("+491", "Eva", "Root", "", 7), ["Eva Root", "+491"]),
        (
            types.MessageMediaVenue(
                types.GeoPoint(1.0, 2.0, 3), "Old mill", "Mill lane 3", "", "", ""
            ),
            ["Old mill", "Mill lane 3"],
        ),
        (None, []),
    ],
)
def test_what_a_message_carries_is_found_by_its_words(media: Any, words: list[str]) -> None:
    found = found_in(in_group(5, "Look", media=media))

    assert found.text == "Look"
    assert [word for word in found.words.split("\n") if word] == words


def test_links_are_noted_and_found_where_they_lead() -> None:
    link = types.MessageEntityTextUrl(0, 4, "https://orchard.example/menu")

    hidden, plain, preview, none = (
        found_in(in_group(5, "menu", entities=[link])),
        found_in(in_group(5, "a.example", entities=[types.MessageEntityUrl(0, 9)])),
        found_in(in_group(5, "", media=types.MessageMediaWebPage(PAGE))),
        found_in(in_group(5, "menu", entities=[types.MessageEntityBold(0, 4)])),
    )

    assert hidden.words == "https://orchard.example/menu"
    assert [one.has for one in (hidden, plain, preview, none)] == [("link",)] * 3 + [()]


def test_signatures_hidden_origins_and_titles_are_found() -> None:
    origin = types.MessageFwdHeader(date=WINTER, from_name="Hidden Hal")
    renamed = service(6, types.MessageActionChatEditTitle("Garden friends"))

    assert found_in(in_channel(5, post_author="Editor Eve")).words == "Editor Eve"
    assert found_in(in_group(5, fwd_from=origin)).words == "Hidden Hal"
    assert found_in(renamed).words == "Garden friends"


def test_whatever_the_layer_has_can_be_indexed() -> None:
    for seed in range(3):
        for kind in MEDIA_KINDS:
            found_in(in_group(5, "x", media=Anything(seed, full=True).make(kind)))
        for action in ACTIONS:
            found_in(service(5, Anything(seed, full=True).make(action)))
