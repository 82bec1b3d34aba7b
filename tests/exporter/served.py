"""Files that a sandbox serves, made without messages that carry them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from telethon.tl import types

from tests.sandbox.sandbox import Sandbox
from tests.sandbox.world.files import Blob
from tests.sandbox.world.media import document

MIB = 1024 * 1024
NUMBERS = count(7_000_000_000_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A document, as the owner's account may ask for it."""

    file_id: int
    dc_id: int
    location: bytes
    blob: Blob

    @property
    def offsets(self) -> Iterator[int]:
        """Where its parts of a MiB begin."""
        return iter(range(0, self.blob.size_bytes, MIB))

    def part(self, offset: int) -> bytes:
        """What a part of a MiB holds."""
        return self.blob.read(offset, MIB)


def serve(sandbox: Sandbox, dc_id: int, size_bytes: int = MIB) -> Served:
    """Have a document lie in a data centre."""
    file_id = next(NUMBERS)
    made = document(
        file_id,
        size_bytes=size_bytes,
        mime_type="application/zip",
        attributes=(),
        date=1_700_000_000,
    )
    made.dc_id = dc_id
    sandbox.world.shelf.put(made)
    return Served(
        file_id=file_id,
        dc_id=dc_id,
        location=location_of(sandbox, file_id),
        blob=sandbox.world.shelf.blob(file_id),
    )


def location_of(sandbox: Sandbox, file_id: int) -> bytes:
    """The location of a document, with a reference that holds."""
    owner = sandbox.world.owner
    return bytes(
        types.InputDocumentFileLocation(
            id=file_id,
            access_hash=owner.access_hash("file", file_id),
            file_reference=sandbox.world.references.issue(owner, file_id),
            thumb_size="",
        )
    )
