"""Answers with parts of files and with hashes, spoilt on purpose."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from telethon.extensions import BinaryReader
from telethon.tl import types


def corrupted(body: bytes) -> bytes:
    """With one byte in the middle that is another one."""
    return _with_bytes(body, _flipped)


def cut_short(body: bytes) -> bytes:
    """With about two thirds of the bytes."""
    return _with_bytes(body, lambda data: data[: len(data) * 2 // 3])


def emptied(body: bytes) -> bytes:
    """Without any bytes, as if the file had ended before."""
    return _with_bytes(body, lambda _: b"")


def lengthened(body: bytes) -> bytes:
    """With twice the bytes, so with more than were asked for."""
    return _with_bytes(body, lambda data: data + data)


def misjudged(body: bytes) -> bytes:
    """Hashes that are those of other bytes."""
    answer = BinaryReader(body)
    head, count = answer.read(4), answer.read_int()
    hashes = [answer.tgread_object() for _ in range(count)]
    for each in hashes:
        each.hash = _flipped(each.hash)
    return b"".join((head, count.to_bytes(4, "little"), *map(bytes, hashes)))


def _flipped(data: bytes) -> bytes:
    if not data:
        return data
    middle = len(data) // 2
    return b"".join((data[:middle], bytes([data[middle] ^ 0x55]), data[middle + 1 :]))


def _with_bytes(body: bytes, change: Callable[[bytes], bytes]) -> bytes:
    answer: Any = BinaryReader(body).tgread_object()
    if not isinstance(answer, types.upload.File):
        return body
    answer.bytes = change(answer.bytes)
    return bytes(answer)
