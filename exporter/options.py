"""The options of an export, as typed on the command line. A wrong one is a CommandError."""

from __future__ import annotations

import re
from pathlib import Path

from exporter.errors import CommandError

FORMATS = ("json", "jsonl")
MEDIA_KINDS = (
    "animation",
    "audio_file",
    "file",
    "photo",
    "sticker",
    "video_file",
    "video_message",
    "voice_message",
)


def formats(text: str) -> tuple[str, ...]:
    """Return the formats of a comma list, in its order, none twice."""
    words = tuple(dict.fromkeys(word.strip() for word in text.split(",") if word.strip()))
    if not words or not set(words) <= set(FORMATS):
        raise CommandError(f"--formats takes a comma list of {', '.join(FORMATS)}, not {text!r}.")
    return words


def media(text: str) -> str:
    """Return `all`, `none`, or a sorted comma list of kinds."""
    words = [word.strip() for word in text.split(",") if word.strip()]
    if words in (["all"], ["none"]) or (words and set(words) <= set(MEDIA_KINDS)):
        return ",".join(sorted(words))
    raise CommandError(
        f"--media takes all, none or a comma list of {', '.join(MEDIA_KINDS)}, not {text!r}."
    )


def size_bytes(text: str | None) -> int | None:
    """Return the bytes of a size such as 500K, 20M or 2G (of 1,024); None for none."""
    if text is None:
        return None
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([KMGT]?)i?B?", text.strip(), re.IGNORECASE)
    if match is None:
        raise CommandError(f"--max-size takes a size such as 500K, 20M or 2G, not {text!r}.")
    return int(float(match[1]) * 1024 ** " KMGT".index(match[2].upper() or " "))


def folder(path: Path | None) -> Path | None:
    """Return the absolute path of a folder, ~ included."""
    return None if path is None else path.expanduser().absolute()
