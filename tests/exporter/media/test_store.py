"""The store of files by content."""

from __future__ import annotations

import asyncio
import os
import stat
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from random import Random

import pytest
from structlog.testing import capture_logs

from exporter.config import CopyConfig
from exporter.media.store import Checked, Condition, PartChanged, Store
from exporter.media.transfer import Method, place
from storage.media import Content, FileKey
from storage.threads import Threads
from tests.exporter.media.disks import small_disk

BYTES = Random(1).randbytes(100_000)
HASH = sha256(BYTES).digest()


@pytest.fixture
def threads() -> Iterator[Threads]:
    with Threads(2) as pool:
        yield pool


@pytest.fixture
async def store(tmp_path: Path, threads: Threads) -> Store:
    """An empty store, ready for partial files."""
    store = Store(tmp_path / "media", threads)
    await store.prepare()
    return store


def write_part(store: Store, content: bytes = BYTES, *, file_id: int = 1) -> Path:
    part = store.part_path(FileKey(file_id))
    part.write_bytes(content)
    return part


async def adopt(store: Store, content: bytes = BYTES, *, file_id: int = 1) -> Content:
    part = write_part(store, content, file_id=file_id)
    return await store.adopt(part, sha256(content).digest(), len(content))


def overwrite(path: Path, content: bytes) -> None:
    """Change a file in place, as a program does that was allowed to."""
    path.chmod(0o600)
    path.write_bytes(content)


def set_aside(store: Store) -> list[bytes]:
    return [path.read_bytes() for path in store.aside()]


async def test_a_whole_file_moves_to_its_place_and_is_read_only(store: Store) -> None:
    content = await adopt(store)

    path = store.path_of(HASH)
    assert path == store.folder / HASH.hex()[:2] / HASH.hex()[2:]
    assert path.read_bytes() == BYTES
    assert stat.S_IMODE(path.stat().st_mode) == 0o400
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert content == Content(sha256=HASH, size_bytes=len(BYTES), mtime_ns=path.stat().st_mtime_ns)
    assert list(store.parts()) == []


async def test_hashes_of_pieces_are_kept_with_the_content(store: Store) -> None:
    content = await store.adopt(write_part(store), HASH, len(BYTES), hashes=b"h" * 32)

    assert content.hashes == b"h" * 32


async def test_an_empty_file_is_a_file(store: Store) -> None:
    content = await adopt(store, b"")

    assert store.path_of(sha256(b"").digest()).read_bytes() == b""
    assert await store.check(content) == Checked(Condition.RIGHT)


async def test_equal_bytes_are_stored_once(store: Store) -> None:
    first = await adopt(store, file_id=1)
    inode = store.path_of(HASH).stat().st_ino

    again = await adopt(store, file_id=2)

    assert again == first
    assert store.path_of(HASH).stat().st_ino == inode
    assert list(store.parts()) == []


async def test_equal_bytes_that_arrive_at_the_same_time_are_stored_once(store: Store) -> None:
    async with asyncio.TaskGroup() as group:
        adopting = [group.create_task(adopt(store, file_id=number)) for number in range(8)]

    assert len({task.result() for task in adopting}) == 1
    assert await store.check(adopting[0].result()) == Checked(Condition.RIGHT)
    assert list(store.parts()) == []


async def test_a_wrong_file_in_the_place_of_a_new_one_is_set_aside(store: Store) -> None:
    await adopt(store)
    overwrite(store.path_of(HASH), BYTES[:-1] + b"!")

    content = await adopt(store)

    assert store.path_of(HASH).read_bytes() == BYTES
    assert await store.check(content) == Checked(Condition.RIGHT)
    assert set_aside(store) == [BYTES[:-1] + b"!"]


async def test_a_partial_file_of_another_size_is_refused(store: Store) -> None:
    part = write_part(store, BYTES + b"more")

    with pytest.raises(PartChanged, match="100,004 bytes instead of 100,000"):
        await store.adopt(part, HASH, len(BYTES))

    assert not store.path_of(HASH).exists()


async def test_an_untouched_file_is_right(store: Store) -> None:
    assert await store.check(await adopt(store)) == Checked(Condition.RIGHT)


async def test_a_file_with_another_time_is_read_again(store: Store) -> None:
    content = await adopt(store)
    path = store.path_of(HASH)
    path.chmod(0o644)
    os.utime(path, ns=(5, 5))

    checked = await store.check(content)

    assert checked == Checked(Condition.TOUCHED, 5)
    assert stat.S_IMODE(path.stat().st_mode) == 0o400
    assert await store.check(replace(content, mtime_ns=5)) == Checked(Condition.RIGHT)


@pytest.mark.parametrize("changed", [b"", BYTES + b"!", BYTES[:-1] + b"!"])
async def test_a_changed_file_is_set_aside_and_not_deleted(store: Store, changed: bytes) -> None:
    content = await adopt(store)
    path = store.path_of(HASH)
    overwrite(path, changed)
    os.utime(path, ns=(5, 5))

    with capture_logs() as logs:
        checked = await store.check(content)

    assert checked == Checked(Condition.LOST)
    assert not path.exists()
    assert set_aside(store) == [changed]
    assert logs[0]["log_level"] == "warning"


async def test_what_is_set_aside_twice_is_there_twice(store: Store) -> None:
    for changed in (b"first", b"second"):
        content = await adopt(store)
        overwrite(store.path_of(HASH), changed)
        await store.check(content)

    assert sorted(set_aside(store)) == [b"first", b"second"]


async def test_a_missing_file_is_lost(store: Store) -> None:
    content = await adopt(store)
    store.path_of(HASH).unlink()

    assert await store.check(content) == Checked(Condition.LOST)
    assert store.aside() == []


async def test_a_symbolic_link_is_not_believed(store: Store, tmp_path: Path) -> None:
    content = await adopt(store)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_bytes(BYTES)
    os.utime(elsewhere, ns=(content.mtime_ns, content.mtime_ns))
    store.path_of(HASH).unlink()
    store.path_of(HASH).symlink_to(elsewhere)

    assert await store.check(content) == Checked(Condition.LOST)
    assert elsewhere.read_bytes() == BYTES


async def test_an_exported_link_that_was_overwritten_is_noticed_and_set_aside(
    store: Store, threads: Threads, tmp_path: Path
) -> None:
    content = await adopt(store)
    target = tmp_path / "export" / "files" / "a.bin"
    placed = await place(
        store.path_of(HASH), target, sha256=HASH, config=CopyConfig(), threads=threads
    )
    if placed.method is not Method.LINK:
        pytest.skip("this disk does not link, so an export shares nothing with the store")

    overwrite(target, BYTES[:-1] + b"!")

    assert await store.check(content) == Checked(Condition.LOST)
    assert set_aside(store) == [BYTES[:-1] + b"!"]
    await adopt(store)
    assert store.path_of(HASH).read_bytes() == BYTES
    assert target.read_bytes() != BYTES
    await place(store.path_of(HASH), target, sha256=HASH, config=CopyConfig(), threads=threads)
    assert target.read_bytes() == BYTES


async def test_every_stored_and_partial_file_is_listed(store: Store) -> None:
    contents = [await adopt(store, bytes([number])) for number in range(20)]
    keys = {FileKey(5), FileKey(-7), FileKey(9, "thumb")}
    for key in keys:
        store.part_path(key).write_bytes(b"half")
    (store.folder / "notes.txt").write_text("not ours")
    (store.folder / "ab").mkdir(exist_ok=True)
    (store.folder / "ab" / "not a hash").write_text("not ours")
    (store.folder / ".part" / "other.part").write_text("not ours")

    assert {found for found, _ in store.contents()} == {content.sha256 for content in contents}
    assert {key for key, _ in store.parts()} == keys
    assert store.leftovers({FileKey(5), FileKey(9, "thumb")}) == [store.part_path(FileKey(-7))]


def test_a_store_that_was_never_used_is_empty(tmp_path: Path, threads: Threads) -> None:
    store = Store(tmp_path / "nowhere", threads)

    assert list(store.contents()) == []
    assert list(store.parts()) == []
    assert store.aside() == []
    assert not store.folder.exists()


async def test_a_whole_partial_file_gets_to_its_place_on_a_full_disk(
    tmp_path: Path, threads: Threads
) -> None:
    with small_disk(tmp_path / "disk", size_bytes=len(BYTES) + 8 * 4096) as disk:
        store = Store(disk / "media", threads)
        await store.prepare()
        part = write_part(store)
        with pytest.raises(OSError, match="No space left"):
            (disk / "filling").write_bytes(bytes(10 * len(BYTES)))

        content = await store.adopt(part, HASH, len(BYTES))

        assert await store.check(content) == Checked(Condition.RIGHT)


async def test_only_what_differs_from_what_was_noted_is_suspect(store: Store) -> None:
    same, touched, changed, gone = [
        await adopt(store, content, file_id=number)
        for number, content in enumerate((b"same", b"touched", b"changed", b"gone"))
    ]
    os.utime(store.path_of(touched.sha256), ns=(1, 1))
    overwrite(store.path_of(changed.sha256), b"longer than before")
    store.path_of(gone.sha256).unlink()

    assert store.suspects([same, touched, changed, gone]) == [touched, changed, gone]
