"""What the exporter needs to know of the settings."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import tzinfo
from math import ceil
from pathlib import Path

from storage.formats import USUAL

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterSizes:
    """How many messages a chat's filter of seen ids is made for."""

    multiplier: float = 1.1
    """Times the chat's count, so that there is room for what comes in."""
    smallest: int = 10_000
    largest: int = 10_000_000
    """Takes 12 MB. A larger chat has more false positives, so more look-ups."""

    def capacity(self, count: int) -> int:
        """The size for a chat of `count` messages; `largest` has the last word."""
        return min(max(ceil(count * self.multiplier), self.smallest), self.largest)


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyConfig:
    """How a stored file gets into an export."""

    links: bool = True
    """Whether an export may share a file's bytes with the store."""
    zero_copy: bool = True
    zero_copy_from_bytes: int = 10 * MIB
    """Smaller files are read and written."""
    verify: bool = True
    """Compare the content of a copy."""
    chunk_bytes: int = 64 * MIB


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaConfig:
    """How files are fetched and stored."""

    parallel: bool = True
    """False: one file at a time, one part at a time."""
    at_once: int = 0
    """Files at once in all; 0: what Telegram allows for each data centre."""
    memory_limit_bytes: int = 2048 * MIB
    """Of the process; above it no new part is asked for."""
    dedup: bool = True
    """Look whether a new file's content is known before it is downloaded."""
    hot_contents: int = 10_000
    """Known contents held in memory."""
    hash_timeout_s: float = 5.0
    min_free_bytes: int = 500 * MIB
    """Downloads pause while less is free on the disk."""
    copy: CopyConfig = CopyConfig()


@dataclass(frozen=True, slots=True, kw_only=True)
class ExporterConfig:
    """Where things are kept, and how dates are written."""

    database_url: str = field(repr=False)
    data_dir: Path
    export_dir: Path
    zone: tzinfo
    """Of the dates in result.json."""
    formats: tuple[str, ...] = USUAL
    """What is written where nobody chose anything."""
    keep_deleted: bool = True
    """Whether what was archived outlasts its deletion in Telegram, once a refresh notices it."""
    plan_above_bytes: int = 10_000_000_000
    """An export of the phone that would fetch more asks first."""
    refusals_every_s: float = 10.0
    """That a chat is not open is said so long after the job began, or twice as long, and so on:
    what was looked up meanwhile, and so whether there is such a chat, is not to be told by it."""
    session_key: str | None = field(default=None, repr=False)
    """None: a key file in `data_dir`."""
    filter_sizes: FilterSizes = FilterSizes()
    threads: int = 0
    """For blocking work; 0: one and a half for each core."""
    media: MediaConfig = MediaConfig()

    @property
    def seen_dir(self) -> Path:
        """Where the snapshots of seen ids lie."""
        return self.data_dir / "seen"

    @property
    def hot_contents_file(self) -> Path:
        """What was needed last of the known contents."""
        return self.data_dir / "contents.hot"

    @property
    def media_dir(self) -> Path:
        """Where the content-addressed store of files lies."""
        return self.data_dir / "media"
