"""The custom emoji that a message uses, by the ids of their documents.

https://core.telegram.org/api/custom-emoji
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from operator import attrgetter
from typing import Any

from telethon.tl import TLObject, types


def emoji_of(message: Any) -> tuple[int, ...]:
    """Those of its texts, of the reactions under it, and of what it quotes, each once."""
    media, action, rich, entities, reactions, reply = looked_at(message)
    if media is action is rich is entities is reactions and not quoted(reply):
        return ()  # as for most
    found = emoji_in(entities) if entities else []
    if reactions is not None:
        found += [one.document_id for one in _reactions_in(reactions) if type(one) is _REACTION]
    if quote := quoted(reply):
        found += emoji_in(quote)
    if media is not None and (texts := _TEXTS.get(type(media))) is not None:
        found += texts(media)
    if action is not None:
        found += _of_action(action)
    if rich is not None:
        found += _below(rich.blocks)
    return tuple(dict.fromkeys(found)) if found else ()


def quoted(reply: Any) -> Sequence[Any] | None:
    """The entities of what a message quotes."""
    return None if type(reply) is not _ANSWER else reply.quote_entities


def emoji_in(entities: Sequence[Any]) -> list[int]:
    """Those among the entities of a text."""
    return [entity.document_id for entity in entities if type(entity) is _ENTITY]


def _of_poll(media: Any) -> list[int]:
    poll, solution = media.poll, media.results.solution_entities
    texts = [poll.question, *(answer.text for answer in poll.answers)]
    return _in_texts(texts) + (emoji_in(solution) if solution else [])


def _of_todo(media: Any) -> list[int]:
    return _in_texts([media.todo.title, *(item.title for item in media.todo.list)])


def _in_texts(texts: Sequence[Any]) -> list[int]:
    return [id_ for text in texts for id_ in emoji_in(text.entities)]


def _of_action(action: Any) -> list[int]:
    """A topic's icon, and what the words say that go with a gift."""
    icon = getattr(action, "icon_emoji_id", None)
    words = getattr(getattr(action, "message", None), "entities", None)
    return ([icon] if icon else []) + (emoji_in(words) if words else [])


def _below(value: Any) -> Iterator[int]:
    """Those anywhere in the blocks of a rich message."""
    if isinstance(value, list):
        for one in value:
            yield from _below(one)
    elif type(value) is types.TextCustomEmoji:
        yield value.document_id
    elif isinstance(value, TLObject):
        yield from _below(list(vars(value).values()))


def _reactions_in(reactions: Any) -> list[Any]:
    """Each kind of reaction; the recent ones may be of a kind that is not counted any more."""
    counted = [result.reaction for result in reactions.results]
    return counted + [one.reaction for one in reactions.recent_reactions or ()]


looked_at = attrgetter("media", "action", "rich_message", "entities", "reactions", "reply_to")
"""What of a message may have to do with files or emoji."""

_ENTITY, _REACTION = types.MessageEntityCustomEmoji, types.ReactionCustomEmoji
_ANSWER = types.MessageReplyHeader
_TEXTS: dict[type, Callable[[Any], list[int]]] = {
    types.MessageMediaPoll: _of_poll,
    types.MessageMediaToDo: _of_todo,
}
