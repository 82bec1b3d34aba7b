"""From the peers that a client names to the world's chats and users, with what Telegram refuses."""

from __future__ import annotations

from typing import Any

from telethon.tl import types

from tests.sandbox.api.asked import Asked
from tests.sandbox.mtproto.calls import RpcFault
from tests.sandbox.world.channels import Channel
from tests.sandbox.world.chats import Chat
from tests.sandbox.world.groups import BasicGroup
from tests.sandbox.world.history import History
from tests.sandbox.world.people import User
from tests.sandbox.world.private import PrivateChat
from tests.sandbox.world.view import MARK, peers_in

CHANNELS = (types.InputChannel, types.InputPeerChannel)
CHANNELS_FROM_MESSAGE = (types.InputChannelFromMessage, types.InputPeerChannelFromMessage)
USERS = (types.InputUser, types.InputPeerUser)
USERS_FROM_MESSAGE = (types.InputUserFromMessage, types.InputPeerUserFromMessage)
SELVES = (types.InputUserSelf, types.InputPeerSelf)


def channel_of(asked: Asked, given: Any) -> Channel:
    """The channel of an InputChannel or InputPeerChannel.

    Raises:
        RpcFault: CHANNEL_INVALID for a wrong id or another account's access hash, CHANNEL_PRIVATE
            for a chat that the account may not see:
            https://core.telegram.org/method/channels.getMessages#possible-errors
    """
    chat = asked.world.by_peer_id.get(-(MARK + getattr(given, "channel_id", 0)))
    if not isinstance(chat, Channel) or not _known(asked, given, "channel", chat.peer_id):
        raise RpcFault(400, "CHANNEL_INVALID")
    if chat.history(asked.viewer) is None:
        raise RpcFault(406, "CHANNEL_PRIVATE")
    return chat


def chat_of(asked: Asked, given: Any) -> Chat:
    """The chat of an InputPeer.

    Raises:
        RpcFault: as `channel_of`; CHAT_ID_INVALID for a group that the account is not in,
            PEER_ID_INVALID for anything else that is not known:
            https://core.telegram.org/method/messages.getHistory#possible-errors
    """
    if isinstance(given, (*CHANNELS, *CHANNELS_FROM_MESSAGE)):
        return channel_of(asked, given)
    if isinstance(given, types.InputPeerChat):
        return group_of(asked, given.chat_id)
    user = user_of(asked, given)
    if user is None:
        raise RpcFault(400, "PEER_ID_INVALID")
    viewer = asked.viewer
    chat = asked.world.private.get((viewer.id, user.id))
    if chat is None:
        return PrivateChat(asked.world, account=viewer, user=user, history=History())
    return chat


def readable(asked: Asked, given: Any) -> tuple[Chat, History]:
    """The chat of an InputPeer and the messages that the account reads there.

    Raises:
        RpcFault: as `chat_of`.
    """
    chat = chat_of(asked, given)
    history = chat.history(asked.viewer)
    if history is None:
        raise RpcFault(400, "PEER_ID_INVALID")
    return chat, history


def group_of(asked: Asked, chat_id: int) -> BasicGroup:
    """The basic group with that id; groups need no access hash.

    Raises:
        RpcFault: CHAT_ID_INVALID: https://core.telegram.org/method/messages.getFullChat
    """
    chat = asked.world.by_peer_id.get(-chat_id)
    if not isinstance(chat, BasicGroup) or chat.history(asked.viewer) is None:
        raise RpcFault(400, "CHAT_ID_INVALID")
    return chat


def user_of(asked: Asked, given: Any) -> User | None:
    """The user of an InputUser or InputPeerUser, None when it is unknown or not to be named so."""
    if isinstance(given, SELVES):
        return asked.viewer.user
    if not isinstance(given, (*USERS, *USERS_FROM_MESSAGE)):
        return None
    user = asked.world.users.get(given.user_id)
    if user is None or not _known(asked, given, "user", user.id):
        return None
    return user


def _known(asked: Asked, given: Any, kind: str, peer_id: int) -> bool:
    """Whether the client showed that it has met the peer: by its own access hash, or by a message
    that names the peer (https://core.telegram.org/api/min)."""
    if isinstance(given, (*USERS_FROM_MESSAGE, *CHANNELS_FROM_MESSAGE)):
        _, history = readable(asked, given.peer)
        message = history.get(given.msg_id)
        return message is not None and peer_id in peers_in(message)
    number = peer_id if kind == "user" else -peer_id - MARK
    shown: int = given.access_hash
    return shown == asked.viewer.access_hash(kind, number)
