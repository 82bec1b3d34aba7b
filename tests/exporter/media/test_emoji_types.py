"""Custom emoji are named by what their bytes are."""

from __future__ import annotations

import gzip
from hashlib import sha256
from pathlib import Path

import pytest

from exporter.media.emoji_types import EmojiTypes, type_of
from exporter.media.store import Store
from storage.media import FileKey, FileState, StoredFile
from storage.threads import Threads

ANIMATED = gzip.compress(b"{}", mtime=0)
VIDEO = b"\x1a\x45\xdf\xa3" + bytes(40)
STILL = b"RIFF\x24\x00\x00\x00WEBPVP8 " + bytes(20)


def emoji(number: int, content: bytes | None, kind: str = "custom_emoji") -> StoredFile:
    return StoredFile(
        message_id=5,
        key=FileKey(number),
        kind=kind,
        state=FileState.WANTED if content is None else FileState.KEPT,
        reason=None,
        size_bytes=len(content or b""),
        sha256=None if content is None else sha256(content).digest(),
    )


@pytest.mark.parametrize(
    ("content", "mime_type"),
    [
        (ANIMATED, "application/x-tgsticker"),
        (VIDEO, "video/webm"),
        (STILL, "image/webp"),
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", None),
        (b"", None),
    ],
)
def test_the_first_bytes_tell_the_type(content: bytes, mime_type: str | None) -> None:
    assert type_of(content[:12]) == mime_type


async def test_only_stored_emoji_are_looked_at(tmp_path: Path) -> None:
    with Threads() as threads:
        store = Store(tmp_path / "media", threads)
        path = store.path_of(sha256(STILL).digest())
        path.parent.mkdir(parents=True)
        path.write_bytes(STILL)
        types = EmojiTypes(store, threads)

        await types.look([emoji(1, STILL), emoji(2, STILL, kind="sticker"), emoji(3, None)])
        await types.look([emoji(4, VIDEO)])  # its file is gone

    found = [types.of(FileKey(number)) for number in (1, 2, 3, 4)]
    assert found == ["image/webp", None, None, None]
