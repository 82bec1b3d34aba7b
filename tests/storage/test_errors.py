"""What a person can cause and cure: each provoked for real, each a sentence."""

from __future__ import annotations

import asyncio
import os
import resource
import shutil
import sqlite3
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text

from storage.archive import Archive
from storage.database import Database
from storage.errors import (
    DatabaseLocked,
    DatabaseReadOnly,
    DatabaseUnusable,
    DiskFull,
    StorageError,
)
from storage.locks import AccountLock
from storage.migrate import back_up, upgrade
from storage.secrets import Secrets
from storage.tables import people
from tests.storage.making import CHAT_ID, full_page, url_of

NOBODY = 65534


@pytest.fixture
def closed_folder() -> Iterator[Path]:
    """A folder that may be read and not written; root, whom that does not stop, becomes nobody."""
    folder = Path(tempfile.mkdtemp())
    me = os.geteuid()
    if me == 0:
        os.chown(folder, NOBODY, NOBODY)
        os.seteuid(NOBODY)
    yield folder
    folder.chmod(0o700)
    os.seteuid(me)
    shutil.rmtree(folder)


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of one megabyte."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = shutil.which("mount")
    options = ["-t", "tmpfs", "-o", "size=1m,mode=700", "tmpfs"]
    if mount is None or subprocess.run([mount, *options, folder], check=False).returncode:
        pytest.skip("this user may not mount a file system")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


async def test_a_locked_database_can_be_read_but_not_written(path: Path) -> None:
    impatient = await Database.open(url_of(path), patience_s=0.3)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")

        with pytest.raises(DatabaseLocked, match=f"{path} is locked by another program"):
            await meet(impatient)
        async with impatient.read() as connection:
            assert (await connection.execute(select(people))).all() == []

        other.execute("ROLLBACK")
    await meet(impatient)
    await impatient.close()


async def test_a_lock_that_ends_in_time_is_waited_for(database: Database) -> None:
    with closing(sqlite3.connect(database.path, isolation_level=None)) as other:
        for _ in range(3):
            other.execute("BEGIN IMMEDIATE")
            other.execute("COMMIT")
            await meet(database)


async def test_a_new_database_that_another_program_holds_is_named_as_locked(path: Path) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")

        with pytest.raises(DatabaseLocked, match="Close that program"):
            await Database.open(url_of(path), patience_s=0.1)


async def test_a_full_database_is_named_and_what_is_kept_stays(
    database: Database, archive: Archive
) -> None:
    [range_] = await archive.plan(CHAT_ID, 1, 1000)
    await archive.keep(1, CHAT_ID, range_.id, full_page(1))
    async with database.write() as connection:
        pages = await connection.scalar(text("PRAGMA page_count"))
        await connection.execute(text(f"PRAGMA max_page_count = {pages}"))

    with pytest.raises(DiskFull, match="The disk is full"):
        await archive.keep(1, CHAT_ID, range_.id, full_page(101))

    assert await archive.count(CHAT_ID) == 100
    async with database.write() as connection:
        await connection.execute(text("PRAGMA max_page_count = 1000000"))
    await archive.keep(1, CHAT_ID, range_.id, full_page(101))
    assert await archive.count(CHAT_ID) == 200


async def test_an_export_goes_on_after_a_full_disk_was_tidied(tiny_disk: Path) -> None:
    database = await Database.open(url_of(tiny_disk / "data" / "chatkeep.db"))
    archive = Archive(database)
    [range_] = await archive.plan(CHAT_ID, 1, 1_000_000, part_ids=1_000_000)
    ballast = tiny_disk / "ballast"
    ballast.write_bytes(bytes(400_000))

    with pytest.raises(DiskFull, match="Free some space"):
        await keep_all(archive, range_.id, 10_000)

    kept = await archive.count(CHAT_ID)
    [left] = await archive.plan(CHAT_ID, 1, 1_000_000, part_ids=1_000_000)
    assert left.next_id == kept + 1 > 1
    ballast.unlink()
    await archive.keep(1, CHAT_ID, range_.id, full_page(kept + 1))
    assert await archive.count(CHAT_ID) == kept + 100
    await database.close()


async def test_a_disk_too_full_for_a_new_database_is_named(tiny_disk: Path) -> None:
    size = shutil.disk_usage(tiny_disk).free
    (tiny_disk / "ballast").write_bytes(bytes(size))

    with pytest.raises(DiskFull):
        await Database.open(url_of(tiny_disk / "chatkeep.db"))


async def test_an_error_of_the_disk_is_named(database: Database, archive: Archive) -> None:
    """A limit on the size of files makes the system refuse to write."""
    [range_] = await archive.plan(CHAT_ID, 1, 1000)
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, hard))
    try:
        with pytest.raises(DatabaseUnusable, match="The disk answered with an error"):
            await archive.keep(1, CHAT_ID, range_.id, full_page(1, size=1000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))

    assert await archive.count(CHAT_ID) == 0


async def test_a_folder_that_may_not_be_written_is_named(closed_folder: Path) -> None:
    closed_folder.chmod(0o500)

    for path in (closed_folder / "chatkeep.db", closed_folder / "data" / "chatkeep.db"):
        with pytest.raises(DatabaseReadOnly, match=f"{path} cannot be written"):
            await Database.open(url_of(path))


async def test_a_database_in_a_folder_closed_later_is_named(closed_folder: Path) -> None:
    path = closed_folder / "chatkeep.db"
    await (await Database.open(url_of(path))).close()
    closed_folder.chmod(0o500)

    with pytest.raises(DatabaseReadOnly, match="cannot be written"):
        await Database.open(url_of(path))


async def test_a_file_of_someone_else_is_named(closed_folder: Path) -> None:
    path = closed_folder / "chatkeep.db"
    await (await Database.open(url_of(path))).close()
    path.chmod(0o400)
    if os.getuid() == 0:
        os.seteuid(0)
        os.chown(path, 0, 0)
        os.seteuid(NOBODY)

    with pytest.raises(DatabaseReadOnly):
        await Database.open(url_of(path))


def test_a_folder_closed_to_locks_and_keys_is_named(closed_folder: Path) -> None:
    closed_folder.chmod(0o500)

    with pytest.raises(DatabaseReadOnly, match="account-1"):
        AccountLock(closed_folder, 1).acquire()
    with pytest.raises(DatabaseReadOnly, match="session"):
        Secrets.load(None, closed_folder).encrypt("a session")


async def test_a_copy_that_does_not_fit_stops_the_upgrade_and_is_removed(tiny_disk: Path) -> None:
    path = tiny_disk / "chatkeep.db"
    await upgrade(url_of(path))
    (tiny_disk / "ballast").write_bytes(bytes(shutil.disk_usage(tiny_disk).free - 60_000))

    with pytest.raises(DiskFull):
        back_up(path, "0002")

    assert not list(tiny_disk.glob("*.part"))
    assert not list(tiny_disk.glob("*.backup"))


async def test_a_file_that_is_no_database_is_left_alone(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("a shopping list, longer than the header of a database has to be" * 100)

    with pytest.raises(DatabaseUnusable, match="is not a SQLite database"):
        await Database.open(url_of(path))

    assert path.read_text().startswith("a shopping list")


async def test_a_damaged_database_is_named(path: Path) -> None:
    await (await Database.open(url_of(path))).close()
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (path.stat().st_size - 4096))

    with pytest.raises(DatabaseUnusable, match="is damaged"):
        await Database.open(url_of(path))


async def test_a_path_through_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "notes").write_text("")

    for path in (tmp_path / "notes" / "chatkeep.db", tmp_path / "notes" / "data" / "chatkeep.db"):
        with pytest.raises(DatabaseUnusable, match="part of its path is a file"):
            await Database.open(url_of(path))


async def test_a_folder_in_place_of_the_file_is_named(path: Path) -> None:
    path.mkdir(parents=True)

    with pytest.raises(DatabaseUnusable, match="is a folder"):
        await Database.open(url_of(path))


@pytest.mark.parametrize(
    "url",
    [
        "",
        "chatkeep.db",
        "postgresql+asyncpg://me:secret@localhost/chatkeep",
        "sqlite:///chatkeep.db",
        "sqlite+aiosqlite:///chatkeep.db?mode=ro",
        "sqlite+aiosqlite://",
        "sqlite+aiosqlite:///:memory:",
    ],
)
async def test_other_addresses_are_refused_without_telling_a_password(url: str) -> None:
    with pytest.raises(StorageError, match=r"^DATABASE_URL must name a") as raised:
        await Database.open(url)

    assert "secret" not in str(raised.value)


async def test_a_database_that_vanishes_is_no_riddle(database: Database, path: Path) -> None:
    """Its folder is removed while nothing has it open: the next connection cannot be made."""
    await meet(database)
    await database.close()
    shutil.rmtree(path.parent)

    with pytest.raises(DatabaseUnusable, match="cannot be opened"):
        await meet(database)
    async with asyncio.timeout(40):  # the driver's thread, which answers to this loop, still ends
        while [one for one in threading.enumerate() if "_connection_worker" in one.name]:
            await asyncio.sleep(0.01)


async def keep_all(archive: Archive, range_id: int, messages: int) -> None:
    for first_id in range(1, messages, 100):
        await archive.keep(1, CHAT_ID, range_id, full_page(first_id))


async def meet(database: Database) -> None:
    async with database.write() as connection:
        await connection.execute(insert(people).values(name="Mia", met_ms=0, id=os.urandom(3)[0]))
