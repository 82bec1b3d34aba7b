"""/export, and every other way to say which chat is meant: one durable row each, then an answer."""

from __future__ import annotations

from collections.abc import Sequence

from aiogram import Bot, F, Router
from aiogram.filters import Command, CommandObject
from aiogram.types import Message, ReplyKeyboardRemove, ReplyParameters, Update

from bot import people_texts, texts
from bot.filters import FirstTime
from bot.naming import meant_by, names_in, origin_of
from bot.pickers import chat_picker, search_button
from bot.reactions import SEEN, react
from bot.rights import May
from storage.cards import Cards
from storage.choices import Choices
from storage.jobs import Jobs
from storage.limits import exceeded
from storage.models import CardPlace, ExportRequest, JobKind, JobState, Submitted
from storage.rights import Action

EXPORT = Command("export", ignore_case=True)
PRIVATE = F.chat.type == "private"


def router() -> Router:
    routes = Router(name="export")
    ask = May(Action.ASK)
    routes.message.register(export, EXPORT, ask, has_words)
    routes.message.register(choose, EXPORT, ask, PRIVATE, FirstTime())
    routes.message.register(usage, EXPORT, ask, FirstTime())
    routes.message.register(shared, PRIVATE, ask, F.chat_shared | F.users_shared)
    routes.message.register(forwarded, PRIVATE, ask, F.forward_origin)
    routes.message.register(pasted, PRIVATE, ask, F.text.func(names_in))
    return routes


def has_words(_: Message, command: CommandObject) -> bool:
    return bool((command.args or "").strip())


class Commands:
    """What a handler needs to make jobs of a message."""

    def __init__(
        self, message: Message, update: Update, bot: Bot, jobs: Jobs, cards: Cards
    ) -> None:
        self._message = message
        self._update = update
        self._bot = bot
        self._jobs = jobs
        self._cards = cards

    async def export(self, chats: Sequence[str]) -> bool:
        """Make a job for each chat; False when this very message was handled before.

        The cards appear by themselves once the rows stand; only a joined export needs a sentence.
        """
        message = self._message
        if await self._limited(len(chats)):
            return False
        person_id = message.from_user.id if message.from_user else None
        choices = Choices(self._jobs.database)
        submitted = await self._jobs.submit_all(
            [await choices.request(person_id, chat) for chat in chats],
            person_id=person_id,
            update_id=self._update.update_id,
            card=CardPlace(
                bot_id=self._bot.id,
                chat_id=message.chat.id,
                reply_to=message.message_id,
                is_group=message.chat.type != "private",
            ),
        )
        if submitted:
            await react(self._bot, message.chat.id, message.message_id, SEEN)
        for each in submitted:
            if each.joined:
                await self._already(each)
        return bool(submitted)

    async def _limited(self, amount: int) -> bool:
        """Whether a limit of this person is in the way, which is said then."""
        message, database = self._message, self._jobs.database
        person_id = message.from_user.id if message.from_user else 0
        limit = await exceeded(database, person_id, more=amount)
        if limit is None:
            return False
        if await self._jobs.record_command(self._bot.id, self._update.update_id):
            await message.reply(people_texts.exceeded(limit))
        return True

    async def _already(self, submitted: Submitted) -> None:
        job = submitted.job
        shown = await self._cards.for_job(job.id, self._message.chat.id)
        under = shown.message_id if shown is not None else None
        await self._message.answer(
            texts.already_running(job.id, queued=job.state is JobState.QUEUED),
            reply_parameters=ReplyParameters(
                message_id=under or self._message.message_id, allow_sending_without_reply=True
            ),
        )


async def export(
    message: Message,
    *,
    command: CommandObject,
    event_update: Update,
    bot: Bot,
    jobs: Jobs,
    cards: Cards,
) -> None:
    """The chat, or several, stand behind the command."""
    commands = Commands(message, event_update, bot, jobs, cards)
    await commands.export(meant_by(command.args or ""))


async def choose(message: Message, jobs: Jobs) -> None:
    """Offer Telegram's own lists, and a search in the chats of the account that exports."""
    await jobs.submit(ExportRequest(chat=""), kind=JobKind.DIALOGS)  # so that the search knows all
    await message.answer(texts.WHICH_CHAT(), reply_markup=chat_picker())
    await message.answer(texts.OR_SEARCH(), reply_markup=search_button())


async def usage(message: Message) -> None:
    """In a group there is no keyboard to choose with."""
    await message.answer(texts.EXPORT_USAGE())


async def shared(
    message: Message, *, event_update: Update, bot: Bot, jobs: Jobs, cards: Cards
) -> None:
    """A chat or people were chosen from Telegram's lists.

    A public name is found by any account; a number only by one that has met the chat.
    """
    if (chat := message.chat_shared) is not None:
        chosen = [(chat.chat_id, chat.username)]
    else:
        people = message.users_shared.users if message.users_shared else []
        chosen = [(person.user_id, person.username) for person in people]
    names = [f"@{username}" if username else str(peer_id) for peer_id, username in chosen]
    if await Commands(message, event_update, bot, jobs, cards).export(names):
        await message.answer(
            texts.chosen(len(names)), reply_markup=ReplyKeyboardRemove(), disable_notification=True
        )


async def forwarded(
    message: Message, *, event_update: Update, bot: Bot, jobs: Jobs, cards: Cards
) -> None:
    """A message of the chat that is meant."""
    origin = origin_of(message)
    if origin is not None:
        await Commands(message, event_update, bot, jobs, cards).export([origin])
    elif await jobs.record_command(bot.id, event_update.update_id):
        await message.reply(texts.HIDDEN_ORIGIN())


async def pasted(
    message: Message, *, event_update: Update, bot: Bot, jobs: Jobs, cards: Cards
) -> None:
    """Nothing but links and @names."""
    commands = Commands(message, event_update, bot, jobs, cards)
    await commands.export(names_in(message.text or ""))
