"""A chat's history: where it ends, and all its messages, page by page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from telethon import errors
from telethon.tl.functions.messages import GetHistoryRequest

from exporter.errors import JobError
from exporter.telegram.connection import Telegram
from exporter.telegram.pacing import Refused, Unreadable
from exporter.telegram.pages import read_page
from exporter.telegram.reader import read_answer
from exporter.telegram.resolve import ChatRef
from exporter.telegram.unreadable import salvage, salvaging
from storage.models import Page
from storage.wording import Sentence

CLOSED = (
    errors.ChannelInvalidError,
    errors.ChannelPrivateError,
    errors.ChatAdminRequiredError,
    errors.ChatForbiddenError,
    errors.ChatIdInvalidError,
    errors.PeerIdInvalidError,
    errors.UserBannedInChannelError,
    errors.UserIdInvalidError,
)


class ChatClosed(JobError):
    """This account may not read the chat (any more); another one may."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Top:
    """Where a chat ends."""

    id: int
    """Of its newest message; 0 when there is none."""
    total: int
    """Messages there are, as the server says: approximate."""


async def top_of(telegram: Telegram, chat: ChatRef) -> Top:
    """Ask for a chat's newest message.

    Raises:
        ChatClosed: the account may not read the chat.
    """
    answer = await ask_history(telegram, chat, offset_id=0, add_offset=0, limit=1)
    newest = max((message.id for message in answer.messages), default=0)
    return Top(id=newest, total=getattr(answer, "count", len(answer.messages)))


class History:
    """Every message of a chat: a `Source`."""

    key = None

    async def page(self, telegram: Telegram, chat: ChatRef, next_id: int, last_id: int) -> Page:
        async def ask(offset_id: int, add_offset: int, limit: int) -> Any:
            return await ask_history(
                telegram, chat, offset_id=offset_id, add_offset=add_offset, limit=limit
            )

        return await read_page(ask, telegram, chat, next_id, last_id)


async def ask_history(
    telegram: Telegram, chat: ChatRef, *, offset_id: int, add_offset: int, limit: int
) -> Any:
    """Ask for history; a negative `add_offset` counts towards newer messages.

    Raises:
        ChatClosed: the account may not read the chat.
    """
    request = GetHistoryRequest(
        peer=chat.input_peer,
        offset_id=offset_id,
        offset_date=None,
        add_offset=add_offset,
        limit=limit,
        max_id=0,
        min_id=0,
        hash=0,
    )
    return await ask_chat(telegram, chat, request)


async def ask_chat(telegram: Telegram, chat: ChatRef, request: Any) -> Any:
    """Send a request about a chat's messages.

    Raises:
        ChatClosed: the account may not read the chat.
        Unreadable: among the messages of the answer is one that cannot be parsed: ask for less.
            Asked for one message, the answer says of it what can be read (`Salvaged`).
    """
    try:
        return await _ask_readable(telegram, request)
    except Refused as refused:
        if not isinstance(refused.error, CLOSED):
            raise
        raise ChatClosed(
            Sentence(
                "This account may not read “{title}” (any more). What was archived of it is kept.",
                title=chat.info.title or str(chat.info.id),
            )
        ) from refused


async def _ask_readable(telegram: Telegram, request: Any) -> Any:
    request.read_result = read_answer
    try:
        return await telegram.ask(request)
    except Unreadable:
        wanted = len(getattr(request, "id", ())) or getattr(request, "limit", 0)
        if wanted != 1:
            raise
    return await telegram.ask(salvaging(request, salvage))
