"""Words, sentences and formatted texts of synthetic messages."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from telethon.tl import types

from tests.sandbox.world.dice import Dice
from tests.sandbox.world.numbers import mix

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

CODE = 'def main():\n\tprint("привет 👋")\n'

CUSTOM_EMOJI = 5_368_324_170_671_202_286

Plain = Callable[[int, int], Any]

SIMPLE: tuple[Plain, ...] = (
    types.MessageEntityBold,
    types.MessageEntityItalic,
    types.MessageEntityUnderline,
    types.MessageEntityStrike,
    types.MessageEntityCode,
    types.MessageEntitySpoiler,
)

FIXED: tuple[tuple[str, Plain], ...] = (
    ("https://example.org/путь?q=1&r=2", types.MessageEntityUrl),
    ("@sample_name", types.MessageEntityMention),
    ("#заметка", types.MessageEntityHashtag),
    ("$USD", types.MessageEntityCashtag),
    ("/start", types.MessageEntityBotCommand),
    ("person@example.org", types.MessageEntityEmail),
    ("+15550100100", types.MessageEntityPhone),
)


def words(bits: int, count: int) -> str:
    """`count` words picked by `bits`."""
    picked = []
    for _ in range(count):
        picked.append(WORDS[bits % len(WORDS)])
        bits = mix(bits, count)
    return " ".join(picked)


def utf16(text: str) -> int:
    """The length that entities count in: https://core.telegram.org/api/entities#entity-length."""
    return len(text) + sum(1 for letter in text if ord(letter) > 0xFFFF)


def formatted(dice: Dice, people: tuple[int, ...]) -> tuple[str, list[Any]]:
    """A text with entities; sometimes the text ends in one, sometimes one lies inside another."""
    text = words(dice.roll(), dice.between(1, 6)) + " "
    entities = []
    for _ in range(dice.between(1, 3)):
        piece, entity = _entity(dice, utf16(text), people)
        entities.append(entity)
        if dice.happens(100):
            entities.append(types.MessageEntityBold(entity.offset, entity.length))
        text += piece
        if dice.happens(600):
            text += " " + words(dice.roll(), dice.between(1, 5)) + " "
    if text.endswith(" "):
        text = text.rstrip()
    return text, entities


def _entity(dice: Dice, offset: int, people: tuple[int, ...]) -> tuple[str, Any]:
    """A piece of text with its entity."""
    kind = dice.between(0, 9)
    piece = words(dice.roll(), dice.between(1, 3))
    make: Plain = dice.pick(SIMPLE)
    if kind in {4, 5}:
        piece, make = dice.pick(FIXED)
    elif kind == 6:
        make = partial(types.MessageEntityTextUrl, url="https://example.org/?a=ё")
    elif kind == 7:
        piece, make = CODE, partial(types.MessageEntityPre, language=dice.pick(("python", "")))
    elif kind == 8:
        make = partial(types.MessageEntityBlockquote, collapsed=dice.pick((True, None)))
    elif kind == 9 and people:
        make = partial(types.MessageEntityMentionName, user_id=dice.pick(people))
    elif kind == 9:
        piece, make = "👍", partial(types.MessageEntityCustomEmoji, document_id=CUSTOM_EMOJI)
    return piece, make(offset, utf16(piece))
