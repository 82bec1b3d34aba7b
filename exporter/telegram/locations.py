"""Where a file lies, as Telegram says it: https://core.telegram.org/api/files#downloading-files."""

from __future__ import annotations

from telethon.tl.tlobject import TLObject


class Location(TLObject):  # type: ignore[misc]  # Telethon has no types
    """An InputFileLocation that is kept as bytes, ready to be put into a request."""

    def __init__(self, tl: bytes) -> None:
        self.tl = tl

    def _bytes(self) -> bytes:
        return self.tl
