"""Sentences that are a courtesy to somebody else than who acts, and whether anybody hears them."""

from __future__ import annotations

import structlog
from aiogram import Bot
from aiogram.exceptions import AiogramError, TelegramBadRequest, TelegramForbiddenError
from aiogram.methods import SendChatAction, SendMessage

from bot.session import once

log = structlog.get_logger(__name__)


async def tell_person(bot: Bot, person_id: int, sentence: str) -> None:
    """Say it once: whoever never started the bot, or stopped it, does not hear it."""
    try:
        await once(bot, SendMessage(chat_id=person_id, text=sentence))
    except AiogramError as error:
        log.info("somebody was not told", person=person_id, error=str(error))


async def may_write_to(bot: Bot, person_id: int) -> bool:
    """Whether somebody has started the bot, and not stopped it since.

    Asked of Telegram by showing “typing” there, which it refuses like a message. When it cannot
    be asked, they have: what is sent then waits until it can be.
    """
    try:
        await once(bot, SendChatAction(chat_id=person_id, action="typing"))
    except (TelegramForbiddenError, TelegramBadRequest):
        return False
    except AiogramError as error:
        log.info("nobody knows whether somebody hears", person=person_id, error=str(error))
    return True
