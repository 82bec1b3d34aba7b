"""The accounts that this process holds: a lock each, and a connection when first needed.

A session used from two places is killed by Telegram for good (AUTH_KEY_DUPLICATED), so an
account is held by one process at a time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import structlog

from exporter.errors import AccountUnusable, said
from storage.accounts import Accounts
from storage.jobs import Jobs
from storage.locks import AccountLock
from storage.models import Account
from storage.wording import Sentence

if TYPE_CHECKING:
    from exporter.telegram.connection import Memory, Telegram
    from exporter.telegram.server import TelegramServer

log = structlog.get_logger()


@dataclass(slots=True)
class _Held:
    account: Account
    lock: AccountLock
    stack: AsyncExitStack = field(default_factory=AsyncExitStack)
    opening: asyncio.Lock = field(default_factory=asyncio.Lock)
    telegram: Telegram | None = None


class HeldAccounts:
    """Holds accounts from `take` until it is closed or Telegram ends their sessions."""

    def __init__(
        self,
        server: TelegramServer,
        data_dir: Path,
        accounts: Accounts,
        jobs: Jobs,
        memory: Memory,
    ) -> None:
        self._server = server
        self._memory = memory
        self._data_dir = data_dir
        self._accounts = accounts
        self._jobs = jobs
        self._held: dict[int, _Held] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for account_id in list(self._held):
            await self._let_go(account_id)

    @property
    def ids(self) -> Collection[int]:
        return tuple(self._held)

    async def take(self) -> bool:
        """Hold every account that is signed in and free; return False when none is signed in.

        The jobs that a dead process left with such an account go back into the queue.
        """
        ready = await self._accounts.ready()
        for account in ready:
            if account.id not in self._held:
                lock = AccountLock(self._data_dir, account.id)
                if lock.acquire():
                    await self._jobs.requeue([account.id])
                    self._held[account.id] = _Held(account, lock)
                    log.info("account held", account=account.id)
        for account_id in set(self._held) - {account.id for account in ready}:
            await self._let_go(account_id)  # removed meanwhile
        return bool(ready)

    async def connection(self, account_id: int) -> Telegram:
        """Return the account's connection, opened now if it was not.

        Raises:
            AccountUnusable: Telegram ended the session; the account is held no longer.
            JobError: Telegram cannot be reached as the settings say.
        """
        from exporter.telegram.connection import connected  # noqa: PLC0415 - imports Telethon

        held = self._held[account_id]
        async with held.opening:
            if held.telegram is None:
                session = await self._accounts.session(account_id)
                held.telegram = await held.stack.enter_async_context(
                    connected(self._server, account_id, session, memory=self._memory)
                )
                if held.telegram.session != session:  # Telegram moved it to another DC
                    await self._accounts.save_session(account_id, held.telegram.session)
        return held.telegram

    async def give_up(self, account_id: int, reason: AccountUnusable) -> AccountUnusable:
        """Hold an account no longer whose session Telegram ended; return what to tell people."""
        held = self._held.get(account_id)
        if held is None:
            return reason  # another job noticed first
        log.warning("session ended by Telegram", account=account_id)
        words = Sentence("{name}: {reason}", name=held.account.name, reason=said(reason))
        await self._accounts.revoke(account_id, alert=words)
        await self._let_go(account_id)
        return AccountUnusable(words)

    async def _let_go(self, account_id: int) -> None:
        held = self._held.pop(account_id)
        try:
            await held.stack.aclose()
        finally:
            held.lock.release()
