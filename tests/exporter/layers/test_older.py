"""Rows of an older layer render: their schema is kept, and says what their bytes mean.

The older layer here is the installed one with changes as Telegram makes them: other numbers of
constructors, fields that came, went or were of another type, classes that are no more.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from telethon.tl import types
from telethon.tl.alltlobjects import LAYER

from exporter.attachments import File, Poll
from exporter.records import Action, Reaction, Record
from exporter.telegram.convert import Names, convert, files_of, to_record
from exporter.telegram.edits import is_edit
from exporter.telegram.layers import reading
from exporter.telegram.layers import schema as schemas
from exporter.telegram.layers.older import OlderReader, readings
from exporter.telegram.layers.schema import Schema, schema_of
from exporter.texts import Entity, Text
from exporter.writers.desktop import DesktopMessages
from exporter.writers.jsonl import line_of
from exporter.writers.layout import layout
from storage.models import MessageRow
from tests.exporter.convert.making import (
    GROUP,
    PEERS,
    SUMMER,
    document,
    in_group,
    photo,
    record_of,
    row_of,
    service,
    styled,
)
from tests.exporter.layers.dump import PATH
from tests.exporter.layers.test_schema import any_messages
from tests.exporter.layers.writing import written_by

OLDER = LAYER - 1

CHANGES = (
    ("message#7600b9d3 flags:# ", "message#0ddba110 flags:# hearts:flags.31?int "),
    ("messageService#7a800e0a", "messageService#0ddba119"),
    (" views:flags.10?int forwards:flags.10?int", ""),
    ("messageReplyHeader#1b97dd66", "messageReplyHeader#0ddba111"),
    (" quote_text:flags.6?string", " quote_lines:flags.6?Vector<string>"),
    ("poll#966e2dbf", "poll#0ddba112"),
    (" question:TextWithEntities", " question:string"),
    ("photo#fb197a65", "photo#0ddba113"),
    ("document#8fd4c4d8", "document#0ddba114"),
    (" size:long thumbs", " size:int thumbs"),
    (" dc_id:int attributes:", " attributes:"),
)
"""What stands in the schema of the installed layer, and what stood there in the older one."""

GONE = """
messageMediaHologram#0ddba115 flags:# shown:Photo depth:int title:flags.0?string = MessageMedia;
messageActionChatFrozen#0ddba116 reason:string until:date = MessageAction;
messageEntityBlink#0ddba117 offset:int length:int = MessageEntity;
reactionSound#0ddba118 sound_id:long = Reaction;
"""
"""Classes that only the older layer had."""


@dataclass
class MessageMediaHologram:
    shown: Any
    depth: int
    title: str | None = None


@dataclass
class MessageActionChatFrozen:
    reason: str
    until: datetime


@dataclass
class MessageEntityBlink:
    offset: int
    length: int


@dataclass
class ReactionSound:
    sound_id: int


@pytest.fixture
def older(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Schema]:
    """The older layer, kept beside the installed one."""
    now = PATH.read_text("utf-8")
    then = now
    for found, stood in CHANGES:
        assert found in then
        then = then.replace(found, stood)
    (tmp_path / PATH.name).write_text(now, "utf-8")
    (tmp_path / f"{OLDER}.tl").write_text(then + GONE, "utf-8")
    forget()
    monkeypatch.setattr(schemas, "FOLDER", tmp_path)
    schema = schema_of(OLDER)
    assert schema is not None
    yield schema
    forget()


def forget() -> None:
    schema_of.cache_clear()
    reading.readings_of.cache_clear()


def older_row(schema: Schema, message: Any) -> MessageRow:
    """A message as it was kept under the older layer."""
    if isinstance(message, types.Message):
        whole = in_group(message.id)
    else:
        whole = service(message.id, types.MessageActionEmpty())
    return replace(row_of(whole), layer=OLDER, tl=written_by(schema, message))


def older_record(schema: Schema, message: Any) -> Record:
    """Its record, which every format can write."""
    record = to_record(older_row(schema, message), GROUP, PEERS, {})
    assert layout(DesktopMessages(UTC).message(record), "\n")
    assert line_of(record, GROUP.id)
    return record


def test_a_message_of_an_older_layer_is_as_one_of_today(older: Schema) -> None:
    messages = [
        in_group(5, "Hello", entities=[types.MessageEntityBold(0, 5)], edit_date=SUMMER),
        in_group(6, "", media=types.MessageMediaPhoto(photo=photo())),
        in_group(7, reply_to=types.MessageReplyHeader(reply_to_msg_id=5)),
        service(8, types.MessageActionChatCreate("Garden", [101])),
    ]
    for message in messages:
        assert older_row(older, message).tl != bytes(message)
        assert older_record(older, message) == record_of(message)


@pytest.mark.parametrize("full", [True, False], ids=["full", "bare"])
def test_any_message_of_an_older_layer_renders(older: Schema, *, full: bool) -> None:
    for message in any_messages(full=full):
        if isinstance(message.media, types.MessageMediaPoll):
            message.media.poll.question = message.media.poll.question.text

        record = older_record(older, message)

        assert record.problem is None
        assert (record.kind == "service") == isinstance(message, types.MessageService)


def test_a_new_field_is_empty_and_a_field_that_went_is_kept_by_name(older: Schema) -> None:
    message = in_group(5, "Hello", views=9, forwards=2)
    message.hearts = 7
    message.reply_to = types.MessageReplyHeader(reply_to_msg_id=4, quote=True)
    message.reply_to.quote_lines = ["two", "lines"]

    record = older_record(older, message)

    assert (record.text, record.views, record.forwards) == (Text("Hello"), None, None)
    assert record.reply is not None
    assert (record.reply.message_id, record.reply.quote) == (4, None)
    assert record.left_out == {
        "MessageReplyHeader.quote_lines": [["two", "lines"]],
        "Message.hearts": [7],
    }


def test_a_field_of_another_type_is_taken_over_where_it_can_be(older: Schema) -> None:
    poll: Any = types.Poll(
        id=1, hash=0, question="Tea?", answers=[types.PollAnswer(styled("Yes"), b"0")]
    )
    media = types.MessageMediaPoll(poll=poll, results=types.PollResults(total_voters=3))

    record = older_record(older, in_group(5, media=media))

    assert isinstance(record.media, Poll)
    assert record.media.question == Text("Tea?")
    assert record.media.total_voters == 3


def test_what_the_older_layer_did_not_have_is_empty(older: Schema) -> None:
    media = types.MessageMediaDocument(document=document(mime_type="text/plain", size=99))

    record = older_record(older, in_group(5, media=media))

    assert isinstance(record.media, File)
    assert (record.media.document_id, record.media.size_bytes) == (6001, 99)


def test_media_of_a_class_that_is_gone_leave_the_message_readable(older: Schema) -> None:
    media: Any = MessageMediaHologram(shown=photo(), depth=3, title="A tree")
    record = older_record(older, in_group(5, "Look", media=media))

    assert (record.kind, record.text, record.media) == ("unsupported", Text("Look"), None)
    told: Any = record.left_out["Message.media"]
    assert (told[0]["_"], told[0]["depth"], told[0]["title"]) == (
        "MessageMediaHologram",
        3,
        "A tree",
    )
    assert told[0]["shown"]["id"] == 5001
    written = DesktopMessages(UTC).message(record)
    assert (written["type"], written["text"]) == ("message", "Look")


def test_an_action_of_a_class_that_is_gone_keeps_its_name_and_fields(older: Schema) -> None:
    record = older_record(older, service(5, MessageActionChatFrozen("spam", SUMMER)))

    assert record.kind == "service"
    assert record.action == Action(
        name="chat_frozen", extra={"reason": "spam", "until": SUMMER.isoformat()}
    )
    assert record.left_out == {}


def test_the_smallest_part_around_a_class_that_is_gone_is_left_out(older: Schema) -> None:
    entities: list[Any] = [types.MessageEntityBold(0, 2), MessageEntityBlink(2, 2)]
    sound: Any = ReactionSound(77)
    reactions = types.MessageReactions(
        results=[
            types.ReactionCount(types.ReactionEmoji("🍏"), 2),
            types.ReactionCount(sound, 1),
        ]
    )

    record = older_record(older, in_group(5, "Hello", entities=entities, reactions=reactions))

    assert record.text == Text("Hello", (Entity("bold", 0, 2),))
    assert record.reactions == (Reaction("emoji", 2, "🍏"),)
    assert record.left_out == {
        "Message.entities": [{"_": "MessageEntityBlink", "offset": 2, "length": 2}],
        "MessageReactions.results": [
            {"_": "ReactionCount", "reaction": {"_": "ReactionSound", "sound_id": 77}, "count": 1}
        ],
    }


@pytest.mark.parametrize("full", [True, False], ids=["full", "bare"])
def test_whatever_class_is_gone_the_message_renders(*, full: bool) -> None:
    now = schema_of(LAYER)
    assert now is not None
    known = readings(now, now)
    messages = [(message, bytes(message)) for message in any_messages(full=full)]
    without = now.keys() - {"message", "messageService", "peerUser", "peerChat", "peerChannel"}
    for name in sorted(without):
        number = now[name].number
        gone = {**known, number: readings({name: now[name]}, {})[number]}
        mark = number.to_bytes(4, "little")
        for message, tl in messages:
            if mark in tl:
                found = OlderReader(tl, gone).tgread_object()
                record = convert(row_of(message), found, Names(GROUP, PEERS), {})

                assert record.problem is None
                assert files_of(found) is not None
                assert layout(DesktopMessages(UTC).message(record), "\n")
                assert line_of(record, GROUP.id)


def test_a_message_is_not_edited_by_coming_in_another_layer(older: Schema) -> None:
    message = in_group(5, "Hello", media=types.MessageMediaPhoto(photo=photo()))
    before = older_row(older, message)

    assert not is_edit(before, row_of(message))
    assert is_edit(before, row_of(in_group(5, "Hello!", media=message.media)))


def test_a_layer_that_is_not_kept_is_read_as_the_installed_one() -> None:
    row = replace(row_of(in_group(5, "Hello")), layer=1)

    assert to_record(row, GROUP, PEERS, {}).text == Text("Hello")


@pytest.mark.parametrize("size", [0, 1, 4, 30, 60])
def test_damaged_bytes_of_an_older_layer_are_a_problem_of_one_message(
    older: Schema, size: int
) -> None:
    row = older_row(older, in_group(5, "Hello", media=types.MessageMediaPhoto(photo=photo())))

    record = to_record(replace(row, tl=row.tl[:size]), GROUP, PEERS, {})

    assert record.problem is not None
    assert record.problem.startswith("Message 5 cannot be read: ")
