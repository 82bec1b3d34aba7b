"""The folder of a chat's archive: `EXPORT_DIR/<title> <id>/`, found again by its id."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

from pathvalidate import sanitize_filename

from storage.models import ChatInfo

TITLE_BYTES = 120


def folder_for(
    chat: ChatInfo, *, export_dir: Path, to: Path | None = None, part: str | None = None
) -> Path:
    """Return the chat's folder, made private if it is new.

    A folder that carries the chat's id is used again, whatever title it was made with. A `part`
    of the chat has a folder of its own in it, so that it does not take the whole one's place.

    Raises:
        OSError: it cannot be made or written.
    """
    folder = to or _existing(chat.id, export_dir) or export_dir / _name(chat)
    if part is not None and to is None:
        folder /= safe_title(part)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (probe := folder / ".chatkeep-write-test").touch(mode=0o600)
    probe.unlink()
    return folder


def name_of(chat: ChatInfo) -> str:
    """Return what a person calls the chat; empty where there is no name at all."""
    return chat.title or ("Saved Messages" if chat.type == "saved_messages" else "")


def safe_title(title: str | None) -> str:
    """Make a title fit for a folder's name on Linux, macOS and Windows.

    Control characters, direction marks, slashes, reserved names and dots at the ends go; what
    is left is cut at 120 bytes of UTF-8. Titles come from strangers.
    """
    visible = "".join(
        " " if unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp") else letter
        for letter in title or ""
    )
    words = " ".join(sanitize_filename(visible, platform="universal").split())
    cut = words.encode()[:TITLE_BYTES].decode(errors="ignore")
    return cut.strip(" .") or "chat"


def _name(chat: ChatInfo) -> str:
    return f"{safe_title(name_of(chat))} {chat.id}"


def _existing(chat_id: int, export_dir: Path) -> Path | None:
    if not export_dir.is_dir():
        return None
    ends_with_id = re.compile(rf"(?:.* )?{chat_id}")
    found = sorted(
        entry
        for entry in export_dir.iterdir()
        if ends_with_id.fullmatch(entry.name) and entry.is_dir() and not entry.is_symlink()
    )
    return found[0] if found else None
