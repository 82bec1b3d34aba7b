"""Whether the content of a file is known before it is downloaded."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from exporter.config import FilterSizes
from exporter.media.asking import AHEAD, FAILURES_IN_A_ROW, REST_S, Hashes
from exporter.media.known import SNAPSHOT_EVERY_S, Known
from exporter.media.store import Store
from exporter.telegram.connection import Telegram
from exporter.telegram.file_server import PieceHash, StaleReference
from storage.contents import Contents
from storage.database import Database
from storage.media import PIECE_BYTES, Content, WantedFile
from storage.threads import Threads
from tests.exporter.media.contents import (
    HASHES,
    PARTS,
    Shelves,
    asking,
    calls_for,
    look,
    upload,
)
from tests.exporter.reaching import signed_in
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.world.files import Blob

MIB = 1024 * 1024


@pytest.fixture
async def shelves(tmp_path: Path) -> AsyncIterator[Shelves]:
    """An empty store and its database."""
    database = await Database.open(f"sqlite+aiosqlite:///{tmp_path / 'known.db'}")
    try:
        with Threads(2) as threads:
            store = Store(tmp_path / "media", threads)
            await store.prepare()
            yield Shelves(
                contents=Contents(database), store=store, threads=threads, folder=tmp_path
            )
    finally:
        await database.close()


@asynccontextmanager
async def opened(
    sandbox: Sandbox, shelves: Shelves, **changes: object
) -> AsyncIterator[tuple[Telegram, Known]]:
    async with signed_in(sandbox) as telegram, shelves.known(**changes) as known:
        yield telegram, known


@pytest.mark.parametrize(
    "size_bytes",
    [1, 40_000, PIECE_BYTES, PIECE_BYTES + 1, MIB - 1, MIB, MIB + 1, 3 * MIB, 11 * MIB + 54_321],
)
async def test_a_file_uploaded_again_is_known_whatever_its_size(
    sandbox: Sandbox, shelves: Shelves, size_bytes: int
) -> None:
    blob = Blob(1, size_bytes)
    content = await shelves.keep(b"".join(blob.parts()))
    async with opened(sandbox, shelves) as (telegram, known):
        assert await look(known, telegram, upload(sandbox, blob)) == content

        assert known.figures.spared_files == 1
        assert known.figures.spared_bytes == size_bytes
        assert known.figures.asked == -(-size_bytes // MIB)
    assert sandbox.faults.calls(PARTS) == 0


async def test_a_new_file_costs_one_call_and_its_hashes_are_at_hand(
    sandbox: Sandbox, shelves: Shelves
) -> None:
    file = upload(sandbox, Blob(1, 5 * MIB))
    async with opened(sandbox, shelves) as (telegram, known):
        found = await look(known, telegram, file)
        assert calls_for(sandbox)(file) == 1

        assert isinstance(found, Hashes)
        first = await found.window(0)
        assert first is not None
        assert len(first) == MIB // PIECE_BYTES
        assert calls_for(sandbox)(file) == 1


async def test_files_of_equal_size_and_different_content_are_two(
    sandbox: Sandbox, shelves: Shelves
) -> None:
    await shelves.keep(b"".join(Blob(1, 300_000).parts()))
    file = upload(sandbox, Blob(2, 300_000))
    async with opened(sandbox, shelves) as (telegram, known):
        assert isinstance(await look(known, telegram, file), Hashes)


async def test_files_of_equal_size_and_first_mebibyte_are_told_apart(
    sandbox: Sandbox, shelves: Shelves
) -> None:
    one, other = Blob(1, 5_000_000), Blob(1, 5_000_000, forked=2)
    kept = await shelves.keep(b"".join(one.parts()))
    async with opened(sandbox, shelves) as (telegram, known):
        assert isinstance(await look(known, telegram, upload(sandbox, other)), Hashes)
        assert known.figures.spared_files == 0

        second = await shelves.download(known, other)
        assert await look(known, telegram, upload(sandbox, other)) == second
        assert await look(known, telegram, upload(sandbox, one)) == kept


async def test_a_content_is_found_in_the_database_though_one_like_it_is_in_memory(
    sandbox: Sandbox, shelves: Shelves
) -> None:
    one, other = Blob(1, 5_000_000), Blob(1, 5_000_000, forked=2)
    async with opened(sandbox, shelves, hot_contents=1) as (telegram, known):
        first = await shelves.download(known, one)
        await shelves.download(known, other)

        assert await look(known, telegram, upload(sandbox, one)) == first


async def test_a_content_without_hashes_is_never_merged(sandbox: Sandbox, shelves: Shelves) -> None:
    blob = Blob(1, 50_000)
    await shelves.keep(b"".join(blob.parts()), hashes=b"")
    async with opened(sandbox, shelves) as (telegram, known):
        assert isinstance(await look(known, telegram, upload(sandbox, blob)), Hashes)


async def test_a_content_of_which_hashes_are_missing_is_never_merged(
    sandbox: Sandbox, shelves: Shelves
) -> None:
    blob = Blob(1, 5 * MIB)
    data = b"".join(blob.parts())
    await shelves.keep(data, hashes=(await shelves.keep(data)).hashes[: 8 * 32])
    async with opened(sandbox, shelves) as (telegram, known):
        assert isinstance(await look(known, telegram, upload(sandbox, blob)), Hashes)


async def test_a_file_of_unknown_size_is_not_asked_about(
    sandbox: Sandbox, shelves: Shelves
) -> None:
    file = replace(upload(sandbox, Blob(1, 50_000)), size_bytes=0)
    async with opened(sandbox, shelves) as (telegram, known):
        assert isinstance(await look(known, telegram, file), Hashes)
    assert sandbox.faults.calls(HASHES) == 0


async def test_a_declared_size_that_is_wrong_merges_nothing(
    sandbox: Sandbox, shelves: Shelves
) -> None:
    await shelves.keep(b"".join(Blob(1, 100_000).parts()))
    file = replace(upload(sandbox, Blob(1, 99_000)), size_bytes=100_000)
    async with opened(sandbox, shelves) as (telegram, known):
        assert isinstance(await look(known, telegram, file), Hashes)
        assert known.figures.unusable == 1


async def test_wrong_hashes_merge_nothing(sandbox: Sandbox, shelves: Shelves) -> None:
    blob = Blob(1, 3 * MIB)
    await shelves.keep(b"".join(blob.parts()))
    sandbox.faults.wrong_hashes(after=1, times=1)
    async with opened(sandbox, shelves) as (telegram, known):
        assert isinstance(await look(known, telegram, upload(sandbox, blob)), Hashes)


async def test_without_hashes_of_the_server_files_are_downloaded(
    sandbox: Sandbox, shelves: Shelves
) -> None:
    blob = Blob(1, 3 * MIB)
    await shelves.keep(b"".join(blob.parts()))
    sandbox.api.files.hashes_from_bytes = 10 * MIB
    async with opened(sandbox, shelves) as (telegram, known):
        found = await look(known, telegram, upload(sandbox, blob))

        assert isinstance(found, Hashes)
        assert found.joined() == b""
        assert known.figures.unusable == known.figures.failed == 0


async def test_a_failed_call_is_counted_and_the_file_downloaded(
    sandbox: Sandbox, shelves: Shelves
) -> None:
    blob = Blob(1, 3 * MIB)
    await shelves.keep(b"".join(blob.parts()))
    sandbox.faults.fail(400, "METHOD_INVALID", on=HASHES, after=2)
    async with opened(sandbox, shelves) as (telegram, known):
        assert isinstance(await look(known, telegram, upload(sandbox, blob)), Hashes)

        assert known.figures.failed == 1
        assert known.figures.spared_files == 0


async def test_a_slow_call_is_counted_and_the_file_downloaded(
    sandbox: Sandbox, shelves: Shelves
) -> None:
    blob = Blob(1, 50_000)
    await shelves.keep(b"".join(blob.parts()))
    async with opened(sandbox, shelves) as (telegram, known):
        await look(known, telegram, upload(sandbox, Blob(2, 1_000)))  # the connection stands
        hold = sandbox.faults.hold(on=HASHES)
        found = await look(known, telegram, upload(sandbox, blob), timeout_s=0.2)
        hold.release()

        assert isinstance(found, Hashes)
        assert known.figures.slow == 1
        assert known.figures.failed == 0


async def test_a_data_centre_that_fails_again_and_again_is_left_alone_for_a_while(
    sandbox: Sandbox, shelves: Shelves
) -> None:
    now = 0.0
    blob = Blob(1, 50_000)
    await shelves.keep(b"".join(blob.parts()))
    sandbox.faults.fail(400, "METHOD_INVALID", on=HASHES, times=FAILURES_IN_A_ROW)
    async with opened(sandbox, shelves, clock=lambda: now) as (telegram, known):
        for _ in range(FAILURES_IN_A_ROW + 3):
            assert isinstance(await look(known, telegram, upload(sandbox, blob)), Hashes)
        assert known.figures.failed == FAILURES_IN_A_ROW
        assert known.figures.rested == 3
        assert isinstance(await look(known, telegram, upload(sandbox, blob, dc_id=4)), Content)

        now += REST_S
        assert isinstance(await look(known, telegram, upload(sandbox, blob)), Content)


async def test_a_stale_reference_goes_to_who_looks_and_can_renew_it(
    sandbox: Sandbox, shelves: Shelves
) -> None:
    blob = Blob(1, 20 * MIB)
    await shelves.keep(b"".join(blob.parts()))
    file = upload(sandbox, blob)
    sandbox.faults.amid_file(sandbox.world.references.expire, on=HASHES, after=3)
    async with opened(sandbox, shelves) as (telegram, known):
        with pytest.raises(StaleReference):
            await look(known, telegram, file)

        again = upload(sandbox, blob)
        assert isinstance(await look(known, telegram, again), Content)


async def test_a_stored_file_that_was_changed_is_not_given_to_others(
    sandbox: Sandbox, shelves: Shelves
) -> None:
    blob = Blob(1, 50_000)
    content = await shelves.keep(b"".join(blob.parts()))
    path = shelves.store.path_of(content.sha256)
    path.chmod(0o600)
    path.write_bytes(bytes(50_000))
    async with opened(sandbox, shelves) as (telegram, known):
        assert isinstance(await look(known, telegram, upload(sandbox, blob)), Hashes)

        assert await shelves.contents.find(content.sha256) is None
        assert shelves.store.aside()
        renewed = await shelves.download(known, blob)
        assert await look(known, telegram, upload(sandbox, blob)) == renewed


async def test_a_stored_file_with_another_time_and_its_bytes_is_given_with_its_time(
    sandbox: Sandbox, shelves: Shelves
) -> None:
    blob = Blob(1, 50_000)
    content = await shelves.keep(b"".join(blob.parts()))
    os.utime(shelves.store.path_of(content.sha256), ns=(1, 1))
    async with opened(sandbox, shelves) as (telegram, known):
        found = await look(known, telegram, upload(sandbox, blob))

    assert found == replace(content, mtime_ns=1)
    assert await shelves.contents.find(content.sha256) == found


async def test_switched_off_nothing_is_merged_and_parts_can_still_be_verified(
    sandbox: Sandbox, shelves: Shelves
) -> None:
    blob = Blob(1, 2 * MIB)
    await shelves.keep(b"".join(blob.parts()))
    file = upload(sandbox, blob)
    async with opened(sandbox, shelves, dedup=False) as (telegram, known):
        found = await look(known, telegram, file)

        assert isinstance(found, Hashes)
        assert calls_for(sandbox)(file) == 0
        assert await found.window(1) is not None


async def test_hashes_that_cannot_be_had_are_given_up_for_that_file(
    sandbox: Sandbox, shelves: Shelves
) -> None:
    file = upload(sandbox, Blob(1, 5 * MIB))
    sandbox.faults.fail(400, "METHOD_INVALID", on=HASHES, times=2)
    async with opened(sandbox, shelves) as (telegram, known):
        found = await look(known, telegram, file)
        assert isinstance(found, Hashes)
        assert [await found.window(number) for number in range(5)] == [None] * 5

    assert sandbox.faults.calls(HASHES) == 2


async def test_all_hashes_are_joined_once_they_are_all_there(
    sandbox: Sandbox, shelves: Shelves
) -> None:
    blob = Blob(1, 2 * MIB + 1)
    content = await shelves.keep(b"".join(blob.parts()))
    async with opened(sandbox, shelves, dedup=False) as (telegram, known):
        found = await look(known, telegram, upload(sandbox, blob))
        assert isinstance(found, Hashes)
        assert found.joined() == b""
        for number in range(found.windows):
            assert await found.window(number) is not None

        assert found.joined() == content.hashes
        assert await found.window(found.windows) is None


async def test_calls_run_ahead_within_their_own_bound(sandbox: Sandbox, shelves: Shelves) -> None:
    files = [upload(sandbox, Blob(seed, 50_000)) for seed in range(3 * AHEAD)]
    hold = sandbox.faults.hold(on=HASHES, times=3 * AHEAD)
    async with opened(sandbox, shelves) as (telegram, known):
        async with asyncio.TaskGroup() as group:
            looks = [group.create_task(look(known, telegram, file)) for file in files]
            await waiting_for(known, AHEAD)
            assert known.figures.asked == AHEAD
            hold.release()
        assert all(isinstance(each.result(), Hashes) for each in looks)


class Downloading:
    """Files that are looked for at the same time; each download ends when the test says so."""

    def __init__(self, shelves: Shelves, known: Known, telegram: Telegram) -> None:
        self._shelves = shelves
        self._known = known
        self._telegram = telegram
        self.begun: list[WantedFile] = []
        self.may_end = asyncio.Event()

    async def fetch(self, file: WantedFile, blob: Blob, *, fails: bool = False) -> Content | None:
        async with self._known.looking(file, asking(self._telegram, file)) as found:
            if isinstance(found, Content):
                return found
            self.begun.append(file)
            await self.may_end.wait()
            return None if fails else await self._shelves.download(self._known, blob)


async def waiting_for(known: Known, calls: int) -> None:
    """Until so many calls were made and answered, and all who asked have come to rest."""
    while known.figures.asked < calls:
        await asyncio.sleep(0.01)
    for _ in range(20):
        await asyncio.sleep(0.01)


async def test_content_wanted_twice_at_once_is_downloaded_once(
    sandbox: Sandbox, shelves: Shelves
) -> None:
    blob = Blob(1, 300_000)
    files = [upload(sandbox, blob) for _ in range(20)]
    async with opened(sandbox, shelves) as (telegram, known):
        downloading = Downloading(shelves, known, telegram)
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(downloading.fetch(file, blob)) for file in files]
            await waiting_for(known, len(files))
            downloading.may_end.set()

        assert len(downloading.begun) == 1
        assert len({task.result() for task in tasks}) == 1
        assert known.figures.spared_files == len(files) - 1


async def test_when_the_first_download_fails_the_next_one_takes_its_turn(
    sandbox: Sandbox, shelves: Shelves
) -> None:
    blob = Blob(1, 300_000)
    async with opened(sandbox, shelves) as (telegram, known):
        downloading = Downloading(shelves, known, telegram)
        async with asyncio.TaskGroup() as group:
            first = group.create_task(downloading.fetch(upload(sandbox, blob), blob, fails=True))
            await waiting_for(known, 1)
            others = [
                group.create_task(downloading.fetch(upload(sandbox, blob), blob)) for _ in range(3)
            ]
            await waiting_for(known, 4)
            downloading.may_end.set()

        assert first.result() is None
        assert len(downloading.begun) == 2
        assert all(task.result() is not None for task in others)


async def test_when_the_first_one_is_cancelled_the_next_one_takes_its_turn(
    sandbox: Sandbox, shelves: Shelves
) -> None:
    blob = Blob(1, 300_000)
    async with opened(sandbox, shelves) as (telegram, known):
        downloading = Downloading(shelves, known, telegram)
        first = asyncio.create_task(downloading.fetch(upload(sandbox, blob), blob))
        await waiting_for(known, 1)
        second = asyncio.create_task(downloading.fetch(upload(sandbox, blob), blob))
        await waiting_for(known, 2)
        assert len(downloading.begun) == 1

        first.cancel()
        await asyncio.wait([first])
        downloading.may_end.set()
        assert await second is not None
        assert len(downloading.begun) == 2


async def test_one_that_waits_may_be_cancelled_and_disturbs_nobody(
    sandbox: Sandbox, shelves: Shelves
) -> None:
    blob = Blob(1, 300_000)
    async with opened(sandbox, shelves) as (telegram, known):
        downloading = Downloading(shelves, known, telegram)
        tasks = []
        for number in range(3):
            file = upload(sandbox, blob)
            tasks.append(asyncio.create_task(downloading.fetch(file, blob)))
            await waiting_for(known, number + 1)
        tasks[1].cancel()
        await asyncio.wait([tasks[1]])
        downloading.may_end.set()

        assert await tasks[0] == await tasks[2]
        assert len(downloading.begun) == 1


async def test_files_that_begin_alike_come_one_after_the_other_and_stay_two(
    sandbox: Sandbox, shelves: Shelves
) -> None:
    blobs = [Blob(1, 5_000_000), Blob(1, 5_000_000, forked=2)]
    async with opened(sandbox, shelves) as (telegram, known):
        downloading = Downloading(shelves, known, telegram)
        downloading.may_end.set()
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(downloading.fetch(upload(sandbox, blob), blob)) for blob in blobs
            ]

        contents = [task.result() for task in tasks]
        assert [each and each.sha256 for each in contents] == [blob.sha256() for blob in blobs]
        assert len(downloading.begun) == 2


async def test_two_accounts_that_want_the_same_content_download_it_once(
    sandbox: Sandbox, shelves: Shelves
) -> None:
    blob = Blob(1, 300_000)
    second = sandbox.world.add_account("15550101001", name="Second")
    async with (
        opened(sandbox, shelves) as (telegram, known),
        signed_in(sandbox, second, account_id=2) as other,
    ):
        ours = Downloading(shelves, known, telegram)
        theirs = Downloading(shelves, known, other)
        ours.may_end.set()
        theirs.may_end.set()
        async with asyncio.TaskGroup() as group:
            one = group.create_task(ours.fetch(upload(sandbox, blob), blob))
            two = group.create_task(theirs.fetch(upload(sandbox, blob, account=second), blob))

        assert one.result() == two.result()
        assert len(ours.begun) + len(theirs.begun) == 1


async def test_a_new_process_knows_what_earlier_ones_stored(
    sandbox: Sandbox, shelves: Shelves
) -> None:
    blobs = [Blob(seed, 70_000) for seed in range(5)]
    async with opened(sandbox, shelves) as (telegram, known):
        kept = [await shelves.download(known, blob) for blob in blobs]
    assert shelves.snapshot.stat().st_mode & 0o777 == 0o600

    async with opened(sandbox, shelves) as (telegram, known):
        found = [await look(known, telegram, upload(sandbox, blob)) for blob in blobs]
    assert found == kept


@pytest.mark.parametrize("left", [b"", b"torn", None])
async def test_a_snapshot_that_is_torn_costs_nothing_but_a_look_at_the_database(
    sandbox: Sandbox, shelves: Shelves, left: bytes | None
) -> None:
    blob = Blob(1, 70_000)
    async with opened(sandbox, shelves) as (telegram, known):
        kept = await shelves.download(known, blob)
    whole = shelves.snapshot.read_bytes()
    shelves.snapshot.write_bytes(whole[:-3] if left is None else left)

    async with opened(sandbox, shelves) as (telegram, known):
        assert await look(known, telegram, upload(sandbox, blob)) == kept


async def test_a_snapshot_of_another_store_gives_nothing_that_this_one_has_not(
    sandbox: Sandbox, shelves: Shelves
) -> None:
    blob = Blob(1, 70_000)
    async with shelves.known() as known:
        kept = await shelves.download(known, blob)
    shelves.store.remove(kept.sha256)

    async with opened(sandbox, shelves) as (telegram, known):
        assert isinstance(await look(known, telegram, upload(sandbox, blob)), Hashes)


async def test_the_snapshot_is_not_written_at_every_content(shelves: Shelves) -> None:
    now = 0.0
    async with shelves.known(clock=lambda: now) as known:
        await shelves.download(known, Blob(1, 1_000))
        assert not shelves.snapshot.exists()

        now += SNAPSHOT_EVERY_S
        await shelves.download(known, Blob(2, 1_000))
        written = shelves.snapshot.read_bytes()
        await shelves.download(known, Blob(3, 1_000))
        assert shelves.snapshot.read_bytes() == written
    assert shelves.snapshot.read_bytes() != written


async def test_a_filter_that_is_outgrown_is_made_anew_and_forgets_nothing(
    sandbox: Sandbox, shelves: Shelves
) -> None:
    sizes = FilterSizes(smallest=1, largest=1_000)
    blobs = [Blob(seed, 1_000) for seed in range(40)]
    async with opened(sandbox, shelves, sizes=sizes, hot_contents=0) as (telegram, known):
        for blob in blobs:
            assert isinstance(await look(known, telegram, upload(sandbox, blob)), Hashes)
            await shelves.download(known, blob)

        for blob in blobs:
            assert isinstance(await look(known, telegram, upload(sandbox, blob)), Content)


async def test_an_answer_in_disorder_is_as_good(sandbox: Sandbox, shelves: Shelves) -> None:
    blob = Blob(1, 2 * MIB)
    kept = await shelves.keep(b"".join(blob.parts()))
    file = upload(sandbox, blob)
    async with opened(sandbox, shelves) as (telegram, known):
        ask = asking(telegram, file)

        async def reversed_(offset: int) -> Sequence[PieceHash]:
            return (await ask(offset))[::-1]

        async with known.looking(file, reversed_) as found:
            assert found == kept
