"""Snapshots of what lives in memory: caches that may be lost, and are never believed when damaged.

A snapshot is one msgpack array: a mark, the format's version, the kind of snapshot, the SHA-256
of the content, and the content, itself a msgpack map.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgpack

MARK = "chatkeep snapshot"
VERSION = 1


class SnapshotUnusable(Exception):
    """The file is torn, of another version, or something else; the text says which."""


def write_snapshot(path: Path, kind: str, content: Mapping[str, object]) -> None:
    """Put a snapshot in the place of an earlier one; after a crash the earlier one is there.

    Raises:
        OSError: the disk is full, or the folder cannot be written.
    """
    body = msgpack.packb(dict(content))
    whole = msgpack.packb([MARK, VERSION, kind, sha256(body).digest(), body])
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(whole)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def read_snapshot(path: Path, kind: str) -> dict[str, Any] | None:
    """Return a snapshot's content; None when there is none.

    Raises:
        SnapshotUnusable: it is not whole, or not of this kind and version.
        OSError: the file cannot be read.
    """
    try:
        whole = path.read_bytes()
    except FileNotFoundError:
        return None
    mark, version, found, checksum, body = _fields(whole)
    if mark != MARK:
        raise SnapshotUnusable("it is not a snapshot")
    if version != VERSION:
        raise SnapshotUnusable(f"it is of version {version}, this is version {VERSION}")
    if found != kind:
        raise SnapshotUnusable(f"it is one of {found}")
    if not isinstance(body, bytes) or sha256(body).digest() != checksum:
        raise SnapshotUnusable("its checksum is wrong")
    content = msgpack.unpackb(body, strict_map_key=False)
    if not isinstance(content, dict):
        raise SnapshotUnusable("its content is no map")
    return content


def _fields(whole: bytes) -> list[Any]:
    try:
        fields = msgpack.unpackb(whole)
    except (ValueError, msgpack.UnpackException) as error:
        raise SnapshotUnusable("it is torn or no snapshot") from error
    if not isinstance(fields, list) or len(fields) != 5:
        raise SnapshotUnusable("it is not a snapshot")
    return fields
