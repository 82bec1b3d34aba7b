"""Synthetic messages: each one a function of the world's seed and its id, so none needs a place."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import Any

from telethon.tl import types

from tests.sandbox.world import synthetic_media
from tests.sandbox.world.content import TEXT, Content
from tests.sandbox.world.dice import Dice
from tests.sandbox.world.numbers import mix
from tests.sandbox.world.synthetic_text import formatted, words
from tests.sandbox.world.topics import GENERAL, Topic

FIRST_DATE = 1_577_836_800
"""2020-01-01T00:00:00Z: the date of id 0."""
SECONDS_BETWEEN = 97
"""From one id to the next; a million messages are three years."""

EMOTICONS = ("👍", "❤", "🔥", "😁", "🎉")
ALBUM = 4
"""So many photos in a row may be an album."""


def date_of(message_id: int) -> int:
    """Unix seconds; grows with the id, as in every numbering of Telegram."""
    return FIRST_DATE + message_id * SECONDS_BETWEEN


class Synthetic:
    """Makes one chat's messages."""

    def __init__(
        self,
        seed: int,
        senders: Sequence[int],
        *,
        ids: Sequence[int],
        content: Content = TEXT,
        post: bool = False,
        topics: Sequence[Topic] = (),
    ) -> None:
        self._seed = seed
        self._senders = tuple(senders)
        """User ids; in a channel only those that are named in its posts."""
        self._ids = ids
        """Those that the chat began with; deleting leaves them as they are."""
        self._content = content
        self._is_text = content.is_text
        self._post = post or None
        self._topics = {topic.id: topic for topic in topics}

    def message(self, message_id: int) -> Any:
        """The message with that id, the same whenever it is made."""
        if message_id in self._topics:
            return self._creation(self._topics[message_id])
        bits = mix(self._seed, message_id)
        if not self._is_text:
            return self._mixed(message_id, Dice(bits))
        return types.Message(
            id=message_id,
            peer_id=types.PeerUser(0),
            date=date_of(message_id),
            message=words(bits, 2 + bits % 12),
            from_id=self._sender(bits >> 8),
            post=self._post,
            reply_to=self._topic_header(message_id) if self._topics else None,
        )

    def _sender(self, bits: int) -> Any:
        if self._post or not self._senders:
            return None
        return types.PeerUser(self._senders[bits % len(self._senders)])

    def _creation(self, topic: Topic) -> Any:
        return types.MessageService(
            id=topic.id,
            peer_id=types.PeerUser(0),
            date=topic.date,
            from_id=types.PeerUser(topic.creator_id),
            action=types.MessageActionTopicCreate(
                title=topic.title, icon_color=topic.icon_color, icon_emoji_id=topic.icon_emoji_id
            ),
        )

    def _mixed(self, message_id: int, dice: Dice) -> Any:
        content = self._content
        if dice.happens(content.service):
            return self._service(message_id, dice)
        date = date_of(message_id)
        text, entities = words(dice.roll(), dice.between(1, 40)), None
        if dice.happens(content.entities):
            text, entities = formatted(dice, self._senders)
        shown, grouped_id = self._media(message_id, dice, date)
        if shown is not None and (grouped_id or dice.happens(600)):
            text, entities = "", None
        views = dice.between(1, 9_000) if self._post else None
        return types.Message(
            id=message_id,
            peer_id=types.PeerUser(0),
            date=date,
            message=text,
            entities=entities,
            from_id=self._sender(dice.roll()),
            post=self._post,
            post_author="Редактор" if self._post and dice.happens(100) else None,
            reply_to=self._reply(message_id, dice),
            fwd_from=self._forward(dice, date),
            media=shown,
            grouped_id=grouped_id,
            edit_date=date + dice.between(1, 9_000) if dice.happens(content.edits) else None,
            reactions=self._reactions(dice, date),
            views=views,
            forwards=dice.between(0, 90) if views else None,
        )

    def _media(self, message_id: int, dice: Dice, date: int) -> tuple[Any, int | None]:
        """The message's media, and the album it belongs to."""
        content = self._content
        album = mix(self._seed ^ ALBUM, message_id // ALBUM)
        if album % 1000 * 4 < content.photos:
            return synthetic_media.photo(dice, date), album >> 2
        if dice.happens(content.photos):
            return synthetic_media.photo(dice, date), None
        if dice.happens(content.documents):
            return synthetic_media.document(dice, date), None
        if dice.happens(content.polls):
            return synthetic_media.poll(dice), None
        if dice.happens(content.others):
            return synthetic_media.other(dice, self._senders), None
        return None, None

    def _forward(self, dice: Dice, date: int) -> Any:
        if not dice.happens(self._content.forwards):
            return None
        earlier = date - dice.between(60, 900_000)
        if self._senders and dice.happens(600):
            return types.MessageFwdHeader(
                date=earlier, from_id=types.PeerUser(dice.pick(self._senders))
            )
        return types.MessageFwdHeader(date=earlier, from_name="Скрытый Отправитель")

    def _reactions(self, dice: Dice, date: int) -> Any:
        if not dice.happens(self._content.reactions):
            return None
        first = dice.between(0, len(EMOTICONS) - 1)
        results, recent = [], []
        for number in range(dice.between(1, 3)):
            reaction = types.ReactionEmoji(EMOTICONS[(first + number) % len(EMOTICONS)])
            results.append(types.ReactionCount(reaction=reaction, count=dice.between(1, 20)))
            if self._senders and not self._post:
                peer = types.PeerUser(dice.pick(self._senders))
                recent.append(
                    types.MessagePeerReaction(
                        peer_id=peer, date=date + dice.between(1, 99_000), reaction=reaction
                    )
                )
        return types.MessageReactions(
            results=results, recent_reactions=recent or None, can_see_list=bool(recent) or None
        )

    def _service(self, message_id: int, dice: Dice) -> Any:
        people = self._senders or (1,)
        target = self._earlier(message_id, dice)
        action, reply = dice.pick(
            (
                (types.MessageActionChatJoinedByLink(inviter_id=people[0]), None),
                (types.MessageActionChatAddUser(users=[dice.pick(people)]), None),
                (types.MessageActionChatDeleteUser(user_id=dice.pick(people)), None),
                (types.MessageActionChatEditTitle(title=words(dice.roll(), 3)), None),
                (types.MessageActionPinMessage(), target),
            )
        )
        return types.MessageService(
            id=message_id,
            peer_id=types.PeerUser(0),
            date=date_of(message_id),
            from_id=self._sender(dice.roll()),
            post=self._post,
            action=action,
            reply_to=types.MessageReplyHeader(reply_to_msg_id=reply) if reply else None,
        )

    def _reply(self, message_id: int, dice: Dice) -> Any:
        target = None
        if dice.happens(self._content.replies):
            target = self._earlier(message_id, dice)
        if not self._topics:
            return types.MessageReplyHeader(reply_to_msg_id=target) if target else None
        topic = self.topic_of(message_id)
        if target is None or self.topic_of(target) != topic or target in self._topics:
            return self._topic_header(message_id)
        if topic == GENERAL:
            return types.MessageReplyHeader(reply_to_msg_id=target)
        return types.MessageReplyHeader(
            reply_to_msg_id=target, reply_to_top_id=topic, forum_topic=True
        )

    def _earlier(self, message_id: int, dice: Dice) -> int | None:
        """A message not long before this one, None when the dice hit a hole."""
        wanted = message_id - dice.between(1, 40)
        place = bisect_left(self._ids, wanted)
        found = place < len(self._ids) and self._ids[place] == wanted
        return wanted if found else None

    def topic_of(self, message_id: int) -> int:
        """The topic that a message of a forum stands in."""
        if message_id in self._topics:
            return message_id
        choices = [GENERAL, *(topic for topic in self._topics if topic < message_id)]
        return choices[mix(self._seed ^ GENERAL, message_id) % len(choices)]

    def _topic_header(self, message_id: int) -> Any:
        """The mark of a message that replies to nothing but stands in a topic."""
        topic = self.topic_of(message_id)
        if topic == GENERAL:
            return None
        return types.MessageReplyHeader(reply_to_msg_id=topic, forum_topic=True)
