"""Requests about the list of chats."""

from __future__ import annotations

from typing import Any

from telethon.tl import functions, types

from tests.sandbox.api.asked import Asked, Handler
from tests.sandbox.world.view import peers_in, seen


def get_dialogs(asked: Asked) -> Any:
    """https://core.telegram.org/method/messages.getDialogs."""
    viewer = asked.viewer
    dialogs, messages, peers = [], [], set[int]()
    for chat in asked.world.by_peer_id.values():
        history = chat.history(viewer)
        if history is None or viewer.id not in chat.members:
            continue
        peers.add(chat.peer_id)
        message = history.get(history.top)
        if message is not None:
            peers |= peers_in(message)
            messages.append(seen(message, chat, viewer))
        dialogs.append(
            types.Dialog(
                peer=chat.peer(),
                top_message=history.top,
                read_inbox_max_id=history.top,
                read_outbox_max_id=history.top,
                unread_count=0,
                unread_mentions_count=0,
                unread_reactions_count=0,
                unread_poll_votes_count=0,
                notify_settings=types.PeerNotifySettings(),
                pts=chat.pages.pts,
            )
        )
    chats, users = asked.world.entities.split(peers, viewer)
    return types.messages.Dialogs(dialogs=dialogs, messages=messages, chats=chats, users=users)


HANDLERS: dict[type, Handler] = {functions.messages.GetDialogsRequest: get_dialogs}
