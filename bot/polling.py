"""Asks for updates and confirms each only after it was handled.

aiogram's own polling confirms an update when its handler starts, ends a running handler at once
when it is stopped, and hides a second poller in its log. Here a handler has done its work before
the next `getUpdates` confirms the update.
"""

from __future__ import annotations

import asyncio
from typing import Any

import structlog
from aiogram import Bot
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramAPIError,
    TelegramConflictError,
    TelegramRetryAfter,
    TelegramUnauthorizedError,
)
from aiogram.methods import DeleteWebhook, GetUpdates
from aiogram.types import Update

from bot.errors import BotError, TokenRefused
from bot.intake import NOT_ACCEPTED, UPDATES, Intake
from bot.session import once

log = structlog.get_logger(__name__)

WAIT_S = 25
"""How long the server holds a request without updates; at most 50."""
LONGEST_PAUSE_S = 30.0
CONFLICTS = 3
"""So many refusals in a row, before any success, mean that another bot keeps this token."""

WEBHOOK_IS_SET = "while webhook is active"
"""Part of a 409: Telegram posts the updates somewhere instead."""
SECOND_POLLER = (
    "Another program receives this bot's messages with the same BOT_TOKEN. Stop it, or make a "
    "second bot with @BotFather: only one program can run a bot."
)


class Polling:
    """Asks for updates and hands them on until `stop` is set."""

    def __init__(self, bot: Bot, intake: Intake, stop: asyncio.Event) -> None:
        self._bot = bot
        self._intake = intake
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
                if not await self._intake.take(update):
                    return
                self._offset = update.update_id + 1

    async def _ask(self) -> list[Update]:
        request = GetUpdates(offset=self._offset, timeout=WAIT_S, allowed_updates=UPDATES)
        try:
            updates = await self._bot(request, request_timeout=WAIT_S + 20)
        except TelegramUnauthorizedError:
            raise TokenRefused(NOT_ACCEPTED) from None
        except TelegramConflictError as error:
            if not self._succeeded and WEBHOOK_IS_SET in error.message:
                return await self._leave_webhook()
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

    async def _leave_webhook(self) -> list[Update]:
        """Undo what these settings, or another program's, were before."""
        try:
            await once(self._bot, DeleteWebhook())
        except TelegramAPIError as error:
            await self._pause("the bot's webhook cannot be removed", error)
        else:
            log.warning("the bot's webhook is removed, as WEBHOOK_URL is empty")
        return []

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
        """Those among the updates that this version can read."""
        found = []
        for raw in _raw_updates(error.data):
            if (update := self._intake.read(raw)) is not None:
                found.append(update)
            else:
                self._offset = max(self._offset or 0, int(raw["update_id"]) + 1)
        if not found:
            await asyncio.sleep(1)
        return found


def _raw_updates(answer: Any) -> list[dict[str, Any]]:
    result = answer.get("result") if isinstance(answer, dict) else None
    updates = result if isinstance(result, list) else []
    return [raw for raw in updates if isinstance(raw, dict) and "update_id" in raw]
