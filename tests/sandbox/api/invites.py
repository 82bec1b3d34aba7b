"""Invite links, https://core.telegram.org/api/invites."""

from __future__ import annotations

import re
import time
from typing import Any

from telethon.tl import functions, types

from tests.sandbox.api.asked import Asked, Handler
from tests.sandbox.mtproto.calls import RpcFault
from tests.sandbox.world.channels import Channel

HASH = re.compile(r"[\w-]{16,22}", re.ASCII)


def check_chat_invite(asked: Asked) -> Any:
    """https://core.telegram.org/method/messages.checkChatInvite."""
    viewer = asked.viewer
    chat = _invited(asked)
    if viewer.id in chat.members:
        return types.ChatInviteAlready(chat=chat.tl(viewer))
    return types.ChatInvite(
        title=chat.title,
        photo=types.PhotoEmpty(id=0),
        participants_count=len(chat.members),
        color=1,
        channel=True,
        broadcast=chat.broadcast or None,
        public=True if chat.username else None,
        megagroup=None if chat.broadcast else True,
        about=chat.about or None,
    )


def import_chat_invite(asked: Asked) -> types.Updates:
    """https://core.telegram.org/method/messages.importChatInvite.

    Raises:
        RpcFault: USER_ALREADY_PARTICIPANT, or as `check_chat_invite`.
    """
    viewer = asked.viewer
    chat = _invited(asked)
    if viewer.id in chat.members:
        raise RpcFault(400, "USER_ALREADY_PARTICIPANT")
    chat.members.append(viewer.id)
    return types.Updates(
        updates=[types.UpdateChannel(channel_id=chat.id)],
        users=[],
        chats=[chat.tl(viewer)],
        date=int(time.time()),
        seq=0,
    )


def _invited(asked: Asked) -> Channel:
    """The chat that the link leads to.

    Raises:
        RpcFault: INVITE_HASH_EMPTY, INVITE_HASH_INVALID for what is no hash, INVITE_HASH_EXPIRED
            for one that leads nowhere (any more).
    """
    given = asked.request.hash
    if not given:
        raise RpcFault(400, "INVITE_HASH_EMPTY")
    if not HASH.fullmatch(given):
        raise RpcFault(400, "INVITE_HASH_INVALID")
    for chat in asked.world.by_peer_id.values():
        if isinstance(chat, Channel) and chat.invite == given:
            return chat
    raise RpcFault(406, "INVITE_HASH_EXPIRED")


HANDLERS: dict[type, Handler] = {
    functions.messages.CheckChatInviteRequest: check_chat_invite,
    functions.messages.ImportChatInviteRequest: import_chat_invite,
}
