"""Filters of our own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from aiogram import BaseMiddleware, Bot
from aiogram.filters import BaseFilter
from aiogram.types import Message, TelegramObject, Update
from magic_filter import MagicFilter

from storage.errors import DatabaseLocked
from storage.jobs import Jobs

NOTE = "note_update"

log = structlog.get_logger(__name__)


class Is(BaseFilter):
    """What a magic filter (`F.text`) says of an update.

    Left to aiogram, it would be asked in a thread, as every filter that is no coroutine: that way
    there and back takes longer than all the rest when the process is busy.
    """

    def __init__(self, magic: MagicFilter) -> None:
        self._magic = magic

    async def __call__(self, event: TelegramObject) -> bool:
        return bool(self._magic.resolve(event))


class FirstTime(BaseFilter):
    """Lets an update through until its handler has done its work once; see `NoteDone`.

    Telegram brings an update again when a kill came between its handler and the confirmation.
    /export needs no such filter: its job is that row.
    """

    async def __call__(
        self, _: Message, bot: Bot, event_update: Update, jobs: Jobs
    ) -> bool | dict[str, Any]:
        if await jobs.has_command(bot.id, event_update.update_id):
            return False
        return {NOTE: event_update.update_id}


class NoteDone(BaseMiddleware):
    """Writes down that an update of `FirstTime` was handled: not before, or a kill amid its
    handler would lose the command; and what these handlers do may be done again."""

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        result = await handler(event, data)
        update_id, jobs, bot = data.get(NOTE), data["jobs"], data["bot"]
        if update_id is not None:
            try:
                await jobs.record_command(bot.id, update_id)
            except DatabaseLocked as error:  # the answer is out: it must not be sent again
                log.warning("an update is not noted", update=update_id, reason=str(error))
        return result
