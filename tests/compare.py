"""Compare two result.json: `python -m tests.compare SOURCE OURS` prints every difference.

What the one holds must stand in the other, equal, but for what docs/formats.md lists: paths of
files (custom emoji's `document_id` among them: it is a path too), and keys that only we write.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from exporter.writers.desktop import EXTRA_KEYS
from tests.real_exports import read_export

PATHS = frozenset({"photo", "file", "thumbnail", "contact_vcard", "document_id"})
OURS = {*EXTRA_KEYS, "deleted", "deleted_unixtime"}
OURS_AS_NULL = frozenset({"action", "new_title", "new_icon_emoji_id"})


def differences(source: Any, ours: Any, where: str = "") -> Iterator[str]:
    """Yield a line for each place where `ours` lacks, changes or adds to what `source` holds."""
    if isinstance(source, dict) and isinstance(ours, dict):
        for key, value in source.items():
            yield from _of_key(key, value, ours, where)
        for key in ours.keys() - source.keys() - OURS:
            if key not in OURS_AS_NULL or ours[key] is not None:
                yield f"{where}.{key}: not in the source, {ours[key]!r}"
    elif isinstance(source, list) and isinstance(ours, list):
        if len(source) != len(ours):
            yield f"{where}: {len(ours)} items, were {len(source)}"
        for number, (theirs, own) in enumerate(zip(source, ours, strict=False)):
            yield from differences(theirs, own, f"{where}[{number}]")
    elif source != ours or type(source) is not type(ours):
        yield f"{where}: {ours!r}, was {source!r}"


def _of_key(key: str, value: Any, ours: dict[str, Any], where: str) -> Iterator[str]:
    if key not in ours:
        yield f"{where}.{key}: missing, was {value!r}"
    elif key not in PATHS:
        yield from differences(value, ours[key], f"{where}.{key}")
    elif isinstance(value, str) is not isinstance(ours[key], str):
        yield f"{where}.{key}: {ours[key]!r}, was {value!r}"


def chat_differences(source: dict[str, Any], ours: dict[str, Any]) -> list[str]:
    """Return the differences of two exports of one chat, message by message."""
    found = list(differences(source | {"messages": []}, ours | {"messages": []}, "chat"))
    theirs = {message["id"]: message for message in source["messages"]}
    own = {message["id"]: message for message in ours["messages"]}
    if [message["id"] for message in ours["messages"]] != sorted(own):
        found.append("messages: not in order, or one twice")
    found += [f"message {gone}: missing" for gone in sorted(theirs.keys() - own.keys())]
    found += [f"message {extra}: not in the source" for extra in sorted(own.keys() - theirs.keys())]
    for message_id in sorted(theirs.keys() & own.keys()):
        found += differences(theirs[message_id], own[message_id], f"message {message_id}")
    return found


def main() -> int:
    source, ours = (read_export(Path(word)) for word in sys.argv[1:3])
    found = chat_differences(source, ours)
    for line in found:
        print(line)
    print(f"{len(source['messages']):,} messages, {len(found):,} differences")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
