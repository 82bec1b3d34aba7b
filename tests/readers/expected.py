"""What each reader should find in a result.json, by the rules of its own documentation and code."""

from __future__ import annotations

from collections import Counter
from typing import Any

Message = dict[str, Any]


def words(message: Message) -> str:
    """The text without its styles."""
    text = message.get("text", "")
    if isinstance(text, str):
        return text
    return "".join(part if isinstance(part, str) else part["text"] for part in text)


def chat_miner(messages: list[Message]) -> int:
    """All with a sender: no service messages."""
    return sum("from" in message and "text" in message for message in messages)


def chatpack(messages: list[Message]) -> int:
    """Those with a text, of people with a name."""
    return sum(
        message["type"] == "message" and message["from"] is not None and words(message) != ""
        for message in messages
    )


def participants(messages: list[Message]) -> int:
    """tg-parser: whoever wrote or did something; all unknown ones are one."""
    return len({message.get("from_id") or message.get("actor_id") or "" for message in messages})


def topics(messages: list[Message]) -> Counter[int]:
    """tg-parser: the messages of each topic. It goes by what a message answers, so whoever answers
    another message of a topic is in General for it."""
    created = {one["id"] for one in messages if one.get("action") == "topic_created"}
    if not created:
        return Counter()
    answered = (message.get("reply_to_message_id", 1) for message in messages)
    return Counter(one if one in created else 1 for one in answered)


def tgmix(messages: list[Message]) -> int:
    """Messages that somebody sent in one second are one, such as albums; unsupported are none."""
    found, place = 0, 0
    while place < len(messages):
        first = messages[place]
        found += first["type"] in ("message", "service")
        place += 1
        if first["type"] == "message":
            while place < len(messages) and together(first) == together(messages[place]):
                place += 1
    return found


def together(message: Message) -> tuple[Any, ...]:
    return tuple(message.get(key) for key in ("from_id", "forwarded_from", "date_unixtime"))


def telegramstats(messages: list[Message]) -> list[tuple[str, int]]:
    """All messages by who sent or did them, whoever is unknown too."""
    counts = Counter(
        (
            message.get("actor_id") or message.get("from_id"),
            message.get("actor") or message.get("from"),
        )
        for message in messages
    )
    return [(str(name), count) for (_, name), count in counts.most_common()]
