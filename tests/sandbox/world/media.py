"""Photos and documents as TL objects.

Their access hashes and file references are left empty here: they belong to the account that sees
them, and `view.seen` fills them in.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from telethon.tl import types

DC_IDS = (1, 2, 4)


def dc_of(file_id: int) -> int:
    """The data centre that a file lies on."""
    return DC_IDS[(file_id >> 7) % len(DC_IDS)]


def photo(file_id: int, width: int, height: int, size_bytes: int, date: int) -> Any:
    """A photo whose largest size is as given, with the smaller ones that Telegram makes of it.

    https://core.telegram.org/api/files#image-thumbnail-types
    """
    sizes: list[Any] = [types.PhotoStrippedSize(type="i", bytes=b"\x01\x28\x28" + bytes(32))]
    longest = max(width, height, 1)
    for kind, box in (("m", 320), ("x", 800)):
        if longest > box:
            small = max(1, size_bytes * box // (longest * 3))
            sizes.append(
                types.PhotoSize(
                    type=kind,
                    w=max(1, width * box // longest),
                    h=max(1, height * box // longest),
                    size=small,
                )
            )
    largest = "y" if longest > 800 else "x" if longest > 320 else "m"
    sizes.append(types.PhotoSize(type=largest, w=width, h=height, size=size_bytes))
    return types.Photo(
        id=file_id, access_hash=0, file_reference=b"", date=date, sizes=sizes, dc_id=dc_of(file_id)
    )


def document(
    file_id: int,
    *,
    size_bytes: int,
    mime_type: str,
    attributes: Sequence[Any],
    date: int,
    thumbnail_bytes: int | None = None,
) -> Any:
    """A document, https://core.telegram.org/constructor/document."""
    thumbs = None
    if thumbnail_bytes is not None:
        thumbs = [types.PhotoSize(type="m", w=320, h=180, size=thumbnail_bytes)]
    return types.Document(
        id=file_id,
        access_hash=0,
        file_reference=b"",
        date=date,
        mime_type=mime_type,
        size=size_bytes,
        dc_id=dc_of(file_id),
        attributes=list(attributes),
        thumbs=thumbs,
    )
