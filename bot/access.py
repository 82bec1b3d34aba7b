"""Who may use the bot: by default nobody, whatever kind of update it is.

Stands before every handler, so that what is added later is closed until it is opened here.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from aiogram import BaseMiddleware, Bot
from aiogram.exceptions import AiogramError
from aiogram.methods import SendMessage
from aiogram.types import Message, TelegramObject, Update, User

from bot import texts
from bot.session import once
from storage.people import People

log = structlog.get_logger(__name__)


def person_of(update: Update) -> User | None:
    """The human being who did this; None for bots, channels and anonymous administrators.

    Only the kinds of update that this bot acts on are looked at: whoever stands behind another
    kind (a business connection, a reaction, a member's change …) stays unknown and is refused.
    """
    if (message := update.message or update.edited_message) is not None:
        person = None if message.sender_chat else message.from_user
    elif update.callback_query is not None:
        person = update.callback_query.from_user
    elif update.inline_query is not None:
        person = update.inline_query.from_user
    else:
        person = None
    return None if person is None or person.is_bot else person


class Access(BaseMiddleware):
    """Lets the owners through; a stranger gets one sentence in a lifetime, then silence."""

    def __init__(self, owners: frozenset[int], people: People) -> None:
        self._owners = owners
        self._people = people

    def allows(self, update: Update) -> bool:
        person = person_of(update)
        return person is not None and person.id in self._owners

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        if isinstance(event, Update):
            if self.allows(event):
                return await handler(event, data)
            await self._turn_away(event, data["bot"])
        return None

    async def _turn_away(self, update: Update, bot: Bot) -> None:
        person = person_of(update)
        try:
            if update.callback_query is not None:
                await update.callback_query.answer()
            elif update.inline_query is not None:
                await update.inline_query.answer([], cache_time=0, is_personal=True)
            elif person is not None and update.message is not None:
                await self._tell_once(person, update.message, bot)
        except AiogramError as error:
            log.info("a stranger could not be answered", error=str(error))

    async def _tell_once(self, person: User, message: Message, bot: Bot) -> None:
        """Sent without retries: a crowd of strangers must not hold up the owners' commands."""
        if not await _addressed(message, bot):
            return
        if not await self._people.met_stranger(person.id, person.full_name):
            return
        await once(bot, message.answer(texts.stranger(person.id)))
        note = texts.stranger_note(person.full_name, person.id)
        for owner in self._owners:
            try:
                await once(bot, SendMessage(chat_id=owner, text=note))
            except AiogramError as error:  # an owner who never started the bot
                log.info("an owner was not told of a stranger", owner=owner, error=str(error))


async def _addressed(message: Message, bot: Bot) -> bool:
    """In a group only a command that names this bot is meant for it."""
    if message.chat.type == "private":
        return True
    command = (message.text or "").split(maxsplit=1)[:1]
    name = (await bot.me()).username or ""
    return (
        bool(command)
        and command[0].lower().startswith("/")
        and command[0].lower().endswith(f"@{name.lower()}")
    )
