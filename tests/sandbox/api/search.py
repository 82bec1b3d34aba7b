"""Requests for those of a chat's messages that have something in common."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

from telethon.tl import functions, types

from tests.sandbox.api.asked import Asked, Handler
from tests.sandbox.api.filters import OF_KIND, matches, words_of
from tests.sandbox.api.inputs import chat_of, readable
from tests.sandbox.api.paging import bounds, unix_or_zero
from tests.sandbox.mtproto.calls import RpcFault
from tests.sandbox.world.channels import Channel
from tests.sandbox.world.chats import Chat, unix
from tests.sandbox.world.history import History
from tests.sandbox.world.topics import GENERAL
from tests.sandbox.world.view import marked, peers_in, seen


def search(asked: Asked) -> bytes:
    """https://core.telegram.org/method/messages.search.

    Raises:
        RpcFault: SEARCH_QUERY_EMPTY when nothing at all is asked for.
    """
    request = asked.request
    chat, history = readable(asked, request.peer)
    words = words_of(request.q)
    everything = isinstance(request.filter, types.InputMessagesFilterEmpty)
    narrowed = request.from_id is not None or request.top_msg_id is not None
    if everything and not words and not narrowed:
        raise RpcFault(400, "SEARCH_QUERY_EMPTY")
    sender = None if request.from_id is None else chat_of(asked, request.from_id).peer_id
    since, until = unix_or_zero(request.min_date), unix_or_zero(request.max_date)

    def wanted(message: Any) -> bool:
        date = unix(message.date)
        return (
            (not since or date > since)
            and (not until or date < until)
            and (sender is None or _sender(message, chat) == sender)
            and (request.top_msg_id is None or _is_under(chat, message, request.top_msg_id))
            and matches(message, words, request.filter)
        )

    return _answer(asked, chat, history, wanted)


def get_search_counters(asked: Asked) -> list[Any]:
    """https://core.telegram.org/method/messages.getSearchCounters."""
    _, history = readable(asked, asked.request.peer)
    counted = _COUNTED.get(history)
    if counted is None or counted.revision != history.revision:
        counted = _COUNTED[history] = _Counted(history.revision)
    for message_id in history.ids[bisect_right(history.ids, counted.up_to) :]:
        counted.add(history.get(message_id))
    return [
        types.messages.SearchCounter(filter=kind, count=counted.of_kind[type(kind)])
        for kind in asked.request.filters
    ]


@dataclass(slots=True)
class _Counted:
    """How many messages of a history each filter lets through."""

    revision: int
    up_to: int = 0
    of_kind: dict[type, int] = field(default_factory=lambda: dict.fromkeys(OF_KIND, 0))

    def add(self, message: Any) -> None:
        for kind, fits in OF_KIND.items():
            self.of_kind[kind] += fits(message)
        self.up_to = message.id


_COUNTED: WeakKeyDictionary[History, _Counted] = WeakKeyDictionary()
"""Telegram has these figures at hand, so that asking for them again holds up nobody."""


def get_replies(asked: Asked) -> bytes:
    """https://core.telegram.org/method/messages.getReplies: a thread, a topic of a forum, or the
    comments of a channel's post, which come from the discussion group.

    Raises:
        RpcFault: MSG_ID_INVALID.
    """
    top = asked.request.msg_id
    chat, history = readable(asked, asked.request.peer)
    if isinstance(chat, Channel) and chat.broadcast:
        chat, top = thread_of(chat, top)
        history = chat.histories()[0][1]
    in_topic = isinstance(chat, Channel) and chat.forum and top in chat.topics
    if not in_topic and top not in history:
        raise RpcFault(400, "MSG_ID_INVALID")
    return _answer(asked, chat, history, lambda message: _is_under(chat, message, top))


def get_discussion_message(asked: Asked) -> types.messages.DiscussionMessage:
    """https://core.telegram.org/method/messages.getDiscussionMessage.

    Raises:
        RpcFault: MSG_ID_INVALID.
    """
    top = asked.request.msg_id
    chat, _ = readable(asked, asked.request.peer)
    if not isinstance(chat, Channel):
        raise RpcFault(400, "MSG_ID_INVALID")
    group, top = thread_of(chat, top) if chat.broadcast else (chat, top)
    message = group.message(top)
    if message is None:
        raise RpcFault(400, "MSG_ID_INVALID")
    peers = {chat.peer_id, group.peer_id, *peers_in(message)}
    shown = seen(message, group, asked.viewer)
    chats, users = asked.world.entities.split(peers, asked.viewer)
    return types.messages.DiscussionMessage(
        messages=[shown],
        max_id=getattr(message.replies, "max_id", None),
        unread_count=0,
        chats=chats,
        users=users,
    )


def thread_of(channel: Channel, post_id: int) -> tuple[Channel, int]:
    """The discussion group, and the post's copy there that the comments stand below.

    Raises:
        RpcFault: MSG_ID_INVALID for a post without comments.
    """
    discussion = channel.discussion
    if discussion is None or post_id not in discussion.threads:
        raise RpcFault(400, "MSG_ID_INVALID")
    return discussion.group, discussion.threads[post_id]


def _answer(asked: Asked, chat: Chat, history: History, wanted: Callable[[Any], bool]) -> bytes:
    ids = [number for number in history.ids if wanted(history.get(number))]
    start, stop = bounds(ids, asked.request, lambda number: unix(_date(history, number)))
    page = ids[start:stop][::-1]
    return chat.pages.listed(history, asked.viewer, page, count=len(ids), offset=len(ids) - stop)


def _date(history: History, message_id: int) -> Any:
    message = history.get(message_id)
    return 0 if message is None else message.date


def _sender(message: Any, chat: Chat) -> int:
    return chat.peer_id if message.from_id is None else marked(message.from_id)


def _is_under(chat: Chat, message: Any, top: int) -> bool:
    """Whether the message stands in the topic, or in the thread below the message `top`."""
    if isinstance(chat, Channel) and chat.forum and top in chat.topics:
        topic = chat.topic_in(message)
        return topic == top and (message.id != top or top == GENERAL)
    header = message.reply_to
    return isinstance(header, types.MessageReplyHeader) and top in {
        header.reply_to_msg_id,
        header.reply_to_top_id,
    }


HANDLERS: dict[type, Handler] = {
    functions.messages.SearchRequest: search,
    functions.messages.GetSearchCountersRequest: get_search_counters,
    functions.messages.GetRepliesRequest: get_replies,
    functions.messages.GetDiscussionMessageRequest: get_discussion_message,
}
