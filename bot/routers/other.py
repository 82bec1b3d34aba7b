"""What none of the other routers knows."""

from __future__ import annotations

from aiogram import Router
from aiogram.types import Message

from bot import texts
from bot.filters import FirstTime
from bot.rights import May
from storage.rights import Action


def router() -> Router:
    routes = Router(name="other")
    routes.message.register(unknown, May(Action.HELP), FirstTime())
    return routes


async def unknown(message: Message) -> None:
    command = (message.text or "").startswith("/")
    await message.answer(texts.UNKNOWN_COMMAND() if command else texts.NOT_A_COMMAND())
