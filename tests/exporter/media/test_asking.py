"""Which answers with hashes are believed."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.media.asking import WINDOW_BYTES, pieces_in, pieces_of
from exporter.media.hashing import pieces_of as pieces_of_file
from exporter.telegram.file_server import PieceHash
from storage.media import PIECE_BYTES
from storage.threads import Threads
from tests.exporter.media.contents import hashes_of

SIZES = st.integers(min_value=1, max_value=4 * WINDOW_BYTES)


def pieces(size_bytes: int, start: int = 0, end: int | None = None) -> list[PieceHash]:
    """The pieces of a file from an offset on."""
    return [
        PieceHash(
            offset=offset,
            limit=min(PIECE_BYTES, size_bytes - offset),
            sha256=sha256(offset.to_bytes(8, "big")).digest(),
        )
        for offset in range(start, size_bytes if end is None else min(end, size_bytes), PIECE_BYTES)
    ]


@given(size_bytes=SIZES, dice=st.randoms())
def test_every_window_is_found_in_whatever_order_it_comes(size_bytes: int, dice: Random) -> None:
    for number in range(-(-size_bytes // WINDOW_BYTES)):
        start = number * WINDOW_BYTES
        wanted = pieces(size_bytes, start, start + WINDOW_BYTES)
        answer = list(wanted)
        dice.shuffle(answer)

        assert pieces_in(answer, size_bytes, number) == tuple(each.sha256 for each in wanted)


@given(size_bytes=SIZES)
def test_the_windows_of_a_file_have_all_its_pieces(size_bytes: int) -> None:
    found = [
        pieces_in(pieces(size_bytes, number * WINDOW_BYTES), size_bytes, number)
        for number in range(-(-size_bytes // WINDOW_BYTES))
    ]

    assert sum(len(each or ()) for each in found) == pieces_of(size_bytes)


def test_what_an_answer_says_beyond_the_window_is_passed_over() -> None:
    size_bytes = 3 * WINDOW_BYTES

    assert pieces_in(pieces(size_bytes), size_bytes, 0) == tuple(
        each.sha256 for each in pieces(size_bytes, 0, WINDOW_BYTES)
    )


WHOLE = pieces(WINDOW_BYTES)
FIRST = WHOLE[0]


@pytest.mark.parametrize(
    "answer",
    [
        [],
        WHOLE[1:],
        WHOLE[:-1],
        [*WHOLE, PieceHash(offset=0, limit=PIECE_BYTES, sha256=bytes(32))],
        [PieceHash(offset=0, limit=2 * PIECE_BYTES, sha256=FIRST.sha256), *WHOLE[1:]],
        [PieceHash(offset=0, limit=PIECE_BYTES - 1, sha256=FIRST.sha256), *WHOLE[1:]],
        [PieceHash(offset=4096, limit=PIECE_BYTES, sha256=FIRST.sha256), *WHOLE],
        [PieceHash(offset=-PIECE_BYTES, limit=PIECE_BYTES, sha256=FIRST.sha256), *WHOLE],
        [*WHOLE, PieceHash(offset=WINDOW_BYTES, limit=PIECE_BYTES, sha256=FIRST.sha256)],
        [PieceHash(offset=0, limit=PIECE_BYTES, sha256=b"short"), *WHOLE[1:]],
    ],
    ids=[
        "none",
        "without the first",
        "without the last",
        "contradictory",
        "overlapping",
        "with a gap",
        "between two pieces",
        "before the file",
        "behind the file",
        "no SHA-256",
    ],
)
def test_an_answer_that_does_not_fit_is_not_believed(answer: list[PieceHash]) -> None:
    assert pieces_in(answer, WINDOW_BYTES, 0) is None


def test_what_is_said_twice_alike_is_believed() -> None:
    assert pieces_in([*WHOLE, FIRST], WINDOW_BYTES, 0) == tuple(each.sha256 for each in WHOLE)


def test_a_last_piece_that_is_too_long_is_not_believed() -> None:
    answer = [PieceHash(offset=0, limit=PIECE_BYTES, sha256=bytes(32))]

    assert pieces_in(answer, PIECE_BYTES - 1, 0) is None


def test_an_empty_file_has_no_hashes() -> None:
    assert pieces_in([], 0, 0) is None
    assert pieces_of(0) == 0


@pytest.mark.parametrize("size_bytes", [0, 1, PIECE_BYTES, PIECE_BYTES + 1, 9 * WINDOW_BYTES + 7])
async def test_hashes_of_a_file_on_disk_are_made_as_telegram_makes_them(
    tmp_path: Path, size_bytes: int
) -> None:
    data = Random(size_bytes).randbytes(size_bytes)
    (tmp_path / "file").write_bytes(data)
    with Threads(1) as threads:
        assert await pieces_of_file(tmp_path / "file", threads) == hashes_of(data)
