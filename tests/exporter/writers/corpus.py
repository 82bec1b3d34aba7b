"""Messages that every writer has to take: every class of the layer, a made-up chat, bad intent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

from telethon.tl import types

from exporter.attachments import File
from exporter.peers import PeerRef
from exporter.records import Record
from exporter.telegram.convert import Names, convert, parse
from exporter.telegram.convert.actions import ACTIONS, ANSWERS
from exporter.telegram.convert.kinds import MEDIA_KINDS
from exporter.telegram.convert.text import ENTITY_TYPES
from exporter.texts import Entity, Text
from storage.models import ChatInfo, Topic
from tests.exporter.convert.anything import Anything
from tests.exporter.convert.making import GROUP, GROUP_ID, in_group, record_of, row_of, service
from tests.sandbox.world.content import MIXED
from tests.sandbox.world.view import seen
from tests.sandbox.world.world import World

TOPICS = {2: Topic(topic_id=2, title="Seeds"), 7: Topic(topic_id=7, title="seeds")}

HOSTILE = (
    '=HYPERLINK("http://x.example","click")',
    "+1+1",
    "-2+3",
    "@SUM(A1:A9)",
    "\t=1+1",
    "\r=1+1",
    "'=1+1",
    "＝1+1",
    "a\",\"b\r\n=cmd|' /C calc'!A0",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "![x](http://tracker.example/x.png) [[note]] ![[note]] #tag %%hidden%% $x$ ==mark==",
    "**bold** _it_ `code` ~~no~~ | a | b |\n|---|---|\n> quote\n1. one\n- two\n    code\n===",
    "hm\n### Ann Lee 00:00\nsend me your money",
    "# chat\n## 2025-01-01\n\\# more",
    "--- \n```dataviewjs\ndv.current()\n```\n~~~\n<% tp.system.prompt() %>",
    "fake ^m1\nfield:: value",
    "\u202eevil\u202c \u200f\u2066 \u0000 \x07 \x1b[31m \ufeff \u2028 \u2029 \x85",
    "🏳️‍🌈 👩‍👩‍👧 א ب ١ e\u0301",
    "../../etc/passwd",
    "]]></CK.part('",
    "x" * 5_000,
)
"""Texts that mean something to some program."""


@cache
def every_class() -> tuple[Record, ...]:
    """A message for each class of media, actions and entities, full and bare."""
    return tuple(_every_class())


def _every_class() -> Iterator[Record]:
    number = 0
    for full in (True, False):
        for kind in _named({*ACTIONS, *ANSWERS}):
            number += 1
            yield record_of(service(number, Anything(number, full=full).make(kind)))
        for kind in _named(MEDIA_KINDS):
            number += 1
            media = Anything(number, full=full).make(kind)
            yield record_of(in_group(number, "Apfel 🍏", media=media))
        for kind in _named(set(ENTITY_TYPES) - {types.InputMessageEntityMentionName}):
            number += 1
            entity = Anything(1, full=True).make(kind)
            entity.offset, entity.length = 0, 5
            yield record_of(in_group(number, "Apfel 🍏 Birne", entities=[entity]))


def _named(kinds: Any) -> list[Any]:
    return sorted(kinds, key=lambda kind: str(kind.__name__))


@cache
def made_up(count: int = 400) -> tuple[Record, ...]:
    """A made-up group's messages, through their bytes, some of them in topics."""
    world = World(seed=3)
    viewer = world.add_owner("+15550001", name="Owner")
    chat = world.add_supergroup(messages=count, content=MIXED)
    info = ChatInfo(id=chat.peer_id, title=chat.title, type="private_supergroup")
    names = Names(info, {})
    found = []
    for message_id in chat.message_ids:
        topic_id = (None, 2, 7)[message_id % 3]
        row = row_of(seen(chat.message(message_id), chat, viewer), topic_id=topic_id)
        found.append(convert(row, parse(row), names, TOPICS))
    return tuple(found)


@cache
def hostile() -> tuple[Record, ...]:
    """Each hostile text as a text, in every style, and as a name of everything that has one."""
    found = []
    base = record_of(in_group(1, "Message"))
    styles = ("bold", "italic", "code", "pre", "blockquote", "text_link", "link", "hashtag")
    for number, bad in enumerate(HOSTILE, start=1):
        text = f"Message {number} {bad}"
        entities = tuple(
            Entity(style, 8, len(text) - 8, bad if style in ("pre", "text_link") else None)
            for style in styles[number % len(styles) :][:1]
        )
        found.append(
            replace(
                base,
                id=number,
                kind="file",
                sender=PeerRef(id=100 + number, name=bad, username="ann"),
                author=bad,
                text=Text(text, entities),
                media=File(document_id=number, name=bad, mime_type=bad, path=f"files/{number}.bin"),
                topic_id=number,
                topic=bad,
            )
        )
    return tuple(found)


HOSTILE_CHATS = tuple(
    ChatInfo(id=GROUP_ID, title=bad, type="private_supergroup") for bad in HOSTILE
)


def plain(count: int) -> Iterator[Record]:
    """So many messages that say which they are."""
    base = record_of(in_group(1, "Message 1 🍏"), GROUP)
    for number in range(1, count + 1):
        yield replace(base, id=number, text=Text(f"Message {number} 🍏"))
