"""The bytes of files: made from the file's id, so that a world of any size needs no disk."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from random import Random
from typing import Any

from telethon.tl import types

BLOCK = 64 * 1024


@lru_cache(maxsize=64)
def _pattern(file_id: int) -> bytes:
    return Random(file_id).randbytes(BLOCK - 8)


def piece(file_id: int, offset: int, length: int) -> bytes:
    """`length` bytes of an endless file from `offset` on; the size is the caller's business.

    Every block of 64 KiB starts with its number, so no two are alike.
    """
    first, last = offset // BLOCK, (offset + length - 1) // BLOCK
    pattern = _pattern(file_id)
    blocks = b"".join(
        number.to_bytes(8, "big") + pattern for number in range(first, max(last, first) + 1)
    )
    start = offset - first * BLOCK
    return blocks[start : start + length]


def size_of(file: Any) -> int:
    """Bytes of a document, or of a photo's largest size."""
    size: int = file.size if isinstance(file, types.Document) else file.sizes[-1].size
    return size


def bytes_of(file: Any, *, part: int = 1024 * 1024) -> Iterator[bytes]:
    """The whole file in parts; a document, or a photo's largest size."""
    size = size_of(file)
    for offset in range(0, size, part):
        yield piece(file.id, offset, min(part, size - offset))
