"""The bytes of files: made from numbers, so that a world of any size needs no disk."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from random import Random
from typing import Any

from telethon.tl import types

BLOCK = 64 * 1024
PIECE = 128 * 1024
"""What one of Telegram's hashes covers."""
FORK_AT = 1024 * 1024
"""Where two files that begin alike part: after the pieces that one answer hashes."""


@lru_cache(maxsize=256)
def _pattern(seed: int) -> bytes:
    return Random(seed).randbytes(BLOCK - 8)


def piece(seed: int, offset: int, length: int) -> bytes:
    """`length` bytes of an endless file from `offset` on; the size is the caller's business.

    Every block of 64 KiB starts with its number, so no two are alike.
    """
    if length <= 0:
        return b""
    first, last = offset // BLOCK, (offset + length - 1) // BLOCK
    pattern = _pattern(seed)
    blocks = b"".join(
        part for number in range(first, last + 1) for part in (number.to_bytes(8, "big"), pattern)
    )
    start = offset - first * BLOCK
    return blocks if len(blocks) == length else blocks[start : start + length]


@dataclass(frozen=True, slots=True)
class Blob:
    """The bytes of a file. Equal blobs are equal bytes, whatever files have them."""

    seed: int
    size_bytes: int
    forked: int | None = None
    """Bytes from `FORK_AT` on are those of this seed: such files begin alike."""

    def read(self, offset: int, length: int) -> bytes:
        """Up to `length` bytes from `offset` on, none beyond the end."""
        length = min(length, self.size_bytes - offset)
        if self.forked is None or offset + length <= FORK_AT:
            return piece(self.seed, offset, length)
        if offset >= FORK_AT:
            return piece(self.forked, offset, length)
        alike = FORK_AT - offset
        return piece(self.seed, offset, alike) + piece(self.forked, FORK_AT, length - alike)

    def parts(self, part: int = 1024 * 1024) -> Iterator[bytes]:
        """All bytes, `part` at a time."""
        for offset in range(0, self.size_bytes, part):
            yield self.read(offset, part)

    def sha256(self) -> bytes:
        return _sha256(self)


@lru_cache(maxsize=16_384)
def _sha256(blob: Blob) -> bytes:
    found = hashlib.sha256()
    for part in blob.parts():
        found.update(part)
    return found.digest()


@lru_cache(maxsize=65_536)
def piece_hash(blob: Blob, offset: int) -> bytes:
    """The SHA-256 of the piece that begins at `offset`, the last one of a file being shorter."""
    return hashlib.sha256(blob.read(offset, PIECE)).digest()


def size_of(file: Any) -> int:
    """Bytes of a document, or of a photo's largest size."""
    size: int = file.size if isinstance(file, types.Document) else file.sizes[-1].size
    return size


def bytes_of(file: Any, *, part: int = 1024 * 1024) -> Iterator[bytes]:
    """The whole file in parts; a document, or a photo's largest size.

    Of files that share their bytes with others, `Shelf.blob` knows.
    """
    return Blob(file.id, size_of(file)).parts(part)
