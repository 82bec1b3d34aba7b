"""Real chat exports to test with, where a machine has them. They are never part of the project."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path
from typing import Any, cast

import pytest

FOLDER = Path(os.environ.get("REAL_EXPORTS", Path(__file__).parents[2] / "shared" / "real"))


def real_export(name: str) -> Path:
    """Return the path of `<name>.json.gz`; skip the test on a machine without it."""
    path = FOLDER / f"{name}.json.gz"
    if not path.exists():
        pytest.skip(f"no real export {name} on this machine")
    return path


def read_export(path: Path) -> dict[str, Any]:
    """Return the parsed result.json, plain or gzip'd."""
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return cast(dict[str, Any], json.loads(data))
