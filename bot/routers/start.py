"""/start and /help."""

from __future__ import annotations

from aiogram import Bot, Router
from aiogram.filters import Command
from aiogram.types import Message

from bot import many_texts, people_texts, texts
from bot.commands import offer_commands
from bot.filters import FirstTime
from bot.rights import May, Who
from storage.rights import Action


def router() -> Router:
    routes = Router(name="start")
    help_may = May(Action.HELP)
    routes.message.register(start, Command("start", ignore_case=True), help_may, FirstTime())
    routes.message.register(help_, Command("help", ignore_case=True), help_may, FirstTime())
    return routes


async def start(message: Message, bot: Bot, who: Who) -> None:
    await message.answer(texts.START())
    await offer_commands(bot, message.chat.id, who.role)


async def help_(message: Message, who: Who) -> None:
    many = f"\n\n{many_texts.HELP}" if who.may(Action.BATCH) else ""
    more = f"\n\n{people_texts.HELP}" if who.may(Action.USERS) else ""
    await message.answer(f"{texts.HELP}{many}{more}")
