"""What the exporter needs to know of the settings."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import tzinfo
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class ExporterConfig:
    """Where things are kept, and how dates are written."""

    database_url: str = field(repr=False)
    data_dir: Path
    export_dir: Path
    zone: tzinfo
    """Of the dates in result.json."""
    session_key: str | None = field(default=None, repr=False)
    """None: a key file in `data_dir`."""
