"""Parts compared with the hashes that Telegram gives of their pieces.

https://core.telegram.org/api/files#verifying-file-chunks
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from storage.media import PIECE_BYTES

ALIGNMENT = 4096
"""Stretches are asked for in multiples of this, which every server takes:
https://core.telegram.org/api/files#downloading-files"""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a part, counted from the part's beginning."""

    number: int
    start: int
    length: int


def wrong_pieces(data: bytes, hashes: Sequence[bytes]) -> list[Piece]:
    """Return the pieces of a part that contradict their hashes, one for each 128 KiB.

    Takes about half a millisecond a MiB; for a thread.
    """
    view = memoryview(data)
    wrong = []
    for number, expected in enumerate(hashes):
        piece = view[number * PIECE_BYTES : (number + 1) * PIECE_BYTES]
        if sha256(piece).digest() != expected:
            wrong.append(Piece(number, number * PIECE_BYTES, len(piece)))
    return wrong


def with_piece(data: bytes, piece: Piece, better: bytes) -> bytes:
    """Return the part with other bytes in place of a piece."""
    return b"".join((data[: piece.start], better, data[piece.start + piece.length :]))


def whole_units(length: int, *, up: bool = False) -> int:
    """The part of a length that another request may follow on; or (`up`) that covers it."""
    units = -(-length // ALIGNMENT) if up else length // ALIGNMENT
    return units * ALIGNMENT
