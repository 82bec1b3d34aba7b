"""result.json, the format of Telegram Desktop's export of a single chat.

Where Telegram Desktop's own file is not valid JSON (it escapes control characters as `\\x01`),
this one is: `\\u0001`.
"""

from __future__ import annotations

from datetime import tzinfo
from pathlib import Path

from exporter.peers import bare_id
from exporter.records import Record
from exporter.writers.atomic import AtomicFile
from exporter.writers.desktop import EXTRA_KEYS, DesktopMessages
from exporter.writers.layout import finish, layout, quote
from exporter.writers.writer import ALONE, NOTHING_ELSE, Around, Beside
from storage.models import ChatInfo

__all__ = ["EXTRA_KEYS", "FILE_NAME", "JsonExport"]

FILE_NAME = "result.json"

_INDENT = "\n  "

NAMELESS = frozenset({"saved_messages", "replies", "verification_codes"})
"""Chats that Telegram Desktop writes without a name."""


class JsonExport:
    """Writes result.json."""

    def __init__(self, folder: Path, zone: tzinfo) -> None:
        self._file = AtomicFile(folder / FILE_NAME)
        self._messages = DesktopMessages(zone)
        self._separator = _INDENT

    def begin(self, chat: ChatInfo, _around: Around = NOTHING_ELSE) -> None:
        """Write what stands before the messages."""
        head = "{"
        if chat.type not in NAMELESS:
            name = "null" if not chat.title else quote(chat.title)
            head += f'\n "name": {name},'
        head += f'\n "type": {quote(chat.type)},\n "id": {bare_id(chat.id)},\n "messages": ['
        self._file.open()
        self._file.write(finish(head))

    def message(self, record: Record) -> None:
        """Append one message."""
        text = layout(self._messages.message(record), _INDENT)
        self._file.write(finish(self._separator + text))
        self._separator = "," + _INDENT

    def end(self, _beside: Beside = ALONE) -> Path:
        """Close the file and put it in its place."""
        self._file.write(b"\n ]\n}")
        return self._file.commit()

    def abort(self) -> None:
        """Leave no trace."""
        self._file.discard()
