"""Requests about the list of chats, https://core.telegram.org/api/dialogs."""

from __future__ import annotations

from typing import Any

from telethon.tl import functions, types

from tests.sandbox.api.asked import Asked, Handler
from tests.sandbox.api.inputs import chat_of
from tests.sandbox.api.paging import unix_or_zero
from tests.sandbox.api.updates import get_state
from tests.sandbox.world.channels import Channel
from tests.sandbox.world.chats import Chat, unix
from tests.sandbox.world.groups import BasicGroup
from tests.sandbox.world.people import Account
from tests.sandbox.world.view import peers_in, seen

LIMIT = 100
MAIN_FOLDER, ARCHIVE = 0, 1
"""https://core.telegram.org/api/folders#peer-folders"""
MUTED_FOR_EVER = 2**31 - 1


def get_dialogs(asked: Asked) -> Any:
    """https://core.telegram.org/method/messages.getDialogs.

    Newest first, pinned ones before all others on the first page. A page goes on after the dialog
    whose last message had `offset_date`, `offset_id` and stood with `offset_peer`. Without a
    `folder_id` all are listed, the archived ones too.
    """
    request = asked.request
    viewer = asked.viewer
    listed = [
        chat
        for chat in _sorted(asked, viewer)
        if request.folder_id in {None, _folder_of(chat, viewer)}
    ]
    pinned = [chat for chat in listed if chat.peer_id in viewer.pinned]
    others = [chat for chat in listed if chat.peer_id not in viewer.pinned]
    count = len(others) if request.exclude_pinned else len(listed)
    date = unix_or_zero(request.offset_date)
    if date or request.offset_id or not isinstance(request.offset_peer, types.InputPeerEmpty):
        rest = _after(asked, others, date)
    elif request.exclude_pinned:
        rest = others
    else:
        rest = pinned + others
    page = rest[: min(request.limit, LIMIT) if request.limit > 0 else LIMIT]
    parts = _described(asked, page)
    if len(page) == count:
        return types.messages.Dialogs(**parts)
    return types.messages.DialogsSlice(count=count, **parts)


def get_pinned_dialogs(asked: Asked) -> types.messages.PeerDialogs:
    """https://core.telegram.org/method/messages.getPinnedDialogs."""
    viewer = asked.viewer
    pinned: list[Chat] = []
    if asked.request.folder_id == MAIN_FOLDER:
        pinned = [
            chat
            for chat in _sorted(asked, viewer)
            if chat.peer_id in viewer.pinned and chat.peer_id not in viewer.archived
        ]
    return types.messages.PeerDialogs(state=get_state(asked), **_described(asked, pinned))


def get_peer_dialogs(asked: Asked) -> types.messages.PeerDialogs:
    """https://core.telegram.org/method/messages.getPeerDialogs."""
    wanted = [chat_of(asked, each.peer) for each in asked.request.peers]
    return types.messages.PeerDialogs(state=get_state(asked), **_described(asked, wanted))


def _sorted(asked: Asked, viewer: Account) -> list[Chat]:
    """Pinned ones in their order, then the others by their newest message."""
    places = {peer_id: place for place, peer_id in enumerate(viewer.pinned)}

    def rank(chat: Chat) -> tuple[int, int, int, int]:
        date, top = _newest(chat, viewer)
        return places.get(chat.peer_id, len(places)), -date, -top, chat.peer_id

    return sorted(asked.world.dialogs_of(viewer), key=rank)


def _folder_of(chat: Chat, viewer: Account) -> int:
    return ARCHIVE if chat.peer_id in viewer.archived else MAIN_FOLDER


def _newest(chat: Chat, viewer: Account) -> tuple[int, int]:
    """The date and the id of the newest message; an empty chat has its own date."""
    history = chat.history(viewer)
    message = history.get(history.top) if history else None
    if message is None:
        return chat.world.first_date, 0
    return unix(message.date), message.id


def _after(asked: Asked, others: list[Chat], date: int) -> list[Chat]:
    """The dialogs after the one that the request names, by its peer where it still stands where it
    stood, else by date and id."""
    request = asked.request
    viewer = asked.viewer
    named = None
    if not isinstance(request.offset_peer, types.InputPeerEmpty):
        named = chat_of(asked, request.offset_peer).peer_id
    for place, chat in enumerate(others):
        if chat.peer_id == named and _newest(chat, viewer) == (date, request.offset_id):
            return others[place + 1 :]
    return [chat for chat in others if _newest(chat, viewer) < (date, request.offset_id)]


def _described(asked: Asked, page: list[Chat]) -> dict[str, list[Any]]:
    """The dialogs with their newest messages and everybody named."""
    viewer = asked.viewer
    messages: list[Any] = []
    peers: set[int] = set()
    for chat in page:
        peers.add(chat.peer_id)
        if isinstance(chat, BasicGroup) and chat.migrated_to is not None:
            peers.add(chat.migrated_to.peer_id)
        history = chat.history(viewer)
        message = history.get(history.top) if history else None
        if message is not None:
            peers |= peers_in(message)
            messages.append(seen(message, chat, viewer))
    chats, users = asked.world.entities.split(peers, viewer)
    dialogs = [_dialog(chat, viewer) for chat in page]
    return {"dialogs": dialogs, "messages": messages, "chats": chats, "users": users}


def _dialog(chat: Chat, viewer: Account) -> types.Dialog:
    _, top = _newest(chat, viewer)
    return types.Dialog(
        peer=chat.peer(),
        top_message=top,
        read_inbox_max_id=top,
        read_outbox_max_id=top,
        unread_count=viewer.unread.get(chat.peer_id, 0),
        unread_mentions_count=0,
        unread_reactions_count=0,
        unread_poll_votes_count=0,
        notify_settings=types.PeerNotifySettings(
            mute_until=MUTED_FOR_EVER if chat.peer_id in viewer.muted else None
        ),
        pinned=True if chat.peer_id in viewer.pinned else None,
        pts=chat.pages.pts if isinstance(chat, Channel) else None,
        folder_id=_folder_of(chat, viewer) or None,
    )


HANDLERS: dict[type, Handler] = {
    functions.messages.GetDialogsRequest: get_dialogs,
    functions.messages.GetPinnedDialogsRequest: get_pinned_dialogs,
    functions.messages.GetPeerDialogsRequest: get_peer_dialogs,
}
