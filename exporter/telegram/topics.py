"""The topics of a forum."""

from __future__ import annotations

from typing import Any

from telethon.tl import types
from telethon.tl.functions.messages import GetForumTopicsRequest

from exporter.telegram.connection import Telegram
from exporter.telegram.resolve import ChatRef
from storage.models import Topic

PAGE = 100


async def fetch_topics(telegram: Telegram, chat: ChatRef) -> list[Topic]:
    """Read all topics of a forum, in the order that Telegram lists them; deleted ones are gone.

    https://core.telegram.org/api/forum#forum-topics
    """
    topics: dict[int, Topic] = {}
    last: Any = None
    last_date: Any = None
    while True:
        answer = await telegram.ask(
            GetForumTopicsRequest(
                peer=chat.input_peer,
                offset_date=last_date,
                offset_id=last.top_message if last else 0,
                offset_topic=last.id if last else 0,
                limit=PAGE,
            )
        )
        found = [topic for topic in answer.topics if isinstance(topic, types.ForumTopic)]
        fresh = [topic for topic in found if topic.id not in topics]
        topics.update((topic.id, _topic(topic)) for topic in fresh)
        if not fresh or len(topics) >= answer.count:
            return list(topics.values())
        last = found[-1]
        last_date = last.date
        if not answer.order_by_create_date:
            last_date = next(
                (m.date for m in answer.messages if m.id == last.top_message), last_date
            )


def _topic(topic: Any) -> Topic:
    return Topic(
        topic_id=topic.id,
        title=topic.title,
        icon_emoji_id=topic.icon_emoji_id,
        closed=bool(topic.closed),
    )
