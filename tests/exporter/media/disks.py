"""Disks to test with: small ones of their own, where the tests may mount them."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

REFLINK_DISK_BYTES = 400_000_000
"""xfs takes no less than 300 MB, of which an empty one uses little."""


@contextmanager
def small_disk(folder: Path, *, size_bytes: int) -> Iterator[Path]:
    """Mount a disk in memory at a folder; skip the test where that is not allowed."""
    with _mounted(folder, "-t", "tmpfs", "-o", f"size={size_bytes},mode=700", "tmpfs"):
        yield folder


@contextmanager
def reflink_disk(folder: Path, kind: str) -> Iterator[Path]:
    """Mount a disk whose files can share their bytes: `kind` is xfs or btrfs.

    Skip the test where there is no such disk, or it may not be mounted.
    """
    if (make := shutil.which(f"mkfs.{kind}")) is None:
        pytest.skip(f"mkfs.{kind} is not installed")
    image = folder.with_suffix(".img")
    with image.open("wb") as file:
        file.truncate(REFLINK_DISK_BYTES)
    subprocess.run([make, "-q", image], check=True, capture_output=True)
    with _mounted(folder, "-o", "loop", "-t", kind, str(image)):
        yield folder


@contextmanager
def _mounted(folder: Path, *words: str) -> Iterator[None]:
    if os.name == "nt" or os.geteuid() != 0:
        pytest.skip("only root may mount a disk")
    folder.mkdir()
    mounted = subprocess.run(["mount", *words, folder], capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip(f"no disk can be mounted here: {mounted.stderr.decode().strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)
