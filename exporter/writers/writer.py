"""What every format's writer can do."""

from __future__ import annotations

from datetime import tzinfo
from pathlib import Path
from typing import Protocol

from exporter.records import Record
from storage.models import ChatInfo


class Writer(Protocol):
    """Writes one chat into a folder: begin, each message oldest first, end.

    It keeps nothing of what it wrote in memory. The finished file appears under its name at `end`;
    after `abort` nothing of the attempt is left, and what stood there before still stands.
    """

    def __init__(self, folder: Path, zone: tzinfo, /) -> None:
        """`zone` is where the reader lives, for formats with local dates."""

    def begin(self, chat: ChatInfo) -> None: ...

    def message(self, record: Record) -> None: ...

    def end(self) -> Path:
        """The path of the finished file."""

    def abort(self) -> None:
        """Harmless at any time, also twice."""
