"""Reactions that acknowledge a command without another message: seen, done, failed."""

from __future__ import annotations

import structlog
from aiogram import Bot
from aiogram.exceptions import AiogramError
from aiogram.methods import SetMessageReaction
from aiogram.types import ReactionTypeEmoji

from bot.session import once
from storage.models import JobState

SEEN = "👀"
ENDINGS = {JobState.DONE: "👌", JobState.FAILED: "💔"}
"""Of those that bots may use: https://core.telegram.org/bots/api#reactiontypeemoji"""

log = structlog.get_logger(__name__)


async def react(bot: Bot, chat_id: int, message_id: int, emoji: str) -> None:
    """Put a reaction under a message; it is a courtesy, so that nothing is tried twice."""
    method = SetMessageReaction(
        chat_id=chat_id, message_id=message_id, reaction=[ReactionTypeEmoji(emoji=emoji)]
    )
    try:
        await once(bot, method)
    except AiogramError as error:
        log.debug("no reaction", chat=chat_id, error=str(error))
