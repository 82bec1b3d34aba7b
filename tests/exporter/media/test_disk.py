"""Room on the disk."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from exporter.config import MediaConfig
from exporter.media.disk import Disk
from exporter.progress import ProgressBoard
from storage.threads import Threads
from tests.exporter.media.disks import small_disk
from tests.exporter.media.pooling import chat_of, place, until
from tests.sandbox.sandbox import Sandbox

MIB = 1024 * 1024


@pytest.fixture
def threads() -> Iterator[Threads]:
    with Threads() as running:
        yield running


async def test_a_disk_with_room_holds_nothing_up(tmp_path: Path, threads: Threads) -> None:
    disk = Disk([tmp_path / "not there yet"], 1, threads)
    await disk.look()
    await disk.room()

    assert disk.reason is None
    assert await disk.lacks(1) is None


async def test_a_disk_that_is_full_says_where_and_what_to_do(
    tmp_path: Path, threads: Threads
) -> None:
    disk = Disk([tmp_path], 1 << 60, threads)
    await disk.look()

    assert str(tmp_path) in str(disk.reason)
    assert "MIN_FREE_DISK_MB" in str(disk.reason)


async def test_what_does_not_fit_is_said_before(tmp_path: Path, threads: Threads) -> None:
    disk = Disk([tmp_path], 0, threads)

    assert "The files take 1,152,921,504.6 GB" in str(await disk.lacks(1 << 60))


async def test_downloads_pause_at_a_full_disk_and_go_on_when_there_is_room(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    made = chat_of(sandbox, *[200_000] * 4, 3 * MIB)
    with small_disk(tmp_path / "exports", size_bytes=32 * MIB) as exports:
        filler = exports / "filler"
        filler.write_bytes(bytes(20 * MIB))
        config = MediaConfig(min_free_bytes=16 * MIB)
        async with place(sandbox, tmp_path, config=config, folders=[exports]) as at:
            await at.keep(made.chat)
            board = ProgressBoard()
            task = asyncio.create_task(at.fetch(made.chat, board=board))
            await until(lambda: board.snapshot().wait_reason is not None)

            assert "Files wait: the disk of" in str(board.snapshot().wait_reason)
            assert not sandbox.api.files.asked
            filler.unlink()
            await task
            assert await at.kept(made.chat) == made.truth()
            assert board.snapshot().wait_reason is None
