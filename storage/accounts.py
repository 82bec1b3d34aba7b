"""The Telegram accounts that Chatkeep may use, their sessions encrypted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, select, update
from sqlalchemy.dialects.sqlite import insert

from storage.alerts import AlertKind, News, add_alert
from storage.database import Database
from storage.encoding import from_ms, moment_ms, now_ms, to_ms
from storage.models import Account, AccountState, Freeze
from storage.secrets import Secrets
from storage.tables import accounts, dc_keys, dialogs, folders, paces, peer_access, takeouts

USABLE = (AccountState.READY, AccountState.FROZEN)
NO_FREEZE: dict[str, object] = {"frozen_ms": None, "freeze_ends_ms": None, "appeal_url": None}


class Accounts:
    """The table `accounts`."""

    def __init__(self, database: Database, secrets: Secrets) -> None:
        self._database = database
        self._secrets = secrets

    async def add(
        self, *, user_id: int, name: str, phone: str | None, dc_id: int, session: str
    ) -> Account:
        """Store an account; one that is there already is replaced, and ready again."""
        token = await self._database.threads.run(self._secrets.encrypt, session)
        given = NO_FREEZE | {
            "name": name,
            "phone": phone,
            "dc_id": dc_id,
            "session": token,
            "state": AccountState.READY,
            "permission_ms": None,
        }
        async with self._database.write(durable=True) as connection:
            result = await connection.execute(
                insert(accounts)
                .values(given | {"user_id": user_id, "created_ms": now_ms()})
                .on_conflict_do_update(index_elements=["user_id"], set_=given)
                .returning(accounts)
            )
            return _to_account(result.one())

    async def all(self) -> list[Account]:
        return await list_accounts(self._database, None)

    async def usable(self) -> list[Account]:
        """Those whose sessions Telegram still accepts, as far as we know; frozen ones last."""
        found = await list_accounts(self._database, accounts.c.state.in_(USABLE))
        return sorted(found, key=lambda account: account.state is AccountState.FROZEN)

    async def find(self, word: str) -> Account | None:
        """The account with this id (ours or Telegram's), phone number or name."""
        word = word.strip()
        digits = "".join(letter for letter in word if letter.isdigit())
        known = await self.all()
        for matches in (
            lambda account: word == str(account.id),
            lambda account: word == str(account.user_id),
            lambda account: digits != "" and digits == (account.phone or "").lstrip("+"),
            lambda account: word.casefold() == account.name.casefold(),
        ):
            found = [account for account in known if matches(account)]
            if len(found) == 1:
                return found[0]
        return None

    async def session(self, account_id: int) -> str:
        """The session in clear.

        Raises:
            LookupError: there is no such account.
            SessionUnreadable: it was stored with another key.
        """
        query = select(accounts.c.session).where(accounts.c.id == account_id)
        async with self._database.read() as connection:
            token = await connection.scalar(query)
        if token is None:
            raise LookupError(f"there is no account {account_id}")
        return await self._database.threads.run(self._secrets.decrypt, token)

    async def save_session(self, account_id: int, session: str) -> None:
        token = await self._database.threads.run(self._secrets.encrypt, session)
        await self._update(account_id, session=token)

    async def end(self, account_id: int, state: AccountState) -> None:
        """Use an account no more that Telegram ended in this way; the owners hear of it once."""
        await self._turn(account_id, _but(state), AlertKind(state), NO_FREEZE | {"state": state})

    async def accepted(self, account_id: int, freeze: Freeze | None) -> None:
        """Note that Telegram accepts the session, and whether it has frozen the account.

        The owners hear once of a freeze, and once of its end.
        """
        ready = NO_FREEZE | {"state": AccountState.READY}
        if freeze is None:
            if not await self._turn(account_id, (AccountState.FROZEN,), AlertKind.THAWED, ready):
                await self._update(account_id, **ready)
            return
        given = {
            "frozen_ms": to_ms(freeze.since),
            "freeze_ends_ms": None if freeze.until is None else to_ms(freeze.until),
            "appeal_url": freeze.appeal_url,
            "state": AccountState.FROZEN,
        }
        before = _but(AccountState.FROZEN)
        if not await self._turn(account_id, before, AlertKind.FROZEN, given, freeze):
            await self._update(account_id, **given)

    async def remove(self, account_id: int) -> None:
        """Forget an account, its session and what only it could use. The archive stays."""
        async with self._database.write(durable=True) as connection:
            for table in (dialogs, folders, peer_access, paces, takeouts, dc_keys):
                await connection.execute(delete(table).where(table.c.account_id == account_id))
            await connection.execute(delete(accounts).where(accounts.c.id == account_id))

    async def _turn(
        self,
        account_id: int,
        before: Sequence[AccountState],
        kind: AlertKind,
        values: Mapping[str, object],
        freeze: Freeze | None = None,
    ) -> bool:
        """Change an account that is in one of the states `before`, and alert the owners."""
        async with self._database.write(durable=True) as connection:
            name = await connection.scalar(
                update(accounts)
                .where(accounts.c.id == account_id, accounts.c.state.in_(before))
                .values(values)
                .returning(accounts.c.name)
            )
            if name is None:
                return False
            news = News(kind=kind, account_id=account_id, account=name, freeze=freeze)
            await add_alert(connection, news)
            return True

    async def _update(self, account_id: int, **values: object) -> None:
        async with self._database.write(durable=True) as connection:
            await connection.execute(
                update(accounts).where(accounts.c.id == account_id).values(values)
            )


async def list_accounts(
    database: Database, where: ColumnElement[bool] | None = None
) -> list[Account]:
    """The accounts without their sessions, for which no key is needed."""
    query = select(accounts).order_by(accounts.c.id)
    if where is not None:
        query = query.where(where)
    async with database.read() as connection:
        return [_to_account(row) for row in await connection.execute(query)]


def _to_account(row: Row[Any]) -> Account:
    return Account(
        id=row.id,
        user_id=row.user_id,
        name=row.name,
        phone=row.phone,
        dc_id=row.dc_id,
        state=AccountState(row.state),
        created_at=from_ms(row.created_ms),
        freeze=_to_freeze(row),
        asks_permission=row.permission_ms is not None,
    )


def _but(one: AccountState) -> Sequence[AccountState]:
    return [state for state in AccountState if state is not one]


def _to_freeze(row: Row[Any]) -> Freeze | None:
    if row.frozen_ms is None:
        return None
    return Freeze(
        since=from_ms(row.frozen_ms),
        until=moment_ms(row.freeze_ends_ms),
        appeal_url=row.appeal_url,
    )
