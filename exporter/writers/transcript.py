"""messages.md: a chat as one text for a language model, in few tokens.

A line that begins with # is ours: `#` the chat, `##` a day, `###` who speaks from what time on.
Messages of one person within ten minutes follow each other, a line each or more. What a message
carries besides its text stands in brackets, what it answers behind an arrow. A line of a message
that begins with # or a backslash has a backslash before it, so that nobody can speak for another.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, tzinfo
from pathlib import Path

from exporter.attachments import File, Photo
from exporter.folder import name_of
from exporter.records import Record
from exporter.writers.markdown_text import plain, visible
from exporter.writers.recent import Recent
from exporter.writers.words import (
    details,
    file_name,
    files_of,
    kind_of,
    origin,
    reactions,
    replied_number,
    speaker,
)
from exporter.writers.writer import OneFile
from storage.models import ChatInfo

FILE_NAME = "messages.md"
ONE_GROUP = timedelta(minutes=10)

_OURS = re.compile(r"^(?=[ \t]*[#\\])", re.MULTILINE)
_EMPTY_LINES = re.compile(r"\n\s*\n")


class Transcript(OneFile):
    """Writes messages.md."""

    file_name = FILE_NAME

    def __init__(
        self,
        folder: Path,
        zone: tzinfo,
        /,
        *,
        name: str | None = None,
        recent: Recent | None = None,
    ) -> None:
        """`recent`: what the parts of a chat remember together."""
        super().__init__(folder, zone, name=name)
        self._recent = Recent() if recent is None else recent
        self._day = ""
        self._head: tuple[str, str] = ("", "")
        """Who speaks, and in which topic."""
        self._last: datetime | None = None

    def begin(self, chat: ChatInfo) -> None:
        """Write the chat's name."""
        self._file.open()
        kind = chat.type.replace("_", " ")
        named = visible(name_of(chat))
        self._file.write(f"# {named} ({kind})\n".encode() if named else f"# {kind}\n".encode())

    def message(self, record: Record) -> None:
        """Append one message, under a new head if need be."""
        local = record.date.astimezone(self._zone)
        lines = [*self._heads(record, local), *self._lines(record)]
        self._file.write("".join(f"{line}\n" for line in lines).encode())
        self._recent.add(record)

    def _heads(self, record: Record, local: datetime) -> list[str]:
        found = []
        day = local.isoformat()[:10]
        if is_new := day != self._day:
            self._day = day
            found.append(f"## {day}")
        head = (visible(speaker(record)), visible(record.topic or ""))
        last, self._last = self._last, record.date
        if is_new or head != self._head or last is None or record.date - last > ONE_GROUP:
            self._head = head
            topic = f" [{head[1]}]" if head[1] else ""
            found.append(" ".join(filter(None, ("###", head[0], f"{local:%H:%M}"))) + topic)
        return found

    def _lines(self, record: Record) -> list[str]:
        """What a message says; never nothing."""
        notes = [self._reply(record)]
        if record.forward is not None:
            notes.append(f"[from {visible(origin(record))}]")
        notes += [f"[{_file(file, record)}]" for file in files_of(record)]
        told = [visible(line) for line in details(record)]
        if told:
            kind = "" if record.action is not None else f"{record.kind.replace('_', ' ')}: "
            notes.append(f"[{kind}{'; '.join(told)}]")
        before = " ".join(filter(None, notes))
        text = "" if record.text is None else _EMPTY_LINES.sub("\n", plain(record.text.text))
        body = " ".join(filter(None, (before, text.strip()))) or f"[{record.kind}]"
        if record.reactions:
            body += f" [{reactions(record)}]"
        return [_OURS.sub(r"\\", body)]

    def _reply(self, record: Record) -> str:
        quote = record.reply and record.reply.quote
        if quote:
            return f"→ “{visible(quote.text)}”:"
        replied = replied_number(record)
        remembered = None if replied is None else self._recent.get(replied)
        if remembered is None:
            return "" if record.reply is None or replied is None else "→ an earlier message:"
        return f"→ {': '.join(filter(None, remembered))}:"


def _file(file: Photo | File, record: Record) -> str:
    kind = kind_of(file, record).replace("_", " ")
    if not isinstance(file, File):
        return kind
    length = f" {int(file.duration_s)}s" if file.duration_s else ""
    name = f" {visible(file_name(file))}" if file.name and kind in ("file", "audio file") else ""
    emoji = f" {visible(file.sticker_emoji)}" if file.sticker_emoji else ""
    return f"{kind}{name}{emoji}{length}"
