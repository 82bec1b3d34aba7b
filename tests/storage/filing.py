"""Files as messages bring them, and short questions about them, for tests."""

from __future__ import annotations

import os
from dataclasses import replace

from storage.archive import Archive
from storage.contents import Contents
from storage.files import Files
from storage.media import (
    Content,
    Ended,
    FileKey,
    FileState,
    Finished,
    SkipReason,
    StoredFile,
    WantedFile,
)
from storage.models import MediaRow, MessageRow
from tests.storage.making import CHAT_ID, message, page_of, photo

OTHER = -1005
THIRD = -77
KIND, SIZE, SLICE = SkipReason.KIND, SkipReason.SIZE, SkipReason.SLICE


def file(message_id: int, file_id: int, size_bytes: int = 1000, **fields: object) -> MediaRow:
    plain = replace(photo(message_id, file_id=file_id), size_bytes=size_bytes, location=b"there")
    return replace(plain, **fields)  # type: ignore[arg-type]


def nothing(_: MessageRow | None, __: MediaRow) -> SkipReason | None:
    return KIND


def all_of_it(_: MessageRow | None, __: MediaRow) -> SkipReason | None:
    return None


async def keep_message(
    archive: Archive,
    *carried: MediaRow,
    chat_id: int = CHAT_ID,
    account_id: int = 1,
    tl: bytes | None = None,
    wants: object = None,
) -> None:
    """One message for each id among the files."""
    rows = [
        message(id_, kind="photo", tl=tl) for id_ in sorted({row.message_id for row in carried})
    ]
    page = page_of(*rows, media=carried)
    await archive.keep(account_id, chat_id, None, page, wants=wants)  # type: ignore[arg-type]


async def store(contents: Contents, *file_ids: int, sha256: bytes | None = None) -> list[Content]:
    made = [Content(sha256=sha256 or os.urandom(32), size_bytes=1000, mtime_ns=5) for _ in file_ids]
    await contents.keep(
        [
            Finished(key=FileKey(file_id), content=content)
            for file_id, content in zip(file_ids, made, strict=True)
        ]
    )
    return made


async def open_ones(files: Files, *chat_ids: int, large: bool = False) -> list[WantedFile]:
    return await files.open_files(chat_ids or (CHAT_ID,), large=large, limit=100)


async def open_ids(files: Files, *chat_ids: int) -> list[int]:
    return [open_.key.file_id for open_ in await open_ones(files, *chat_ids)]


async def states(files: Files, *chat_ids: int) -> dict[FileState, int]:
    totals = await files.totals(chat_ids or (CHAT_ID,))
    return {state: total.files for state, total in totals.items()}


async def fate(files: Files, message_id: int, chat_id: int = CHAT_ID) -> StoredFile:
    [one] = (await files.of_messages(chat_id, [message_id]))[message_id]
    return one


def ended(file_id: int, state: FileState, reason: str = "no") -> Ended:
    return Ended(key=FileKey(file_id), state=state, reason=reason)
