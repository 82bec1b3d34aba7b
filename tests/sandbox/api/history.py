"""Requests for a chat's messages: page by page, and by their ids."""

from __future__ import annotations

from typing import Any

from telethon.tl import functions, types

from tests.sandbox.api.asked import Asked, Handler
from tests.sandbox.api.inputs import channel_of, readable
from tests.sandbox.api.paging import bounds, hash_of
from tests.sandbox.api.takeout import ids_shown
from tests.sandbox.mtproto.calls import RpcFault
from tests.sandbox.world.chats import Chat, unix
from tests.sandbox.world.history import History
from tests.sandbox.world.view import peers_in, seen


def get_history(asked: Asked) -> Any:
    """https://core.telegram.org/method/messages.getHistory."""
    request = asked.request
    chat, history = readable(asked, request.peer)
    first, last = ids_shown(asked, chat, history.ids)
    ids = history.ids if last - first == len(history) else history.ids[first:last]
    start, stop = bounds(ids, request, lambda message_id: unix(_existing(history, message_id).date))
    page = ids[start:stop][::-1]
    if request.hash and request.hash % 2**64 == hash_of(page):
        return types.messages.MessagesNotModified(count=len(ids))
    if ids is history.ids:
        return chat.pages.cut(history, asked.viewer, start, stop)
    return chat.pages.listed(history, asked.viewer, page, count=len(ids), offset=len(ids) - stop)


def get_channel_messages(asked: Asked) -> types.messages.ChannelMessages:
    """https://core.telegram.org/method/channels.getMessages.

    Raises:
        RpcFault: MESSAGE_IDS_EMPTY.
    """
    chat = channel_of(asked, asked.request.channel)
    if not asked.request.id:
        raise RpcFault(400, "MESSAGE_IDS_EMPTY")
    found = [_wanted([chat], given, asked) for given in asked.request.id]
    messages, chats, users = _with_peers(asked, found)
    return types.messages.ChannelMessages(
        pts=chat.pages.pts,
        count=len(messages),
        messages=messages,
        topics=[],
        chats=chats,
        users=users,
    )


def get_messages(asked: Asked) -> types.messages.Messages:
    """https://core.telegram.org/method/messages.getMessages: not those of channels."""
    viewer = asked.viewer
    boxed = [
        chat
        for chat in asked.world.chats
        if not isinstance(chat.peer(), types.PeerChannel) and chat.history(viewer) is not None
    ]
    found = [_wanted(boxed, given, asked) for given in asked.request.id]
    messages, chats, users = _with_peers(asked, found)
    return types.messages.Messages(messages=messages, topics=[], chats=chats, users=users)


def _wanted(among: list[Chat], given: Any, asked: Asked) -> tuple[int, Chat | None, Any]:
    """The id, the chat and the message that an InputMessage means; None for a hole.

    "inputMessageReplyTo: the message that a certain message replies to":
    https://core.telegram.org/type/InputMessage
    """
    if isinstance(given, types.InputMessagePinned):
        number = getattr(among[0], "pinned_id", None) or 0
    elif isinstance(given, types.InputMessageReplyTo):
        _, _, message = _find(among, given.id, asked)
        number = getattr(getattr(message, "reply_to", None), "reply_to_msg_id", None) or 0
    else:
        number = given.id
    return _find(among, number, asked)


def _find(among: list[Chat], number: int, asked: Asked) -> tuple[int, Chat | None, Any]:
    for chat in among:
        history = chat.history(asked.viewer)
        if history is not None and number in history:
            return number, chat, history.get(number)
    return number, None, None


def _with_peers(
    asked: Asked, found: list[tuple[int, Chat | None, Any]]
) -> tuple[list[Any], list[Any], list[Any]]:
    """Messages as the viewer sees them, `messageEmpty` for holes, and the peers they name."""
    viewer = asked.viewer
    messages: list[Any] = []
    peers: set[int] = set()
    for number, chat, message in found:
        if chat is None:
            messages.append(types.MessageEmpty(id=number, peer_id=None))
            continue
        peers |= {chat.peer_id, *peers_in(message)}
        messages.append(seen(message, chat, viewer))
    chats, users = asked.world.entities.split(peers, viewer)
    return messages, chats, users


def _existing(history: History, message_id: int) -> Any:
    message = history.get(message_id)
    if message is None:
        raise KeyError(message_id)
    return message


HANDLERS: dict[type, Handler] = {
    functions.messages.GetHistoryRequest: get_history,
    functions.messages.GetMessagesRequest: get_messages,
    functions.channels.GetMessagesRequest: get_channel_messages,
}
