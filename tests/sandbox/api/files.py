"""Requests for the bytes of files, https://core.telegram.org/api/files#downloading-files."""

from __future__ import annotations

import struct
from typing import Any

from telethon.tl import functions, types

from tests.sandbox.api.asked import Asked, Handler
from tests.sandbox.api.locations import Located, located
from tests.sandbox.api.serving import AskedHashes, AskedRange, Cdn
from tests.sandbox.api.takeout import check_exported
from tests.sandbox.mtproto.calls import RpcFault
from tests.sandbox.world.files import PIECE, piece_hash

MIB = 1024 * 1024
HASHES = 8
"""So many pieces one answer hashes: a MiB, as several clients saw. Telegram names no number."""

_FILE = struct.Struct("<IIi")
_TYPES = {
    "image/jpeg": types.storage.FileJpeg,
    "image/gif": types.storage.FileGif,
    "image/png": types.storage.FilePng,
    "application/pdf": types.storage.FilePdf,
    "audio/mpeg": types.storage.FileMp3,
    "video/quicktime": types.storage.FileMov,
    "video/mp4": types.storage.FileMp4,
    "image/webp": types.storage.FileWebp,
}


def get_file(asked: Asked) -> Any:
    """https://core.telegram.org/method/upload.getFile: bytes of a file, none beyond its end.

    Raises:
        RpcFault: OFFSET_INVALID, LIMIT_INVALID as `check_range`, what `located` raises, 303
            FILE_MIGRATE_X for a file on another data centre:
            https://core.telegram.org/api/errors#303-see-other
    """
    request, viewer = asked.request, asked.viewer
    check_range(request.offset, request.limit, precise=bool(request.precise))
    found = _here(asked)
    if asked.serving.redirects(cdn_supported=bool(request.cdn_supported)):
        return _redirect(found)
    data = found.blob.read(request.offset, request.limit)
    asked.serving.asked.append(
        AskedRange(
            found.file.file_id,
            found.letter,
            request.offset,
            request.limit,
            len(data),
            viewer.id,
            asked.call.dc_id,
        )
    )
    return file_answer(data, found.file.mime_type, found.file.date)


def check_range(offset: int, limit: int, *, precise: bool) -> None:
    """The rules for a part, https://core.telegram.org/api/files#downloading-files:

    - with `precise`: both divisible by 1 KiB, the limit no more than 1 MiB;
    - else: both divisible by 4 KiB, and 1 MiB divisible by the limit;
    - in any case within one MiB, counted from the file's beginning.

    Raises:
        RpcFault: OFFSET_INVALID or LIMIT_INVALID, after whichever breaks them. A part that crosses
            into the next MiB is a LIMIT_INVALID (which of both is not documented).
    """
    unit = 1024 if precise else 4096
    if offset < 0 or offset % unit:
        raise RpcFault(400, "OFFSET_INVALID")
    if not 0 < limit <= MIB or limit % unit or (not precise and MIB % limit):
        raise RpcFault(400, "LIMIT_INVALID")
    if offset // MIB != (offset + limit - 1) // MIB:
        raise RpcFault(400, "LIMIT_INVALID")


def file_answer(data: bytes, mime_type: str, date: int) -> bytes:
    """A boxed upload.file, made without an object: this is where all the bytes pass."""
    kind = _TYPES.get(mime_type, types.storage.FileUnknown)
    head = _FILE.pack(types.upload.File.CONSTRUCTOR_ID, kind.CONSTRUCTOR_ID, date)
    size = len(data)
    length = bytes([size]) if size < 254 else b"\xfe" + size.to_bytes(3, "little")
    padding = bytes(-(len(length) + len(data)) % 4)
    return b"".join((head, length, data, padding))


def get_file_hashes(asked: Asked) -> list[types.FileHash]:
    """https://core.telegram.org/method/upload.getFileHashes: of the pieces from an offset on.

    "Offset from which to get file hashes": pieces begin at multiples of 128 KiB, and the first one
    is that which holds the offset. None beyond the end.

    Raises:
        RpcFault: OFFSET_INVALID for a negative one; as `get_file`.
    """
    offset = asked.request.offset
    if offset < 0:
        raise RpcFault(400, "OFFSET_INVALID")
    found = _here(asked)
    asked.serving.hashes_asked.append(
        AskedHashes(found.file.file_id, found.letter, offset, asked.viewer.id, asked.call.dc_id)
    )
    size_bytes = found.blob.size_bytes
    if size_bytes < asked.serving.hashes_from_bytes:
        return []
    first = offset - offset % PIECE
    return [
        types.FileHash(
            offset=start,
            limit=min(PIECE, size_bytes - start),
            hash=piece_hash(found.blob, start),
        )
        for start in range(first, min(size_bytes, first + HASHES * PIECE), PIECE)
    ]


def _here(asked: Asked) -> Located:
    """What the request's location means, on this data centre."""
    found = located(asked, asked.request.location)
    if found.file.dc_id != asked.call.dc_id:
        raise RpcFault(303, f"FILE_MIGRATE_{found.file.dc_id}")
    found.check_reference(asked)
    check_exported(asked, found.blob.size_bytes)
    return found


def _redirect(found: Located) -> types.upload.FileCdnRedirect:
    """https://core.telegram.org/cdn: who sets `cdn_supported` may be sent to a CDN data centre."""
    return types.upload.FileCdnRedirect(
        dc_id=Cdn.DC_ID,
        file_token=found.file.file_id.to_bytes(8, "little") * 3,
        encryption_key=bytes(32),
        encryption_iv=bytes(16),
        file_hashes=[],
    )


HANDLERS: dict[type, Handler] = {
    functions.upload.GetFileRequest: get_file,
    functions.upload.GetFileHashesRequest: get_file_hashes,
}
