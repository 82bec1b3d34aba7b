"""Seen ids: nothing that was kept is forgotten, and no false positive costs a message."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from exporter.config import FilterSizes
from exporter.seen import FALSE_POSITIVES, KIND, Seen, rebuilt, seen_ids
from storage.archive import Archive
from storage.database import Database
from storage.models import Page
from storage.snapshots import SnapshotUnusable, read_snapshot
from tests.storage.making import CHAT_ID, full_page, message, page_of, url_of

SIZES = FilterSizes()
IDS = st.integers(min_value=1, max_value=2**31 - 1)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = await Database.open(url_of(tmp_path / "chatkeep.db"))
    yield opened
    await opened.close()


@pytest.fixture
def archive(database: Database) -> Archive:
    return Archive(database)


async def keep(archive: Archive, *pages: Page, seen: Seen | None = None) -> int:
    """Keep pages as an export does; the number of new messages."""
    new = 0
    for page in pages:
        ids = [row.id for row in page.messages]
        perhaps = None if seen is None else seen.perhaps(ids)
        new += (await archive.keep(1, CHAT_ID, None, page, perhaps=perhaps)).new
        if seen is not None:
            seen.add(ids)
    return new


async def kept(archive: Archive) -> list[int]:
    return list(await archive.evidence.kept_ids(CHAT_ID))


@given(exported=st.sets(IDS), capacity=st.integers(1, 50))
def test_a_kept_message_is_always_remembered_however_full_the_filter(
    exported: set[int], capacity: int
) -> None:
    seen = Seen(capacity)
    seen.add(exported)

    assert seen.perhaps(exported) == exported


@given(exported=st.sets(IDS))
def test_a_filter_remembers_what_it_did_before_it_was_saved(exported: set[int]) -> None:
    seen = Seen(100)
    seen.add(exported)

    assert Seen(100, saved=seen.save()).perhaps(exported) == exported


def test_an_empty_filter_has_seen_nothing() -> None:
    assert Seen(10).perhaps(range(1, 10_000)) == frozenset()


def test_a_filter_of_its_size_is_wrong_about_new_ids_once_in_a_hundred_at_most() -> None:
    seen = Seen(50_000)
    seen.add(range(1, 50_001))
    wrong = seen.perhaps(range(50_001, 150_001))

    assert 0 < len(wrong) <= 100_000 * FALSE_POSITIVES * 1.2


def test_a_filter_remembers_in_another_process(tmp_path: Path) -> None:
    seen = Seen(100)
    seen.add([5, 7, 2**31 - 1])
    (tmp_path / "filter").write_bytes(seen.save())
    asks = (
        "from exporter.seen import Seen; from pathlib import Path;"
        "saved = Path('filter').read_bytes();"
        "print(sorted(Seen(100, saved=saved).perhaps([5, 6, 7, 2**31 - 1])))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", asks], cwd=tmp_path, capture_output=True, text=True, check=True
    )

    assert answer.stdout.strip() == "[5, 7, 2147483647]"


@pytest.mark.parametrize(
    ("count", "capacity"),
    [(0, 10_000), (9_000, 10_000), (10_000, 11_000), (9_000_000, 9_900_000), (10**9, 10_000_000)],
)
def test_a_filter_is_made_for_the_chat_with_a_tenth_of_room(count: int, capacity: int) -> None:
    assert SIZES.capacity(count) == capacity


def test_the_largest_size_has_the_last_word() -> None:
    assert FilterSizes(smallest=500, largest=100).capacity(1) == 100


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    batches=st.lists(st.sets(st.integers(1, 400), min_size=1), min_size=1, max_size=6),
    rate=st.sampled_from([0.01, 0.5]),
    capacity=st.sampled_from([1, 200]),
)
async def test_whatever_the_filter_believes_every_message_is_kept_once(
    tmp_path_factory: pytest.TempPathFactory, batches: list[set[int]], rate: float, capacity: int
) -> None:
    opened = await Database.open(url_of(tmp_path_factory.mktemp("seen") / "chatkeep.db"))
    try:
        archive = Archive(opened)
        seen = Seen(capacity, false_positive_rate=rate)
        pages = [page_of(*map(message, sorted(batch))) for batch in batches]
        new = await keep(archive, *pages, seen=seen)

        everything = set().union(*batches)
        assert await kept(archive) == sorted(everything)
        assert new == len(everything) == await archive.count(CHAT_ID)
    finally:
        await opened.close()


async def test_a_filter_that_is_wrong_every_other_time_loses_nothing(archive: Archive) -> None:
    seen = Seen(2_000, false_positive_rate=0.5)
    pages = [full_page(first_id) for first_id in range(1, 4_001, 100)]
    doubted = sum(len(seen.perhaps(row.id for row in page.messages)) for page in pages)
    for page in pages:
        ids = [row.id for row in page.messages]
        perhaps = seen.perhaps(ids)
        doubted += len(perhaps)
        await archive.keep(1, CHAT_ID, None, page, perhaps=perhaps)
        seen.add(ids)

    assert doubted > 1_000, "the filter should have been wrong often"
    assert await kept(archive) == list(range(1, 4_001))
    assert await archive.count(CHAT_ID) == 4_000


async def test_what_another_process_kept_meanwhile_is_not_counted_twice(
    archive: Archive,
) -> None:
    seen = Seen(1_000)
    await keep(archive, full_page(1))

    assert await keep(archive, full_page(51), seen=seen) == 50
    assert await archive.count(CHAT_ID) == 150


async def test_a_filter_is_read_from_its_snapshot_next_time(
    archive: Archive, tmp_path: Path
) -> None:
    async with seen_ids(archive, CHAT_ID, expected=300, folder=tmp_path, sizes=SIZES) as seen:
        await keep(archive, full_page(1), full_page(101), seen=seen)
    with capture_logs() as logs:
        async with seen_ids(archive, CHAT_ID, expected=300, folder=tmp_path, sizes=SIZES) as again:
            assert again.save() == seen.save()

    assert logs == []
    assert [path.name for path in tmp_path.glob("*.seen")] == [f"{CHAT_ID}.seen"]
    assert (tmp_path / f"{CHAT_ID}.seen").stat().st_mode & 0o077 == 0


async def test_a_run_that_ended_badly_leaves_no_snapshot_that_forgets(
    archive: Archive, tmp_path: Path
) -> None:
    async with seen_ids(archive, CHAT_ID, expected=300, folder=tmp_path, sizes=SIZES) as seen:
        await keep(archive, full_page(1), seen=seen)
    with suppress(TimeoutError):
        async with seen_ids(archive, CHAT_ID, expected=300, folder=tmp_path, sizes=SIZES) as seen:
            await keep(archive, full_page(101), seen=seen)
            raise TimeoutError
    with capture_logs() as logs:
        async with seen_ids(archive, CHAT_ID, expected=300, folder=tmp_path, sizes=SIZES) as seen:
            assert seen.perhaps(range(1, 201)) == frozenset(range(1, 201))

    assert [entry["reason"] for entry in logs] == ["the archive has changed since it was made"]


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "it is torn or no snapshot": lambda whole: whole[:-7],
    "its checksum is wrong": lambda whole: whole[:-1] + bytes([whole[-1] ^ 1]),
    "it is not a snapshot": lambda whole: bytes.fromhex("9305") + whole[-2:],
    "it is of version 2": lambda whole: whole.replace(b"snapshot\x01", b"snapshot\x02", 1),
    "it is one of seen ids, md5": lambda whole: whole.replace(
        b"\xb4seen ids, splitmix64", b"\xadseen ids, md5", 1
    ),
}


@pytest.mark.parametrize("reason", DAMAGES)
async def test_a_damaged_snapshot_is_rebuilt_from_the_database(
    archive: Archive, tmp_path: Path, reason: str
) -> None:
    async with seen_ids(archive, CHAT_ID, expected=300, folder=tmp_path, sizes=SIZES) as seen:
        await keep(archive, full_page(1), seen=seen)
    path = tmp_path / f"{CHAT_ID}.seen"
    path.write_bytes(DAMAGES[reason](path.read_bytes()))
    with capture_logs() as logs:
        async with seen_ids(archive, CHAT_ID, expected=300, folder=tmp_path, sizes=SIZES) as again:
            assert again.save() == seen.save()

    assert [entry["event"] for entry in logs] == ["seen ids are rebuilt from the database"]
    assert logs[0]["reason"].startswith(reason)


@given(junk=st.binary(max_size=60))
def test_junk_is_no_snapshot(tmp_path_factory: pytest.TempPathFactory, junk: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "junk.seen"
    path.write_bytes(junk)
    with pytest.raises(SnapshotUnusable):
        read_snapshot(path, KIND)


async def test_the_snapshot_of_another_chat_is_not_believed(
    archive: Archive, tmp_path: Path
) -> None:
    async with seen_ids(archive, 77, expected=1, folder=tmp_path, sizes=SIZES):
        pass
    (tmp_path / "77.seen").rename(tmp_path / "78.seen")
    with capture_logs() as logs:
        async with seen_ids(archive, 78, expected=1, folder=tmp_path, sizes=SIZES):
            pass

    assert [entry["reason"] for entry in logs] == ["it is of chat 77"]


async def test_a_filter_that_the_chat_has_outgrown_is_made_anew(
    archive: Archive, tmp_path: Path
) -> None:
    small = replace(SIZES, smallest=100)
    async with seen_ids(archive, CHAT_ID, expected=100, folder=tmp_path, sizes=small) as seen:
        await keep(archive, full_page(1), seen=seen)
    async with seen_ids(archive, CHAT_ID, expected=5_000, folder=tmp_path, sizes=small) as larger:
        assert (seen.capacity, larger.capacity) == (111, 5_500)
        assert larger.perhaps(range(1, 101)) == frozenset(range(1, 101))


async def test_a_snapshot_that_cannot_be_written_stops_nothing(
    archive: Archive, tmp_path: Path
) -> None:
    (blocked := tmp_path / "blocked").write_bytes(b"a file where the folder should be")
    with capture_logs() as logs:
        async with seen_ids(archive, CHAT_ID, expected=1, folder=blocked, sizes=SIZES) as seen:
            await keep(archive, full_page(1), seen=seen)

    assert [entry["log_level"] for entry in logs][-1] == "warning"
    assert await archive.count(CHAT_ID) == 100


async def test_a_filter_is_filled_with_all_that_the_database_holds(archive: Archive) -> None:
    await keep(archive, *(full_page(first_id) for first_id in range(1, 1_001, 100)))
    seen = await rebuilt(archive, CHAT_ID, Seen(1_000))

    assert seen.perhaps(range(1, 1_001)) == frozenset(range(1, 1_001))
