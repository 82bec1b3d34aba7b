"""The known contents that were needed last, in memory; the database holds them all."""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path
from typing import Any

import structlog

from storage.contents import window_of
from storage.media import HASH_BYTES, Content
from storage.snapshots import SnapshotUnusable, read_snapshot, write_snapshot

KIND = "known contents"
MOST_HASHES = 64
"""Of a content that is held: 8 MiB of a file. A larger file's look-up is the least of its cost."""

log = structlog.get_logger()

WindowKey = tuple[int, bytes]
"""Size in bytes and window, as `storage.contents.window_of`: what makes a content a candidate."""


def key_of(content: Content) -> WindowKey:
    """The key of a content that has hashes."""
    return content.size_bytes, window_of(content.hashes)


class Hot:
    """A true LRU cache: what was neither found nor put for longest goes first."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self._held: OrderedDict[bytes, Content] = OrderedDict()
        """By SHA-256, the one needed last at the end."""
        self._by_window: dict[WindowKey, list[bytes]] = {}

    def __len__(self) -> int:
        return len(self._held)

    def find(self, key: WindowKey) -> list[Content]:
        """Return the contents held under a key, and count them as needed now."""
        found = self._by_window.get(key, [])
        for sha256 in found:
            self._held.move_to_end(sha256)
        return [self._held[sha256] for sha256 in found]

    def put(self, content: Content) -> None:
        """Hold a content, in the place of what was said of it before."""
        self.drop(content.sha256)
        if not 0 < len(content.hashes) <= MOST_HASHES * HASH_BYTES or self.capacity < 1:
            return
        self._held[content.sha256] = content
        self._by_window.setdefault(key_of(content), []).append(content.sha256)
        while len(self._held) > self.capacity:
            self.drop(next(iter(self._held)))

    def drop(self, sha256: bytes) -> None:
        """Hold a content no more."""
        if (content := self._held.pop(sha256, None)) is None:
            return
        key = key_of(content)
        self._by_window[key].remove(sha256)
        if not self._by_window[key]:
            del self._by_window[key]

    def snapshot(self) -> list[tuple[bytes, int, int, bytes]]:
        """What `save` takes, from that needed longest ago on; made in the thread of the owner."""
        return [
            (each.sha256, each.size_bytes, each.mtime_ns, each.hashes)
            for each in self._held.values()
        ]

    def load(self, path: Path) -> None:
        """Take in what a snapshot holds; one that is torn or foreign is passed over."""
        try:
            content = read_snapshot(path, KIND)
            held = [] if content is None else [_checked(row) for row in content["held"]]
        except (SnapshotUnusable, OSError, ValueError, KeyError, TypeError) as error:
            log.info("known contents are read from the database anew", reason=str(error))
            return
        for each in held:
            self.put(each)


def save(path: Path, held: list[tuple[bytes, int, int, bytes]]) -> None:
    """Write a snapshot. Blocks; for a thread. A failure is logged: the database has it all."""
    try:
        write_snapshot(path, KIND, {"held": held})
    except OSError as error:
        log.warning("snapshot of known contents not written", reason=str(error))


def _checked(row: Any) -> Content:
    sha256, size_bytes, mtime_ns, hashes = row
    if not (isinstance(sha256, bytes) and isinstance(hashes, bytes) and len(sha256) == HASH_BYTES):
        raise SnapshotUnusable("its rows are not contents")
    if not (isinstance(size_bytes, int) and isinstance(mtime_ns, int)):
        raise SnapshotUnusable("its rows are not contents")
    return Content(sha256=sha256, size_bytes=size_bytes, mtime_ns=mtime_ns, hashes=hashes)
