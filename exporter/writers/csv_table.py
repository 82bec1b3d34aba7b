"""messages.csv: one message a row, for spreadsheets.

UTF-8 with a byte order mark, which Excel takes for the sign of it; commas, lines that end in CRLF.
Dates are local, as 2025-01-15 16:30:05. What a message does not have is an empty cell.

A cell of text that a spreadsheet would take for a formula gets an apostrophe before it
(https://owasp.org/www-community/attacks/CSV_Injection); one that begins with apostrophes before
such a character gets another one, so that taking the first away brings back what was written.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Mapping
from datetime import datetime, tzinfo
from pathlib import Path

from exporter.attachments import File
from exporter.peers import peer_key
from exporter.records import Record
from exporter.writers.words import (
    details,
    file_name,
    files_of,
    number,
    origin,
    reactions,
    replied_number,
    why_missing,
)
from exporter.writers.writer import OneFile
from storage.models import ChatInfo

__all__ = ["COLUMNS", "FILE_NAME", "CsvTable", "safe_cell"]

FILE_NAME = "messages.csv"
BYTE_ORDER_MARK = "\ufeff"

_FORMULA = re.compile("'*[=+\\-@\t\r\n＝＋－＠]")
_CONTROLS = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 127])
"""They show nothing, and some programs end a file at one."""

Cell = str | int | float | None


def safe_cell(text: str) -> str:
    """A text as a cell that no spreadsheet takes for a formula; lines end in a line feed."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_CONTROLS)
    return f"'{text}" if _FORMULA.match(text) else text


COLUMNS: Mapping[str, str] = {
    "id": "the message's number, as in result.json",
    "date": "when it was sent",
    "edited": "when it was edited last",
    "deleted": "when it was noticed to be gone from Telegram",
    "kind": "text, photo, video_file, …, service, unsupported",
    "sender": "who wrote it",
    "sender_id": "user123, chat123 or channel123, as in result.json",
    "username": "the sender's, without the @",
    "author": "the signature under a post",
    "text": "the text or caption",
    "details": "what happened (service messages); a poll and its votes, a place, a contact, a bill",
    "file": "where the file is, below this folder, or in brackets why not; several in lines",
    "file_name": "what it is called; several in lines",
    "file_size": "in bytes; of several together",
    "mime_type": "of documents",
    "duration_seconds": "of audio and video",
    "link": "the one that has a preview",
    "reply_to": "the id of the message that it answers",
    "forwarded_from": "whom it is forwarded from",
    "forwarded_date": "when the original was written",
    "via_bot": "the bot's name, without the @",
    "topic": "the topic's title",
    "topic_id": "the topic's number",
    "album_id": "the same for the messages of one album",
    "views": "of a post",
    "forwards": "how often it was forwarded",
    "comments": "how many answers it has in the discussion group or thread",
    "comment_on": "the post that it comments",
    "reactions": "each with its count",
    "pinned": "1 if it is",
    "outgoing": "1 if this account sent it",
}
"""The columns in their order, and what stands in them."""


def cells_of(record: Record, local: Callable[[datetime], str]) -> dict[str, Cell]:
    """What stands in each column; texts are not made safe yet. `local` writes a date."""
    return {
        "id": number(record),
        "date": local(record.date),
        "edited": local(record.edited) if record.edited else None,
        "deleted": local(record.deleted_at) if record.deleted_at else None,
        "kind": record.kind,
        "text": record.text.text if record.text else None,
        "details": "\n".join(details(record)),
        **_origin_cells(record, local),
        **_file_cells(record),
        "link": record.link_preview.url if record.link_preview else None,
        "reply_to": replied_number(record),
        "topic": record.topic,
        "topic_id": record.topic_id,
        "album_id": record.album_id,
        "views": record.views,
        "forwards": record.forwards,
        "comments": record.comments,
        "comment_on": record.comment_on,
        "reactions": reactions(record),
        "pinned": int(record.pinned) or None,
        "outgoing": int(record.outgoing) or None,
    }


def _origin_cells(record: Record, local: Callable[[datetime], str]) -> dict[str, Cell]:
    """Who wrote it, and who before."""
    sender, forward, bot = record.sender, record.forward, record.via_bot
    return {
        "sender": sender.name if sender else None,
        "sender_id": peer_key(sender.id) if sender else None,
        "username": sender.username if sender else None,
        "author": record.author,
        "forwarded_from": origin(record),
        "forwarded_date": local(forward.date) if forward else None,
        "via_bot": bot.username if bot else None,
    }


def _file_cells(record: Record) -> dict[str, Cell]:
    files = list(files_of(record))
    duration = getattr(record.media, "duration_s", None)
    if not files:
        return {}
    types = [file.mime_type for file in files if isinstance(file, File) and file.mime_type]
    return {
        "file": "\n".join(file.path or f"({why_missing(file)})" for file in files),
        "file_name": "\n".join(filter(None, map(file_name, files))),
        "file_size": sum(file.size_bytes for file in files) or None,
        "mime_type": "\n".join(types),
        "duration_seconds": duration or None,
    }


class _Encoded:
    """What the csv module writes to."""

    def __init__(self, write: Callable[[bytes], None]) -> None:
        self._write = write

    def write(self, text: str) -> None:
        self._write(text.encode())


class CsvTable(OneFile):
    """Writes messages.csv."""

    file_name = FILE_NAME

    def __init__(self, folder: Path, zone: tzinfo, /, *, name: str | None = None) -> None:
        super().__init__(folder, zone, name=name)
        self._begin_rows()

    def begin(self, _chat: ChatInfo) -> None:
        """Write the names of the columns."""
        self._file.open()
        self._file.write(BYTE_ORDER_MARK.encode())
        self._rows.writerow(COLUMNS)

    def message(self, record: Record) -> None:
        """Append one row."""
        cells = map(cells_of(record, self._local).get, COLUMNS)
        self._rows.writerow([safe_cell(cell) if type(cell) is str else cell for cell in cells])

    def rest(self) -> None:
        """Hold no open file for now, and no buffer either: that of a csv writer has 128 KiB."""
        super().rest()
        self._begin_rows()

    def _begin_rows(self) -> None:
        self._rows = csv.writer(_Encoded(self._file.write), lineterminator="\r\n")

    def _local(self, date: datetime) -> str:
        return date.astimezone(self._zone).isoformat(" ")[:19]
