"""Single questions about where in a chat something lies."""

from __future__ import annotations

from datetime import UTC, datetime

from telethon.tl.functions.messages import GetHistoryRequest

from exporter.telegram.connection import Telegram
from exporter.telegram.history import Top, ask_chat
from exporter.telegram.resolve import ChatRef

LAST_SECOND = 2**31 - 1
"""The last one that a request can name."""


async def top_before(telegram: Telegram, chat: ChatRef, moment: datetime) -> Top:
    """Return where a chat ended at a moment; its `total` is that of the whole chat.

    https://core.telegram.org/api/offsets

    Raises:
        ChatClosed: the account may not read the chat.
    """
    second = min(max(int(moment.timestamp()), 1), LAST_SECOND)
    request = GetHistoryRequest(
        peer=chat.input_peer,
        offset_id=0,
        offset_date=datetime.fromtimestamp(second, UTC),
        add_offset=0,
        limit=1,
        max_id=0,
        min_id=0,
        hash=0,
    )
    answer = await ask_chat(telegram, chat, request)
    newest = max((message.id for message in answer.messages), default=0)
    return Top(id=newest, total=getattr(answer, "count", len(answer.messages)))
