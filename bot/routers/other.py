"""What none of the other routers knows. In groups nothing is said: people talk there."""

from __future__ import annotations

from aiogram import F, Router
from aiogram.types import InlineQuery, Message

from bot import texts
from bot.filters import FirstTime


def router() -> Router:
    routes = Router(name="other")
    routes.message.register(unknown, F.chat.type == "private", FirstTime())
    routes.inline_query.register(nothing_found)
    return routes


async def unknown(message: Message) -> None:
    command = (message.text or "").startswith("/")
    await message.answer(texts.UNKNOWN_COMMAND if command else texts.NOT_A_COMMAND)


async def nothing_found(query: InlineQuery) -> None:
    await query.answer([], cache_time=0, is_personal=True)
