"""result.json of an account with all messages: Telegram Desktop's full export, chat by chat."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import tzinfo
from pathlib import Path
from typing import Any

from exporter.records import Record
from exporter.writers.atomic import AtomicFile
from exporter.writers.json_export import FILE_NAME, ChatObject
from exporter.writers.layout import finish, layout, quote
from storage.models import ChatInfo

ABOUT = "Who this account is, and its chats with their messages, as Chatkeep kept them."
ABOUT_CHATS = "The chats that are kept, each with its messages."

_PART, _CHAT = "\n ", "\n   "
"""A line feed and the spaces before a part, and before a chat."""


class WholeAccount:
    """Writes result.json; chats follow each other, each with its messages."""

    def __init__(self, folder: Path, zone: tzinfo) -> None:
        self._file = AtomicFile(folder / FILE_NAME)
        self._chat = ChatObject(self._file.write, zone, _CHAT)
        self._separator = _CHAT
        self._after: Mapping[str, Any] = {}

    def begin(self, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
        """Open the file; `before` and `after` are the parts around the chats."""
        self._after = after
        self._file.open()
        head = "".join(
            f"{_PART}{quote(name)}: {layout(part, _PART)},"
            for name, part in {"about": ABOUT, **before}.items()
        )
        about = f'\n "chats": {{\n  "about": {quote(ABOUT_CHATS)},\n  "list": ['
        self._file.write(finish("{" + head + about))

    def begin_chat(self, chat: ChatInfo) -> None:
        """Begin a chat."""
        self._file.write(self._separator.encode())
        self._separator = f",{_CHAT}"
        self._chat.begin(chat)

    def message(self, record: Record) -> None:
        """Append a message of the chat that was begun last."""
        self._chat.message(record)

    def end_chat(self) -> None:
        """Nothing more comes of that chat."""
        self._chat.end()

    def end(self) -> Path:
        """Close the file and put it in its place."""
        tail = "".join(
            f",{_PART}{quote(name)}: {layout(part, _PART)}" for name, part in self._after.items()
        )
        self._file.write(finish("\n  ]\n }" + tail + "\n}"))
        return self._file.commit()

    def abort(self) -> None:
        """Leave no trace."""
        self._file.discard()
