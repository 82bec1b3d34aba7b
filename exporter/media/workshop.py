"""What all orders of the pool share."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

from exporter.config import MediaConfig
from exporter.errors import AccountFrozen, AccountUnusable
from exporter.media.download import Means
from exporter.media.filing import Filing
from exporter.media.known import Known
from exporter.media.lanes import Lane, Lanes
from exporter.media.renewals import Renewals
from exporter.media.store import Store
from exporter.telegram.connection import Telegram
from exporter.telegram.pacing import FLOODED
from storage.media import FileKey

TelegramOf = Callable[[int], Awaitable[Telegram]]
"""Gives an account's connection; raises as `HeldAccounts.connection`."""


@dataclass(frozen=True, slots=True, eq=False)
class _Lost:
    telegram: Telegram
    error: AccountUnusable


@dataclass(slots=True, kw_only=True, eq=False)
class Workshop:
    """One for the process."""

    config: MediaConfig
    means: Means
    store: Store
    known: Known
    filing: Filing
    renewals: Renewals
    lanes: Lanes
    telegram_of: TelegramOf
    stalled_after_s: float
    retry_after_s: float
    busy: dict[FileKey, asyncio.Event] = field(default_factory=dict)
    """Files that some order is at; the event comes when it no longer is."""
    processed: int = 0
    received_bytes: int = 0
    _by_dc: dict[tuple[int, int], tuple[Telegram, Lane]] = field(default_factory=dict)
    _lost: dict[int, _Lost] = field(default_factory=dict)
    _waits: dict[int, datetime] = field(default_factory=dict)
    """Until when Telegram wants accounts to wait."""
    _listening: ExitStack = field(default_factory=ExitStack)

    async def lane(self, telegram: Telegram, dc_id: int) -> Lane:
        """The lane of an account and a data centre; a new connection begins a new one."""
        key = telegram.account_id, dc_id
        limits = await telegram.files.limits()  # before the look: many files ask at once
        found = self._by_dc.get(key)
        if found is not None and found[0].files is telegram.files:
            return found[1]
        if not any(known.files is telegram.files for known, _ in self._by_dc.values()):
            told = partial(self._told, telegram.account_id)
            self._listening.enter_context(telegram.telling(told))
        lane = Lane(limits, parts=None if self.config.parallel else 1)
        self._by_dc[key] = telegram, lane
        return lane

    def lost(self, telegram: Telegram, error: AccountUnusable) -> bool:
        """Note that Telegram ended an account's session; return whether that is news."""
        is_news = self.is_lost(telegram) is None
        self._lost[telegram.account_id] = _Lost(telegram, error)
        return is_news

    def why_lost(self, account_id: int) -> AccountUnusable | None:
        """Why Telegram ended an account's session; None: it did not, as far as was seen."""
        lost = self._lost.get(account_id)
        return lost.error if lost is not None else None

    def is_lost(self, telegram: Telegram) -> AccountUnusable | None:
        """Why this connection can be used no more; None: it can."""
        lost = self._lost.get(telegram.account_id)
        return lost.error if lost is not None and lost.telegram.files is telegram.files else None

    def try_frozen(self) -> None:
        """Let frozen accounts be asked once more: they may be free by now."""
        for account_id, lost in list(self._lost.items()):
            if isinstance(lost.error, AccountFrozen):
                del self._lost[account_id]

    def waits(self, telegram: Telegram) -> bool:
        """Whether Telegram wants this account to wait at the moment, for whatever it asked."""
        until = self._waits.get(telegram.account_id)
        return until is not None and until > datetime.now(UTC)

    def close(self) -> None:
        """Listen to accounts no more."""
        self._listening.close()

    def _told(self, account_id: int, until: datetime | None, reason: str | None) -> None:
        if until is not None and reason == FLOODED:
            self._waits[account_id] = until
        else:
            self._waits.pop(account_id, None)
