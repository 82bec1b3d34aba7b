"""What custom emoji are: messages name them by number only, so their bytes have to say."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from exporter.media.store import Store
from storage.media import FileKey, StoredFile
from storage.threads import Threads

EMOJI = "custom_emoji"
HEAD_BYTES = 12


class EmojiTypes:
    """The types of the emoji that an export shows, each looked at once."""

    def __init__(self, store: Store, threads: Threads) -> None:
        self._store = store
        self._threads = threads
        self._known: dict[FileKey, str | None] = {}

    async def look(self, files: Iterable[StoredFile]) -> None:
        """Look at the stored emoji among some files."""
        for file in files:
            if file.kind == EMOJI and file.sha256 is not None and file.key not in self._known:
                path = self._store.path_of(file.sha256)
                self._known[file.key] = type_of(await self._threads.run(_head, path))

    def of(self, key: FileKey) -> str | None:
        """The MIME type of an emoji that was looked at."""
        return self._known.get(key)


def type_of(head: bytes) -> str | None:
    """Tell the formats of https://core.telegram.org/api/stickers by how a file begins."""
    if head.startswith(b"\x1f\x8b"):
        return "application/x-tgsticker"
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return "video/webm"
    if head.startswith(b"RIFF") and head[8:] == b"WEBP":
        return "image/webp"
    return None


def _head(path: Path) -> bytes:
    """How a file begins; nothing of one that is gone, which is noticed when it is placed."""
    try:
        with path.open("rb") as file:
            return file.read(HEAD_BYTES)
    except FileNotFoundError:
        return b""
