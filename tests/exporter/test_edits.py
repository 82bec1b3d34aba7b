"""Which differences between two answers about a message are edits."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from telethon.tl import types
from telethon.tl.alltlobjects import LAYER

from exporter.telegram.edits import is_edit
from storage.models import MessageVersion

DATE = datetime(2024, 5, 1, tzinfo=UTC)
LATER = datetime(2024, 5, 2, tzinfo=UTC)


def message(**fields: Any) -> bytes:
    given = {"id": 7, "peer_id": types.PeerUser(5), "date": DATE, "message": "Hello"} | fields
    return bytes(types.Message(**given))


def of_layer(tl: bytes, layer: int = LAYER) -> MessageVersion:
    return MessageVersion(id=7, replaced=LATER, edited=None, kind="text", layer=layer, tl=tl)


def document(**fields: Any) -> types.MessageMediaDocument:
    given: dict[str, Any] = {
        "id": 1,
        "access_hash": 2,
        "file_reference": b"first",
        "date": DATE,
        "mime_type": "video/mp4",
        "size": 1000,
        "dc_id": 2,
        "attributes": [types.DocumentAttributeFilename("a.mp4")],
    }
    return types.MessageMediaDocument(document=types.Document(**given | fields))


def poll(question: str, *, votes: int, closed: bool = False) -> types.MessageMediaPoll:
    return types.MessageMediaPoll(
        poll=types.Poll(
            id=3,
            hash=0,
            question=types.TextWithEntities(question, []),
            answers=[types.PollAnswer(types.TextWithEntities("Yes", []), b"0")],
            closed=closed,
        ),
        results=types.PollResults(total_voters=votes),
    )


def preview(page: Any) -> types.MessageMediaWebPage:
    return types.MessageMediaWebPage(webpage=page)


def changed_photo(reference: bytes, number: int = 9) -> bytes:
    photo = types.Photo(
        id=number,
        access_hash=1,
        file_reference=reference,
        date=DATE,
        sizes=[types.PhotoSize("m", 10, 10, 100)],
        dc_id=2,
    )
    return bytes(
        types.MessageService(
            id=7,
            peer_id=types.PeerChat(5),
            date=DATE,
            action=types.MessageActionChatEditPhoto(photo),
        )
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (message(), message(message="Hello!", edit_date=LATER)),
        (message(), message(message="Hello!")),
        (message(), message(entities=[types.MessageEntityBold(0, 5)], edit_date=LATER)),
        (message(media=document()), message(media=document(id=8), edit_date=LATER)),
        (message(media=document()), message(edit_date=LATER)),
        (message(), message(media=document())),
        (message(media=poll("Tea?", votes=1)), message(media=poll("Coffee?", votes=1))),
        (changed_photo(b"a"), changed_photo(b"a", 10)),
        (message(), changed_photo(b"a")),
        (message(), b"what nobody can read"),
        (b"\0\0\0\0damaged", message()),
    ],
)
def test_text_and_media_are_edited(before: bytes, after: bytes) -> None:
    assert is_edit(of_layer(before), of_layer(after))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (message(), message(views=7, forwards=1)),
        (message(), message(edit_date=LATER, edit_hide=True)),
        (message(), message(pinned=True)),
        (message(), message(out=True, mentioned=True)),
        (message(), message(entities=[])),
        (message(), message(reactions=types.MessageReactions(results=[]))),
        (message(media=document()), message(media=document(file_reference=b"second"))),
        (message(media=document()), message(media=document(access_hash=99))),
        (message(media=poll("Tea?", votes=1)), message(media=poll("Tea?", votes=9, closed=True))),
        (
            message(media=preview(types.WebPagePending(id=1, date=DATE))),
            message(media=preview(types.WebPage(id=1, url="u", display_url="u", hash=0))),
        ),
        (changed_photo(b"a"), changed_photo(b"b")),
    ],
)
def test_what_changes_without_anybodys_edit_is_none(before: bytes, after: bytes) -> None:
    assert before != after or before == message()
    assert not is_edit(of_layer(before), of_layer(after))
