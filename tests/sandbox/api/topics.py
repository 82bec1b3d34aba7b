"""Requests about the topics of forums, https://core.telegram.org/api/forum."""

from __future__ import annotations

from typing import Any

from telethon.tl import functions, types

from tests.sandbox.api.asked import Asked, Handler
from tests.sandbox.api.inputs import chat_of
from tests.sandbox.api.paging import unix_or_zero
from tests.sandbox.mtproto.calls import RpcFault
from tests.sandbox.world.channels import Channel
from tests.sandbox.world.chats import unix
from tests.sandbox.world.history import History
from tests.sandbox.world.topics import Topic
from tests.sandbox.world.view import peers_in, seen

LIMIT = 100


def get_forum_topics(asked: Asked) -> types.messages.ForumTopics:
    """https://core.telegram.org/method/messages.getForumTopics.

    Pinned topics come first, then those with the newest messages. The next page goes on after
    `offset_topic`, whose last message was `offset_id` at `offset_date`.
    """
    request = asked.request
    chat = _forum(asked, request.peer)
    history = chat.history(asked.viewer) or History()
    tops = _tops(chat, history)
    wanted = [
        topic
        for topic in chat.topics.values()
        if not request.q or request.q.lower() in topic.title.lower()
    ]
    wanted.sort(key=lambda topic: (topic.pinned, tops[topic.id][0]), reverse=True)
    rest = wanted
    if request.offset_topic:
        places = [place for place, each in enumerate(wanted) if each.id == request.offset_topic]
        rest = wanted[places[0] + 1 :] if places else []
    elif date := unix_or_zero(request.offset_date):
        rest = [topic for topic in wanted if tops[topic.id][1] < date]
    page = rest[: min(request.limit, LIMIT)]
    return _answer(asked, chat, page, tops, count=len(wanted))


def get_forum_topics_by_id(asked: Asked) -> types.messages.ForumTopics:
    """https://core.telegram.org/method/messages.getForumTopicsByID; unknown ones are deleted ones.

    Raises:
        RpcFault: TOPICS_EMPTY.
    """
    chat = _forum(asked, asked.request.peer)
    numbers = asked.request.topics
    if not numbers:
        raise RpcFault(400, "TOPICS_EMPTY")
    history = chat.history(asked.viewer) or History()
    known = [chat.topics[number] for number in numbers if number in chat.topics]
    answer = _answer(asked, chat, known, _tops(chat, history), count=len(numbers))
    answer.topics += [
        types.ForumTopicDeleted(id=number) for number in numbers if number not in chat.topics
    ]
    return answer


def _forum(asked: Asked, peer: Any) -> Channel:
    """
    Raises:
        RpcFault: CHANNEL_FORUM_MISSING for a chat without topics.
    """
    chat = chat_of(asked, peer)
    if not isinstance(chat, Channel) or not chat.forum:
        raise RpcFault(400, "CHANNEL_FORUM_MISSING")
    return chat


def _tops(chat: Channel, history: History) -> dict[int, tuple[int, int]]:
    """For each topic its newest message, as id and date; its own creation when it is empty."""
    tops = {topic.id: (topic.id, topic.date) for topic in chat.topics.values()}
    missing = set(tops)
    for number in reversed(history.ids):
        if not missing:
            break
        message = history.get(number)
        topic = chat.topic_in(message)
        if topic in missing and message is not None:
            missing.discard(topic)
            tops[topic] = (number, unix(message.date))
    return tops


def _answer(
    asked: Asked,
    chat: Channel,
    page: list[Topic],
    tops: dict[int, tuple[int, int]],
    *,
    count: int,
) -> types.messages.ForumTopics:
    viewer = asked.viewer
    history = chat.history(viewer) or History()
    peers = {chat.peer_id, *(topic.creator_id for topic in page)}
    messages = []
    for topic in page:
        message = history.get(tops[topic.id][0])
        if message is not None:
            peers |= peers_in(message)
            messages.append(seen(message, chat, viewer))
    chats, users = asked.world.entities.split(peers, viewer)
    return types.messages.ForumTopics(
        count=count,
        topics=[_tl_topic(chat, topic, tops[topic.id][0], viewer.id) for topic in page],
        messages=messages,
        chats=chats,
        users=users,
        pts=chat.pages.pts,
    )


def _tl_topic(chat: Channel, topic: Topic, top: int, viewer_id: int) -> types.ForumTopic:
    return types.ForumTopic(
        id=topic.id,
        date=topic.date,
        peer=chat.peer(),
        title=topic.title,
        icon_color=topic.icon_color,
        icon_emoji_id=topic.icon_emoji_id,
        top_message=top,
        read_inbox_max_id=top,
        read_outbox_max_id=top,
        unread_count=0,
        unread_mentions_count=0,
        unread_reactions_count=0,
        unread_poll_votes_count=0,
        from_id=types.PeerUser(topic.creator_id) if topic.creator_id else chat.peer(),
        notify_settings=types.PeerNotifySettings(),
        my=True if topic.creator_id == viewer_id else None,
        closed=topic.closed or None,
        pinned=topic.pinned or None,
        hidden=topic.hidden or None,
    )


HANDLERS: dict[type, Handler] = {
    functions.messages.GetForumTopicsRequest: get_forum_topics,
    functions.messages.GetForumTopicsByIDRequest: get_forum_topics_by_id,
}
