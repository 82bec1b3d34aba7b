"""From the store into an export: real disks, real links, and never half a file."""

from __future__ import annotations

import asyncio
import errno
import os
import stat
import subprocess
from collections.abc import Iterator
from hashlib import sha256
from itertools import product
from pathlib import Path

import pytest

from exporter.config import CopyConfig
from exporter.errors import sentence_of
from exporter.media.transfer import (
    UNFINISHED,
    CopyDiffers,
    Method,
    Placed,
    clear_unfinished,
    place,
)
from storage.threads import Threads
from tests.exporter.media.disks import reflink_disk, small_disk

MIB = 1024 * 1024
BYTES = os.urandom(MIB) * 2 + b"the end"

LINKS = CopyConfig(zero_copy=False)
SENDFILE = CopyConfig(links=False, zero_copy_from_bytes=0, chunk_bytes=300_000)
READ_WRITE = CopyConfig(links=False, zero_copy=False)
EVERY_CONFIG = [
    CopyConfig(links=links, zero_copy=zero_copy, zero_copy_from_bytes=least, verify=verify)
    for links, zero_copy, least, verify in product(
        (True, False), (True, False), (0, 10 * MIB), (True, False)
    )
]
COPIED = (Method.REFLINK, Method.SENDFILE, Method.READ_WRITE)


@pytest.fixture
def threads() -> Iterator[Threads]:
    """A small pool."""
    with Threads(2) as pool:
        yield pool


class Shelf:
    """A stored file, and the folder of an export beside it."""

    def __init__(self, folder: Path, threads: Threads) -> None:
        self._folder = folder
        self._threads = threads
        self.export = folder / "export"
        self.target = self.export / "video_files" / "1.mp4"
        self.source = folder / "stored"
        self.store(BYTES)

    def store(self, content: bytes) -> None:
        self.source.unlink(missing_ok=True)
        self.source.write_bytes(content)
        self.source.chmod(0o400)
        self.sha256 = sha256(content).digest()

    async def place(self, config: CopyConfig, *, target: Path | None = None) -> Placed:
        return await place(
            self.source,
            target or self.target,
            sha256=self.sha256,
            config=config,
            threads=self._threads,
        )

    @property
    def is_linked(self) -> bool:
        return self.target.samefile(self.source)

    def names(self) -> list[str]:
        return sorted(entry.name for entry in self.target.parent.iterdir())


@pytest.fixture
def shelf(tmp_path: Path, threads: Threads) -> Shelf:
    return Shelf(tmp_path, threads)


@pytest.mark.parametrize("config", EVERY_CONFIG, ids=str)
@pytest.mark.parametrize("content", [b"", b"x", BYTES], ids=["empty", "tiny", "large"])
async def test_every_way_brings_the_same_bytes(
    shelf: Shelf, config: CopyConfig, content: bytes
) -> None:
    shelf.store(content)

    placed = await shelf.place(config)

    assert shelf.target.read_bytes() == content
    assert placed.size_bytes == len(content)
    assert shelf.names() == ["1.mp4"]
    assert stat.S_IMODE(shelf.target.stat().st_mode) & 0o077 == 0


async def test_a_link_shares_the_bytes(shelf: Shelf) -> None:
    placed = await shelf.place(LINKS)

    assert placed.method in (Method.LINK, Method.REFLINK)
    assert shelf.is_linked == (placed.method is Method.LINK)


@pytest.mark.parametrize("kind", ["xfs", "btrfs"])
@pytest.mark.parametrize("config", [LINKS, SENDFILE], ids=["links", "copies"])
async def test_a_disk_that_can_share_bytes_gets_a_file_of_its_own_without_a_copy(
    tmp_path: Path, threads: Threads, kind: str, config: CopyConfig
) -> None:
    content = os.urandom(MIB) * 64
    with reflink_disk(tmp_path / kind, kind) as disk:
        shelf = Shelf(disk, threads)
        shelf.store(content)
        before = _used_bytes(disk)
        placed = await shelf.place(config)
        more_bytes = _used_bytes(disk) - before

        assert placed == Placed(method=Method.REFLINK, size_bytes=len(content))
        assert shelf.target.read_bytes() == content
        assert shelf.names() == ["1.mp4"]
        assert more_bytes < len(content) // 8
        assert (await shelf.place(config)).method is Method.THERE

        shelf.target.write_bytes(b"edited")
        assert shelf.source.read_bytes() == content
        assert (await shelf.place(config)).method is Method.REFLINK
        assert shelf.target.read_bytes() == content


def _used_bytes(disk: Path) -> int:
    subprocess.run(["sync", "--file-system", disk], check=True)
    found = os.statvfs(disk)
    return (found.f_blocks - found.f_bfree) * found.f_frsize


@pytest.mark.parametrize(
    ("config", "method"), [(SENDFILE, Method.SENDFILE), (READ_WRITE, Method.READ_WRITE)]
)
async def test_a_copy_is_a_file_of_its_own(
    shelf: Shelf, config: CopyConfig, method: Method
) -> None:
    placed = await shelf.place(config)

    assert placed.method in (method, Method.REFLINK)
    assert not shelf.is_linked
    assert os.access(shelf.target, os.W_OK)
    shelf.target.write_bytes(b"edited")
    assert shelf.source.read_bytes() == BYTES


async def test_files_below_the_limit_are_read_and_written(shelf: Shelf) -> None:
    config = CopyConfig(links=False, zero_copy_from_bytes=len(BYTES) + 1)

    placed = await shelf.place(config)

    assert placed.method in (Method.READ_WRITE, Method.REFLINK)


async def test_windows_copies_by_reading_and_writing(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.platform", "win32")

    placed = await shelf.place(SENDFILE)

    assert placed.method is Method.READ_WRITE
    assert shelf.target.read_bytes() == BYTES


@pytest.mark.parametrize("config", [LINKS, SENDFILE, READ_WRITE])
async def test_what_is_there_already_is_left_alone(shelf: Shelf, config: CopyConfig) -> None:
    await shelf.place(config)
    before = shelf.target.stat()

    placed = await shelf.place(config)

    assert placed.method is Method.THERE
    assert shelf.target.stat() == before


async def test_equal_bytes_with_another_time_are_left_alone(shelf: Shelf) -> None:
    await shelf.place(READ_WRITE)
    os.utime(shelf.target, (1, 1))

    placed = await shelf.place(CopyConfig(links=False, zero_copy=False))

    assert placed.method is Method.THERE


@pytest.mark.parametrize("config", [LINKS, SENDFILE, READ_WRITE])
@pytest.mark.parametrize("there", [b"", b"other", BYTES[:-1] + b"!"])
async def test_what_differs_is_replaced(shelf: Shelf, config: CopyConfig, there: bytes) -> None:
    shelf.target.parent.mkdir(parents=True)
    shelf.target.write_bytes(there)

    placed = await shelf.place(config)

    assert placed.method is not Method.THERE
    assert shelf.target.read_bytes() == BYTES
    assert shelf.names() == ["1.mp4"]


async def test_an_earlier_link_becomes_a_copy_when_links_are_unwanted(shelf: Shelf) -> None:
    await shelf.place(LINKS)

    placed = await shelf.place(READ_WRITE)

    assert placed.method is Method.READ_WRITE
    assert not shelf.is_linked
    assert shelf.target.read_bytes() == BYTES


@pytest.mark.parametrize("config", [LINKS, SENDFILE, READ_WRITE])
async def test_a_symbolic_link_in_the_way_is_replaced_and_not_followed(
    shelf: Shelf, config: CopyConfig, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_bytes(b"precious")
    shelf.target.parent.mkdir(parents=True)
    shelf.target.symlink_to(elsewhere)

    await shelf.place(config)

    assert elsewhere.read_bytes() == b"precious"
    assert not shelf.target.is_symlink()
    assert shelf.target.read_bytes() == BYTES


@pytest.mark.parametrize("config", [SENDFILE, READ_WRITE])
async def test_a_wrong_copy_is_noticed_and_taken_away(shelf: Shelf, config: CopyConfig) -> None:
    shelf.sha256 = sha256(b"something else").digest()
    if (await shelf.place(LINKS, target=shelf.export / "probe" / "x")).method is Method.REFLINK:
        pytest.skip("this disk has reflinks, so there is no copy")

    with pytest.raises(CopyDiffers, match=r"1\.mp4"):
        await shelf.place(config)

    assert shelf.names() == []


async def test_an_unverified_copy_is_compared_by_size_only(shelf: Shelf) -> None:
    shelf.sha256 = sha256(b"something else").digest()

    await shelf.place(CopyConfig(links=False, zero_copy=False, verify=False))

    assert shelf.target.read_bytes() == BYTES


@pytest.mark.parametrize("config", [LINKS, SENDFILE, READ_WRITE])
async def test_another_disk_gets_a_copy(shelf: Shelf, config: CopyConfig, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", size_bytes=8 * MIB) as disk:
        target = disk / "photos" / "1.jpg"

        placed = await shelf.place(config, target=target)

        assert placed.method in (Method.SENDFILE, Method.READ_WRITE)
        assert target.read_bytes() == BYTES
        assert (await shelf.place(config, target=target)).method is Method.THERE


@pytest.mark.parametrize("config", [SENDFILE, READ_WRITE])
async def test_a_disk_that_gets_full_keeps_no_half_file(
    shelf: Shelf, config: CopyConfig, tmp_path: Path
) -> None:
    with small_disk(tmp_path / "disk", size_bytes=MIB) as disk:
        target = disk / "photos" / "1.jpg"
        (target.parent).mkdir()
        target.write_bytes(b"the earlier one")

        with pytest.raises(OSError, match=r"1\.jpg") as failed:
            await shelf.place(config, target=target)

        assert failed.value.errno == errno.ENOSPC
        assert "disk is full" in (sentence_of(failed.value) or "")
        assert [entry.name for entry in target.parent.iterdir()] == ["1.jpg"]
        assert target.read_bytes() == b"the earlier one"


async def test_a_file_with_as_many_links_as_the_disk_allows_is_copied(
    shelf: Shelf, tmp_path: Path
) -> None:
    most = os.pathconf(tmp_path, "PC_LINK_MAX")
    if not 1 < most < 100_000:
        pytest.skip("this disk allows too many links to try")
    links = tmp_path / "links"
    links.mkdir()
    try:
        for number in range(most - shelf.source.stat().st_nlink):
            os.link(shelf.source, links / str(number))

        placed = await shelf.place(CopyConfig())

        assert placed.method in COPIED
        assert not shelf.is_linked
        assert shelf.target.read_bytes() == BYTES
    finally:
        for link in links.iterdir():
            link.unlink()


async def test_a_cancelled_copy_leaves_nothing(shelf: Shelf) -> None:
    shelf.store(BYTES * 20)
    slow = CopyConfig(links=False, zero_copy_from_bytes=0, chunk_bytes=4096)
    placing = asyncio.create_task(shelf.place(slow))
    while not list(shelf.export.glob("*/*")):
        await asyncio.sleep(0)

    placing.cancel()
    await asyncio.wait([placing])

    assert placing.cancelled()
    assert shelf.names() == []


async def test_what_a_killed_export_left_is_used_up_by_the_next(shelf: Shelf) -> None:
    slow = CopyConfig(links=False, zero_copy_from_bytes=0, chunk_bytes=4096)
    placing = asyncio.create_task(shelf.place(slow))
    while not (left := list(shelf.export.glob("*/.chatkeep-*"))):
        await asyncio.sleep(0)
    name = left[0].name
    placing.cancel()
    await asyncio.wait([placing])
    left[0].write_bytes(b"half of it")

    await shelf.place(READ_WRITE)

    assert name.startswith(".chatkeep-")
    assert shelf.names() == ["1.mp4"]


async def test_what_a_killed_export_left_can_be_cleared(shelf: Shelf) -> None:
    await shelf.place(READ_WRITE)
    (shelf.target.parent / UNFINISHED.format("0" * 24)).write_bytes(b"half of it")

    assert clear_unfinished(shelf.export) == 1
    assert clear_unfinished(shelf.export) == 0
    assert shelf.names() == ["1.mp4"]


async def test_a_folder_in_the_way_is_named(shelf: Shelf) -> None:
    (shelf.target / "inside").mkdir(parents=True)

    with pytest.raises(OSError, match=r"1\.mp4") as failed:
        await shelf.place(LINKS)

    assert sentence_of(failed.value) is not None
    assert shelf.names() == ["1.mp4"]


async def test_a_stored_file_that_is_gone_is_named(shelf: Shelf) -> None:
    shelf.source.unlink()

    with pytest.raises(FileNotFoundError, match="stored"):
        await shelf.place(LINKS)


async def test_many_files_are_placed_side_by_side(shelf: Shelf) -> None:
    targets = [shelf.export / "files" / f"{number}.bin" for number in range(60)]
    configs = [LINKS, SENDFILE, READ_WRITE]

    async with asyncio.TaskGroup() as group:
        for number, target in enumerate(targets):
            group.create_task(shelf.place(configs[number % 3], target=target))

    assert all(target.read_bytes() == BYTES for target in targets)
    assert len(list((shelf.export / "files").iterdir())) == len(targets)
