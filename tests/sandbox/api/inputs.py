"""From the peers that a client names to the world's chats and users, with what Telegram refuses."""

from __future__ import annotations

from typing import Any

from telethon.tl import types

from tests.sandbox.api.asked import Asked
from tests.sandbox.mtproto.calls import RpcFault
from tests.sandbox.world.channels import MARK, Channel
from tests.sandbox.world.history import History
from tests.sandbox.world.people import User


def channel_of(asked: Asked, given: Any) -> Channel:
    """The channel of an InputChannel or InputPeerChannel.

    Raises:
        RpcFault: CHANNEL_INVALID for a wrong id or another account's access hash, CHANNEL_PRIVATE
            for a chat that the account may not see:
            https://core.telegram.org/method/channels.getMessages#possible-errors
    """
    chat = asked.world.by_peer_id.get(-(MARK + getattr(given, "channel_id", 0)))
    if chat is None or given.access_hash != asked.viewer.access_hash("channel", chat.id):
        raise RpcFault(400, "CHANNEL_INVALID")
    if chat.history(asked.viewer) is None:
        raise RpcFault(400, "CHANNEL_PRIVATE")
    return chat


def chat_of(asked: Asked, given: Any) -> tuple[Channel, History]:
    """The chat of an InputPeer and the messages that the account reads there.

    Raises:
        RpcFault: as `channel_of`; PEER_ID_INVALID for anything else that is not known:
            https://core.telegram.org/method/messages.getHistory#possible-errors
    """
    if isinstance(given, types.InputPeerChannel):
        chat = channel_of(asked, given)
        history = chat.history(asked.viewer)
        if history is not None:
            return chat, history
    raise RpcFault(400, "PEER_ID_INVALID")


def user_of(asked: Asked, given: Any) -> User | None:
    """The user of an InputUser, None when it is unknown or its access hash is another account's."""
    if isinstance(given, types.InputUserSelf):
        return asked.viewer.user
    if not isinstance(given, types.InputUser):
        return None
    user = asked.world.users.get(given.user_id)
    if user is None or given.access_hash != asked.viewer.access_hash("user", user.id):
        return None
    return user
