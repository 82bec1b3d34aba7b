"""What is an account's own: who it is, its contacts, and the channels that it left."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from telethon.tl import types
from telethon.tl.functions.channels import GetLeftChannelsRequest
from telethon.tl.functions.contacts import GetContactsRequest, GetSavedRequest
from telethon.tl.functions.users import GetFullUserRequest

from exporter.telegram.connection import Telegram
from exporter.telegram.peers import chat_info
from storage.models import ChatInfo


async def full_self(telegram: Telegram) -> tuple[Any, str | None]:
    """The account's own User, and what it says about itself."""
    answer = await telegram.ask(GetFullUserRequest(types.InputUserSelf()))
    user = next(user for user in answer.users if user.id == telegram.user_id)
    return user, answer.full_user.about


async def contacts(telegram: Telegram) -> Sequence[Any]:
    """The Users among its contacts: https://core.telegram.org/method/contacts.getContacts."""
    users: Sequence[Any] = (await telegram.ask(GetContactsRequest(hash=0))).users
    return users


async def saved_contacts(telegram: Telegram) -> Sequence[Any]:
    """The SavedPhoneContacts of its address books, in a data export only.

    https://core.telegram.org/method/contacts.getSaved

    Raises:
        Refused: there is no data export.
    """
    saved: Sequence[Any] = await telegram.ask(GetSavedRequest())
    return saved


async def left_channels(telegram: Telegram) -> list[ChatInfo]:
    """The channels and supergroups that it left, in a data export only.

    https://core.telegram.org/method/channels.getLeftChannels

    Raises:
        Refused: there is no data export.
    """
    found: dict[int, ChatInfo] = {}
    offset = 0
    while True:
        answer = await telegram.ask(GetLeftChannelsRequest(offset=offset))
        offset += len(answer.chats)
        found |= {(info := chat_info(chat)).id: info for chat in answer.chats}
        if not answer.chats or offset >= getattr(answer, "count", 0):
            return list(found.values())
