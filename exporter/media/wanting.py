"""Which files an export wants: by kind, size and name ending, of the messages it wants."""

from __future__ import annotations

from mimetypes import guess_extension
from pathlib import PurePosixPath

from storage.media import SkipReason, Wants
from storage.models import ExportRequest, MediaRow, MessageRow
from storage.slices import EVERYTHING, Slice

PROFILE_PHOTO = "profile_photo"
ALL, NONE = "all", "none"
PART_OF = {
    "live_photo": "photo",
    "video_cover": "video_file",
    "game": "photo",
    "chat_photo": PROFILE_PHOTO,
}
"""Kinds of files that nobody asks for by name: they come with these."""
THUMB = "thumb"
EMOJI = "custom_emoji"
SAME = {"jpeg": "jpg", "jpe": "jpg", "tiff": "tif", "mpeg": "mpg", "htm": "html"}
"""Two ways to write one ending."""
TYPES = {
    "application/x-tgsticker": "tgs",
    "audio/mpeg": "mp3",
    "audio/ogg": "ogg",
    "image/webp": "webp",
    "video/quicktime": "mov",
}
"""What Python does not know on every machine, or names otherwise than people do."""
PHOTO_ENDING = "jpg"
"""Telegram keeps every photo as a JPEG, and says no name."""


def wants_of(request: ExportRequest, wanted: Slice = EVERYTHING) -> Wants:
    """Return what says why a file is not wanted by a request for a slice of a chat."""
    kinds = kinds_of(request)
    endings = frozenset(SAME.get(word, word) for word in request.extensions)
    largest = request.max_size_bytes

    def wants(message: MessageRow | None, file: MediaRow) -> SkipReason | None:
        if kinds is not None and asked_as(file.kind) not in kinds:
            return SkipReason.KIND
        if file.variant == THUMB and not request.thumbnails:
            return SkipReason.PICTURE
        if message is not None and not wanted.holds(message):
            return SkipReason.SLICE
        if endings and file.kind != EMOJI and _ending(file) not in endings:
            return SkipReason.EXTENSION
        if largest is not None and file.size_bytes > largest:
            return SkipReason.SIZE
        return None

    return wants


def kinds_of(request: ExportRequest) -> frozenset[str] | None:
    """The kinds of files that a request names; None: all."""
    if request.media == ALL:
        return None
    return frozenset() if request.media == NONE else frozenset(request.media.split(","))


def asks_for(request: ExportRequest, kind: str) -> bool:
    """Whether a request wants files of a kind, if some are small enough and well named."""
    kinds = kinds_of(request)
    return kinds is None or asked_as(kind) in kinds


def asked_as(kind: str) -> str:
    """The kind that a person asks for to get files of this one."""
    return PART_OF.get(kind, kind)


def ending_of(name: str) -> str:
    """The ending of a name, as it is compared: lower case, without the dot."""
    ending = PurePosixPath(name.replace("\\", "/")).suffix.lower().removeprefix(".")
    return SAME.get(ending, ending)


def _ending(file: MediaRow) -> str:
    """What a file's name ends in, or would if it had one."""
    if file.file_name:
        return ending_of(file.file_name)
    if file.mime_type:
        return TYPES.get(file.mime_type) or ending_of(guess_extension(file.mime_type) or "")
    return PHOTO_ENDING
