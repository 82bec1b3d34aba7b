"""Requests for what happened meanwhile: https://core.telegram.org/api/updates#fetching-state."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from telethon.tl import functions, types

from tests.sandbox.api.asked import Asked, Handler
from tests.sandbox.api.inputs import channel_of
from tests.sandbox.mtproto.calls import RpcFault
from tests.sandbox.world.chats import Chat
from tests.sandbox.world.news import Event
from tests.sandbox.world.view import peers_in, seen

EVENTS = 100
"""In one answer at most."""


def get_state(asked: Asked) -> types.updates.State:
    """https://core.telegram.org/method/updates.getState."""
    return _state(asked.viewer.box.news.pts)


def get_difference(asked: Asked) -> Any:
    """https://core.telegram.org/method/updates.getDifference: private chats and basic groups.

    Raises:
        RpcFault: PERSISTENT_TIMESTAMP_EMPTY.
    """
    viewer = asked.viewer
    if asked.request.pts < 1:
        raise RpcFault(400, "PERSISTENT_TIMESTAMP_EMPTY")
    news = viewer.box.news
    events = news.since(asked.request.pts, EVENTS)
    if events is None:
        return types.updates.DifferenceTooLong(pts=news.pts)
    if not events:
        return types.updates.DifferenceEmpty(date=int(time.time()), seq=1)
    chats = {
        id(history): chat
        for chat in asked.world.dialogs_of(viewer)
        if (history := chat.history(viewer)) is not None
    }
    told = _told(asked, [(chats[id(event.history)], event) for event in events])
    if events[-1].pts < news.pts:
        return types.updates.DifferenceSlice(
            new_encrypted_messages=[], intermediate_state=_state(events[-1].pts), **told
        )
    return types.updates.Difference(new_encrypted_messages=[], state=_state(news.pts), **told)


def get_channel_difference(asked: Asked) -> Any:
    """https://core.telegram.org/method/updates.getChannelDifference.

    Raises:
        RpcFault: PERSISTENT_TIMESTAMP_EMPTY.
    """
    request = asked.request
    chat = channel_of(asked, request.channel)
    if request.pts < 1:
        raise RpcFault(400, "PERSISTENT_TIMESTAMP_EMPTY")
    news = chat.histories()[0][1].news
    events = news.since(request.pts, min(request.limit, EVENTS))
    if events is None:
        return _too_long(asked, chat, news.pts)
    if not events:
        return types.updates.ChannelDifferenceEmpty(pts=news.pts, final=True)
    pts = events[-1].pts
    told = _told(asked, [(chat, event) for event in events])
    return types.updates.ChannelDifference(pts=pts, final=pts == news.pts or None, **told)


def update_status(asked: Asked) -> bool:
    """https://core.telegram.org/method/account.updateStatus."""
    _ = asked.viewer
    return True


def _state(pts: int) -> types.updates.State:
    return types.updates.State(pts=pts, qts=0, date=int(time.time()), seq=1, unread_count=0)


def _told(asked: Asked, events: Sequence[tuple[Chat, Event]]) -> dict[str, list[Any]]:
    """New messages as such, all else as updates; what is gone again is told as gone only."""
    new: list[Any] = []
    other: list[Any] = []
    peers: set[int] = set()
    for chat, event in events:
        peers.add(chat.peer_id)
        if event.kind == "deleted":
            other.append(_deletion(chat, event))
            continue
        for number in event.ids:
            message = event.history.get(number)
            if message is None:
                continue
            peers |= peers_in(message)
            shown = seen(message, chat, asked.viewer)
            if event.kind == "new":
                new.append(shown)
            else:
                other.append(_edition(chat, event, shown))
    chats, users = asked.world.entities.split(peers, asked.viewer)
    return {"new_messages": new, "other_updates": other, "chats": chats, "users": users}


def _deletion(chat: Chat, event: Event) -> Any:
    counted = {"messages": list(event.ids), "pts": event.pts, "pts_count": event.count}
    if isinstance(chat.peer(), types.PeerChannel):
        return types.UpdateDeleteChannelMessages(channel_id=chat.id, **counted)
    return types.UpdateDeleteMessages(**counted)


def _edition(chat: Chat, event: Event, message: Any) -> Any:
    counted = {"message": message, "pts": event.pts, "pts_count": event.count}
    if isinstance(chat.peer(), types.PeerChannel):
        return types.UpdateEditChannelMessage(**counted)
    return types.UpdateEditMessage(**counted)


def _too_long(asked: Asked, chat: Chat, pts: int) -> types.updates.ChannelDifferenceTooLong:
    chats, users = asked.world.entities.split({chat.peer_id}, asked.viewer)
    history = chat.history(asked.viewer)
    top = history.top if history else 0
    return types.updates.ChannelDifferenceTooLong(
        final=True,
        dialog=types.Dialog(
            peer=chat.peer(),
            top_message=top,
            read_inbox_max_id=top,
            read_outbox_max_id=top,
            unread_count=0,
            unread_mentions_count=0,
            unread_reactions_count=0,
            unread_poll_votes_count=0,
            notify_settings=types.PeerNotifySettings(),
            pts=pts,
        ),
        messages=[],
        chats=chats,
        users=users,
    )


HANDLERS: dict[type, Handler] = {
    functions.updates.GetStateRequest: get_state,
    functions.updates.GetDifferenceRequest: get_difference,
    functions.updates.GetChannelDifferenceRequest: get_channel_difference,
    functions.account.UpdateStatusRequest: update_status,
}
