"""/export, and every other way to say which chat is meant: one durable row each, then an answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from aiogram import Bot, F, Router
from aiogram.filters import Command, CommandObject
from aiogram.types import Message, ReplyKeyboardRemove, Update

from bot import people_texts, texts
from bot.delivery import under_command
from bot.filters import FirstTime, Is
from bot.hints import title_of
from bot.naming import meant_by, names_in, origin_of, shown_name
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


def router() -> Router:
    routes = Router(name="export")
    ask = May(Action.ASK)
    routes.message.register(export, EXPORT, ask, has_words)
    routes.message.register(choose, EXPORT, ask, FirstTime())
    routes.message.register(shared, ask, Is(F.users_shared))
    routes.message.register(forwarded, ask, Is(F.forward_origin))
    routes.message.register(pasted, ask, Is(F.text.func(names_in)))
    return routes


async def has_words(_: Message, command: CommandObject) -> bool:
    return bool((command.args or "").strip())


class Commands:
    """What a handler needs to make jobs of a message."""

    def __init__(
        self, message: Message, update: Update, bot: Bot, jobs: Jobs, cards: Cards
    ) -> None:
        self._message = message
        self._person_id = message.from_user.id if message.from_user else 0
        self._update = update
        self._bot = bot
        self._jobs = jobs
        self._cards = cards

    async def export(
        self, chats: Sequence[str], titles: Mapping[str, str] = MappingProxyType({})
    ) -> list[Submitted] | None:
        """Make a job for each chat; `titles`: what the person was shown when choosing.

        The cards appear by themselves once the rows stand, in the private chat; only a joined
        export needs a sentence.

        Returns:
            The jobs, none where a limit is in the way; None: this very message was handled before.
        """
        database = self._jobs.database
        limit = await exceeded(database, self._person_id, more=len(chats))
        if limit is not None:
            if not await self._jobs.record_command(self._bot.id, self._update.update_id):
                return None
            await self._say(people_texts.exceeded(limit), self._reply_to)
            return []
        choices = Choices(database)
        submitted = await self._jobs.submit_all(
            [
                (
                    await choices.request(self._person_id, chat),
                    titles.get(chat) or await title_of(database, self._person_id, chat),
                )
                for chat in chats
            ],
            person_id=self._person_id,
            update_id=self._update.update_id,
            card=CardPlace(bot_id=self._bot.id, chat_id=self._person_id, reply_to=self._reply_to),
        )
        if not submitted:
            return None
        await react(self._bot, self._message.chat.id, self._message.message_id, SEEN)
        for each in submitted:
            if each.joined:
                await self._already(each)
        return submitted

    @property
    def _reply_to(self) -> int:
        """The command, if it stands in the private chat itself."""
        return self._message.message_id if self._message.chat.type == "private" else 0

    async def _already(self, submitted: Submitted) -> None:
        job = submitted.job
        shown = await self._cards.for_job(job.id, self._person_id)
        under = shown.message_id if shown is not None else None
        await self._say(
            texts.already_running(job.id, queued=job.state is JobState.QUEUED),
            under or self._reply_to,
        )

    async def _say(self, sentence: str, reply_to: int) -> None:
        place = CardPlace(bot_id=self._bot.id, chat_id=self._person_id, reply_to=reply_to)
        await self._bot.send_message(
            self._person_id, sentence, reply_parameters=under_command(place)
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


async def shared(
    message: Message, *, event_update: Update, bot: Bot, jobs: Jobs, cards: Cards
) -> None:
    """Several people were chosen from Telegram's list; one chat or person has options.

    A public name is found by any account; a number only by one that has met the person.
    """
    people = message.users_shared.users if message.users_shared else []
    titles = {
        f"@{person.username}" if person.username else str(person.user_id): shown_name(person)
        for person in people
    }
    if await Commands(message, event_update, bot, jobs, cards).export(list(titles), titles):
        await message.answer(
            texts.chosen(len(titles)), reply_markup=ReplyKeyboardRemove(), disable_notification=True
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
