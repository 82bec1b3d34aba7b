"""Contents of a store, and files whose content may be known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any

from telethon.tl import types

from exporter.config import MediaConfig
from exporter.media.asking import Ask, Hashes
from exporter.media.known import Known
from exporter.media.store import Store
from exporter.telegram.connection import Telegram
from exporter.telegram.file_server import PieceHash
from storage.contents import Contents
from storage.media import PIECE_BYTES, Content, FileKey, Finished, WantedFile
from storage.threads import Threads
from tests.exporter.reaching import ACCOUNT_ID
from tests.sandbox.sandbox import HOME_DC, Sandbox
from tests.sandbox.world.files import Blob
from tests.sandbox.world.media import document
from tests.sandbox.world.people import Account

NUMBERS = count(8_000_000_000_000)
HASHES = "GetFileHashesRequest"
PARTS = "GetFileRequest"
TIMEOUT_S = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelves:
    """A store with its database, and what makes a `Known` of them, as a new process does."""

    contents: Contents
    store: Store
    threads: Threads
    folder: Path

    def known(self, **changes: Any) -> Known:
        """`changes` as fields of MediaConfig, or as keywords of Known: sizes, clock."""
        own = {name: changes.pop(name) for name in ("sizes", "clock") if name in changes}
        return Known(
            self.contents,
            self.store,
            self.threads,
            replace(MediaConfig(), **changes),
            snapshot=self.snapshot,
            **own,
        )

    @property
    def snapshot(self) -> Path:
        return self.folder / "known.hot"

    async def keep(self, data: bytes, *, hashes: bytes | None = None) -> Content:
        """Have the store keep these bytes, as after a download."""
        part = self.store.part_path(FileKey(next(NUMBERS)))
        part.write_bytes(data)
        told = hashes_of(data) if hashes is None else hashes
        content = await self.store.adopt(part, sha256(data).digest(), len(data), hashes=told)
        await self.contents.keep([Finished(key=FileKey(next(NUMBERS)), content=content)])
        return content

    async def download(self, known: Known, blob: Blob) -> Content:
        """Do what the block of `Known.looking` does with hashes, the bytes being at hand."""
        content = await self.keep(b"".join(blob.parts()))
        await known.learned(content)
        return content


def hashes_of(data: bytes) -> bytes:
    """The hashes of the pieces of some bytes, joined."""
    starts = range(0, len(data), PIECE_BYTES)
    return b"".join(sha256(data[start : start + PIECE_BYTES]).digest() for start in starts)


def upload(
    sandbox: Sandbox, blob: Blob, *, dc_id: int = HOME_DC, account: Account | None = None
) -> WantedFile:
    """Somebody uploads these bytes; the file as it waits to be fetched by the (owner's) account."""
    account = account or sandbox.world.owner
    made = document(
        next(NUMBERS),
        size_bytes=blob.size_bytes,
        mime_type="application/zip",
        attributes=(),
        date=1_700_000_000,
    )
    made.dc_id = dc_id
    sandbox.world.shelf.share(made.id, blob)
    sandbox.world.shelf.put(made)
    location = types.InputDocumentFileLocation(
        id=made.id,
        access_hash=account.access_hash("file", made.id),
        file_reference=sandbox.world.references.issue(account, made.id),
        thumb_size="",
    )
    return WantedFile(
        key=FileKey(made.id),
        kind="file",
        size_bytes=blob.size_bytes,
        dc_id=dc_id,
        location=bytes(location),
        account_id=ACCOUNT_ID,
        chat_id=-1,
        message_id=1,
        name=None,
        parts=b"",
        tries=0,
    )


def asking(telegram: Telegram, file: WantedFile, *, timeout_s: float = TIMEOUT_S) -> Ask:
    """Ask Telegram for the hashes of a file."""

    async def ask(offset: int) -> Sequence[PieceHash]:
        return await telegram.files.hashes(file.dc_id, file.location, offset, timeout_s=timeout_s)

    return ask


async def look(
    known: Known, telegram: Telegram, file: WantedFile, **changes: Any
) -> Content | Hashes:
    """Look once, and leave it at that; `changes` as in `asking`."""
    async with known.looking(file, asking(telegram, file, **changes)) as found:
        return found


def calls_for(sandbox: Sandbox) -> Callable[[WantedFile], int]:
    """Count the calls for hashes of a file."""
    log = sandbox.api.files.hashes_asked
    return lambda file: sum(each.file_id == file.key.file_id for each in log)
