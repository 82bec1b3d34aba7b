"""`@bot words` in the line where one types: the chats of the account that exports."""

from __future__ import annotations

from aiogram import Router
from aiogram.types import InlineQuery, InlineQueryResultArticle, InputTextMessageContent

from bot import texts
from storage.archive import Archive
from storage.models import ChatInfo

A_PAGE = 50
"""https://core.telegram.org/bots/api#answerinlinequery"""


def router() -> Router:
    routes = Router(name="search")
    routes.inline_query.register(search)
    return routes


async def search(query: InlineQuery, archive: Archive) -> None:
    """What is tapped is sent as /export and the chat's id. Nothing may be cached for others."""
    found = await archive.dialogs(query.query.strip() or None)
    start = int(query.offset) if query.offset.isdecimal() else 0
    page = found[start : start + A_PAGE]
    more = str(start + A_PAGE) if start + A_PAGE < len(found) else ""
    await query.answer(
        [_result(chat) for chat in page], cache_time=0, is_personal=True, next_offset=more
    )


def _result(chat: ChatInfo) -> InlineQueryResultArticle:
    about = texts.chat_type(chat.type)
    return InlineQueryResultArticle(
        id=str(chat.id),
        title=texts.short_title(chat.title or "?"),
        description=f"{about} · @{chat.username}" if chat.username else about,
        input_message_content=InputTextMessageContent(message_text=f"/export {chat.id}"),
    )
