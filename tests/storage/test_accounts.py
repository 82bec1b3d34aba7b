"""Accounts, their sessions at rest, and who holds them."""

from __future__ import annotations

import asyncio
import stat
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.accounts import Accounts
from storage.alerts import AlertKind, Alerts
from storage.archive import Archive
from storage.database import Database
from storage.errors import SessionUnreadable
from storage.locks import AccountLock
from storage.models import AccountState, Freeze
from storage.secrets import Secrets
from tests.storage.making import user

SESSION = "1AZWarzQBu0123456789"


@pytest.fixture
def accounts(database: Database, tmp_path: Path) -> Accounts:
    return Accounts(database, Secrets.load(None, tmp_path / "keys"))


async def test_an_account_keeps_its_session(accounts: Accounts) -> None:
    account = await accounts.add(user_id=7, name="Mia", phone="+49 151", dc_id=2, session=SESSION)

    assert await accounts.session(account.id) == SESSION
    assert await accounts.all() == await accounts.usable() == [account]
    await accounts.save_session(account.id, "another")
    assert await accounts.session(account.id) == "another"


async def test_no_session_is_found_in_the_files(
    accounts: Accounts, database: Database, tmp_path: Path
) -> None:
    await accounts.add(user_id=7, name="Mia", phone=None, dc_id=2, session=SESSION)
    await database.close()

    for file in tmp_path.rglob("*"):
        assert not file.is_file() or SESSION.encode() not in file.read_bytes()


async def test_adding_an_account_again_replaces_it_and_makes_it_ready(accounts: Accounts) -> None:
    first = await accounts.add(user_id=7, name="Mia", phone=None, dc_id=2, session="old")
    await accounts.end(first.id, AccountState.REVOKED)
    assert await accounts.usable() == []

    again = await accounts.add(user_id=7, name="Mia B", phone="49151", dc_id=4, session="new")

    assert (again.id, again.name, again.dc_id, again.state) == (first.id, "Mia B", 4, "ready")
    assert await accounts.session(first.id) == "new"
    assert len(await accounts.all()) == 1


async def test_the_owners_are_told_once_of_each_change(
    accounts: Accounts, database: Database
) -> None:
    account = await accounts.add(user_id=7, name="Mia", phone=None, dc_id=2, session="s")
    since = datetime(2026, 3, 12, tzinfo=UTC)
    first, longer = Freeze(since=since), Freeze(since=since, until=since + timedelta(days=30))

    for freeze in (None, first, first, longer, None, None):
        await accounts.accepted(account.id, freeze)
    await accounts.end(account.id, AccountState.REVOKED)
    await accounts.end(account.id, AccountState.REVOKED)
    news = [alert.news for alert in await Alerts(database).untold()]

    assert [(each.kind, each.freeze) for each in news] == [
        (AlertKind.FROZEN, first),
        (AlertKind.THAWED, None),
        (AlertKind.REVOKED, None),
    ]


async def test_frozen_accounts_are_used_last(accounts: Accounts) -> None:
    frozen = await accounts.add(user_id=7, name="Mia", phone=None, dc_id=2, session="s")
    ready = await accounts.add(user_id=8, name="Ben", phone=None, dc_id=2, session="s")
    freeze = Freeze(since=datetime(2026, 3, 12, tzinfo=UTC))
    await accounts.accepted(frozen.id, freeze)

    usable = await accounts.usable()

    assert [(each.id, each.freeze) for each in usable] == [(ready.id, None), (frozen.id, freeze)]


async def test_an_account_is_found_by_what_a_person_would_type(accounts: Accounts) -> None:
    mia = await accounts.add(user_id=700, name="Mia", phone="49151234", dc_id=2, session="s")
    ben = await accounts.add(user_id=800, name="Ben", phone=None, dc_id=2, session="s")

    for word in (str(mia.id), "700", "+49 151 234", "49151234", "mia", " Mia "):
        assert await accounts.find(word) == mia
    assert await accounts.find("BEN") == ben
    for word in ("", "Carl", "+", "999"):
        assert await accounts.find(word) is None


async def test_a_name_that_two_accounts_have_finds_neither(accounts: Accounts) -> None:
    for user_id in (7, 8):
        await accounts.add(user_id=user_id, name="Mia", phone=None, dc_id=2, session="s")

    assert await accounts.find("Mia") is None


async def test_removing_an_account_forgets_what_only_it_could_use(
    accounts: Accounts, archive: Archive
) -> None:
    mia = await accounts.add(user_id=7, name="Mia", phone=None, dc_id=2, session="s")
    await archive.save_peers(mia.id, [user(1000, username="ben")])

    await accounts.remove(mia.id)

    assert await accounts.all() == []
    assert await archive.access_hash(mia.id, 1000) is None
    assert await archive.peers([1000]) != {}
    with pytest.raises(LookupError):
        await accounts.session(mia.id)
    again = await accounts.add(user_id=7, name="Mia", phone=None, dc_id=2, session="s")
    assert again.id > mia.id


async def test_a_session_stored_with_another_key_is_named(
    database: Database, tmp_path: Path
) -> None:
    stored = Accounts(database, Secrets.load("first key", tmp_path))
    account = await stored.add(user_id=7, name="Mia", phone=None, dc_id=2, session=SESSION)

    for other in (Secrets.load("second key", tmp_path), Secrets.load(None, tmp_path)):
        with pytest.raises(SessionUnreadable, match=r"cannot be decrypted.*add the account again"):
            await Accounts(database, other).session(account.id)
    assert not (tmp_path / "session.key").exists()


def test_the_key_file_is_made_when_first_needed_for_its_owner_alone(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    secrets = Secrets.load("", data_dir)
    assert not data_dir.exists()

    token = secrets.encrypt(SESSION)

    assert stat.S_IMODE((data_dir / "session.key").stat().st_mode) == 0o600
    assert Secrets.load(None, data_dir).decrypt(token) == SESSION


def test_a_lost_key_file_is_named(tmp_path: Path) -> None:
    token = Secrets.load(None, tmp_path).encrypt(SESSION)
    (tmp_path / "session.key").unlink()

    with pytest.raises(SessionUnreadable, match=r"session\.key"):
        Secrets.load(None, tmp_path).decrypt(token)


async def test_processes_that_need_the_key_at_once_share_one(tmp_path: Path) -> None:
    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(asyncio.to_thread(Secrets.load(None, tmp_path).encrypt, SESSION))
            for _ in range(8)
        ]

    reader = Secrets.load(None, tmp_path)
    assert {reader.decrypt(task.result()) for task in tasks} == {SESSION}


def test_the_same_session_never_looks_the_same() -> None:
    secrets = Secrets.load("a key", Path())

    assert len({secrets.encrypt(SESSION) for _ in range(3)}) == 3


@settings(max_examples=15, deadline=None)
@given(token=st.binary(max_size=200))
def test_damaged_tokens_are_named(token: bytes) -> None:
    with pytest.raises(SessionUnreadable):
        Secrets.load("a key", Path()).decrypt(token)


def test_an_account_is_held_by_one_at_a_time(tmp_path: Path) -> None:
    mine, other = AccountLock(tmp_path, 1), AccountLock(tmp_path, 1)

    assert mine.acquire()
    assert mine.acquire()
    assert not other.acquire()
    assert AccountLock(tmp_path, 2).acquire()
    mine.release()
    assert other.acquire()
    other.release()
    other.release()
    assert stat.S_IMODE(mine.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(mine.path.parent.stat().st_mode) == 0o700


async def test_an_account_is_free_the_moment_its_process_is_killed(tmp_path: Path) -> None:
    program = (
        "import sys, pathlib; from storage.locks import AccountLock\n"
        "lock = AccountLock(pathlib.Path(sys.argv[1]), 1)\n"
        "assert lock.acquire()\n"
        "print('held', flush=True); sys.stdin.read()"
    )
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-c", program, str(tmp_path)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert child.stdout is not None
    await child.stdout.readline()
    lock = AccountLock(tmp_path, 1)
    assert not lock.acquire()

    child.kill()
    await child.wait()

    assert lock.acquire()
    lock.release()
