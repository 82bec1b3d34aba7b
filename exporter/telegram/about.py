"""What a chat tells of itself beyond its messages: its forerunner, its discussion, its photo."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from telethon import errors
from telethon.tl import types
from telethon.tl.functions.channels import GetFullChannelRequest
from telethon.tl.functions.messages import GetFullChatRequest
from telethon.tl.functions.users import GetFullUserRequest

from exporter.telegram.connection import Telegram
from exporter.telegram.convert.carried import photo_row
from exporter.telegram.pacing import Refused
from exporter.telegram.peers import chat_info, id_of, input_peer, peers_in
from exporter.telegram.resolve import ChatRef
from storage.models import MediaRow, Peer

UNTOLD = (
    errors.ChannelPrivateError,
    errors.ChannelInvalidError,
    errors.ChatAdminRequiredError,
    errors.ChatIdInvalidError,
    errors.PeerIdInvalidError,
    errors.UserIdInvalidError,
)
"""Telegram's answers to who may see a chat's messages at most."""
RESTRICTED = ("noforwards_my_enabled", "noforwards_peer_enabled")
"""https://core.telegram.org/constructor/userFull"""
PHOTOS = ("chat_photo", "profile_photo", "fallback_photo")
"""Of a group or channel, of a person, and of a person who shows the others to some people only."""
CHAT_PHOTO = "chat_photo"
"""The kind of file that a chat's photo is; it belongs to no message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a chat tells of itself."""

    forerunner: ChatRef | None = None
    """The basic group that became this supergroup: https://core.telegram.org/api/channel"""
    discussion: ChatRef | None = None
    """The group where a channel's posts are talked about: https://core.telegram.org/api/discussion"""
    photo: MediaRow | None = None
    """The chat's photo; its `message_id` is 0."""
    members: int | None = None
    peers: tuple[Peer, ...] = ()
    hidden_up_to: int = 0
    """The newest message that is hidden from who joined later; of a supergroup."""
    protected: bool = False
    """One of the two in a private chat has restricted saving; other chats tell it elsewhere."""


async def about(telegram: Telegram, chat: ChatRef) -> About:
    """Ask what a chat tells of itself; nothing when it tells this account nothing."""
    try:
        answer = await telegram.ask(_question(chat))
    except Refused as refused:
        if isinstance(refused.error, UNTOLD):
            return About()
        raise
    full = getattr(answer, "full_chat", None) or answer.full_user
    photos = (getattr(full, name, None) for name in PHOTOS)
    photo = next((photo for photo in photos if photo), None)
    near = {id_of(entity): entity for entity in answer.chats}
    return About(
        forerunner=_forerunner(full, near, telegram.account_id),
        discussion=_discussion(full, chat, near, telegram.account_id),
        photo=photo_row(0, photo, CHAT_PHOTO),
        members=_members(full),
        peers=tuple(peers_in(answer)),
        hidden_up_to=getattr(full, "available_min_id", None) or 0,
        protected=any(getattr(full, name, None) for name in RESTRICTED),
    )


def _question(chat: ChatRef) -> Any:
    match chat.input_peer:
        case types.InputPeerChannel(channel_id=number, access_hash=key):
            return GetFullChannelRequest(types.InputChannel(number, key))
        case types.InputPeerChat(chat_id=number):
            return GetFullChatRequest(number)
        case types.InputPeerUser(user_id=number, access_hash=key):
            return GetFullUserRequest(types.InputUser(number, key))
    raise TypeError(type(chat.input_peer))


def _forerunner(full: Any, near: dict[int, Any], account_id: int) -> ChatRef | None:
    number = getattr(full, "migrated_from_chat_id", None)
    group = near.get(-number) if number else None
    return None if not isinstance(group, types.Chat) else _reference(group, account_id)


def _discussion(full: Any, chat: ChatRef, near: dict[int, Any], account_id: int) -> ChatRef | None:
    """The group that a channel is linked to; a group's link leads to its channel instead."""
    number = getattr(full, "linked_chat_id", None)
    if not number or not chat.info.type.endswith("channel"):
        return None
    return next(
        (_reference(group, account_id) for group in near.values() if group.id == number), None
    )


def _reference(entity: Any, account_id: int) -> ChatRef:
    return ChatRef(
        info=chat_info(entity),
        input_peer=input_peer(id_of(entity), getattr(entity, "access_hash", None)),
        is_channel=isinstance(entity, types.Channel),
        is_forum=bool(getattr(entity, "forum", None)),
        account_id=account_id,
        protected=bool(getattr(entity, "noforwards", None)),
    )


def _members(full: Any) -> int | None:
    if (count := getattr(full, "participants_count", None)) is not None:
        return int(count)
    people = getattr(getattr(full, "participants", None), "participants", None)
    return None if people is None else len(people)
