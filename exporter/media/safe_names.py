"""Names of files that every system can hold: those of senders come from strangers.

Windows: https://learn.microsoft.com/en-us/windows/win32/fileio/naming-a-file. Linux forbids the
slash and NUL, macOS the colon besides; they have 255 bytes or UTF-16 units for a name.
"""

from __future__ import annotations

import re
import unicodedata

NAME_LENGTH = 180
"""Of a safe name: leaves room for a number, for `_thumb.jpg`, and on Windows for the folders."""
LONGEST_EXTENSION = 16
JOINERS = "\u200c\u200d"
"""Invisible, but parts of Persian words and of emoji."""
REPLACED = "_"

_FORBIDDEN = frozenset('<>:"/\\|?*')
_INVISIBLE = frozenset(("Cc", "Cf", "Cs", "Co", "Zl", "Zp"))
"""Controls, direction marks, halves of characters, private ones, line ends."""
_RESERVED = re.compile(
    r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³]) *(?:\.|$)", re.IGNORECASE
)
_PLAIN = re.compile(r"[A-Za-z0-9_(@][A-Za-z0-9_()@ ,.-]{0,100}[A-Za-z0-9_()-]")
"""What most names are: nothing in it is replaced or cut."""

EXTENSIONS: dict[str, str] = {
    "application/epub+zip": ".epub",
    "application/gzip": ".gz",
    "application/java-archive": ".jar",
    "application/json": ".json",
    "application/msword": ".doc",
    "application/octet-stream": "",
    "application/ogg": ".ogx",
    "application/pdf": ".pdf",
    "application/rtf": ".rtf",
    "application/vnd.android.package-archive": ".apk",
    "application/vnd.ms-excel": ".xls",
    "application/vnd.ms-powerpoint": ".ppt",
    "application/vnd.oasis.opendocument.spreadsheet": ".ods",
    "application/vnd.oasis.opendocument.text": ".odt",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ".pptx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.rar": ".rar",
    "application/x-7z-compressed": ".7z",
    "application/x-bad-tgsticker": ".tgs",
    "application/x-rar-compressed": ".rar",
    "application/x-tar": ".tar",
    "application/x-tgsticker": ".tgs",
    "application/x-tgwallpattern": ".tgv",
    "application/xml": ".xml",
    "application/zip": ".zip",
    "audio/aac": ".aac",
    "audio/flac": ".flac",
    "audio/m4a": ".m4a",
    "audio/mp3": ".mp3",
    "audio/mp4": ".m4a",
    "audio/mpeg": ".mp3",
    "audio/ogg": ".ogg",
    "audio/opus": ".opus",
    "audio/wav": ".wav",
    "audio/x-flac": ".flac",
    "audio/x-m4a": ".m4a",
    "audio/x-wav": ".wav",
    "image/bmp": ".bmp",
    "image/gif": ".gif",
    "image/heic": ".heic",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/svg+xml": ".svg",
    "image/tiff": ".tif",
    "image/webp": ".webp",
    "text/calendar": ".ics",
    "text/css": ".css",
    "text/csv": ".csv",
    "text/html": ".html",
    "text/markdown": ".md",
    "text/plain": ".txt",
    "text/vcard": ".vcf",
    "text/x-python": ".py",
    "video/3gpp": ".3gp",
    "video/mp4": ".mp4",
    "video/mpeg": ".mpeg",
    "video/quicktime": ".mov",
    "video/webm": ".webm",
    "video/x-matroska": ".mkv",
    "video/x-msvideo": ".avi",
}
"""Of files without a name; our own, so that a name depends on no system's tables."""


def safe_name(name: str) -> str:
    """Make a file name fit for Linux, macOS and Windows; empty when nothing of it can be used.

    What cannot stand there becomes `_`, as does what is invisible and could mislead. A name that
    is hidden or reserved gets a `_` before it. Too long a name is cut before its extension.
    """
    if _PLAIN.fullmatch(name) and not _RESERVED.match(name):
        return name
    composed = unicodedata.normalize("NFC", name)
    text = "".join(REPLACED if _is_bad(letter) else letter for letter in composed)
    text = _trimmed(text.lstrip())
    if text.startswith(".") or _RESERVED.match(text):
        text = REPLACED + text
    return _cut(text)


def numbered(name: str, number: int) -> str:
    """Put ` (1)` before the first dot, as Telegram Desktop does: `a (1).tar.xz`."""
    stem, dot, rest = name.partition(".")
    return f"{stem} ({number}){dot}{rest}"


def folded(name: str) -> str:
    """What is equal for two names that some system takes for the same one.

    Systems fold case and compose letters each in its own way; this folds all that any of them
    does, and perhaps more.
    """
    if name.isascii():
        return name.lower()
    bare = "".join(letter for letter in name if letter not in JOINERS)
    upper = unicodedata.normalize("NFD", bare).upper().casefold()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", upper).casefold())


def extension_of(mime_type: str | None) -> str:
    """The ending that belongs to a type, with its dot; empty for an unknown one."""
    return EXTENSIONS.get((mime_type or "").lower(), "")


def _is_bad(letter: str) -> bool:
    if letter in _FORBIDDEN:
        return True
    if letter.isalnum() or letter in JOINERS:
        return False
    code = ord(letter)
    not_a_character = code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF
    return not_a_character or unicodedata.category(letter) in _INVISIBLE


def _trimmed(text: str) -> str:
    """Without white space, dots and joiners at the end: Windows drops the first two."""
    while (shorter := text.rstrip().rstrip("." + JOINERS)) != text:
        text = shorter
    return text


def _cut(text: str) -> str:
    if _length(text) <= NAME_LENGTH:
        return text
    stem, dot, extension = text.rpartition(".")
    ending = dot + extension
    if not stem or _length(ending) > LONGEST_EXTENSION:
        stem, ending = text, ""
    stem = stem[: NAME_LENGTH - len(ending)]
    while _length(stem) + _length(ending) > NAME_LENGTH:
        stem = stem[:-1]
    return _trimmed(stem) + ending


def _length(text: str) -> int:
    """The bytes of a name, or its UTF-16 units taken apart (older disks of macOS), if more."""
    if text.isascii():
        return len(text)
    apart = unicodedata.normalize("NFD", text)
    return max(len(text.encode()), len(apart.encode("utf-16-le")) // 2)
