"""Our reader reads what Telethon's does, and keeps each message's own bytes."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telethon.extensions import BinaryReader
from telethon.tl import types
from telethon.tl.tlobject import TLObject

from exporter.telegram.reader import Reader, bytes_of, read_answer
from tests.sandbox.world.content import MIXED
from tests.sandbox.world.world import World


def a_page() -> bytes:
    world = World(seed=3)
    chat = world.add_supergroup("Study", messages=100, content=MIXED)
    history = chat.history(world.owner)
    assert history is not None
    cut = chat.pages.cut(history, world.owner, 0, 100)
    return cut if isinstance(cut, bytes) else bytes(cut)


def test_an_answer_is_read_as_telethon_reads_it() -> None:
    page = a_page()
    ours, theirs = read_answer(BinaryReader(page)), BinaryReader(page).tgread_object()

    assert len(ours.messages) == 100
    assert ours.to_dict() == theirs.to_dict()


def test_a_message_has_the_bytes_that_came() -> None:
    for message in read_answer(BinaryReader(a_page())).messages:
        assert message.tl == bytes(message) == bytes_of(message)


def test_bytes_are_made_for_a_message_that_did_not_come_so() -> None:
    (message, *_) = BinaryReader(a_page()).tgread_object().messages

    assert bytes_of(message) == bytes(message)


@given(texts=st.lists(st.binary(max_size=600), max_size=5))
def test_texts_of_any_length_are_read(texts: list[bytes]) -> None:
    reader = Reader(b"".join(TLObject.serialize_bytes(text) for text in texts))

    assert [reader.tgread_bytes() for _ in texts] == texts
    assert reader.tell_position() == len(reader.stream)


@pytest.mark.parametrize("length", [0, 1, 3, 4, 5, 200])
def test_a_text_cut_short_is_an_error(length: int) -> None:
    cut = TLObject.serialize_bytes(b"x" * 300)[:length]

    with pytest.raises((BufferError, struct.error)):
        Reader(cut).tgread_bytes()


def test_booleans_and_vectors_are_read_too() -> None:
    users = [types.PeerUser(1), types.PeerUser(2)]
    vector = struct.pack("<Ii", 0x1CB5C415, 2) + b"".join(map(bytes, users))

    assert Reader(vector).tgread_object() == users
    assert Reader(struct.pack("<I", 0x997275B5)).tgread_object() is True
