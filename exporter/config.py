"""What the exporter needs to know of the settings."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import tzinfo
from math import ceil
from pathlib import Path


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
class ExporterConfig:
    """Where things are kept, and how dates are written."""

    database_url: str = field(repr=False)
    data_dir: Path
    export_dir: Path
    zone: tzinfo
    """Of the dates in result.json."""
    keep_deleted: bool = True
    """Whether what was archived outlasts its deletion in Telegram, once a refresh notices it."""
    plan_above_bytes: int = 10_000_000_000
    """An export of the phone that would fetch more asks first."""
    session_key: str | None = field(default=None, repr=False)
    """None: a key file in `data_dir`."""
    filter_sizes: FilterSizes = FilterSizes()

    @property
    def seen_dir(self) -> Path:
        """Where the snapshots of seen ids lie."""
        return self.data_dir / "seen"
