"""Links to messages where they were written."""

from __future__ import annotations

from storage.models import ChatInfo

FIRST_CHANNEL = -1_000_000_000_000
"""Channels and supergroups lie below: https://core.telegram.org/api/bots/ids"""


def message_link(chat: ChatInfo, message_id: int, topic_id: int | None = None) -> str | None:
    """What opens a message in Telegram; None: there is no such link.

    Only channels and supergroups number their messages for everybody alike, so only they have
    links: https://core.telegram.org/api/links#message-links
    """
    if chat.id >= FIRST_CHANNEL:
        return None
    place = chat.username or f"c/{FIRST_CHANNEL - chat.id}"
    thread = f"{topic_id}/" if topic_id is not None else ""
    return f"https://t.me/{place}/{thread}{message_id}"
