"""How synthetic chats come to be."""

from __future__ import annotations

from array import array
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tests.sandbox.world.box import Box
from tests.sandbox.world.channels import Channel
from tests.sandbox.world.content import Content
from tests.sandbox.world.history import History
from tests.sandbox.world.numbers import digest, mix
from tests.sandbox.world.synthetic import Synthetic, date_of
from tests.sandbox.world.topics import COLORS, Topic

if TYPE_CHECKING:
    from tests.sandbox.world.world import World


def dense_ids(seed: int, number: int, content: Content) -> array[int]:
    """`number` ids from 1 on, without those that the seed makes gaps."""
    if not content.gaps:
        return array("i", range(1, number + 1))
    ids = array("i")
    message_id = 0
    while len(ids) < number:
        message_id += 1
        if mix(seed ^ 0xDE1E7ED, message_id) % 1000 >= content.gaps:
            ids.append(message_id)
    return ids


def boxed_history(
    box: Box, number: int, *, seed: int, senders: Sequence[int], content: Content
) -> History:
    """The `number` messages of a private chat or a basic group, numbered by the account's box."""
    ids = box.take(number, seed)
    synthetic = Synthetic(seed, senders, ids=ids, content=content)
    return History(ids, synthetic.message, box.news)


def channel(
    world: World,
    *,
    number: int,
    title: str,
    username: str | None,
    members: Sequence[int],
    messages: int,
    content: Content,
    broadcast: bool = False,
    topics: Sequence[str] | None = None,
) -> Channel:
    """A channel, a supergroup, or with `topics` a forum, with its synthetic messages."""
    seed = mix(world.seed, number)
    least = 0 if topics is None else 1 + len(topics)
    ids = dense_ids(seed, max(messages, least), content)
    opened = [
        Topic(
            id=ids[place],
            title=topic,
            creator_id=members[0],
            date=date_of(ids[place]),
            icon_color=COLORS[place % len(COLORS)],
        )
        for place, topic in enumerate(topics or (), start=1)
    ]
    synthetic = Synthetic(seed, members, ids=ids, content=content, post=broadcast, topics=opened)
    chat = Channel(
        world,
        number=number,
        title=title,
        username=username,
        broadcast=broadcast,
        members=members,
        history=History(ids, synthetic.message),
        forum=topics is not None,
    )
    chat.topics.update({topic.id: topic for topic in opened})
    secret = digest("invite", world.seed, number, size=12)
    chat.invite = urlsafe_b64encode(secret).decode()
    return chat
