"""Reads answers as Telethon does, quicker, and keeps of each message the bytes that came."""

from __future__ import annotations

from struct import Struct
from typing import Any

from telethon.extensions import BinaryReader
from telethon.tl import types
from telethon.tl.alltlobjects import tlobjects

_signed = Struct("<i").unpack_from
_unsigned = Struct("<I").unpack_from
MESSAGES = frozenset({types.Message.CONSTRUCTOR_ID, types.MessageService.CONSTRUCTOR_ID})
LONG = 254
"""Instead of a length: it follows in three bytes. https://core.telegram.org/mtproto/serialize"""


class Reader(BinaryReader):  # type: ignore[misc]  # Telethon has no types
    """Telethon's reader; a message has its own bytes as `tl`, so that none need to be made."""

    stream: bytes
    position: int

    def read_int(self, signed: bool = True) -> int:  # noqa: FBT001, FBT002 - Telethon's signature
        position = self.position
        self.position = position + 4
        value: int = (_signed if signed else _unsigned)(self.stream, position)[0]
        return value

    def tgread_bytes(self) -> bytes:
        start = self.position
        first = self.stream[start : start + 4]
        if len(first) < 4:  # shorter ones are filled up
            raise BufferError("no more data left to read")
        begin, length = start + 1, first[0]
        if length == LONG:
            begin, length = start + 4, int.from_bytes(first[1:], "little")
        end = begin + length
        found: bytes = self.stream[begin:end]
        if len(found) != length:
            raise BufferError("no more data left to read")
        self.position = end + (start - end) % 4
        return found

    def tgread_object(self) -> Any:
        start = self.position
        number = _unsigned(self.stream, start)[0]
        kind = tlobjects.get(number)
        if kind is None:  # a boolean, a vector, or unknown
            return super().tgread_object()
        self.position = start + 4
        found = kind.from_reader(self)
        if number in MESSAGES:
            found.tl = self.stream[start : self.position]
        return found


def read_answer(reader: BinaryReader) -> Any:
    """Read an answer's object: the `read_result` of a request for messages."""
    return Reader(reader.read()).tgread_object()


def bytes_of(message: Any) -> bytes:
    """Return a message's own bytes: those that came, if it was read by `Reader`."""
    came: bytes | None = getattr(message, "tl", None)
    return bytes(message) if came is None else came
