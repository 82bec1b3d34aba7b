"""The part of a message that is shown, and the link to all of it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from storage.links import message_link
from storage.models import ChatInfo
from storage.search import BEGIN, END, Found
from storage.snippets import Piece, pieces, snippet


def found(text: str, words: str = "") -> Found:
    return Found(
        chat_id=1,
        message_id=1,
        date=datetime(2024, 1, 1, tzinfo=UTC),
        kind="text",
        sender_id=None,
        topic_id=None,
        deleted=None,
        text=text,
        words=words,
    )


def hit(text: str) -> str:
    return f"{BEGIN}{text}{END}"


def test_a_short_text_is_shown_whole_in_one_line() -> None:
    shown = snippet(found(f" red\n\n{hit('apples')} and more"), 100)

    assert shown == [Piece("red "), Piece("apples", hit=True), Piece(" and more")]


def test_of_a_long_text_the_part_with_the_first_hit_is_shown() -> None:
    text = "before " * 100 + hit("apples") + " after" * 100

    shown = snippet(found(text), 60)

    assert Piece("apples", hit=True) in shown
    assert shown[0] == shown[-1] == Piece("…")
    assert shown[1].text.startswith("before ")
    assert sum(len(piece.text) for piece in shown[1:-1]) == 60


def test_a_hit_in_other_words_is_shown_instead_of_the_text() -> None:
    shown = snippet(found("Look at this", f"notes.pdf\nA book of {hit('apples')}"), 60)

    assert shown == [Piece("A book of "), Piece("apples", hit=True)]


def test_without_a_hit_the_beginning_is_shown() -> None:
    assert snippet(found("word " * 50), 9) == [Piece("word word"), Piece("…")]
    assert snippet(found("", "notes.pdf"), 9) == [Piece("notes.pdf")]
    assert snippet(found(""), 9) == []


def test_marks_that_stand_alone_are_left_out() -> None:
    assert pieces(f"{END}a{BEGIN}b") == [Piece("a"), Piece("b")]


@pytest.mark.parametrize(
    ("chat_id", "username", "topic_id", "link"),
    [
        (-1001234567890, None, None, "https://t.me/c/1234567890/7"),
        (-1001234567890, "garden", None, "https://t.me/garden/7"),
        (-1001234567890, None, 3, "https://t.me/c/1234567890/3/7"),
        (-4242, None, None, None),
        (42, "eva", None, None),
    ],
)
def test_only_channels_and_supergroups_have_links_to_messages(
    chat_id: int, username: str | None, topic_id: int | None, link: str | None
) -> None:
    chat = ChatInfo(id=chat_id, title="Garden", type="any", username=username)

    assert message_link(chat, 7, topic_id) == link
