"""What cannot be read is named and skipped, never fatal."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telethon.tl import types
from telethon.tl.alltlobjects import LAYER

from exporter.telegram.convert import to_record
from exporter.writers.desktop import DesktopMessages
from tests.exporter.convert.making import GROUP, PEERS, in_group, row_of

WHOLE = row_of(in_group(5, "Hello", entities=[types.MessageEntityBold(0, 5)]))


def problem_of(tl: bytes, layer: int = LAYER) -> str:
    record = to_record(replace(WHOLE, tl=tl, layer=layer), GROUP, PEERS, {})
    assert record.kind == "unsupported"
    assert record.date == WHOLE.date
    assert DesktopMessages(UTC).message(record) == {"id": 5, "type": "unsupported"}
    assert record.problem is not None
    return record.problem


def test_an_unknown_type_is_named_with_the_layer_it_came_from() -> None:
    assert problem_of(b"\xef\xbe\xad\xde" + WHOLE.tl[4:], layer=300) == (
        f"Message 5 cannot be read: type 0xdeadbeef is unknown "
        f"(layer 300, this version reads {LAYER})."
    )


def test_an_unknown_type_within_a_message_is_named() -> None:
    bold = bytes(types.MessageEntityBold(0, 5))
    assert bold in WHOLE.tl

    problem = problem_of(WHOLE.tl.replace(bold, b"\xef\xbe\xad\xde" + bold[4:]))

    assert problem == "Message 5 cannot be read: type 0xdeadbeef is unknown."


@pytest.mark.parametrize("tl", [b"", b"\x01", WHOLE.tl[:-4], bytes(types.PeerUser(1))])
def test_damaged_bytes_are_a_problem_of_one_message(tl: bytes) -> None:
    assert problem_of(tl).startswith("Message 5 ")


def test_a_message_that_telegram_emptied_is_named() -> None:
    problem = problem_of(bytes(types.MessageEmpty(id=5, peer_id=None)))

    assert problem == "Message 5 is empty: Telegram kept nothing but its number."


@given(cut=st.integers(0, len(WHOLE.tl)), tail=st.binary(max_size=40))
def test_no_bytes_at_all_make_the_converter_fail(cut: int, tail: bytes) -> None:
    record = to_record(replace(WHOLE, tl=WHOLE.tl[:cut] + tail), GROUP, PEERS, {})

    assert record.id == 5
