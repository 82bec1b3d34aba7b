"""Requests that find chats."""

from __future__ import annotations

from typing import Any

from telethon.tl import functions, types

from tests.sandbox.api.asked import Asked, Handler
from tests.sandbox.api.inputs import channel_of
from tests.sandbox.mtproto.calls import RpcFault


def get_channels(asked: Asked) -> Any:
    """https://core.telegram.org/method/channels.getChannels."""
    found = [channel_of(asked, given).tl(asked.viewer) for given in asked.request.id]
    return types.messages.Chats(chats=found)


def resolve_username(asked: Asked) -> Any:
    """https://core.telegram.org/method/contacts.resolveUsername.

    Raises:
        RpcFault: USERNAME_NOT_OCCUPIED.
    """
    wanted = asked.request.username.lstrip("@").lower()
    for chat in asked.world.by_peer_id.values():
        if chat.username and chat.username.lower() == wanted:
            chats, users = asked.world.entities.split({chat.peer_id}, asked.viewer)
            return types.contacts.ResolvedPeer(peer=chat.peer(), chats=chats, users=users)
    raise RpcFault(400, "USERNAME_NOT_OCCUPIED")


HANDLERS: dict[type, Handler] = {
    functions.channels.GetChannelsRequest: get_channels,
    functions.contacts.ResolveUsernameRequest: resolve_username,
}
