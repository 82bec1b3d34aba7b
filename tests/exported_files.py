"""The files of an export, as its messages name them, and all that lies in its folder."""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

from tests.sandbox.world.shelf import THUMB

Key = tuple[int, str]
"""A file's id and variant, as the sandbox's shelf knows them."""


def exported_files(folder: Path) -> dict[Key, bytes]:
    """The SHA-256 of each file that messages.jsonl has a path for, read from the folder.

    Each hash that a record tells is compared with the file's.
    """
    found: dict[Key, bytes] = {}
    for key, told in records_of_files(folder):
        if "path" in told:
            digest = sha256((folder / told["path"]).read_bytes())
            assert told["sha256"] == digest.hexdigest(), told
            assert "missing" not in told
            found[key] = digest.digest()
    return found


def missing_files(folder: Path) -> dict[Key, str]:
    """Why files are not there, of each that messages.jsonl has no path for."""
    return {key: told["missing"] for key, told in records_of_files(folder) if "missing" in told}


def records_of_files(folder: Path) -> Iterator[tuple[Key, dict[str, Any]]]:
    """What messages.jsonl says of each file, as often as it does."""
    for line in (folder / "messages.jsonl").read_text().splitlines():
        yield from _files_in(json.loads(line), None)


def _files_in(value: Any, owner: int | None) -> Iterator[tuple[Key, dict[str, Any]]]:
    if isinstance(value, list):
        for one in value:
            yield from _files_in(one, owner)
    elif isinstance(value, dict):
        file_id = value.get("photo_id") or value.get("document_id")
        if "path" in value or "missing" in value:
            yield ((owner or 0, THUMB) if file_id is None else (file_id, "")), value
        for name, one in value.items():
            yield from _files_in(one, file_id if name == "thumbnail" else None)


def named_files(folder: Path) -> set[str]:
    """The paths that result.json names."""
    return set(_paths_in(json.loads((folder / "result.json").read_bytes())["messages"]))


def _paths_in(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for one in value:
            yield from _paths_in(one)
    elif isinstance(value, dict):
        for name, one in value.items():
            is_path = name in ("photo", "file", "thumbnail", "document_id")
            if is_path and isinstance(one, str) and not one.startswith("("):
                yield one
            else:
                yield from _paths_in(one)


def tree(folder: Path) -> dict[str, bytes]:
    """The SHA-256 of every file in a folder, by its path there."""
    return {
        str(path.relative_to(folder)): sha256(path.read_bytes()).digest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
