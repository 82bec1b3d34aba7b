"""A text as Telegram Desktop cuts it: a row of runs that follow each other, none inside another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeAlias

from exporter.texts import ENTITY_VALUES, Text

NOT_INCLUDED = "(File not included. Change data exporting settings to download.)"
"""Stands for the path of a file that nobody asked for; readers look for exactly this."""

Emoji: TypeAlias = Mapping[int, str]
"""Where the file of a custom emoji is, by its document's id, or a sentence like the above."""
NO_EMOJI: Emoji = {}

DESKTOP_TYPES = frozenset(
    {
        "mention",
        "hashtag",
        "bot_command",
        "link",
        "email",
        "bold",
        "italic",
        "code",
        "pre",
        "text_link",
        "mention_name",
        "phone",
        "cashtag",
        "underline",
        "strikethrough",
        "blockquote",
        "bank_card",
        "spoiler",
        "custom_emoji",
    }
)
"""What Telegram Desktop has a word for; the rest is `unknown` to it."""


class Run(NamedTuple):
    """A stretch of text of one type."""

    type: str
    text: str
    value: str | int | bool | None = None


def runs_of(text: Text) -> list[Run]:
    """Cut a text at its entities.

    An entity that begins before the last one ended is dropped. Telegram Desktop compares UTF-16
    offsets with the length in UTF-8 bytes: so after the last entity a plain run follows whenever
    `bytes > offset`, an empty one if nothing is left to say; and an entity may reach past the end.
    """
    string = text.text
    if not text.entities:
        return [Run("plain", string)] if string else []
    size = len(string) if string.isascii() else len(string.encode())
    cut: Callable[[slice], str] = string.__getitem__
    if size != len(string) and max(string) > "\uffff":
        cut = _utf16_cutter(string)
    runs: list[Run] = []
    offset = 0
    for entity in text.entities:
        start, end = entity.offset, entity.offset + entity.length
        if start < offset or entity.length <= 0 or end > size:
            continue
        if start > offset:
            runs.append(Run("plain", cut(slice(offset, start))))
        kind = entity.type if entity.type in DESKTOP_TYPES else "unknown"
        runs.append(Run(kind, cut(slice(start, end)), entity.value))
        offset = end
    if size > offset:
        runs.append(Run("plain", cut(slice(offset, size))))
    return runs


def text_value(text: Text, emoji: Emoji = NO_EMOJI) -> Any:
    """A text as it stands under `text`, a poll's question and the like."""
    return plain_or_runs(runs_of(text), emoji)


def plain_or_runs(runs: list[Run], emoji: Emoji = NO_EMOJI) -> Any:
    """One plain run is a string, none an empty one; else a list of strings and objects."""
    if not runs:
        return ""
    if len(runs) == 1 and runs[0].type == "plain":
        return runs[0].text
    return [run.text if run.type == "plain" else run_object(run, emoji) for run in runs]


def run_object(run: Run, emoji: Emoji = NO_EMOJI) -> dict[str, Any]:
    """A run as an object."""
    found: dict[str, Any] = {"type": run.type, "text": run.text}
    if run.value is not None and run.type in ENTITY_VALUES:
        key = ENTITY_VALUES[run.type]
        found[key] = emoji_path(run.value, emoji) if key == "document_id" else run.value
    return found


def emoji_path(document_id: Any, emoji: Emoji) -> str:
    """What stands for a custom emoji: where its file is, or why it is not there."""
    return emoji.get(document_id, NOT_INCLUDED)


def _utf16_cutter(string: str) -> Callable[[slice], str]:
    """Slices by UTF-16 units; half a surrogate pair becomes a question mark, as Qt makes it."""
    units = string.encode("utf-16-le")

    def cut(part: slice) -> str:
        piece = units[2 * part.start : 2 * part.stop].decode("utf-16-le", "surrogatepass")
        return piece.encode("utf-8", "replace").decode()

    return cut
