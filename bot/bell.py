"""Tells those who may answer of members' requests, and shows under each what was answered."""

from __future__ import annotations

import asyncio

import structlog
from aiogram import Bot
from aiogram.exceptions import (
    AiogramError,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramRetryAfter,
)
from aiogram.methods import EditMessageText, SendMessage

from bot import people_texts as words
from bot.keyboards import reply_keyboard
from bot.language import speaking
from bot.session import once
from bot.unbroken import Unbroken
from storage.database import Database
from storage.errors import StorageError
from storage.people import People
from storage.requests import Notice, Requests

LOOK_EVERY_S = 30.0
"""When nothing changes in the database."""
AGAIN_AFTER_S = 5.0

log = structlog.get_logger(__name__)


class Bell:
    """The loop over open requests; what was told stands in rows, so that a restart goes on."""

    def __init__(self, bot: Bot, database: Database, unbroken: Unbroken) -> None:
        self._bot = bot
        self._database = database
        self._requests = Requests(database)
        self._people = People(database)
        self._unbroken = unbroken

    async def run(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            seen = self._database.changes
            try:
                wait_s = await self._round()
            except StorageError as error:
                log.warning("requests wait for the database", reason=str(error))
                wait_s = AGAIN_AFTER_S
            if wait_s:
                await asyncio.sleep(wait_s)
            else:
                await self._database.wait_for_change(LOOK_EVERY_S, since=seen)

    async def _round(self) -> float:
        """Tell all there is to tell; return how long to wait before the rest, 0: that was all."""
        wait_s = 0.0
        for notice in await self._requests.to_tell():
            with self._unbroken.work(), speaking(await self._people.language(notice.person_id)):
                wait_s = max(wait_s, await self._tell(notice))
        for notice in await self._requests.to_close():
            with self._unbroken.work(), speaking(await self._people.language(notice.person_id)):
                wait_s = max(wait_s, await self._close(notice))
        return wait_s

    async def _tell(self, notice: Notice) -> float:
        method = SendMessage(
            chat_id=notice.person_id,
            text=words.asks(notice.request),
            reply_markup=reply_keyboard(notice.request.id),
        )
        try:
            sent = await once(self._bot, method)
        except TelegramRetryAfter as pause:
            return float(pause.retry_after)
        except (TelegramForbiddenError, TelegramBadRequest) as error:  # never started the bot
            log.info("a request was not told", person=notice.person_id, error=str(error))
            await self._requests.told(notice, None)
        except AiogramError as error:
            log.info("a request was not told yet", person=notice.person_id, error=str(error))
            return AGAIN_AFTER_S
        else:
            await self._requests.told(notice, sent.message_id)
        return 0.0

    async def _close(self, notice: Notice) -> float:
        method = EditMessageText(
            chat_id=notice.person_id, message_id=notice.message_id, text=words.asks(notice.request)
        )
        try:
            await once(self._bot, method)
        except TelegramRetryAfter as pause:
            return float(pause.retry_after)
        except (TelegramForbiddenError, TelegramBadRequest) as error:
            log.info("a request was not closed", person=notice.person_id, error=str(error))
        except AiogramError as error:
            log.info("a request was not closed yet", person=notice.person_id, error=str(error))
            return AGAIN_AFTER_S
        await self._requests.closed([notice])
        return 0.0
