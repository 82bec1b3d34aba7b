"""Groups: others read along there, so each command is answered by the way to the private chat.

Stands before all other routers, which therefore know private chats alone. No title, card, summary
or file ever goes into a group.
"""

from __future__ import annotations

from aiogram import Bot, F, Router
from aiogram.filters import Command, CommandObject
from aiogram.types import (
    CallbackQuery,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    Message,
    Update,
)

from bot import texts
from bot.commands import ALL, START, offered
from bot.courtesy import may_write_to
from bot.filters import FirstTime, Is
from bot.naming import meant_by
from bot.rights import May, Who
from bot.routers.export import EXPORT, Commands, has_words
from bot.routers.many import is_many
from storage.cards import Cards
from storage.jobs import Jobs
from storage.rights import Action

FROM_GROUP = "group"
"""The payload of the link: it says no more than /start alone."""


def router() -> Router:
    routes = Router(name="groups")
    routes.message.filter(Is(F.chat.type != "private"))
    routes.callback_query.filter(Is(F.message.chat.type != "private"))
    routes.message.register(show_way, EXPORT, May(Action.ASK), is_many, FirstTime())
    routes.message.register(export, EXPORT, May(Action.ASK), has_words)
    ours = Command(*ALL, ignore_case=True)
    routes.message.register(show_way, ours, May(Action.HELP), is_theirs, FirstTime())
    routes.message.register(nothing)
    routes.callback_query.register(tapped)
    return routes


async def is_theirs(_: Message, command: CommandObject, who: Who) -> bool:
    """For all others the command does not exist."""
    return command.command.lower() in (START, *offered(who.role))


async def export(
    message: Message,
    *,
    command: CommandObject,
    event_update: Update,
    who: Who,
    bot: Bot,
    jobs: Jobs,
    cards: Cards,
) -> None:
    """The card goes into the private chat; without one, nothing begins."""
    if await may_write_to(bot, who.id):
        commands = Commands(message, event_update, bot, jobs, cards)
        made = await commands.export(meant_by(command.args or ""))
        first_time = made is not None
    else:
        first_time = await jobs.record_command(bot.id, event_update.update_id)
    if first_time:
        await show_way(message, bot)


async def show_way(message: Message, bot: Bot) -> None:
    """A button that opens the private chat."""
    link = f"https://t.me/{(await bot.me()).username}?start={FROM_GROUP}"
    button = InlineKeyboardButton(text=texts.OPEN_PRIVATE(), url=link)
    await message.reply(
        texts.IN_PRIVATE(), reply_markup=InlineKeyboardMarkup(inline_keyboard=[[button]])
    )


async def nothing(_: Message) -> None:
    """Say nothing: people talk there."""


async def tapped(tap: CallbackQuery) -> None:
    """A button of a version that showed cards in groups."""
    await tap.answer(texts.IN_PRIVATE())
