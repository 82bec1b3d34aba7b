"""`@bot words` in the line where one types: the chats of the account that exports."""

from __future__ import annotations

from aiogram import Router
from aiogram.types import InlineQuery, InlineQueryResultArticle, InputTextMessageContent

from bot import texts
from bot.rights import May, Who
from storage.archive import Archive
from storage.grants import Grants
from storage.models import ChatInfo
from storage.rights import Action

A_PAGE = 50
"""https://core.telegram.org/bots/api#answerinlinequery"""


def router() -> Router:
    routes = Router(name="search")
    routes.inline_query.register(search, May(Action.ASK))
    return routes


async def search(query: InlineQuery, who: Who, archive: Archive, grants: Grants) -> None:
    """What is tapped is sent as /plan and the chat's id.

    Nobody finds what is not open to them, and nothing may be cached for others.
    """
    dialogs = await archive.dialogs(query.query.strip() or None)
    readable = await grants.readable(who.id, [chat.id for chat in dialogs])
    found = [chat for chat in dialogs if chat.id in readable]
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
        input_message_content=InputTextMessageContent(message_text=f"/plan {chat.id}"),
    )
