"""`chatkeep gc`: what nothing needs, and nothing else, is removed."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC
from hashlib import sha256
from pathlib import Path

import pytest

from exporter.config import ExporterConfig
from exporter.errors import CommandError
from exporter.media.gc_command import gc
from exporter.media.store import Store
from exporter.media.sweep import STRAY_AFTER_S, Sweep, Swept
from storage.archive import Archive
from storage.contents import Contents
from storage.database import Database
from storage.locks import AccountLock
from storage.media import Content, FileKey, FileTotals, Finished
from storage.threads import Threads
from tests.exporter.reaching import add_account
from tests.installation import Installation
from tests.sandbox.sandbox import Sandbox
from tests.storage.making import CHAT_ID, message, page_of, photo, url_of

KEPT, DELETED, WANTED = 1, 2, 3
"""Messages, each with a photo of the same id."""


@pytest.fixture
def threads() -> Iterator[Threads]:
    with Threads(2) as pool:
        yield pool


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = await Database.open(url_of(tmp_path / "data" / "chatkeep.db"))
    yield opened
    await opened.close()


@pytest.fixture
async def store(tmp_path: Path, threads: Threads) -> Store:
    store = Store(tmp_path / "data" / "media", threads)
    await store.prepare()
    return store


@pytest.fixture
async def archive(database: Database) -> Archive:
    """Three messages with a photo each; none is fetched yet."""
    archive = Archive(database)
    [range_] = await archive.plan(CHAT_ID, 1, 3)
    messages = [message(number, kind="photo") for number in (KEPT, DELETED, WANTED)]
    photos = tuple(photo(number, file_id=number) for number in (KEPT, DELETED, WANTED))
    await archive.keep(1, CHAT_ID, range_.id, page_of(*messages, media=photos))
    return archive


def bytes_of(file_id: int) -> bytes:
    return b"photo %d" % file_id


async def fetch(store: Store, contents: Contents, *file_ids: int) -> None:
    for file_id in file_ids:
        content = await add(store, bytes_of(file_id))
        await contents.keep([Finished(key=FileKey(file_id), content=content)])


async def add(store: Store, content: bytes) -> Content:
    part = store.part_path(FileKey(0))
    part.write_bytes(content)
    return await store.adopt(part, sha256(content).digest(), len(content))


def stored(store: Store) -> set[bytes]:
    return {store.path_of(found).read_bytes() for found, _ in store.contents()}


def totals(*contents: bytes) -> FileTotals:
    return FileTotals(files=len(contents), size_bytes=sum(map(len, contents)))


async def test_a_store_in_which_all_is_needed_stays(
    database: Database, store: Store, threads: Threads, archive: Archive
) -> None:
    await fetch(store, Contents(database), KEPT, DELETED)
    store.part_path(FileKey(WANTED)).write_bytes(b"half")

    assert await Sweep(database, store, threads).run(delete=True) == Swept()

    assert stored(store) == {bytes_of(KEPT), bytes_of(DELETED)}
    assert store.part_path(FileKey(WANTED)).exists()


async def test_files_of_purged_messages_go_when_that_is_wished(
    database: Database, store: Store, threads: Threads, archive: Archive
) -> None:
    contents = Contents(database)
    await fetch(store, contents, KEPT, DELETED)
    await archive.mark_deleted(CHAT_ID, [DELETED])
    await archive.purge_deleted(CHAT_ID)
    sweep = Sweep(database, store, threads)

    for _ in range(2):
        found = await sweep.run(delete=False)
        assert found == Swept(contents=totals(bytes_of(DELETED)))
        assert stored(store) == {bytes_of(KEPT), bytes_of(DELETED)}
    assert await sweep.run(delete=True) == found

    assert stored(store) == {bytes_of(KEPT)}
    assert await contents.find(sha256(bytes_of(DELETED)).digest()) is None
    assert await contents.find(sha256(bytes_of(KEPT)).digest()) is not None
    assert await sweep.run(delete=True) == Swept()


async def test_equal_bytes_stay_as_long_as_one_message_needs_them(
    database: Database, store: Store, threads: Threads, archive: Archive
) -> None:
    contents = Contents(database)
    shared = await add(store, b"shared")
    await contents.keep([Finished(key=FileKey(key), content=shared) for key in (KEPT, DELETED)])
    await archive.mark_deleted(CHAT_ID, [DELETED])
    await archive.purge_deleted(CHAT_ID)

    await Sweep(database, store, threads).run(delete=True)

    assert stored(store) == {b"shared"}


async def test_a_stored_file_without_a_row_goes_after_a_day(
    database: Database, store: Store, threads: Threads, archive: Archive
) -> None:
    await fetch(store, Contents(database), KEPT)
    await add(store, b"stray")
    sweep = Sweep(database, store, threads)
    tomorrow = time.time() + STRAY_AFTER_S + 60

    assert await sweep.run(delete=True) == Swept()
    assert await sweep.run(delete=False, now=tomorrow) == Swept(strays=totals(b"stray"))
    assert stored(store) == {bytes_of(KEPT), b"stray"}
    assert await sweep.run(delete=True, now=tomorrow) == Swept(strays=totals(b"stray"))

    assert stored(store) == {bytes_of(KEPT)}


async def test_partial_files_go_unless_they_are_still_wanted(
    database: Database, store: Store, threads: Threads, archive: Archive
) -> None:
    await fetch(store, Contents(database), KEPT)
    left = [FileKey(KEPT), FileKey(WANTED, "thumb"), FileKey(-77)]
    for key in (*left, FileKey(WANTED)):
        store.part_path(key).write_bytes(b"half")
    sweep = Sweep(database, store, threads)

    assert (await sweep.run(delete=False)).parts == totals(*[b"half"] * 3)
    assert (await sweep.run(delete=True)).parts == totals(*[b"half"] * 3)

    assert [key for key, _ in store.parts()] == [FileKey(WANTED)]


async def test_what_was_set_aside_is_told_and_stays(
    database: Database, store: Store, threads: Threads, archive: Archive
) -> None:
    contents = Contents(database)
    await fetch(store, contents, KEPT)
    digest = sha256(bytes_of(KEPT)).digest()
    path = store.path_of(digest)
    path.chmod(0o600)
    path.write_bytes(b"overwritten")
    content = await contents.find(digest)
    assert content is not None
    await store.check(content)

    for _ in range(2):
        swept = await Sweep(database, store, threads).run(delete=True)
        assert swept.aside == totals(b"overwritten")


async def test_many_files_are_swept_in_many_transactions(
    database: Database, store: Store, threads: Threads
) -> None:
    contents = Contents(database)
    finished = []
    for number in range(1202):
        content = b"%d" % number
        path = store.path_of(sha256(content).digest())
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        known = Content(sha256=sha256(content).digest(), size_bytes=len(content), mtime_ns=0)
        finished.append(Finished(key=FileKey(number), content=known))
    await contents.keep(finished)
    assert await contents.count() == 1202

    swept = await Sweep(database, store, threads).run(delete=True)

    assert swept.contents.files == 1202
    assert stored(store) == set()
    assert await contents.count() == 0


def config_of(folder: Path) -> ExporterConfig:
    return ExporterConfig(
        database_url=url_of(folder / "data" / "chatkeep.db"),
        data_dir=folder / "data",
        export_dir=folder / "exports",
        zone=UTC,
    )


async def test_the_command_says_what_would_go_and_then_lets_it_go(
    database: Database,
    store: Store,
    archive: Archive,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    store.part_path(FileKey(77)).write_bytes(b"half")

    assert await gc(config=config_of(tmp_path)) == 0
    told = capsys.readouterr().out
    assert "Not needed: 1 file (4 B) of which only a part was fetched" in told
    assert "chatkeep gc --delete" in told
    assert store.part_path(FileKey(77)).exists()

    assert await gc(delete=True, config=config_of(tmp_path)) == 0
    assert "Removed: 1 file (4 B)" in capsys.readouterr().out
    assert not store.part_path(FileKey(77)).exists()

    assert await gc(config=config_of(tmp_path)) == 0
    assert capsys.readouterr().out == "Every stored file is needed.\n"


async def test_nothing_is_removed_while_an_account_is_held(
    sandbox: Sandbox, database: Database, store: Store, tmp_path: Path
) -> None:
    await add_account(database, tmp_path / "data", sandbox.world.owner)
    store.part_path(FileKey(77)).write_bytes(b"half")
    lock = AccountLock(tmp_path / "data", 1)
    assert lock.acquire()
    try:
        with pytest.raises(CommandError, match="Chatkeep is running"):
            await gc(delete=True, config=config_of(tmp_path))
        assert await gc(config=config_of(tmp_path)) == 0
    finally:
        lock.release()
    assert store.part_path(FileKey(77)).exists()

    assert await gc(delete=True, config=config_of(tmp_path)) == 0

    assert not store.part_path(FileKey(77)).exists()
    assert AccountLock(tmp_path / "data", 1).acquire()


async def test_the_command_line_has_it(install: Callable[[Sandbox], Installation]) -> None:
    async with Sandbox() as sandbox:
        chatkeep = install(sandbox)

        done = await chatkeep.run("gc", "--delete")

    assert (done.code, done.err) == (0, "")
    assert done.out == "Every stored file is needed.\n"
    assert not (chatkeep.data_dir / "media").exists()
