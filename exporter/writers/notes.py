"""markdown/: a chat as notes for a vault such as Obsidian's, a month each.

Each note has YAML front matter (title, chat, chat_id, type, date, topic, tags). A message begins
with who wrote it and when, and that line is a block of its own, `^m123`: so a link to
`NOTE.md#^m123` leads to the message, from any note. Answers link to what they answer, files to
where they lie in the chat's folder. Photos, videos and sounds are shown in the note; nothing else
is, because a note that a stranger sent would run what it holds.
"""

from __future__ import annotations

import re
from datetime import datetime, tzinfo
from pathlib import Path

from pyroaring import BitMap

from exporter.attachments import File, Photo
from exporter.folder import name_of
from exporter.records import Record
from exporter.writers.desktop import MOVED
from exporter.writers.markdown_text import escaped, link_to, markdown, quoted, visible
from exporter.writers.parts import Parts
from exporter.writers.recent import Recent
from exporter.writers.splitting import DEFAULT_NAMES, UNSPLIT, By, Label, Split
from exporter.writers.words import (
    details,
    file_name,
    files_of,
    kind_of,
    number,
    origin,
    reactions,
    replied_number,
    speaker,
    why_missing,
)
from exporter.writers.writer import ALONE, NOTHING_ELSE, Around, Beside, OneFile
from storage.models import ChatInfo

FOLDER = "markdown"
"""Below the chat's."""
USUAL_NAME = "notes.md"
SHOWN = frozenset(
    {"jpg", "jpeg", "png", "gif", "webp", "bmp"}
    | {"mp4", "m4v", "webm", "mov", "mkv", "3gp"}
    | {"mp3", "m4a", "ogg", "oga", "opus", "wav", "flac"}
)
"""Endings of files that are shown in a note."""
TAG = "telegram"

_NOT_IN_TAGS = re.compile(r"[^\w-]+")


class Notes:
    """Writes the notes of a chat."""

    def __init__(
        self, folder: Path, zone: tzinfo, /, *, split: Split = UNSPLIT, template: str | None = None
    ) -> None:
        """`split`: by month, unless something else is wanted."""
        split = Split(By.MONTH) if split.by is By.NOTHING else split
        shelf = _Shelf()

        def note(name: str, label: Label) -> OneFile:
            return _Note(folder / FOLDER, zone, name=name, label=label, shelf=shelf)

        self._parts = Parts(
            folder / FOLDER,
            zone,
            note,
            split=split,
            template=template or "{chat}" + DEFAULT_NAMES[split.by],
            usual_name=USUAL_NAME,
        )

    def begin(self, chat: ChatInfo, _around: Around = NOTHING_ELSE, /) -> None:
        """Begin; the first note begins with the first message."""
        self._parts.begin(chat)

    def message(self, record: Record) -> None:
        """Append one message to its note."""
        self._parts.message(record)

    def end(self, _beside: Beside = ALONE, /) -> Path:
        """Put all notes in their places; return the first."""
        return self._parts.end()

    def abort(self) -> None:
        """Leave no trace."""
        self._parts.abort()


class _Shelf:
    """What the notes of a chat know of each other: which message stands where."""

    def __init__(self) -> None:
        self.recent = Recent()
        self._ids: dict[str, BitMap] = {}

    def add(self, note: str, record: Record) -> None:
        self._ids.setdefault(note, BitMap()).add(number(record) - MOVED)
        self.recent.add(record)

    def note_of(self, message_id: int, likely: str) -> str | None:
        """The note that a message stands in, if any by now; `likely` is looked into first."""
        key = message_id - MOVED
        if not 0 <= key < 2**32:
            return None
        for name in (likely, *reversed(self._ids)):
            if key in self._ids.get(name, ()):
                return name
        return None


class _Note(OneFile):
    """Writes one note."""

    file_name = USUAL_NAME

    def __init__(
        self, folder: Path, zone: tzinfo, /, *, name: str, label: Label, shelf: _Shelf
    ) -> None:
        super().__init__(folder, zone, name=name)
        self._name = name
        self._label = label
        self._shelf = shelf
        self._day = ""

    def begin(self, chat: ChatInfo, _around: Around = NOTHING_ELSE, /) -> None:
        """Write the front matter."""
        self._file.open()
        self._write(front_matter(chat, self._name.removesuffix(".md"), self._label))

    def message(self, record: Record) -> None:
        """Append one message."""
        local = record.date.astimezone(self._zone)
        day = local.isoformat()[:10]
        if day != self._day:
            self._write(f"\n## {day}\n")
            self._day = day
        self._write("".join(f"\n{block}\n" for block in self._blocks(record, local)))
        self._shelf.add(self._name, record)

    def _write(self, text: str) -> None:
        self._file.write(text.encode())

    def _blocks(self, record: Record, local: datetime) -> list[str]:
        blocks = [
            f"{_who(record)}{local:%H:%M}{self._marks(record)} ^m{number(record)}",
            self._reply(record),
        ]
        if record.reply is not None and record.reply.quote is not None:
            blocks.append(quoted(escaped(record.reply.quote.text).strip()))
        if record.forward is not None:
            blocks.append(f"*Forwarded from {escaped(visible(origin(record)))}*")
        blocks += [_file(file, record) for file in files_of(record)]
        blocks.append("" if record.text is None else markdown(record.text))
        blocks.append("  \n".join(escaped(visible(line)) for line in details(record)))
        if record.link_preview is not None and record.link_preview.title:
            blocks.append(quoted(escaped(visible(record.link_preview.title))))
        blocks.append(escaped(reactions(record)))
        return [block for block in blocks if block.strip()]

    def _marks(self, record: Record) -> str:
        marks = [
            word
            for word, is_so in (
                (escaped(visible(record.topic or "")), not self._label.topic),
                ("edited", record.edited is not None),
                ("deleted", record.deleted_at is not None),
                ("pinned", record.pinned),
            )
            if word and is_so
        ]
        return f" · {', '.join(marks)}" if marks else ""

    def _reply(self, record: Record) -> str:
        replied = replied_number(record)
        if replied is None:
            peer = record.reply and record.reply.peer
            return f"↩ a message in {escaped(visible(peer.name or 'another chat'))}" if peer else ""
        remembered = self._shelf.recent.get(replied)
        words = f"message {replied}"
        if remembered is not None:
            words = ": ".join(filter(None, remembered)) or words
        note = self._shelf.note_of(replied, self._name)
        if note is None:
            return f"↩ {escaped(words)}"
        where = "" if note == self._name else link_to(note)
        return f"↩ [{escaped(words)}]({where}#^m{replied})"


def front_matter(chat: ChatInfo, title: str, label: Label) -> str:
    """The properties of a note."""
    told = {
        "title": title,
        "chat": name_of(chat) or None,
        "chat_id": chat.id,
        "type": chat.type,
        "username": chat.username,
        "date": label.date or None,
        "topic": label.topic or None,
    }
    lines = [f"{name}: {_yaml(value)}" for name, value in told.items() if value is not None]
    tags = "".join(f"  - {tag}\n" for tag in (TAG, f"{TAG}/{_tag(chat)}"))
    return "---\n" + "\n".join(lines) + f"\ntags:\n{tags}---\n"


def _yaml(value: str | int) -> str:
    """A text in double quotes; what is invisible as an escape (YAML 1.2, 5.7)."""
    if isinstance(value, int):
        return str(value)
    letters = (
        f"\\{letter}"
        if letter in '"\\'
        else letter
        if letter.isprintable()
        else f"\\U{ord(letter):08x}"
        for letter in value
    )
    return '"' + "".join(letters) + '"'


def _tag(chat: ChatInfo) -> str:
    """A chat's title as a tag; its id where nothing of it can be one."""
    tag = _NOT_IN_TAGS.sub("-", name_of(chat).lower()).strip("-_")
    return tag if re.search(r"[^\W\d_]", tag) else f"chat{chat.id}"


def _who(record: Record) -> str:
    name = escaped(visible(speaker(record)))
    return f"**{name}** " if name else ""


def _file(file: Photo | File, record: Record) -> str:
    kind = kind_of(file, record).replace("_", " ")
    name = escaped(visible(file_name(file))) or kind
    if file.path is None:
        named = "" if name == kind else f" {name}"
        return f"*{kind}{named}: {why_missing(file)}*"
    shown = "!" if file.path.rpartition(".")[2].lower() in SHOWN else ""
    return f"{shown}[{name}](../{link_to(file.path)})"
