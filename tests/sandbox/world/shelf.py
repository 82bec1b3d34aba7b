"""Every file that somebody was shown: where it lies, how large it is, and its bytes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from telethon.tl import types

from tests.sandbox.world.files import Blob
from tests.sandbox.world.numbers import mix

THUMB = "thumb"
"""As a variant: a document's largest still picture."""


@dataclass(slots=True, kw_only=True)
class Shelved:
    """A photo or document, as upload.getFile finds it."""

    file_id: int
    is_photo: bool
    dc_id: int
    """Where it lies, whatever messages say."""
    mime_type: str
    date: int
    blobs: dict[str, Blob] = field(default_factory=dict)
    """By `thumb_size`; a document itself is the empty one."""
    stills: list[str] = field(default_factory=list)
    """The letters of a photo's sizes, or of a document's still pictures, the largest last."""

    def blob(self, variant: str = "") -> Blob:
        """The bytes of a variant: empty for the document or the photo's largest size, `thumb`
        for a document's largest still picture, else a size's letter.

        Raises:
            KeyError: it has no such size.
        """
        if variant == THUMB or (variant == "" and self.is_photo):
            return self.blobs[self.stills[-1] if self.stills else THUMB]
        return self.blobs[variant]


class Shelf:
    """The files of a world by their ids.

    A file is put here when a message with it is first shown, so that a world of any size can be
    made message by message; until then nobody has a reference to ask with.
    """

    def __init__(self) -> None:
        self._files: dict[int, Shelved] = {}
        self._shared: dict[int, Blob] = {}
        self._told: dict[int, int] = {}

    def find(self, file_id: int) -> Shelved | None:
        return self._files.get(file_id)

    def blob(self, file_id: int, variant: str = "") -> Blob:
        """The truth about a file's bytes; `variant` as in `Shelved.blob`.

        Raises:
            KeyError: nobody was shown that file, or it has no such size.
        """
        return self._files[file_id].blob(variant)

    def sha256(self, file_id: int, variant: str = "") -> bytes:
        """Of a file's bytes. Raises as `blob`."""
        return self.blob(file_id, variant).sha256()

    def dc_of(self, file_id: int) -> int:
        """Where a file lies. Raises KeyError as `blob`."""
        return self._files[file_id].dc_id

    def share(self, file_id: int, blob: Blob) -> None:
        """Give a file that is not shown yet these very bytes: a re-upload of others'."""
        self._shared[file_id] = blob

    def move(self, file_id: int, dc_id: int, *, told: bool = True) -> None:
        """The file lies elsewhere from now on; unless `told`, messages name the old place."""
        shelved = self._files[file_id]
        self._told[file_id] = dc_id if told else shelved.dc_id
        shelved.dc_id = dc_id

    def resize(self, file_id: int, size_bytes: int) -> None:
        """The file's bytes end elsewhere than its messages say."""
        shelved = self._files[file_id]
        letter = shelved.stills[-1] if shelved.is_photo else ""
        shelved.blobs[letter] = replace(shelved.blobs[letter], size_bytes=size_bytes)

    def remove(self, file_id: int) -> None:
        """Telegram has the file no more, though messages still name it."""
        self._files[file_id].blobs.clear()

    def put(self, file: Any) -> None:
        """Take in a TL photo or document, and let it say where the file is."""
        if file.id not in self._files:
            self._files[file.id] = self._shelved(file)
        elif file.id in self._told:
            file.dc_id = self._told[file.id]

    def _shelved(self, file: Any) -> Shelved:
        is_photo = isinstance(file, types.Photo)
        shelved = Shelved(
            file_id=file.id,
            is_photo=is_photo,
            dc_id=file.dc_id,
            mime_type="image/jpeg" if is_photo else file.mime_type,
            date=file.date if isinstance(file.date, int) else int(file.date.timestamp()),
        )
        sizes = _sizes((file.sizes if is_photo else file.thumbs) or ())
        moving = _sizes((file.video_sizes if is_photo else file.video_thumbs) or ())
        shared = self._shared.get(file.id)
        seed = file.id if shared is None else shared.seed
        for letter, size_bytes in (*moving, *sizes):
            shelved.blobs[letter] = _part_of(seed, letter, size_bytes)
        shelved.stills = [letter for letter, _ in sizes]
        if not is_photo:
            shelved.blobs[""] = shared or Blob(seed, file.size)
        elif sizes:
            letter, size_bytes = sizes[-1]
            shelved.blobs[letter] = shared or Blob(seed, size_bytes)
        return shelved


def _part_of(seed: int, letter: str, size_bytes: int) -> Blob:
    """A smaller picture's bytes: none of the file's own, and alike for equal files."""
    return Blob(mix(seed, ord(letter)), size_bytes)


def _sizes(sizes: Any) -> list[tuple[str, int]]:
    """Those that must be downloaded: letters and bytes, the largest last.

    https://core.telegram.org/api/files#image-thumbnail-types
    """
    found = []
    for size in sizes:
        if isinstance(size, types.PhotoSizeProgressive):
            found.append((size.w, size.type, size.sizes[-1]))
        elif isinstance(size, types.PhotoSize | types.VideoSize):
            found.append((size.w, size.type, size.size))
    return [(letter, size_bytes) for _, letter, size_bytes in sorted(found, key=lambda s: s[0])]
