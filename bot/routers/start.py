"""/start and /help."""

from __future__ import annotations

from aiogram import Bot, Router
from aiogram.filters import Command
from aiogram.types import Message

from bot import texts
from bot.commands import offer_commands
from bot.filters import FirstTime


def router() -> Router:
    routes = Router(name="start")
    routes.message.register(start, Command("start", ignore_case=True), FirstTime())
    routes.message.register(help_, Command("help", ignore_case=True), FirstTime())
    return routes


async def start(message: Message, bot: Bot) -> None:
    await message.answer(texts.START)
    if message.chat.type == "private":
        await offer_commands(bot, message.chat.id)


async def help_(message: Message) -> None:
    await message.answer(texts.HELP)
