"""What the conversion of one chat's messages works with."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any

from tests.sandbox.world.loader.directory import Directory
from tests.sandbox.world.numbers import digest

UNKNOWN_BYTES = 40_000
"""About what a file is given whose size an old export does not tell."""


@dataclass(slots=True, kw_only=True)
class Source:
    """One chat of an export."""

    directory: Directory
    zone: tzinfo
    peer_id: int
    """The chat's marked id."""
    scale_files: float = 1.0
    group_id: int | None = None
    """The bare id of the basic group that the chat was before."""
    topics_of: dict[int, int] = field(default_factory=dict)
    """The topic that each message read so far stands in; only those in topics."""
    last_topic: int | None = None
    """The topic that was opened last."""
    unknown: set[str] = field(default_factory=set)
    """Actions that the loader does not know."""

    def moment(self, message: dict[str, Any], key: str) -> int | None:
        """Unix seconds of `key`, from `key_unixtime` where there is one."""
        if f"{key}_unixtime" in message:
            return int(message[f"{key}_unixtime"])
        return self.local(message[key]) if key in message else None

    def local(self, text: str) -> int:
        """Unix seconds of a date in the export's own zone."""
        return int(datetime.fromisoformat(text).replace(tzinfo=self.zone).timestamp())

    def file_id(self, *what: object) -> int:
        """A positive id for a file of this chat."""
        number = int.from_bytes(digest("loaded file", self.peer_id, *what), "little")
        return number >> 2 | 1 << 61

    def size(self, message: dict[str, Any], key: str) -> int:
        """Bytes of a file, scaled; a size that the export does not tell is made up."""
        if key not in message:
            return UNKNOWN_BYTES + self.file_id(message["id"], key) % UNKNOWN_BYTES
        told = int(message[key])
        return max(1, round(told * self.scale_files)) if told else 0


def number_for(text: str) -> int:
    """A stable number for what an export gives as a path instead of an id."""
    if text.isdigit():
        return int(text)
    return int.from_bytes(digest("custom emoji", text), "little") >> 1
