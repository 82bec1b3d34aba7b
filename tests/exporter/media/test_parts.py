"""Partial files: any order of parts, continued after any stop."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from random import Random

import pytest

from exporter.media.parts import PART_BYTES, PartFile, write_whole
from exporter.media.pieces import Piece
from exporter.media.store import PartChanged
from storage.media import PIECE_BYTES
from storage.threads import Threads

SIZE = 5 * PART_BYTES + 1234
BYTES = Random(4).randbytes(SIZE)


@pytest.fixture
def threads() -> Iterator[Threads]:
    with Threads() as running:
        yield running


def part(number: int) -> bytes:
    return BYTES[number * PART_BYTES : (number + 1) * PART_BYTES]


@pytest.mark.parametrize("order", [[0, 1, 2, 3, 4, 5], [5, 4, 3, 2, 1, 0], [3, 0, 5, 1, 4, 2]])
async def test_parts_in_any_order_make_the_file_and_its_hash(
    tmp_path: Path, threads: Threads, order: list[int]
) -> None:
    parts = PartFile(tmp_path / "x.part", SIZE, threads)
    await parts.open(b"")
    for number in order:
        assert await parts.write(number, part(number)) == []

    assert parts.digest() == sha256(BYTES).digest()
    assert parts.done_bytes == SIZE
    assert list(parts.missing()) == []
    await parts.close()
    assert (tmp_path / "x.part").read_bytes() == BYTES


async def test_parts_may_be_written_at_once(tmp_path: Path, threads: Threads) -> None:
    parts = PartFile(tmp_path / "x.part", SIZE, threads)
    await parts.open(b"")
    async with asyncio.TaskGroup() as group:
        for number in range(parts.count):
            group.create_task(parts.write(number, part(number)))

    assert parts.frontier == parts.count
    assert parts.digest() == sha256(BYTES).digest()
    await parts.close()


@pytest.mark.parametrize("there", [[0], [0, 1, 2], [5], [2, 4], [0, 3, 5], range(6)])
async def test_recorded_parts_are_there_after_a_stop(
    tmp_path: Path, threads: Threads, there: list[int]
) -> None:
    before = PartFile(tmp_path / "x.part", SIZE, threads)
    await before.open(b"")
    for number in there:
        await before.write(number, part(number))
    recorded = await before.record()
    await before.close()

    parts = PartFile(tmp_path / "x.part", SIZE, threads)
    assert await parts.open(recorded)
    assert list(parts.missing()) == [number for number in range(6) if number not in there]
    await parts.catch_up()
    for number in list(parts.missing()):
        await parts.write(number, part(number))
    assert parts.digest() == sha256(BYTES).digest()
    await parts.close()


@pytest.mark.parametrize("harm", ["gone", "short", "bitmap", "beyond"])
async def test_a_record_that_is_not_true_is_not_believed(
    tmp_path: Path, threads: Threads, harm: str
) -> None:
    path = tmp_path / "x.part"
    before = PartFile(path, SIZE, threads)
    await before.open(b"")
    for number in (1, 4):
        await before.write(number, part(number))
    recorded = await before.record()
    await before.close()
    size = SIZE
    match harm:
        case "gone":
            path.unlink()
        case "short":
            path.write_bytes(path.read_bytes()[:-1])
        case "bitmap":
            recorded = b"\0\1\2"
        case _:
            size = 2 * PART_BYTES

    parts = PartFile(path, size, threads)
    assert not await parts.open(recorded)
    assert list(parts.missing()) == list(range(parts.count))
    await parts.close()
    assert path.stat().st_size == 0


async def test_a_part_that_contradicts_its_hashes_is_not_written(
    tmp_path: Path, threads: Threads
) -> None:
    parts = PartFile(tmp_path / "x.part", SIZE, threads)
    await parts.open(b"")
    expected = [
        sha256(part(0)[start : start + PIECE_BYTES]).digest()
        for start in range(0, PART_BYTES, PIECE_BYTES)
    ]
    expected[3] = bytes(32)

    assert await parts.write(0, part(0), expected) == [Piece(3, 3 * PIECE_BYTES, PIECE_BYTES)]
    assert parts.done_bytes == 0
    assert parts.frontier == 0
    await parts.close()


async def test_a_file_that_becomes_shorter_meanwhile_is_noticed(
    tmp_path: Path, threads: Threads
) -> None:
    before = PartFile(tmp_path / "x.part", SIZE, threads)
    await before.open(b"")
    await before.write(0, part(0))
    recorded = await before.record()
    await before.close()
    parts = PartFile(tmp_path / "x.part", SIZE, threads)
    await parts.open(recorded)
    (tmp_path / "x.part").write_bytes(b"other")

    with pytest.raises(PartChanged):
        await parts.catch_up()
    await parts.close()


def test_a_small_file_takes_the_place_of_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "made" / "x.part"
    assert write_whole(path, b"something long") == sha256(b"something long").digest()
    assert write_whole(path, b"") == sha256(b"").digest()
    assert path.read_bytes() == b""
    assert path.stat().st_mode & 0o777 == 0o600
