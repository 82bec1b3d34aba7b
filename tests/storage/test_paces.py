"""What was learned of the allowed rates, and the data exports that are open."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from storage.accounts import Accounts
from storage.database import Database
from storage.models import LearnedPace
from storage.paces import Paces
from storage.secrets import Secrets
from storage.takeouts import Takeouts

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
SLOW = LearnedPace(rate=0.5, settled=False, waited_at=NOW)
QUICK = LearnedPace(rate=9.75, settled=True, waited_at=NOW)


async def test_paces_come_back_by_account_and_method(database: Database) -> None:
    paces = Paces(database)
    await paces.save(1, {"messages.getHistory": SLOW, "messages.search": SLOW})
    await paces.save(1, {"messages.getHistory": QUICK})
    await paces.save(2, {"messages.getHistory": SLOW})

    assert await paces.load(1) == {"messages.getHistory": QUICK, "messages.search": SLOW}
    assert await paces.load(2) == {"messages.getHistory": SLOW}
    assert await paces.load(3) == {}


async def test_an_account_has_the_data_export_that_was_saved_last(database: Database) -> None:
    takeouts = Takeouts(database)
    await takeouts.save(1, 2**62)
    await takeouts.save(1, 2**62 + 1)
    await takeouts.save(2, 7)
    await takeouts.forget(2)

    assert await takeouts.find(1) == 2**62 + 1
    assert await takeouts.find(2) is None


async def test_a_removed_account_takes_both_with_it(database: Database, tmp_path: Path) -> None:
    accounts = Accounts(database, Secrets.load(None, tmp_path))
    added = await accounts.add(user_id=7, name="Mia", phone=None, dc_id=2, session="text")
    paces, takeouts = Paces(database), Takeouts(database)
    await paces.save(added.id, {"messages.getHistory": SLOW})
    await takeouts.save(added.id, 7)
    await accounts.remove(added.id)

    assert await paces.load(added.id) == {}
    assert await takeouts.find(added.id) is None
