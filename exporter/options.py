"""The options of an export, as typed on the command line. A wrong one is a CommandError."""

from __future__ import annotations

import re
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from exporter.errors import CommandError
from exporter.moments import span
from storage.models import ExportRequest
from storage.selections import ChatKind

FORMATS = ("json", "jsonl", "html")
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
FILE_KINDS = tuple(sorted((*MEDIA_KINDS, "custom_emoji", "link_preview", "profile_photo", "story")))
"""What `--media` takes; files that belong to others come with them."""
MESSAGE_KINDS = (
    "text",
    *MEDIA_KINDS,
    "contact",
    "dice",
    "game",
    "giveaway",
    "giveaway_results",
    "invoice",
    "live_location",
    "location",
    "paid_media",
    "poll",
    "service",
    "story",
    "todo_list",
    "unsupported",
    "venue",
    "video_stream",
)
"""What `MessageRow.kind` may be."""
REFRESH = re.compile(r"all|[1-9]\d{0,8}d?", re.ASCII)


def check_slice(request: ExportRequest, zone: tzinfo) -> None:
    """Look whether the words for days and ids can be meant, before anything is asked.

    Raises:
        CommandError: they cannot, or nothing lies between them.
    """
    now = datetime.now(UTC)
    first = request.since and span(request.since, option="--since", zone=zone, now=now)
    last = request.until and span(request.until, option="--until", zone=zone, now=now)
    if first and last and first.begin >= last.end:
        raise CommandError(
            f"Nothing lies between --since {request.since} and --until {request.until}."
        )
    for option, number in (("--min-id", request.min_id), ("--max-id", request.max_id)):
        if number is not None and number < 1:
            raise CommandError(f"{option} takes the number of a message, from 1 on, not {number}.")
    if request.min_id and request.max_id and request.min_id > request.max_id:
        raise CommandError(
            f"Nothing lies between --min-id {request.min_id} and --max-id {request.max_id}."
        )


def types(text: str | None) -> tuple[str, ...]:
    """Return the kinds of a comma list, sorted, none twice; none of them means all."""
    if text is None:
        return ()
    words = {word.strip() for word in text.split(",") if word.strip()}
    if not words or not words <= set(MESSAGE_KINDS):
        raise CommandError(
            f"--types takes a comma list of {', '.join(MESSAGE_KINDS)}, not {text!r}."
        )
    return tuple(sorted(words))


def refresh(text: str | None) -> str | None:
    """Return what is to be looked at again: a number of messages or of days (7d), or `all`."""
    if text is None or REFRESH.fullmatch(word := text.strip().lower()):
        return None if text is None else word
    raise CommandError(
        f"--refresh takes a number of messages (500), of days (7d), or all, not {text!r}."
    )


def chat_kinds(text: str | None) -> tuple[ChatKind, ...]:
    """Return the kinds of chats of a comma list, in our order, none twice; none means all."""
    if text is None:
        return ()
    words = {word.strip() for word in text.lower().split(",") if word.strip()}
    if not words or not words <= set(ChatKind):
        raise CommandError(f"--kind takes a comma list of {', '.join(ChatKind)}, not {text!r}.")
    return tuple(kind for kind in ChatKind if kind in words)


def words(text: str | None) -> str | None:
    """Return a name as it was meant: without the white space around it, None when none is left."""
    return (text or "").strip() or None


def formats(text: str) -> tuple[str, ...]:
    """Return the formats of a comma list, in its order, none twice."""
    words = tuple(dict.fromkeys(word.strip() for word in text.split(",") if word.strip()))
    if not words or not set(words) <= set(FORMATS):
        raise CommandError(f"--formats takes a comma list of {', '.join(FORMATS)}, not {text!r}.")
    return words


def media(text: str) -> str:
    """Return `all`, `none`, or a sorted comma list of kinds."""
    words = [word.strip() for word in text.split(",") if word.strip()]
    if words in (["all"], ["none"]) or (words and set(words) <= set(FILE_KINDS)):
        return ",".join(sorted(set(words)))
    raise CommandError(
        f"--media takes all, none or a comma list of {', '.join(FILE_KINDS)}, not {text!r}."
    )


def extensions(text: str | None) -> tuple[str, ...]:
    """Return the name endings of a comma list, without dots, sorted, none twice; none means all."""
    if text is None:
        return ()
    words = {word.strip().lower().removeprefix(".") for word in text.split(",") if word.strip()}
    if not words or any(set(word) & set(" ./\\*?") or not word for word in words):
        raise CommandError(f"--ext takes a comma list of name endings (pdf,jpg), not {text!r}.")
    return tuple(sorted(words))


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
