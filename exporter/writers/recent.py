"""What was written last, so that an answer can say what it answers."""

from __future__ import annotations

from collections import OrderedDict
from typing import NamedTuple

from exporter.records import Record
from exporter.writers.markdown_text import visible
from exporter.writers.words import number, speaker

REMEMBERED = 2_000
"""Messages: most answers come soon."""
WORDS_LENGTH = 40


class Remembered(NamedTuple):
    """Who wrote a message, and how it begins."""

    speaker: str
    words: str


class Recent:
    """The beginnings of the last messages, by their numbers."""

    def __init__(self) -> None:
        self._messages: OrderedDict[int, Remembered] = OrderedDict()

    def add(self, record: Record) -> None:
        text = "" if record.text is None else record.text.text[: 4 * WORDS_LENGTH]
        words = visible(text) or ("" if record.kind == "text" else record.kind.replace("_", " "))
        if len(words) > WORDS_LENGTH:
            words = words[:WORDS_LENGTH].rstrip() + "…"
        self._messages[number(record)] = Remembered(visible(speaker(record)), words)
        if len(self._messages) > REMEMBERED:
            self._messages.popitem(last=False)

    def get(self, message_id: int) -> Remembered | None:
        return self._messages.get(message_id)
