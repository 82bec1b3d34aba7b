"""The list of commands that a phone offers behind "/".

Each person sees those of their role; the default list stays empty, so that a stranger learns
nothing.
"""

from __future__ import annotations

import structlog
from aiogram import Bot
from aiogram.exceptions import AiogramError
from aiogram.types import BotCommand, BotCommandScopeChat

from bot import people_texts, texts
from bot.language import ENGLISH, Phrase, languages, speaking
from storage.rights import Action, Role, may

log = structlog.get_logger(__name__)


NEEDS = {"status": Action.STATUS}
"""Commands of `texts.COMMANDS` that are not everybody's."""
START = "start"
"""Telegram's own, which no list offers."""
ALL = (START, *texts.COMMANDS, *people_texts.COMMANDS)
"""Whatever the bot obeys, for some role or other."""


async def offer_commands(bot: Bot, person_id: int, role: Role) -> None:
    """Show the commands in the private chat with `person_id`.

    Telegram refuses this until that person has started the bot, so it is also done at /start. It
    shows the list of the phone's language, and the English one where there is none.
    """
    try:
        for code in languages():
            await bot.set_my_commands(
                _described(role, code),
                scope=BotCommandScopeChat(chat_id=person_id),
                language_code=None if code == ENGLISH else code,
            )
    except AiogramError as error:
        log.info("the list of commands was not set", person_id=person_id, error=str(error))


def _described(role: Role, code: str) -> list[BotCommand]:
    with speaking(code):
        return [
            BotCommand(command=command, description=description())
            for command, description in offered(role).items()
        ]


def offered(role: Role) -> dict[str, Phrase]:
    """The commands of a role, with what they do."""
    common = {
        command: words
        for command, words in texts.COMMANDS.items()
        if command not in NEEDS or may(role, NEEDS[command])
    }
    return common | people_texts.commands_for(role)
