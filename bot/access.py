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

from bot import people_texts, texts
from bot.language import speaking
from bot.rights import Who
from bot.session import once
from storage.invites import Invites
from storage.people import People
from storage.rights import Role

INVITE = "inv_"
"""Begins the payload of an invite link."""

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


class Speak(BaseMiddleware):
    """Has an update handled in the language of the phone that it comes from."""

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        with speaking(language_of(event)):
            return await handler(event, data)


def language_of(event: TelegramObject) -> str | None:
    """As the phone of the person behind an update is set."""
    person = person_of(event) if isinstance(event, Update) else None
    return person.language_code if person else None


class Access(BaseMiddleware):
    """Lets people with a role through; a stranger gets one sentence in a lifetime, then silence."""

    def __init__(self, owners: frozenset[int], people: People, invites: Invites) -> None:
        self._owners = owners
        self._people = people
        self._invites = invites
        self._seen: dict[int, bool] = {}
        """Who had a role when last looked at; decides only whether an error is told."""

    def allows(self, update: Update) -> bool:
        """Whether something may be said about an error, without a look at the database."""
        person = person_of(update)
        return person is not None and self._seen.get(person.id, person.id in self._owners)

    def owns(self, update: Update) -> bool:
        """Whether it is an owner's."""
        person = person_of(update)
        return person is not None and person.id in self._owners

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        if not isinstance(event, Update):
            return None
        person = person_of(event)
        role = None if person is None else await self._role(person, event)
        if person is None or role is None:
            return await self._turn_away(event, data["bot"])
        return await handler(event, data | {"who": Who(person.id, role)})

    async def _role(self, person: User, update: Update) -> Role | None:
        known = await self._people.get(person.id)
        role = known.role if known else None
        if known is not None and role is not None:
            now = (person.full_name, person.username, person.language_code)
            if (known.name, known.username, known.language) != now:
                await self._people.introduced(person.id, *now)
        elif (token := _invited(update)) is not None and await self._invites.use(
            token, person.id, person.full_name, person.username
        ):
            role = Role.MEMBER
        self._seen[person.id] = role is not None
        return role

    async def _turn_away(self, update: Update, bot: Bot) -> None:
        person = person_of(update)
        try:
            if update.callback_query is not None:
                known = None if person is None else await self._people.get(person.id)
                once_let_in = known is not None and known.revoked
                await update.callback_query.answer(
                    people_texts.NO_ACCESS() if once_let_in else None
                )
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
        if not await self._people.met_stranger(
            person.id, person.full_name, person.username, person.language_code
        ):
            return
        await once(bot, message.answer(texts.stranger(person.id)))
        for owner in self._owners:
            with speaking(await self._people.language(owner)):
                note = texts.stranger_note(person.full_name, person.id)
            try:
                await once(bot, SendMessage(chat_id=owner, text=note))
            except AiogramError as error:  # an owner who never started the bot
                log.info("an owner was not told of a stranger", owner=owner, error=str(error))


def _invited(update: Update) -> str | None:
    """The token of an invite link that was followed: `/start inv_…` in a private chat."""
    message = update.message
    if message is None or message.chat.type != "private":
        return None
    command, _, payload = (message.text or "").partition(" ")
    if command.lower() != "/start" or not payload.startswith(INVITE):
        return None
    return payload.removeprefix(INVITE).strip()


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
