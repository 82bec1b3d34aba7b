"""Brings frames and messages to a chat, as often as Telegram allows; never waits for it.

What cannot be said now is dropped, because the next round has something newer to say.
"""

from __future__ import annotations

import time
from enum import Enum
from typing import Any

import structlog
from aiogram import Bot
from aiogram.exceptions import (
    AiogramError,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.methods import EditMessageText, SendMessage
from aiogram.types import InlineKeyboardMarkup, Message, ReplyParameters
from aiogram.utils.formatting import Text

from bot.cards import Frame
from bot.pace import ChatPace, Pace
from bot.session import once
from storage.models import CardPlace

log = structlog.get_logger(__name__)

UNCHANGED = "message is not modified"
GONE = ("message to edit not found", "message can't be edited", "message_id_invalid")


Told = SendMessage | EditMessageText


class Landed(Enum):
    """What became of an edit."""

    YES = "yes"
    NOT_NOW = "not now"
    GONE = "gone"
    """The message no longer exists, so the card needs a new one."""


class Delivery:
    """Talks to chats, each at its own pace."""

    def __init__(self, bot: Bot, pace: Pace) -> None:
        self._bot = bot
        self._usual = pace
        self._chats: dict[int, ChatPace] = {}
        self._due_at = float("inf")

    def due_in_s(self) -> float:
        """How soon something that was put off may be said; asking forgets it."""
        due_at, self._due_at = self._due_at, float("inf")
        return max(0.0, due_at - time.monotonic())

    def edits_refused_for_long(self, place: CardPlace) -> bool:
        return self._pace(place).edits_refused_for_long(time.monotonic())

    async def send_card(self, place: CardPlace, frame: Frame) -> Message | None:
        """Silent, under the command; None: not now."""
        method = SendMessage(
            chat_id=place.chat_id,
            text=frame.text,
            entities=list(frame.entities),
            parse_mode=None,
            reply_markup=frame.keyboard,
            reply_parameters=under_command(place),
            disable_notification=True,
        )
        return await self._send(place, method, card=True)

    async def send_ending(
        self, place: CardPlace, text: Text, keyboard: InlineKeyboardMarkup
    ) -> Message | None:
        """With a sound, as a message of its own under the command; None: not now."""
        method = SendMessage(
            chat_id=place.chat_id,
            reply_parameters=under_command(place),
            reply_markup=keyboard,
            **text.as_kwargs(),
        )
        return await self._send(place, method, card=False)

    async def edit_card(
        self, place: CardPlace, message_id: int, frame: Frame, *, changed_state: bool, age_s: float
    ) -> Landed:
        """Make the message show `frame`; `age_s` is how long its job has run."""
        pace = self._pace(place)
        if self._too_early(pace.next_edit(changed_state=changed_state, age_s=age_s)):
            return Landed.NOT_NOW
        method = EditMessageText(
            chat_id=place.chat_id,
            message_id=message_id,
            text=frame.text,
            entities=list(frame.entities),
            parse_mode=None,
            reply_markup=frame.keyboard,
        )
        try:
            await self._ask(method)
        except TelegramBadRequest as error:
            reason = error.message.lower()
            if any(words in reason for words in GONE):
                return Landed.GONE
            if UNCHANGED not in reason:
                self._refused(place, error, edit=True)
                return Landed.NOT_NOW
        except AiogramError as error:
            self._refused(place, error, edit=True)
            return Landed.NOT_NOW
        pace.landed(time.monotonic(), card=True)
        return Landed.YES

    async def _send(self, place: CardPlace, method: SendMessage, *, card: bool) -> Message | None:
        pace = self._pace(place)
        if self._too_early(pace.sends_from):
            return None
        try:
            sent: Message = await self._ask(method)
        except AiogramError as error:
            self._refused(place, error, edit=False)
            return None
        pace.landed(time.monotonic(), card=card)
        return sent

    async def _ask(self, method: Told) -> Any:
        """Ask once; without entities if the server does not know one of them."""
        try:
            return await once(self._bot, method)
        except TelegramBadRequest as error:
            if not method.entities or "entit" not in error.message.lower():
                raise
            log.warning("the Bot API does not take an entity", error=str(error))
        return await once(self._bot, method.model_copy(update={"entities": None}))

    def _too_early(self, allowed_at: float) -> bool:
        if time.monotonic() >= allowed_at:
            return False
        self._due_at = min(self._due_at, allowed_at)
        return True

    def _refused(self, place: CardPlace, error: AiogramError, *, edit: bool) -> None:
        pace, now = self._pace(place), time.monotonic()
        if isinstance(error, TelegramRetryAfter):
            log.info("Telegram asks for a pause", chat=place.chat_id, seconds=error.retry_after)
            pace.refused(now, error.retry_after, edit=edit)
            return
        passing = isinstance(error, (TelegramNetworkError, TelegramServerError))
        pace.failed(now, for_good=not passing)
        say = log.info if passing or isinstance(error, TelegramForbiddenError) else log.error
        say("a card or message was not delivered", chat=place.chat_id, error=str(error))

    def _pace(self, place: CardPlace) -> ChatPace:
        chat = ChatPace(pace=self._usual)
        return self._chats.setdefault(place.chat_id, chat)


def under_command(place: CardPlace) -> ReplyParameters | None:
    """Below the command, if that stands in the same chat."""
    if not place.reply_to:
        return None
    return ReplyParameters(message_id=place.reply_to, allow_sending_without_reply=True)
