"""How files are served, and what was asked of them."""

from __future__ import annotations

import time
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Final, Literal

_LOG_KEPT = 1_000_000


@dataclass(frozen=True, slots=True)
class AskedRange:
    """One upload.getFile that was answered with bytes."""

    file_id: int
    letter: str
    """The `thumb_size`: empty for a document itself, which a photo's largest size is not."""
    offset: int
    limit: int
    size_bytes: int
    """How many came; 0 beyond the end."""
    account: int
    dc_id: int
    at: float = field(default_factory=time.monotonic)


@dataclass(frozen=True, slots=True)
class AskedHashes:
    """One upload.getFileHashes that was answered."""

    file_id: int
    letter: str
    offset: int
    account: int
    dc_id: int
    at: float = field(default_factory=time.monotonic)


class Cdn:
    """https://core.telegram.org/cdn."""

    DC_ID: Final = 203


def _covered_twice(ends: list[tuple[int, int]]) -> list[range]:
    """Where two or more ranges overlap: `ends` are (offset, 1) of begins, (offset, -1) of ends."""
    found: list[range] = []
    depth = since = 0
    for offset, step in sorted(ends):
        if step > 0 and depth == 1:
            since = offset
        elif step < 0 and depth == 2 and offset > since:
            found.append(range(since, offset))
        depth += step
    return found


class Serving:
    """The switches of upload.getFile and its fellows, and their record."""

    def __init__(self) -> None:
        self.asked: deque[AskedRange] = deque(maxlen=_LOG_KEPT)
        """In the order in which they were answered; calls that met a fault instead are not here."""
        self.hashes_asked: deque[AskedHashes] = deque(maxlen=_LOG_KEPT)
        self.hashes_from_bytes = 0
        """Smaller files have no hashes."""
        self.queue_limits: tuple[int, int] | None = (5, 2)
        """How many small and how many large files at once help.getAppConfig allows per data
        centre; None: it does not say."""
        self.media_ports: dict[int, int] = {}
        """Ports by DC ids that help.getConfig offers for files only."""
        self.cdn: Literal["never", "when supported", "always"] = "never"
        """Who is sent to a CDN data centre; Telegram never does "always"."""

    def redirects(self, *, cdn_supported: bool) -> bool:
        return self.cdn == "always" or (self.cdn == "when supported" and cdn_supported)

    @property
    def bytes_asked(self) -> int:
        """Bytes that all answers held."""
        return sum(each.size_bytes for each in self.asked)

    def asked_twice(self) -> dict[tuple[int, str, int], int]:
        """Where ranges with bytes begin that were answered more than once, and how often."""
        counts = Counter(
            (each.file_id, each.letter, each.offset) for each in self.asked if each.size_bytes
        )
        return {place: times for place, times in counts.items() if times > 1}

    def asked_again(self) -> dict[tuple[int, str], list[range]]:
        """The bytes that were answered more than once, by file: as ranges of offsets."""
        places: dict[tuple[int, str], list[tuple[int, int]]] = {}
        for each in self.asked:
            if each.size_bytes:
                ends = places.setdefault((each.file_id, each.letter), [])
                ends += [(each.offset, 1), (each.offset + each.size_bytes, -1)]
        found = {key: _covered_twice(ends) for key, ends in places.items()}
        return {key: ranges for key, ranges in found.items() if ranges}

    def forget(self) -> None:
        """Begin a new record."""
        self.asked.clear()
        self.hashes_asked.clear()
