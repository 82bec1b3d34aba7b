"""The custom emoji that a message uses, by the ids of their documents.

https://core.telegram.org/api/custom-emoji
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from telethon.tl import TLObject, types


def emoji_of(entities: Sequence[Any] | None, reactions: Any, reply: Any) -> list[int]:
    """Those of a text, of the reactions under it, and of what it quotes."""
    found = emoji_in(entities) if entities else []
    if reactions is not None:
        found += [one.document_id for one in _reactions_in(reactions) if type(one) is _REACTION]
    if type(reply) is types.MessageReplyHeader and reply.quote_entities:
        found += emoji_in(reply.quote_entities)
    return found


def emoji_in(entities: Sequence[Any]) -> list[int]:
    """Those among the entities of a text."""
    return [entity.document_id for entity in entities if type(entity) is _ENTITY]


def emoji_of_media(media: Any) -> list[int]:
    """Those in the texts of a poll or checklist."""
    kind = type(media)
    if kind is types.MessageMediaPoll:
        solution = media.results.solution_entities
        found = emoji_in(solution) if solution else []
        texts = [media.poll.question, *(answer.text for answer in media.poll.answers)]
    elif kind is types.MessageMediaToDo:
        found = []
        texts = [media.todo.title, *(item.title for item in media.todo.list)]
    else:
        return []
    return found + [id_ for text in texts for id_ in emoji_in(text.entities)]


def emoji_of_action(action: Any) -> list[int]:
    """Those of a topic's icon, and of the words that go with a gift."""
    icon = getattr(action, "icon_emoji_id", None)
    words = getattr(getattr(action, "message", None), "entities", None)
    return ([icon] if icon else []) + (emoji_in(words) if words else [])


def emoji_of_rich(rich: Any) -> list[int]:
    """Those anywhere in the blocks of a rich message."""
    return list(_emoji_below(rich.blocks))


def _emoji_below(value: Any) -> Iterator[int]:
    if isinstance(value, list):
        for one in value:
            yield from _emoji_below(one)
    elif type(value) is types.TextCustomEmoji:
        yield value.document_id
    elif isinstance(value, TLObject):
        yield from _emoji_below(list(vars(value).values()))


def _reactions_in(reactions: Any) -> list[Any]:
    """Each kind of reaction; the recent ones may be of a kind that is not counted any more."""
    counted = [result.reaction for result in reactions.results]
    return counted + [one.reaction for one in reactions.recent_reactions or ()]


_ENTITY, _REACTION = types.MessageEntityCustomEmoji, types.ReactionCustomEmoji
