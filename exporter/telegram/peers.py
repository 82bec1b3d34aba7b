"""Users, groups and channels as answers carry them, and as we keep them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from telethon.tl import types

from storage.models import ChatInfo, Peer, PeerKind

CHANNEL_MARK = 10**12
"""Channels and supergroups are `-100…`: https://core.telegram.org/api/bots/ids"""
REPLIES, VERIFICATION_CODES = 1271266957, 489000
"""Service chats that Telegram Desktop's export knows by their user ids."""


def marked_channel(channel_id: int) -> int:
    """Return the marked form of a channel's or supergroup's bare id."""
    return -(CHANNEL_MARK + channel_id)


def kind_of_id(peer_id: int) -> PeerKind:
    """Tell what a marked id belongs to."""
    if peer_id > 0:
        return PeerKind.USER
    return PeerKind.CHANNEL if peer_id < -CHANNEL_MARK else PeerKind.CHAT


def bare_id(peer_id: int) -> int:
    """Return the id that requests want."""
    return -peer_id - CHANNEL_MARK if peer_id < -CHANNEL_MARK else abs(peer_id)


def id_of_peer(peer: Any) -> int:
    """Return the marked id of a PeerUser, PeerChat or PeerChannel."""
    match peer:
        case types.PeerUser():
            return int(peer.user_id)
        case types.PeerChat():
            return -int(peer.chat_id)
    return marked_channel(peer.channel_id)


def id_of(entity: Any) -> int:
    """Return the marked id of a user, group or channel object."""
    match entity:
        case types.User() | types.UserEmpty():
            return int(entity.id)
        case types.Channel() | types.ChannelForbidden():
            return marked_channel(entity.id)
    return -int(entity.id)


def input_peer(peer_id: int, access_hash: int | None) -> Any:
    """Return what requests want for a peer; basic groups need no access hash."""
    match kind_of_id(peer_id):
        case PeerKind.USER:
            return types.InputPeerUser(peer_id, access_hash or 0)
        case PeerKind.CHAT:
            return types.InputPeerChat(-peer_id)
    return types.InputPeerChannel(bare_id(peer_id), access_hash or 0)


def usernames_of(entity: Any) -> list[str]:
    """Return all names that lead to a user or channel, the main one first."""
    more = getattr(entity, "usernames", None) or ()
    names = [getattr(entity, "username", None), *(name.username for name in more if name.active)]
    return [name for name in dict.fromkeys(names) if name]


def peers_in(answer: Any) -> Iterator[Peer]:
    """Yield every user, group and channel of an answer that has `users` and `chats`."""
    for entity in (*answer.users, *answer.chats):
        if (peer := peer_of(entity)) is not None:
            yield peer


def peer_of(entity: Any) -> Peer | None:
    """Return what we keep of a user, group or channel; None for kinds that hold no messages.

    A *min* object's access hash is of no use outside the answer it came in:
    https://core.telegram.org/api/min
    """
    match entity:
        case types.User():
            kind, name = PeerKind.USER, _user_name(entity)
        case types.UserEmpty():
            kind, name = PeerKind.USER, None
        case types.Chat() | types.ChatForbidden():
            kind, name = PeerKind.CHAT, entity.title
        case types.Channel() | types.ChannelForbidden():
            kind, name = PeerKind.CHANNEL, entity.title
        case _:
            return None
    return Peer(
        peer_id=id_of(entity),
        kind=kind,
        name=name,
        username=next(iter(usernames_of(entity)), None),
        is_bot=bool(getattr(entity, "bot", None)),
        access_hash=None if is_min(entity) else getattr(entity, "access_hash", None),
    )


def is_min(entity: Any) -> bool:
    """Tell whether an object is an extract that came along with a message."""
    return bool(getattr(entity, "min", None))


def chat_info(entity: Any) -> ChatInfo:
    """Return the chat that a user, group or channel stands for, in Telegram Desktop's words."""
    username = next(iter(usernames_of(entity)), None)
    match entity:
        case types.Channel() | types.ChannelForbidden():
            kind = "channel" if entity.broadcast else "supergroup"
            word = f"{'public' if username else 'private'}_{kind}"
            title = entity.title
        case types.Chat() | types.ChatForbidden() | types.ChatEmpty():
            word, title = "private_group", getattr(entity, "title", None)
        case _:
            word, title = _private_chat(entity)
    return ChatInfo(id=id_of(entity), title=title, type=word, username=username)


def _private_chat(user: Any) -> tuple[str, str | None]:
    """Return type and title of a chat with a user; the first three have no title."""
    if getattr(user, "is_self", None):
        return "saved_messages", None
    if user.id == REPLIES:
        return "replies", None
    if user.id == VERIFICATION_CODES:
        return "verification_codes", None
    word = "bot_chat" if getattr(user, "bot", None) else "personal_chat"
    return word, _user_name(user) if isinstance(user, types.User) else None


def _user_name(user: Any) -> str | None:
    if user.deleted:
        return None
    return " ".join(part for part in (user.first_name, user.last_name) if part) or None
