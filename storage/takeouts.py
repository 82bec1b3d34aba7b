"""The data export that each account has open: a new one may take a day to be allowed."""

from __future__ import annotations

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.sqlite import insert

from storage.alerts import AlertKind, News, add_alert
from storage.database import Database
from storage.encoding import now_ms
from storage.tables import accounts, takeouts


class Takeouts:
    """The table `takeouts`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, account_id: int) -> int | None:
        """The id of the account's data export, as far as we know."""
        query = select(takeouts.c.takeout_id).where(takeouts.c.account_id == account_id)
        async with self._database.read() as connection:
            found: int | None = await connection.scalar(query)
            return found

    async def save(self, account_id: int, takeout_id: int) -> None:
        given = {"takeout_id": takeout_id, "changed_ms": now_ms()}
        async with self._database.write(wakes=False) as connection:
            await connection.execute(
                insert(takeouts)
                .values(given | {"account_id": account_id})
                .on_conflict_do_update(index_elements=["account_id"], set_=given)
            )
            await connection.execute(
                update(accounts).where(accounts.c.id == account_id).values(permission_ms=None)
            )

    async def wait_for_owner(self, account_id: int) -> None:
        """Telegram wants its owner to allow a data export; they hear of it once until they do."""
        async with self._database.write() as connection:
            name = await connection.scalar(
                update(accounts)
                .where(accounts.c.id == account_id, accounts.c.permission_ms.is_(None))
                .values(permission_ms=now_ms())
                .returning(accounts.c.name)
            )
            if name is not None:
                news = News(kind=AlertKind.PERMISSION, account_id=account_id, account=name)
                await add_alert(connection, news)

    async def forget(self, account_id: int) -> None:
        """It is over."""
        async with self._database.write(wakes=False) as connection:
            await connection.execute(delete(takeouts).where(takeouts.c.account_id == account_id))
