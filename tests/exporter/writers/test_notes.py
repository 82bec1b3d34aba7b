"""Notes for a vault: linked with each other, and hostile text stays text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from telethon.tl import types

from exporter.attachments import File, Photo
from exporter.records import Record
from exporter.texts import Entity, Text
from exporter.writers.markdown_text import escaped, markdown
from exporter.writers.notes import Notes
from storage.models import ChatInfo
from tests.exporter.convert.making import BOB, GROUP, WINTER, in_group, record_of
from tests.exporter.writers.corpus import HOSTILE, HOSTILE_CHATS, hostile

ZONE = ZoneInfo("Asia/Tashkent")
RENDERER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
BLOCK = re.compile(r"\^m(-?\d+)$", re.MULTILINE)
LINK = re.compile(r"\[(?:[^\]\\]|\\.)*\]\(([^)]*)\)")
ALPHABET = "\\`*_{}[]()<>#+-.!|~=$%^&:;/'\"\n\t 1aЯ🍏"


def write(folder: Path, *records: Record, chat: ChatInfo = GROUP) -> dict[str, str]:
    writer = Notes(folder, ZONE)
    writer.begin(chat)
    for record in records:
        writer.message(record)
    writer.end()
    return {
        path.name: path.read_text("utf-8") for path in sorted((folder / "markdown").glob("*.md"))
    }


def tokens_of(text: str) -> Iterator[Any]:
    for token in RENDERER.parse(text):
        yield token
        yield from token.children or ()


def shown(text: str) -> str:
    """What a reader of Markdown shows of it, without white space."""
    content = (token.content for token in tokens_of(text) if token.type in ("text", "code_inline"))
    return "".join("".join(content).split())


@given(st.text(alphabet=ALPHABET, max_size=60))
def test_an_escaped_text_is_nothing_but_text(text: str) -> None:
    written = escaped(text)

    kinds = {token.type for token in tokens_of(written)}
    assert kinds <= {"paragraph_open", "paragraph_close", "inline", "text", "softbreak"} | {
        "hardbreak",
        "text_special",
    }
    assert shown(written) == "".join(text.split())


@pytest.mark.parametrize("style", ["", "bold", "italic", "strikethrough", "code", "blockquote"])
@settings(max_examples=40)
@given(text=st.text(alphabet=ALPHABET, min_size=1, max_size=40))
def test_a_styled_text_shows_what_was_written(style: str, text: str) -> None:
    units = len(text.encode("utf-16-le")) // 2
    entities = (Entity(style, 0, units),) if style else ()
    written = markdown(Text(text, entities))

    assert not {token.type for token in tokens_of(written)} & {"html_block", "html_inline", "image"}


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_is_nothing_but_text(text: str) -> None:
    kinds = {token.type for token in tokens_of(escaped(text))}

    assert not kinds - {
        *("paragraph_open", "paragraph_close", "inline", "text", "softbreak", "hardbreak"),
        "text_special",
    }
    for sign in ("%%", "==", "::", "<%", " #tag", "[["):
        assert sign not in escaped(text)
    assert not BLOCK.search(escaped(text))


def test_hostile_messages_make_no_element_and_lead_nowhere(tmp_path: Path) -> None:
    for number, chat in enumerate(HOSTILE_CHATS):
        for name, note in write(tmp_path / str(number), *hostile(), chat=chat).items():
            _, properties, body = note.split("---\n", 2)
            for token in tokens_of(body):
                assert token.type not in ("html_block", "html_inline", "image"), name
                if token.type == "link_open":
                    assert re.match(r"https?:|\.\./files/\d+\.bin$", token.attrs["href"])
                if token.type == "fence":
                    assert token.info == ""
            keys = [line.partition(":")[0] for line in properties.splitlines() if line[0] != " "]
            assert keys == ["title", "chat", "chat_id", "type", "date", "tags"]


@pytest.mark.parametrize(
    ("text", "entity", "written"),
    [
        ("see bold here", Entity("bold", 4, 5), "see **bold** here"),
        ("a*b", Entity("italic", 0, 3), r"*a\*b*"),
        ("x = `y`", Entity("code", 0, 7), "`` x = `y` ``"),
        ("$= dv.pages()", Entity("code", 0, 13), r"\$\= dv.pages()"),
        ("print(1)", Entity("pre", 0, 8, "Python"), "```python\nprint(1)\n```"),
        ("dv.x()", Entity("pre", 0, 6, "dataviewjs"), "```\ndv.x()\n```"),
        ("a ``` b", Entity("pre", 0, 7), "````\na ``` b\n````"),
        ("https://a.example/x_y", Entity("link", 0, 21), "<https://a.example/x_y>"),
        ("a.example", Entity("link", 0, 9), "[a.example](<http://a.example>)"),
        (
            "here",
            Entity("text_link", 0, 4, "https://a.example/?q=a b"),
            "[here](<https://a.example/?q=a%20b>)",
        ),
        ("here", Entity("text_link", 0, 4, "javascript:alert(1)"), "here"),
        ("here", Entity("text_link", 0, 4, "file:///etc/passwd"), "here"),
        ("#apples now", Entity("hashtag", 0, 7), "#apples now"),
        ("one\ntwo\n\nthree", None, "one  \ntwo\n\nthree"),
        ("so\nsaid", Entity("blockquote", 0, 2), "> so\n\nsaid"),
        ("  1. x", None, "\u00a0\u00a01. x"),
    ],
)
def test_how_a_text_is_written(text: str, entity: Entity | None, written: str) -> None:
    assert markdown(Text(text, () if entity is None else (entity,))) == written


def test_a_note_of_a_month(tmp_path: Path) -> None:
    chat = replace(GROUP, title='Garden #1 [club] "x"', username="garden")
    first = record_of(in_group(1, "Who likes apples?"))
    reply_to = types.MessageReplyHeader(reply_to_msg_id=1)
    second = record_of(in_group(2, "I do", from_id=types.PeerUser(102), reply_to=reply_to))

    assert write(tmp_path, first, second, chat=chat) == {
        "Garden 1 club x 2025-01.md": """---
title: "Garden 1 club x 2025-01"
chat: "Garden #1 [club] \\"x\\""
chat_id: -1000000000700
type: "private_supergroup"
username: "garden"
date: "2025-01"
tags:
  - telegram
  - telegram/garden-1-club-x
---

## 2025-01-15

**Ann Lee** 16:30 ^m1

Who likes apples?

**Bob** 16:30 ^m2

↩ [Ann Lee: Who likes apples?](#^m1)

I do
"""
    }


def at(number: int, date: datetime, **fields: Any) -> Record:
    return record_of(in_group(number, f"Message {number}", date=date, **fields))


def test_answers_lead_to_what_they_answer_in_other_notes_too(tmp_path: Path) -> None:
    reply_to = [types.MessageReplyHeader(reply_to_msg_id=number) for number in (1, 3, 77)]
    notes = write(
        tmp_path,
        at(1, WINTER),
        at(2, WINTER.replace(month=2)),
        at(3, WINTER.replace(month=3)),
        at(4, WINTER.replace(month=3), reply_to=reply_to[0]),
        at(5, WINTER.replace(month=3), reply_to=reply_to[1]),
        at(6, WINTER.replace(month=3), reply_to=reply_to[2]),
    )

    assert list(notes) == [f"Garden club 2025-0{month}.md" for month in (1, 2, 3)]
    targets = LINK.findall(notes["Garden club 2025-03.md"])
    assert targets == ["Garden%20club%202025-01.md#^m1", "#^m3"]
    name, _, block = unquote(targets[0]).partition("#^m")
    assert block in BLOCK.findall(notes[name])
    assert "↩ message 77" in notes["Garden club 2025-03.md"]


def test_files_are_links_and_only_pictures_and_sounds_are_shown(tmp_path: Path) -> None:
    base = record_of(in_group(1))
    records = [
        replace(base, kind="photo", media=Photo(photo_id=1, path="photos/photo_1@a.jpg")),
        replace(base, kind="file", media=File(document_id=1, name="x.md", path="files/x (1).md")),
        replace(base, kind="file", media=File(document_id=2, name="x.svg", path="files/x.svg")),
        replace(base, kind="video_file", media=File(document_id=3, name="b.mp4")),
    ]

    (note,) = write(tmp_path, *records).values()

    assert "\n![photo\\_1@a.jpg](../photos/photo_1@a.jpg)\n" in note
    assert "\n[x.md](../files/x%20%281%29.md)\n" in note
    assert "\n[x.svg](../files/x.svg)\n" in note
    assert "*video file b.mp4: not included*" in note


def test_a_chat_without_a_title_that_could_be_a_tag_is_tagged_by_its_id(tmp_path: Path) -> None:
    chat = ChatInfo(id=BOB.peer_id, title="123 !", type="personal_chat")

    (note,) = write(tmp_path, at(1, WINTER), chat=chat).values()

    assert "  - telegram/chat102\n" in note
