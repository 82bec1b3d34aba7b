"""result.json, the format of Telegram Desktop's export of a single chat.

Where Telegram Desktop's own file is not valid JSON (it escapes control characters as `\\x01`),
this one is: `\\u0001`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import tzinfo
from pathlib import Path

from exporter.peers import bare_id
from exporter.records import Record
from exporter.writers.desktop import DesktopMessages
from exporter.writers.layout import finish, layout, quote
from exporter.writers.writer import ALONE, NOTHING_ELSE, Around, Beside, OneFile
from storage.models import ChatInfo

__all__ = ["FILE_NAME", "ChatObject", "JsonExport"]

FILE_NAME = "result.json"

NAMELESS = frozenset({"saved_messages", "replies", "verification_codes"})
"""Chats that Telegram Desktop writes without a name."""


class ChatObject:
    """Writes the object of a chat, one message after another."""

    def __init__(self, write: Callable[[bytes], None], zone: tzinfo, indent: str = "\n") -> None:
        """`indent`: a line feed and the spaces before the line that the object begins on."""
        self._write = write
        self._messages = DesktopMessages(zone)
        self._indent = indent
        self._separator = ""

    def begin(self, chat: ChatInfo) -> None:
        """Write what stands before the messages."""
        key = f"{self._indent} "
        head = "{"
        if chat.type not in NAMELESS:
            name = "null" if not chat.title else quote(chat.title)
            head += f'{key}"name": {name},'
        head += f'{key}"type": {quote(chat.type)},{key}"id": {bare_id(chat.id)},{key}"messages": ['
        self._write(finish(head))
        self._separator = f"{self._indent}  "

    def message(self, record: Record) -> None:
        """Append one message."""
        text = layout(self._messages.message(record), f"{self._indent}  ")
        self._write(finish(self._separator + text))
        self._separator = f",{self._indent}  "

    def end(self) -> None:
        """Write what stands behind the messages."""
        self._write(f"{self._indent} ]{self._indent}}}".encode())


class JsonExport(OneFile):
    """Writes result.json."""

    file_name = FILE_NAME

    def __init__(self, folder: Path, zone: tzinfo, /, *, name: str | None = None) -> None:
        super().__init__(folder, zone, name=name)
        self._chat = ChatObject(self._file.write, zone)

    def begin(self, chat: ChatInfo, _around: Around = NOTHING_ELSE, /) -> None:
        """Write what stands before the messages."""
        self._file.open()
        self._chat.begin(chat)

    def message(self, record: Record) -> None:
        """Append one message."""
        self._chat.message(record)

    def end(self, beside: Beside = ALONE, /) -> Path:
        """Close the file and put it in its place."""
        self._chat.end()
        return super().end(beside)
