"""Synthetic messages: each one a function of the world's seed and its id, so none needs a place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from telethon.tl import types

from tests.sandbox.world.numbers import mix

FIRST_DATE = 1_577_836_800
"""2020-01-01T00:00:00Z: the date of id 0."""
SECONDS_BETWEEN = 97
"""From one id to the next; a million messages are three years."""

_TEXT = """
the and you that was for are with his they this have from one had word but not what all were
when your can said there use each which she how their will other about out many then them
these some her would make like him into time has look two more write see number way could
people than first water been call who oil its now find long down day did get come made may
привет как дела сегодня завтра если только потом вместе конечно хорошо спасибо посмотри
работа дом город время погода кофе встреча проект файл ссылка вопрос ответ ёлка объезд
🙂 👍 🔥 🎉 ❤️ 😅 🚀 👩‍💻
"""
WORDS = _TEXT.split()


def date_of(message_id: int) -> int:
    """Unix seconds; grows with the id, as in every numbering of Telegram."""
    return FIRST_DATE + message_id * SECONDS_BETWEEN


def words(bits: int, count: int) -> str:
    """`count` words picked by `bits`."""
    picked = []
    for _ in range(count):
        picked.append(WORDS[bits % len(WORDS)])
        bits = mix(bits, count)
    return " ".join(picked)


class Synthetic:
    """Makes one chat's messages."""

    def __init__(self, seed: int, senders: Sequence[int], *, post: bool = False) -> None:
        self._seed = seed
        self._senders = senders
        """User ids; in a channel nobody, since posts there carry the channel's name."""
        self._post = post or None

    def message(self, message_id: int) -> Any:
        bits = mix(self._seed, message_id)
        sender = (
            types.PeerUser(self._senders[(bits >> 8) % len(self._senders)])
            if self._senders
            else None
        )
        return types.Message(
            id=message_id,
            peer_id=types.PeerUser(0),
            date=date_of(message_id),
            message=words(bits, 2 + bits % 12),
            from_id=sender,
            post=self._post,
        )
