"""Which of the chats that the accounts see a person means, when they mean many at once."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ChatKind(StrEnum):
    """What people tell chats apart by."""

    CHANNEL = "channels"
    GROUP = "groups"
    PERSON = "people"
    """Also one's own Saved Messages, and Telegram's service chat."""
    BOT = "bots"


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """The chats that are meant. Nothing given means all that the accounts see."""

    kinds: tuple[ChatKind, ...] = ()
    """Only these kinds; none means all."""
    folders: tuple[str, ...] = ()
    """Only the chats in these folders of Telegram, by their names; none means all."""
    excluded: tuple[str, ...] = ()
    """Chats that are not meant, as typed: @name, link, id or title."""
    accounts: bool = False
    """Also what is the accounts' own: who they are, contacts, profile pictures, their chats."""
    retry_of: int | None = None
    """Only the chats that failed in this earlier job."""


def kind_of(chat_type: str) -> ChatKind:
    """The kind of a chat by its type, Telegram Desktop's word (`ChatInfo.type`)."""
    if chat_type.endswith("channel"):
        return ChatKind.CHANNEL
    if chat_type.endswith("group"):
        return ChatKind.GROUP
    return ChatKind.BOT if chat_type == "bot_chat" else ChatKind.PERSON
