"""Shows the screens of options as their rows say, and goes on after a restart."""

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

from bot.delivery import GONE, UNCHANGED, under_command
from bot.language import speaking
from bot.many_screens import seen_by, view_of
from bot.option_screens import Around, View, view
from bot.session import once
from bot.unbroken import Unbroken
from storage.archive import Archive
from storage.choices import Choices
from storage.database import Database
from storage.errors import StorageError
from storage.formats import USUAL
from storage.grants import Grants
from storage.jobs import Jobs
from storage.people import People
from storage.plans import Plans
from storage.screens import Screen, Screens, Stage

LOOK_EVERY_S = 30.0
"""When nothing changes in the database."""
AGAIN_AFTER_S = 5.0

log = structlog.get_logger(__name__)


class Asking:
    """The loop over the screens that a phone does not show as they are."""

    def __init__(
        self, bot: Bot, database: Database, unbroken: Unbroken, formats: tuple[str, ...] = USUAL
    ) -> None:
        """`formats`: the usual ones, of people who have chosen none."""
        self._bot = bot
        self._database = database
        self._screens = Screens(database)
        self._people = People(database)
        self._unbroken = unbroken
        self._formats = formats

    async def run(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            seen = self._database.changes
            try:
                wait_s = await self._round(stop)
            except StorageError as error:
                log.warning("the screens wait for the database", reason=str(error))
                wait_s = AGAIN_AFTER_S
            if wait_s:
                await asyncio.sleep(wait_s)
            else:
                await self._database.wait_for_change(LOOK_EVERY_S, since=seen)

    async def _round(self, stop: asyncio.Event) -> float:
        """Show all there is; return how long to wait before the rest, 0: nothing is left."""
        for screen in await self._screens.due(self._bot.id):
            if stop.is_set():
                return 0.0
            with self._unbroken.work():
                if wait_s := await self._show(screen):
                    return wait_s
        return 0.0

    async def _show(self, screen: Screen) -> float:
        """Send or edit one; return how long to wait before that may be tried again."""
        with speaking(await self._people.language(screen.person_id)):
            if screen.chats is None:
                drawn = view(screen, await around(self._database, screen, self._formats))
            else:
                drawn = view_of(screen, await seen_by(self._database, screen))
        message_id = screen.message_id
        try:
            if message_id is None:
                sent = await once(self._bot, _sending(screen, drawn))
                message_id = sent.message_id
            else:
                await once(self._bot, _editing(screen, message_id, drawn))
        except TelegramRetryAfter as pause:
            return float(pause.retry_after)
        except TelegramForbiddenError as error:  # they stopped the bot: nobody waits for it
            log.info("a screen was not wanted", chat=screen.place.chat_id, error=str(error))
        except TelegramBadRequest as error:
            reason = error.message.lower()
            if any(sign in reason for sign in GONE):
                message_id = None  # whoever deletes a screen does not want it
            elif UNCHANGED not in reason:
                log.warning("a screen was refused", chat=screen.place.chat_id, error=str(error))
        except AiogramError as error:
            log.info("a screen was not shown yet", chat=screen.place.chat_id, error=str(error))
            return AGAIN_AFTER_S
        await self._screens.shown(screen, message_id)
        return 0.0


async def around(database: Database, screen: Screen, formats: tuple[str, ...]) -> Around:
    """What there is to say about a screen's chat to the person who asks."""
    peer_id, archive = screen.peer_id, Archive(database)
    usual = await Choices(database).usual_formats(screen.person_id)
    plan, error = None, None
    if screen.job_id is not None and screen.stage is Stage.PLANNED:
        plan = await Plans(database).get(screen.job_id)
        job = await Jobs(database).get(screen.job_id)
        error = job.error if job else None
        peer_id = plan.chat.id if plan else peer_id
    elif screen.job_id is not None and (made := await Plans(database).get(screen.job_id)):
        peer_id = made.chat.id
    if peer_id is None or not await Grants(database).may_read(screen.person_id, peer_id):
        return Around(formats=formats, usual=usual, error=error)
    return Around(
        formats=formats,
        usual=usual,
        chat=await archive.chat(peer_id),
        topics=await archive.topics(peer_id),
        exported=await Choices(database).last_export(peer_id) is not None,
        plan=plan,
        error=error,
    )


def _sending(screen: Screen, drawn: View) -> SendMessage:
    return SendMessage(
        chat_id=screen.place.chat_id,
        text=drawn.text,
        entities=list(drawn.entities),
        parse_mode=None,
        reply_markup=drawn.keyboard,
        disable_notification=True,
        reply_parameters=under_command(screen.place),
    )


def _editing(screen: Screen, message_id: int, drawn: View) -> EditMessageText:
    return EditMessageText(
        chat_id=screen.place.chat_id,
        message_id=message_id,
        text=drawn.text,
        entities=list(drawn.entities),
        parse_mode=None,
        reply_markup=drawn.keyboard,
    )
