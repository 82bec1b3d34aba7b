"""Sends packed archives into the chat, one file after another, and goes on after a restart."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import structlog
from aiogram import Bot
from aiogram.exceptions import (
    AiogramError,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramRetryAfter,
)
from aiogram.methods import SendDocument, SendMediaGroup, SendMessage
from aiogram.types import FSInputFile, InputMediaPhoto, Message

from bot import stats_texts, texts
from bot.delivery import under_command
from bot.language import speaking
from bot.session import once
from bot.unbroken import Unbroken
from storage.database import Database
from storage.errors import StorageError
from storage.grants import Grants
from storage.parcels import Arrival, Errand, Parcels
from storage.people import People

LOOK_EVERY_S = 30.0
"""When nothing changes in the database."""
AGAIN_AFTER_S = 5.0
UPLOAD_S = 3600
"""For a file of 2 GB on a slow line."""
UNKNOWN_CHAT = 0
"""Open to nobody but the owners."""
UNKNOWN_FILE = "file identifier"
"""What Telegram says of a file_id that it does not know (any more)."""

log = structlog.get_logger(__name__)


class Postman:
    """The loop over what is still to be sent."""

    def __init__(
        self, bot: Bot, database: Database, unbroken: Unbroken, *, local_files: bool
    ) -> None:
        """`local_files`: the Bot API server reads files of this machine by itself."""
        self._bot = bot
        self._database = database
        self._parcels = Parcels(database)
        self._grants = Grants(database)
        self._people = People(database)
        self._unbroken = unbroken
        self._local_files = local_files

    async def run(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            seen = self._database.changes
            try:
                wait_s = await self._round(stop)
            except StorageError as error:
                log.warning("deliveries wait for the database", reason=str(error))
                wait_s = AGAIN_AFTER_S
            if wait_s:
                await asyncio.sleep(wait_s)
            else:
                await self._database.wait_for_change(LOOK_EVERY_S, since=seen)

    async def _round(self, stop: asyncio.Event) -> float:
        """Send all there is; return how long to wait before the rest, 0: nothing is left."""
        for together in _messages(await self._parcels.errands(self._bot.id)):
            if stop.is_set():
                return 0.0
            with speaking(await self._people.language(together[0].place.chat_id)):
                wait_s = await self._send(together)
            if wait_s:
                return wait_s
        for path in await self._parcels.clear():
            path.unlink(missing_ok=True)
            with suppress(OSError):  # another file of the delivery lies there still
                path.parent.rmdir()
        return 0.0

    async def _send(self, together: Sequence[Errand]) -> float:
        """Send what is one message or album; return how long to wait before it may be tried
        again, 0: it is done."""
        first, place = together[0], together[0].place
        if not await self._may_receive(first):
            log.warning("an archive was withheld", chat=place.chat_id, job=first.parcel.job_id)
            await self._never(together)
            return 0.0
        if any(not each.file_id and not _is_there(each.parcel.path) for each in together):
            return await self._gone(together)
        try:
            sent = await self._sent(together)
        except TelegramRetryAfter as pause:
            return float(pause.retry_after)
        except TelegramForbiddenError as error:
            log.info("an archive was not wanted", chat=place.chat_id, error=str(error))
            await self._never(together)
        except TelegramBadRequest as error:
            await self._refused(together, error)
        except AiogramError as error:
            log.info("an archive was not delivered yet", chat=place.chat_id, error=str(error))
            return AGAIN_AFTER_S
        else:
            await self._parcels.delivered(
                [
                    Arrival(errand=errand, message_id=message.message_id, file_id=_file_id(message))
                    for errand, message in zip(together, sent, strict=True)
                ]
            )
        return 0.0

    async def _sent(self, together: Sequence[Errand]) -> list[Message]:
        """Send one message, or an album; an AiogramError is the caller's."""
        errand, parcel, place = together[0], together[0].parcel, together[0].place
        if errand.is_picture:
            album = SendMediaGroup(
                chat_id=place.chat_id,
                media=[self._picture(each) for each in together],
                reply_parameters=under_command(place),
            )
            return await once(self._bot, album, longest_s=UPLOAD_S)
        document = SendDocument(
            chat_id=place.chat_id,
            document=errand.file_id or self._file(parcel.path, parcel.name),
            caption=texts.parcel(parcel.number, parcel.of, parcel.note, first=errand.is_first),
            parse_mode=None,
            disable_content_type_detection=True,
            disable_notification=parcel.number < parcel.of,
            reply_parameters=under_command(place),
        )
        return [await once(self._bot, document, longest_s=UPLOAD_S)]

    def _picture(self, errand: Errand) -> InputMediaPhoto:
        """One of an album; what stands below all is the caption of the only one that has any."""
        parcel = errand.parcel
        caption = stats_texts.caption(parcel.note, first=errand.is_first)
        return InputMediaPhoto(
            media=errand.file_id or self._file(parcel.path, parcel.name),
            caption=caption or None,
            parse_mode=None,
        )

    async def _never(self, together: Sequence[Errand]) -> None:
        await self._parcels.delivered([Arrival(errand=errand) for errand in together])

    async def _may_receive(self, errand: Errand) -> bool:
        """Whether the person may have these files, now.

        What chat a file is from is not known of what was packed by an earlier version.
        """
        chat_id = UNKNOWN_CHAT if errand.about_id is None else errand.about_id
        return await self._grants.may_receive(errand.place.chat_id, chat_id)

    async def _gone(self, together: Sequence[Errand]) -> float:
        """Neither here nor at Telegram is what was packed."""
        errand = together[0]
        log.error("a packed file is gone", job=errand.parcel.job_id, number=errand.parcel.number)
        words = texts.PICTURES_GONE if errand.is_picture else texts.PARCEL_GONE
        try:
            await once(self._bot, SendMessage(chat_id=errand.place.chat_id, text=words()))
        except AiogramError as error:
            log.info("that could not be told", error=str(error))
        await self._never(together)
        return 0.0

    def _file(self, path: Path | None, name: str) -> FSInputFile | str:
        if path is None:
            raise ValueError(f"{name} has neither a file nor a file_id")
        return path.as_uri() if self._local_files else FSInputFile(path, filename=name)

    async def _refused(self, together: Sequence[Errand], error: TelegramBadRequest) -> None:
        errand = together[0]
        if errand.file_id is not None and UNKNOWN_FILE in error.message.lower():
            await self._parcels.forget_file(errand)  # sent anew, if it lies there still
            return
        log.error("an archive was refused", chat=errand.place.chat_id, error=str(error))
        await self._never(together)


def _messages(errands: Sequence[Errand]) -> list[list[Errand]]:
    """Each document by itself; the pictures of a card together."""
    found: list[list[Errand]] = []
    for errand in errands:
        if errand.is_picture and found and found[-1][0].card_id == errand.card_id:
            found[-1].append(errand)
        else:
            found.append([errand])
    return found


def _is_there(path: Path | None) -> bool:
    return path is not None and path.is_file()


def _file_id(sent: Message) -> str | None:
    if sent.photo:
        return sent.photo[-1].file_id  # the largest size
    return sent.document.file_id if sent.document else None
