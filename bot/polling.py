"""Takes updates one by one and confirms each only after it was handled.

aiogram's own polling confirms an update when its handler starts, ends a running handler at once
when it is stopped, and hides a second poller in its log. Here a handler has done its work before
the next `getUpdates` confirms the update, so that a kill in between brings the update again; rows
with the update's id make that harmless.
"""

from __future__ import annotations

import asyncio
from typing import Any

import structlog
from aiogram import Bot, Dispatcher
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramAPIError,
    TelegramConflictError,
    TelegramRetryAfter,
    TelegramUnauthorizedError,
)
from aiogram.methods import GetUpdates
from aiogram.types import Update
from pydantic import ValidationError

from bot.errors import BotError, TokenRefused
from bot.unbroken import Unbroken

log = structlog.get_logger(__name__)

WAIT_S = 25
"""How long the server holds a request without updates; at most 50."""
UPDATES = ["message", "callback_query", "inline_query"]
"""The kinds asked for. Another kind that comes all the same is refused by `access.py`."""
LONGEST_PAUSE_S = 30.0
CONFLICTS = 3
"""So many refusals in a row, before any success, mean that another bot keeps this token."""

NOT_ACCEPTED = (
    "Telegram does not accept BOT_TOKEN. Copy it again from @BotFather (Bot Settings → API token)."
)
SECOND_POLLER = (
    "Another program receives this bot's messages with the same BOT_TOKEN. Stop it, or make a "
    "second bot with @BotFather: only one program can run a bot."
)


class Polling:
    """Asks for updates and hands them on until `stop` is set."""

    def __init__(
        self, bot: Bot, dispatcher: Dispatcher, unbroken: Unbroken, stop: asyncio.Event
    ) -> None:
        self._bot = bot
        self._dispatcher = dispatcher
        self._unbroken = unbroken
        self._stop = stop
        self._offset: int | None = None
        self._succeeded = False
        self._failures = 0

    async def run(self) -> None:
        """
        Raises:
            BotError: the token is no longer valid, or another program polls with it.
        """
        while not self._stop.is_set():
            for update in await self._ask():
                if self._stop.is_set():
                    return
                with self._unbroken.work():
                    await self._dispatcher.feed_update(self._bot, update)
                self._offset = update.update_id + 1

    async def _ask(self) -> list[Update]:
        request = GetUpdates(offset=self._offset, timeout=WAIT_S, allowed_updates=UPDATES)
        try:
            updates = await self._bot(request, request_timeout=WAIT_S + 20)
        except TelegramUnauthorizedError:
            raise TokenRefused(NOT_ACCEPTED) from None
        except TelegramConflictError as error:
            if not self._succeeded and self._failures + 1 >= CONFLICTS:
                raise BotError(SECOND_POLLER) from None
            await self._pause(SECOND_POLLER, error)
            return []
        except ClientDecodeError as error:
            return await self._readable(error)
        except TelegramAPIError as error:
            await self._pause("the Bot API cannot be reached", error)
            return []
        if self._failures:
            log.info("updates arrive again", after_failures=self._failures)
        self._succeeded, self._failures = True, 0
        return updates

    async def _pause(self, what: str, error: TelegramAPIError) -> None:
        pause_s = min(LONGEST_PAUSE_S, 2.0 ** min(self._failures, 5))
        if isinstance(error, TelegramConflictError):
            pause_s = 1.0
        elif isinstance(error, TelegramRetryAfter):
            pause_s = float(error.retry_after)
        self._failures += 1
        log.warning(what, error=str(error), next_try_s=pause_s)
        await asyncio.sleep(pause_s)

    async def _readable(self, error: ClientDecodeError) -> list[Update]:
        """One update that this version cannot read must not hold up all others for ever."""
        found = []
        for raw in _raw_updates(error.data):
            try:
                found.append(Update.model_validate(raw, context={"bot": self._bot}))
            except ValidationError as invalid:
                log.warning("an update cannot be read and is passed over", reason=str(invalid))
                self._offset = max(self._offset or 0, int(raw["update_id"]) + 1)
        if not found:
            await asyncio.sleep(1)
        return found


def _raw_updates(answer: Any) -> list[dict[str, Any]]:
    result = answer.get("result") if isinstance(answer, dict) else None
    updates = result if isinstance(result, list) else []
    return [raw for raw in updates if isinstance(raw, dict) and "update_id" in raw]
