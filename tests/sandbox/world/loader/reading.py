"""An export's file as plain data: one chat or many, old and new, packed or not."""

from __future__ import annotations

import gzip
import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ESCAPE = re.compile(r"\\(x[0-9A-Fa-f]{2}|.)", re.DOTALL)
GZIP_MAGIC = b"\x1f\x8b"


@dataclass(slots=True)
class Exported:
    """What one export holds, still in its own words."""

    chats: list[dict[str, Any]]
    left_chats: list[dict[str, Any]] = field(default_factory=list)
    """Chats that the person had left."""
    personal: dict[str, Any] = field(default_factory=dict)
    """`personal_information`: whose export it is; a single chat's does not say."""
    contacts: list[dict[str, Any]] = field(default_factory=list)


def read_export(path: Path) -> Exported:
    """Read a `result.json`, plain or gzipped.

    Raises:
        OSError: it cannot be read.
        ValueError: it is no export of Telegram Desktop.
    """
    data = path.read_bytes()
    if data.startswith(GZIP_MAGIC):
        data = gzip.decompress(data)
    content = _parsed(data.decode(), path)
    if isinstance(content, dict) and isinstance(content.get("messages"), list):
        return Exported([content])
    chats = _listed(content, "chats")
    left = _listed(content, "left_chats")
    if chats is None and left is None:
        raise ValueError(f"{path} holds neither a chat nor a list of chats")
    return Exported(
        [chat for chat in chats or [] if "messages" in chat],
        [chat for chat in left or [] if "messages" in chat],
        content.get("personal_information", {}),
        _listed(content, "contacts") or [],
    )


def _parsed(text: str, path: Path) -> Any:
    """Telegram Desktop writes control characters as `\\x01`, which JSON does not know."""
    try:
        return json.loads(text)
    except ValueError:
        repaired = ESCAPE.sub(_repaired, text)
    try:
        return json.loads(repaired)
    except ValueError as error:
        raise ValueError(f"{path} is no JSON: {error}") from error


def _repaired(found: re.Match[str]) -> str:
    letters = found[1]
    return f"\\u00{letters[1:]}" if len(letters) == 3 else found[0]


def _listed(content: Any, section: str) -> list[dict[str, Any]] | None:
    """The `list` of a section of a full export; None when there is no such section."""
    inner = content.get(section) if isinstance(content, dict) else None
    listed = inner.get("list") if isinstance(inner, dict) else None
    return listed if isinstance(listed, list) else None
