"""Handles updates one at a time, whichever way they come in.

A handler has done its work when `take` returns: only then may an update be confirmed, so that a
kill in between brings it again; rows with the update's id make that harmless.
"""

from __future__ import annotations

import asyncio

import structlog
from aiogram import Bot, Dispatcher
from aiogram.types import Update
from pydantic import ValidationError

from bot.unbroken import Unbroken
from storage.foreground import Foreground

log = structlog.get_logger(__name__)

UPDATES = ["message", "callback_query", "inline_query"]
"""The kinds asked for. Another kind that comes all the same is refused by `access.py`."""

NOT_ACCEPTED = (
    "Telegram does not accept BOT_TOKEN. Copy it again from @BotFather (Bot Settings → API token)."
)


class Intake:
    """Hands updates to the dispatcher until `stop` is set."""

    def __init__(
        self,
        bot: Bot,
        dispatcher: Dispatcher,
        unbroken: Unbroken,
        foreground: Foreground,
        stop: asyncio.Event,
    ) -> None:
        self._bot = bot
        self._dispatcher = dispatcher
        self._unbroken = unbroken
        self._foreground = foreground
        self._stop = stop
        self._turn = asyncio.Lock()

    def read(self, raw: object) -> Update | None:
        """The update, or None for one that this version cannot read: it is passed over, or it
        would hold up all others for ever."""
        try:
            return Update.model_validate(raw, context={"bot": self._bot})
        except ValidationError as invalid:
            log.warning("an update cannot be read and is passed over", reason=str(invalid))
            return None

    async def take(self, update: Update) -> bool:
        """Handle an update in its turn; False: we are stopping, so it has to come again."""
        async with self._turn:
            if self._stop.is_set():
                return False
            with self._unbroken.work(), self._foreground.answering():
                await self._dispatcher.feed_update(self._bot, update)
            return True
