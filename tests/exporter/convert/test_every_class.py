"""Whatever the layer can put into a message becomes a record, and every format can write it."""

from __future__ import annotations

import json
from datetime import UTC
from typing import Any

import pytest
from telethon.tl import types

from exporter.records import Record
from exporter.telegram.convert.actions import ACTIONS, ANSWERS
from exporter.telegram.convert.kinds import MEDIA_KINDS
from exporter.telegram.convert.text import ENTITY_TYPES
from exporter.writers.desktop import DesktopMessages
from exporter.writers.jsonl import line_of
from exporter.writers.layout import layout
from tests.exporter.convert.anything import Anything
from tests.exporter.convert.making import WINTER, in_group, record_of, service

RECEIVED_ENTITIES = set(ENTITY_TYPES) - {types.InputMessageEntityMentionName}

VARIANTS = [(seed, full) for seed in range(4) for full in (True, False)]


def assert_written(record: Record) -> None:
    """Both formats take it, and what they write is JSON that names the message."""
    assert record.problem is None
    desktop = json.loads(layout(DesktopMessages(UTC).message(record), "\n"))
    line = json.loads(line_of(record, -1))
    assert desktop["id"] == line["id"] == record.id
    assert line["kind"] == record.kind


def names(kinds: Any) -> list[Any]:
    return sorted(kinds, key=lambda kind: str(kind.__name__))


@pytest.mark.parametrize("kind", names({*ACTIONS, *ANSWERS}), ids=lambda kind: kind.__name__)
def test_an_action_can_be_converted_and_written(kind: type) -> None:
    for seed, full in VARIANTS:
        action = Anything(seed, full=full).make(kind)

        record = record_of(service(5, action, reply_to=types.MessageReplyHeader(reply_to_msg_id=4)))

        assert record.kind == "service"
        assert record.action is not None
        assert_written(record)


@pytest.mark.parametrize("kind", names(MEDIA_KINDS), ids=lambda kind: kind.__name__)
def test_media_can_be_converted_and_written(kind: type) -> None:
    for seed, full in VARIANTS:
        media = Anything(seed, full=full).make(kind)

        record = record_of(in_group(5, "Apfel 🍏", media=media))

        assert (record.kind == "unsupported") == (kind is types.MessageMediaUnsupported)
        assert_written(record)


@pytest.mark.parametrize("kind", names(RECEIVED_ENTITIES), ids=lambda kind: kind.__name__)
def test_an_entity_can_be_converted_and_written(kind: type) -> None:
    entity = Anything(1, full=True).make(kind)
    entity.offset, entity.length = 0, 5

    record = record_of(in_group(5, "Apfel 🍏", entities=[entity]))

    assert record.text is not None
    assert [one.type for one in record.text.entities] == [ENTITY_TYPES[kind]]
    assert_written(record)


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("full", [True, False], ids=["full", "bare"])
def test_any_message_can_be_converted_and_written(seed: int, *, full: bool) -> None:
    message = Anything(seed, full=full).make(types.Message)
    message.action = None
    message.message = message.message or ""
    message.date = WINTER

    assert_written(record_of(message))
