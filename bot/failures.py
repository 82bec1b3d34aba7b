"""What happens when handling an update fails: waiting for the database, and the error router."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from aiogram import BaseMiddleware
from aiogram.exceptions import AiogramError
from aiogram.types import ErrorEvent, TelegramObject, Update

from bot import texts
from bot.access import Access, language_of
from bot.language import said, speaking
from storage.errors import DatabaseLocked, StorageError

log = structlog.get_logger(__name__)

FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 10.0
TOAST_LENGTH = 200


class WaitForDatabase(BaseMiddleware):
    """Handles an update again until the database takes it, so that no command is lost.

    Each try already waits for the database's own busy time-out; the person is told once.
    """

    def __init__(self, access: Access) -> None:
        self._access = access

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        pause_s, told = FIRST_PAUSE_S, False
        while True:
            try:
                return await handler(event, data)
            except DatabaseLocked as error:
                log.warning("an update waits for the database", reason=str(error))
            if not told and isinstance(event, Update) and self._access.allows(event):
                await tell(event, texts.BUSY())
                told = True
            await asyncio.sleep(pause_s)
            pause_s = min(LONGEST_PAUSE_S, pause_s * 2)


class ErrorRouter:
    """Says what went wrong to those who are let in; a sentence may name folders, which are the
    owners'.

    This is the bot's one catch for everything: aiogram calls it for whatever a handler raised.
    """

    def __init__(self, access: Access) -> None:
        self._access = access

    async def tell(self, event: ErrorEvent) -> bool:
        error, update = event.exception, event.update
        if isinstance(error, AiogramError):
            log.warning("an answer was not delivered", update=update.update_id, error=str(error))
            return True
        with speaking(language_of(update)):
            await self._answer(update, error)
        return True

    async def _answer(self, update: Update, error: Exception) -> None:
        sentence = texts.APOLOGY()
        if isinstance(error, StorageError):
            log.error("storage failed", update=update.update_id, error=str(error))
            if self._access.owns(update):
                sentence = said(error.args[0] if error.args else "")
        else:
            log.error("a handler failed", update=update.update_id, exc_info=error)
        if self._access.allows(update):
            await tell(update, sentence)


async def tell(update: Update, sentence: str) -> None:
    """Answer whatever the update was; one that cannot be answered is only logged."""
    try:
        if update.message is not None:
            private = update.message.chat.type == "private"
            await update.message.reply(sentence if private else texts.in_group(sentence))
        elif update.callback_query is not None:
            await update.callback_query.answer(sentence[:TOAST_LENGTH], show_alert=True)
        elif update.inline_query is not None:
            await update.inline_query.answer([], cache_time=0, is_personal=True)
    except AiogramError as error:
        log.warning("a sentence was not delivered", sentence=sentence, error=str(error))
