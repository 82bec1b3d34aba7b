"""From the location that a client names to the file that it means, with what Telegram refuses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from telethon.tl import types

from tests.sandbox.api.asked import Asked
from tests.sandbox.api.inputs import chat_of, user_of
from tests.sandbox.mtproto.calls import RpcFault
from tests.sandbox.world.files import Blob
from tests.sandbox.world.pictures import copied
from tests.sandbox.world.references import Standing
from tests.sandbox.world.shelf import Shelved


@dataclass(frozen=True, slots=True)
class Located:
    """A file, and which of its sizes is meant."""

    file: Shelved
    letter: str
    blob: Blob
    reference: bytes | None
    """The file reference that was shown; None where none is needed."""

    def check_reference(self, asked: Asked) -> None:
        """Let pass only who shows a reference of their own that still holds.

        Raises:
            RpcFault: FILE_REFERENCE_EMPTY, FILE_REFERENCE_INVALID, FILE_REFERENCE_EXPIRED:
                https://core.telegram.org/api/file-references
        """
        if self.reference is not None:
            check_reference(asked, self.file.file_id, self.reference)


def check_reference(asked: Asked, file_id: int, reference: bytes) -> None:
    """As `Located.check_reference`."""
    if not reference:
        raise RpcFault(400, "FILE_REFERENCE_EMPTY")
    standing = asked.world.references.judge(asked.viewer, file_id, reference)
    if standing is Standing.INVALID:
        raise RpcFault(400, "FILE_REFERENCE_INVALID")
    if standing is Standing.EXPIRED:
        raise RpcFault(400, "FILE_REFERENCE_EXPIRED")


def located(asked: Asked, location: Any) -> Located:
    """What a location of a document, photo or thumbnail means.

    Raises:
        RpcFault: FILE_ID_INVALID for a file that there is not, LOCATION_INVALID for a wrong access
            hash, a size that the file has not, or another kind of location:
            https://core.telegram.org/method/upload.getFile#possible-errors
    """
    if isinstance(location, types.InputPeerPhotoFileLocation):
        return _peer_photo(asked, location)
    if not isinstance(location, types.InputDocumentFileLocation | types.InputPhotoFileLocation):
        raise RpcFault(400, "LOCATION_INVALID")
    if location.access_hash != asked.viewer.access_hash("file", location.id):
        raise RpcFault(400, "LOCATION_INVALID")
    file = asked.world.shelf.find(location.id)
    if file is None:
        # Its message was not shown since the world began anew: who asks must look there first.
        check_reference(asked, location.id, location.file_reference)
        raise RpcFault(400, "FILE_REFERENCE_EXPIRED")
    if file.is_photo is not isinstance(location, types.InputPhotoFileLocation):
        raise RpcFault(400, "LOCATION_INVALID")
    if not file.blobs:
        raise RpcFault(400, "FILE_ID_INVALID")
    blob = file.blobs.get(location.thumb_size)
    if blob is None:
        raise RpcFault(400, "LOCATION_INVALID")
    return Located(file, location.thumb_size, blob, location.file_reference)


def _peer_photo(asked: Asked, location: Any) -> Located:
    """A photo of a person or chat, by the peer instead of a reference.

    https://core.telegram.org/constructor/inputPeerPhotoFileLocation: `big` is the largest size,
    else it is the smallest.
    """
    user = user_of(asked, location.peer)
    photos = user.photos if user is not None else [chat_of(asked, location.peer).photo]
    for photo in photos:
        if photo is not None and photo.id == location.photo_id:
            asked.world.shelf.put(copied(photo))
            file = asked.world.shelf.find(photo.id)
            if file is not None and file.blobs:
                letter = file.stills[-1 if location.big else 0]
                return Located(file, letter, file.blobs[letter], None)
    raise RpcFault(400, "LOCATION_INVALID")
