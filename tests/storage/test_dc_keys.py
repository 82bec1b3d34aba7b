"""Keys of data centres that are not an account's home."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage.accounts import Accounts
from storage.database import Database
from storage.dc_keys import DcKeys
from storage.secrets import Secrets

KEY = bytes(range(256))


@pytest.fixture
def keys(database: Database, tmp_path: Path) -> DcKeys:
    return DcKeys(database, Secrets.load("secret", tmp_path))


async def test_a_key_is_found_again_until_it_is_forgotten(keys: DcKeys) -> None:
    await keys.save(1, 4, b"before")
    await keys.save(1, 4, KEY)
    await keys.save(1, 5, b"other")

    assert await keys.find(1, 4) == KEY
    assert await keys.find(2, 4) is None

    await keys.forget(1, 4)
    assert await keys.find(1, 4) is None
    assert await keys.find(1, 5) == b"other"


async def test_a_key_is_nowhere_readable(keys: DcKeys, database: Database) -> None:
    await keys.save(1, 4, KEY)

    written = b"".join(path.read_bytes() for path in database.path.parent.glob("chatkeep.db*"))
    assert KEY not in written
    assert KEY.hex().encode() not in written


async def test_a_key_stored_with_another_session_key_is_made_anew(
    keys: DcKeys, database: Database, tmp_path: Path
) -> None:
    await keys.save(1, 4, KEY)

    assert await DcKeys(database, Secrets.load("another", tmp_path)).find(1, 4) is None


async def test_a_removed_account_leaves_no_keys(
    keys: DcKeys, database: Database, tmp_path: Path
) -> None:
    accounts = Accounts(database, Secrets.load("secret", tmp_path))
    mia = await accounts.add(user_id=7, name="Mia", phone=None, dc_id=2, session="s")
    await keys.save(mia.id, 4, KEY)

    await accounts.remove(mia.id)

    assert await keys.find(mia.id, 4) is None
