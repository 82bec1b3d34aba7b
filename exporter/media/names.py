"""The names of files in an export: Telegram Desktop's folders and names, safe on every system."""

from __future__ import annotations

from collections import Counter, OrderedDict
from datetime import datetime, tzinfo

from exporter.media.safe_names import extension_of, folded, numbered, safe_name
from exporter.media.taken import Taken
from storage.media import FileKey

THUMB = "thumb"
REMEMBERED = 20_000
"""Files whose paths are remembered, so that one in many messages lies there once."""

FOLDERS: dict[str, str] = {
    "photo": "photos",
    "video_file": "video_files",
    "animation": "animations",
    "sticker": "stickers",
    "voice_message": "voice_messages",
    "video_message": "round_video_messages",
    "audio_file": "files",
    "file": "files",
    "story": "stories",
    "profile_photo": "profile_pictures",
    "chat_photo": "profile_pictures",
    "live_photo": "live_photos",
    "link_preview": "link_previews",
    "game": "games",
    "video_cover": "video_covers",
    "custom_emoji": "custom_emoji",
}
"""By kind. Telegram Desktop has no files of the last five kinds, or not apart."""
OTHER_FOLDER = "files"
_ALWAYS_PICTURES = frozenset({"photo", "profile_photo", "chat_photo"})
_SHARED_COUNTERS = frozenset(
    {"photos", "video_files", "animations", "stickers", "voice_messages"}
    | {"round_video_messages", "files"}
)
"""In these folders files without a name are counted together, as Telegram Desktop does."""


class FileNames:
    """Gives each file of an export its path; the same calls in the same order, the same paths.

    Call `name_for` for every file that the messages carry, in message order, whether it is kept
    or not: then a name does not change when a file is fetched later.
    """

    def __init__(self, zone: tzinfo, below: str = "") -> None:
        """`below`: what all paths begin with, such as chats/chat_001/."""
        self._zone = zone
        self._below = below
        self._counters: Counter[str] = Counter()
        self._taken = Taken()
        self._paths: OrderedDict[FileKey, str] = OrderedDict()

    def name_for(
        self,
        key: FileKey,
        *,
        kind: str,
        date: datetime,
        file_name: str | None = None,
        mime_type: str | None = None,
    ) -> str:
        """Return the path below the export's folder, with `/` between its parts.

        `kind`, `file_name` and `mime_type` are those of `MediaRow`. A file that was named before
        in this export has the same path again, as long as it is among the last `REMEMBERED`. The
        `thumb` variant is named after its document, `<path>_thumb.jpg`: name the document first.
        """
        if key.variant == THUMB:
            return self._thumbnail(key, kind, date, file_name, mime_type)
        folder = FOLDERS.get(kind, OTHER_FOLDER)
        name = safe_name(file_name or "") or self._own_name(key, kind, folder, date, mime_type)
        known = self._remembered(key)  # after the counting: each message counts
        return known or self._remember(key, self._free(folder, name))

    def _thumbnail(
        self, key: FileKey, kind: str, date: datetime, file_name: str | None, mime_type: str | None
    ) -> str:
        if (known := self._remembered(key)) is not None:
            return known
        of = FileKey(key.file_id)
        document = self._remembered(of) or self.name_for(
            of, kind=kind, date=date, file_name=file_name, mime_type=mime_type
        )
        folder, _, name = document.removeprefix(self._below).partition("/")
        return self._remember(key, self._free(folder, f"{name}_thumb.jpg"))

    def _own_name(
        self, key: FileKey, kind: str, folder: str, date: datetime, mime_type: str | None
    ) -> str:
        """A name for a file that came without one."""
        extension = extension_of(mime_type)
        if kind == "custom_emoji":  # they have no date of their own, and stand in many messages
            return f"{key.file_id}{extension}"
        if kind in _ALWAYS_PICTURES or (mime_type is None and folder not in _SHARED_COUNTERS):
            stem, extension = "photo", ".jpg"
        elif kind == "voice_message":
            stem = "audio"
            extension = ".mp3" if (mime_type or "").lower() == "audio/mp3" else ".ogg"
        elif kind in ("video_file", "live_photo"):
            stem, extension = "video", extension or ".mov"
        else:
            stem, extension = "file", extension or ".unknown"
        stem = "story" if kind == "story" else stem
        counter = stem if folder in _SHARED_COUNTERS else f"{folder}/{stem}"
        self._counters[counter] += 1
        moment = f"{date.astimezone(self._zone):@%d-%m-%Y_%H-%M-%S}"
        return f"{stem}_{self._counters[counter]}{moment}{extension}"

    def _free(self, folder: str, name: str) -> str:
        """The path of a name in a folder, with the lowest number at which it is free."""
        number = self._lowest_free(folder, name)
        path = f"{folder}/{numbered(name, number) if number else name}"
        self._taken.add(folded(path))
        return self._below + path

    def _lowest_free(self, folder: str, name: str) -> int:
        """0 for the bare name. Looks up a few numbers only, however many are taken."""
        if not self._is_taken(folder, name):
            return 0
        taken, free = 0, 1
        while self._is_taken(folder, numbered(name, free)):
            taken, free = free, 2 * free
        while free - taken > 1:
            middle = (taken + free) // 2
            if self._is_taken(folder, numbered(name, middle)):
                taken = middle
            else:
                free = middle
        return free

    def _is_taken(self, folder: str, name: str) -> bool:
        return folded(f"{folder}/{name}") in self._taken

    def _remembered(self, key: FileKey) -> str | None:
        if (path := self._paths.get(key)) is not None:
            self._paths.move_to_end(key)
        return path

    def _remember(self, key: FileKey, path: str) -> str:
        self._paths[key] = path
        if len(self._paths) > REMEMBERED:
            self._paths.popitem(last=False)
        return path
