"""The accounts that this process holds: a lock each, and a connection when first needed.

A session used from two places is killed by Telegram for good (AUTH_KEY_DUPLICATED), so an
account is held by one process at a time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import structlog

from exporter.errors import AccountFrozen, AccountUnusable, JobError, said
from storage.accounts import Accounts
from storage.jobs import Jobs
from storage.locks import AccountLock
from storage.models import Account, AccountState
from storage.wording import Sentence

if TYPE_CHECKING:
    from exporter.telegram.connection import Memory, Telegram
    from exporter.telegram.server import TelegramServer

LOOK_EVERY_S = 3600.0
"""How often Telegram is asked whether a working account was frozen,"""
LOOK_AT_FROZEN_EVERY_S = 60.0
"""and whether a frozen one is free again: no more often, and only when it is needed."""

REMOVED = Sentence("This account was removed. Sign it in again with `chatkeep accounts add`.")

log = structlog.get_logger()


@dataclass(slots=True)
class _Held:
    account: Account
    lock: AccountLock
    stack: AsyncExitStack = field(default_factory=AsyncExitStack)
    opening: asyncio.Lock = field(default_factory=asyncio.Lock)
    telegram: Telegram | None = None
    look_from: float = float("-inf")
    """Whether it is frozen need not be asked earlier; of the loop's clock."""

    @property
    def is_frozen(self) -> bool:
        return self.account.state is AccountState.FROZEN


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
        self._ended: dict[int, AccountUnusable] = {}
        """Why accounts are held no longer."""

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
        """Those that are held; frozen ones last, since Telegram refuses them more."""
        return tuple(sorted(self._held, key=lambda each: self._held[each].is_frozen))

    async def take(self) -> bool:
        """Hold every account that is signed in and free; return False when none is signed in.

        The jobs that a dead process left with such an account go back into the queue.
        """
        usable = await self._accounts.usable()
        for account in usable:
            if account.id in self._held:
                self._held[account.id].account = account
                continue
            lock = AccountLock(self._data_dir, account.id)
            if lock.acquire():
                await self._jobs.requeue([account.id])
                self._held[account.id] = _Held(account, lock)
                log.info("account held", account=account.id)
        for account_id in set(self._held) - {account.id for account in usable}:
            self._ended[account_id] = AccountUnusable(REMOVED)
            await self._let_go(account_id)
        return bool(usable)

    async def connection(self, account_id: int) -> Telegram:
        """Return the account's connection, opened now if it was not.

        Raises:
            AccountUnusable: Telegram ended the session, or the account is held no longer.
            JobError: Telegram cannot be reached as the settings say.
        """
        from exporter.telegram.connection import connected  # noqa: PLC0415 - imports Telethon

        held = self._held.get(account_id)
        if held is None:  # another job noticed first
            raise self._ended.get(account_id, AccountUnusable(REMOVED))
        async with held.opening:
            if held.telegram is None:
                session = await self._accounts.session(account_id)
                held.telegram = await held.stack.enter_async_context(
                    connected(self._server, account_id, session, memory=self._memory)
                )
                if held.telegram.session != session:  # Telegram moved it to another DC
                    await self._accounts.save_session(account_id, held.telegram.session)
            if asyncio.get_running_loop().time() >= held.look_from:
                await self._look(held, held.telegram)
        return held.telegram

    async def give_up(self, account_id: int, reason: AccountUnusable) -> AccountUnusable:
        """Note what became of an account that Telegram refuses; return what to tell people.

        One whose session it ended is held no longer. A frozen one is: it may do other jobs.
        """
        held = self._held.get(account_id)
        if held is None:
            return self._ended.get(account_id, reason)  # another job noticed first
        named = reason.of(held.account.name)
        if isinstance(reason, AccountFrozen):
            log.warning("refused by Telegram to a frozen account", account=account_id)
            if held.telegram is not None and not held.is_frozen:
                try:
                    await self._look(held, held.telegram)
                except AccountUnusable as ended:
                    return await self.give_up(account_id, ended)
            return named
        log.warning("session ended by Telegram", account=account_id, state=reason.state)
        self._ended[account_id] = named
        await self._accounts.end(account_id, reason.state)
        await self._let_go(account_id)
        return named

    async def _look(self, held: _Held, telegram: Telegram) -> None:
        """Ask Telegram whether the account is frozen, and note what has changed.

        Raises:
            AccountUnusable: its session was ended.
        """
        from exporter.telegram.freezing import freeze_of  # noqa: PLC0415 - imports Telethon

        before = held.account.freeze
        try:
            freeze = await freeze_of(telegram)
        except JobError as error:
            if isinstance(error, AccountUnusable) and not isinstance(error, AccountFrozen):
                raise
            log.info("not known whether the account is frozen", reason=said(error))
            freeze = before
        if freeze != before:
            await self._accounts.accepted(held.account.id, freeze)
        state = AccountState.READY if freeze is None else AccountState.FROZEN
        held.account = replace(held.account, state=state, freeze=freeze)
        every_s = LOOK_EVERY_S if freeze is None else LOOK_AT_FROZEN_EVERY_S
        held.look_from = asyncio.get_running_loop().time() + every_s

    async def _let_go(self, account_id: int) -> None:
        held = self._held.pop(account_id, None)
        if held is None:
            return
        try:
            await held.stack.aclose()
        finally:
            held.lock.release()
