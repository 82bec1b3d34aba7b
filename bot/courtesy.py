"""Sentences that are a courtesy to somebody else than who acts."""

from __future__ import annotations

import structlog
from aiogram import Bot
from aiogram.exceptions import AiogramError
from aiogram.methods import SendMessage

from bot.session import once

log = structlog.get_logger(__name__)


async def tell_person(bot: Bot, person_id: int, sentence: str) -> None:
    """Say it once: whoever never started the bot, or stopped it, does not hear it."""
    try:
        await once(bot, SendMessage(chat_id=person_id, text=sentence))
    except AiogramError as error:
        log.info("somebody was not told", person=person_id, error=str(error))
