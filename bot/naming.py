"""Which chats a message names: links and @names in its text, or where it was forwarded from.

Only what is plain to see is decided here; what a word means is the exporter's to find out.
"""

from __future__ import annotations

import re

from aiogram.types import (
    Message,
    MessageOriginChannel,
    MessageOriginChat,
    MessageOriginUser,
    SharedUser,
)

NAMED = re.compile(
    r"@[A-Za-z][A-Za-z0-9_]{3,31}"
    r"|(?:https?://)?(?:[\w-]+\.)?(?:t|telegram)\.(?:me|dog)/\S+"
    r"|tg://\S+"
    r"|-100[0-9]{5,}",
    re.ASCII | re.IGNORECASE,
)
MOST = 20
"""Chats in one message."""


def names_in(text: str) -> list[str]:
    """The chats of a text that is nothing but their links, @names and ids; else none."""
    words = text.split()
    if not words or len(words) > MOST or not all(NAMED.fullmatch(word) for word in words):
        return []
    return list(dict.fromkeys(words))


def meant_by(words: str) -> list[str]:
    """The chats that the words after /export name: several links or @names, or one title."""
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    if len(lines) > 1:
        return list(dict.fromkeys(lines[:MOST]))
    return names_in(words) or [words.strip()]


def origin_of(message: Message) -> str | None:
    """The chat that a forwarded message came from; None when its sender hides that."""
    match message.forward_origin:
        case MessageOriginChannel(chat=chat) | MessageOriginChat(sender_chat=chat):
            return f"@{chat.username}" if chat.username else str(chat.id)
        case MessageOriginUser(sender_user=user):
            return f"@{user.username}" if user.username else str(user.id)
    return None


def shown_name(person: SharedUser) -> str:
    """What Telegram's list called a person; empty where it said nothing."""
    return " ".join(filter(None, (person.first_name, person.last_name)))
