"""The schema that is kept of the installed layer is the one that the library reads by."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from telethon.extensions import BinaryReader
from telethon.tl import types
from telethon.tl.alltlobjects import LAYER

from exporter.telegram.convert.actions import ACTIONS, ANSWERS
from exporter.telegram.convert.kinds import MEDIA_KINDS
from exporter.telegram.layers.older import OlderReader, readings
from exporter.telegram.layers.schema import Schema, parse, schema_of
from tests.exporter.convert.anything import Anything
from tests.exporter.convert.making import WINTER, service
from tests.exporter.layers.dump import PATH, installed_schema
from tests.exporter.layers.writing import written_by


@pytest.fixture(scope="module")
def schema() -> Schema:
    found = schema_of(LAYER)
    assert found is not None
    return found


def test_the_installed_layer_is_kept_as_it_is() -> None:
    assert PATH.read_text("utf-8") == installed_schema(), (
        "Telethon has another layer now: python -m tests.exporter.layers.dump"
    )


@pytest.mark.parametrize("line", ["peerUser = Peer;", "peerUser#1 user_id = Peer;", "peerUser#1"])
def test_what_is_no_schema_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="of a schema: "):
        parse(line)


@pytest.mark.parametrize("full", [True, False], ids=["full", "bare"])
def test_any_message_is_read_by_the_schema_as_the_library_reads_it(
    schema: Schema, *, full: bool
) -> None:
    by_hand = {
        number: one._replace(changed=True) for number, one in readings(schema, schema).items()
    }
    for message in any_messages(full=full):
        tl = bytes(message)

        assert written_by(schema, message) == tl
        reader = OlderReader(tl, by_hand)
        found = reader.tgread_object()

        assert found.to_dict() == BinaryReader(tl).tgread_object().to_dict()
        assert reader.left_out == []
        assert reader.tell_position() == len(tl)


def any_messages(*, full: bool) -> Iterator[Any]:
    """A message with each kind of media, and one for each action, with whatever else goes in."""
    for seed, kind in enumerate(MEDIA_KINDS):
        message = Anything(seed, full=full).make(types.Message)
        message.message, message.date = "Apfel 🍏", WINTER
        message.media = Anything(seed, full=full).make(kind)
        yield message
    for seed, kind in enumerate([*ACTIONS, *ANSWERS]):
        yield service(5, Anything(seed, full=full).make(kind))
