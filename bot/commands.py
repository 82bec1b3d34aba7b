"""The list of commands that a phone offers behind "/".

Only the owners see it: the default list stays empty, so that a stranger learns nothing.
"""

from __future__ import annotations

import structlog
from aiogram import Bot
from aiogram.exceptions import AiogramError
from aiogram.types import BotCommand, BotCommandScopeChat

from bot import texts

log = structlog.get_logger(__name__)


async def offer_commands(bot: Bot, person_id: int) -> None:
    """Show the commands in the private chat with `person_id`.

    Telegram refuses this until that person has started the bot, so it is also done at /start.
    """
    commands = [
        BotCommand(command=command, description=description)
        for command, description in texts.COMMANDS.items()
    ]
    try:
        await bot.set_my_commands(commands, scope=BotCommandScopeChat(chat_id=person_id))
    except AiogramError as error:
        log.info("the list of commands was not set", person_id=person_id, error=str(error))
