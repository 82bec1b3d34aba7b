"""An account's data export: Telegram lets more be asked within one.

https://core.telegram.org/api/takeout. An account has one at a time, so all its jobs share it. Its
id is kept for later runs, since a new one may have to be allowed by the owner, or take a day.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import structlog
from telethon import errors
from telethon.tl.functions import InvokeWithMessagesRangeRequest, InvokeWithTakeoutRequest
from telethon.tl.functions.account import InitTakeoutSessionRequest
from telethon.tl.functions.messages import GetSplitRangesRequest

from exporter.errors import AccountFrozen
from exporter.telegram.pacing import Pacer, Refused, WaitTooLong
from exporter.telegram.splits import in_splits
from exporter.telegram.wire import Wire, method_of
from storage.takeouts import Takeouts

OnPermission = Callable[[bool], None]
"""Told True while the owner could allow a data export, False when there is nothing to allow."""

WORTH = 1_000
"""Messages from which on a data export is of use."""
ASK_AGAIN_S = (15.0, 30.0, 60.0, 120.0, 300.0)
"""How long after each answer that the owner has yet to allow it."""
REFUSED_S = 3600.0
"""The same after any other refusal."""
SHORT_WAIT_S = 5.0
TRIES = 2
"""In data exports, when Telegram ends the first meanwhile."""
OVER = (errors.TakeoutInvalidError, errors.TakeoutRequiredError)

log = structlog.get_logger()


@dataclass(slots=True)
class _Open:
    """A data export that Telegram has open."""

    id: int
    splits: Sequence[Any]
    """MessageRanges that the account's own ids are cut into, oldest first."""
    answered: bool = False


def inside(method: str) -> str:
    """Return what the pacer calls a method within a data export, where it has other limits."""
    return f"{method} in takeout"


class Takeout:
    """Asks within the account's data export while there is one, else as usual."""

    def __init__(
        self,
        wire: Wire,
        pacer: Pacer,
        takeouts: Takeouts,
        account_id: int,
    ) -> None:
        self._wire = wire
        self._pacer = pacer
        self._takeouts = takeouts
        self._account_id = account_id
        self._open: _Open | None = None
        self._opening = asyncio.Lock()
        self._not_before = float("-inf")
        """Opening one is not tried earlier; of the loop's clock."""
        self._refusals = 0
        self._permission = False
        self._listeners: list[OnPermission] = []

    @contextmanager
    def telling(self, on_permission: OnPermission) -> Iterator[None]:
        """Tell `on_permission` meanwhile whether the owner could allow a data export."""
        self._listeners.append(on_permission)
        on_permission(self._permission)
        try:
            yield
        finally:
            self._listeners.remove(on_permission)
            on_permission(False)  # noqa: FBT003 - it has this one argument

    async def ask(self, request: Any, *, longest_wait_s: float) -> Any:
        """Ask within the data export, or outside while there is none; raises as the pacer does."""
        for _ in range(TRIES):
            session = await self._session()
            if session is None:
                break
            try:
                answer = await in_splits(
                    request, session.splits, partial(self._inside, session.id, longest_wait_s)
                )
            except Refused as refused:
                if not isinstance(refused.error, OVER):
                    raise
                await self._is_over(session)
            else:
                session.answered = True
                return answer
        return await self._run(request, method_of(request), longest_wait_s)

    async def _session(self) -> _Open | None:
        """Return the open data export, opened now if it may be."""
        if self._open is not None or not self._may_try():
            return self._open
        async with self._opening:
            if self._open is None and self._may_try():
                try:
                    self._open = await self._known() or await self._new()
                except Refused as refused:
                    await self._stays_out(refused)
                except AccountFrozen:
                    self._stays_out_long("the account is frozen")
                except WaitTooLong as wait:
                    self._try_after(wait.wait_s)
                else:
                    self._refusals = 0
                    self._tell(permission=False)
            return self._open

    def _may_try(self) -> bool:
        return asyncio.get_running_loop().time() >= self._not_before

    def _try_after(self, wait_s: float) -> None:
        self._not_before = asyncio.get_running_loop().time() + wait_s

    async def _known(self) -> _Open | None:
        """Return the data export of an earlier run, if Telegram has it still."""
        takeout_id = await self._takeouts.find(self._account_id)
        if takeout_id is None:
            return None
        try:
            return _Open(takeout_id, await self._splits(takeout_id))
        except Refused as refused:
            if not isinstance(refused.error, OVER):
                raise
            await self._takeouts.forget(self._account_id)
            return None

    async def _new(self) -> _Open:
        """Open one for all that is ever asked for: anything more would need another one."""
        request = InitTakeoutSessionRequest(
            contacts=True,
            message_users=True,
            message_chats=True,
            message_megagroups=True,
            message_channels=True,
        )
        takeout = await self._run(request, method_of(request), SHORT_WAIT_S)
        await self._takeouts.save(self._account_id, takeout.id)
        log.info("data export opened", account=self._account_id)
        return _Open(takeout.id, await self._splits(takeout.id))

    async def _splits(self, takeout_id: int) -> Sequence[Any]:
        request = GetSplitRangesRequest()
        splits: Sequence[Any] = await self._inside(takeout_id, SHORT_WAIT_S, request)
        return splits

    async def _inside(self, takeout_id: int, longest_wait_s: float, request: Any) -> Any:
        inner = request.query if isinstance(request, InvokeWithMessagesRangeRequest) else request
        return await self._run(
            InvokeWithTakeoutRequest(takeout_id, request),
            inside(method_of(inner)),
            longest_wait_s,
        )

    async def _run(self, request: Any, method: str, longest_wait_s: float) -> Any:
        return await self._pacer.run(
            lambda: self._wire.ask(request), method=method, longest_wait_s=longest_wait_s
        )

    def _stays_out_long(self, reason: str) -> None:
        log.info("no data export", account=self._account_id, reason=reason)
        self._try_after(REFUSED_S)
        self._tell(permission=False)

    async def _stays_out(self, refused: Refused) -> None:
        """Go on as usual for now, and let the owner know if they can do something about it."""
        if not isinstance(refused.error, errors.TakeoutInitDelayError):
            self._stays_out_long(str(refused))
            return
        again_s = ASK_AGAIN_S[min(self._refusals, len(ASK_AGAIN_S) - 1)]
        self._try_after(min(again_s, refused.error.seconds))
        if self._refusals == 0:
            log.info("data export to be allowed by the owner", account=self._account_id)
            await self._takeouts.wait_for_owner(self._account_id)
        self._refusals += 1
        self._tell(permission=True)

    async def _is_over(self, session: _Open) -> None:
        """Telegram ended the data export: the next request opens another."""
        if self._open is session:
            self._open = None
            self._try_after(0.0 if session.answered else REFUSED_S)
            await self._takeouts.forget(self._account_id)

    def _tell(self, *, permission: bool) -> None:
        self._permission = permission
        for listener in tuple(self._listeners):
            listener(permission)
