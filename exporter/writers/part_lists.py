"""Which files a chat was written in, the last time that a format was cut into several."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path


def forget_parts(folder: Path, usual_name: str) -> None:
    """Remove the parts that a chat was written in before, now that it is in one file again."""
    there = list_of(folder, usual_name)
    if there.exists():
        remove(folder, (name for name in listed(folder, usual_name) if name != usual_name))
        there.unlink()


def list_of(folder: Path, usual_name: str) -> Path:
    """Where the list lies; hidden, so that it is not sent or packed."""
    return folder / f".{usual_name}.parts"


def listed(folder: Path, usual_name: str) -> list[str]:
    """The names of the files that the chat was written in before, as far as they are there."""
    try:
        names = list_of(folder, usual_name).read_text("utf-8").splitlines()
    except FileNotFoundError:
        names = [usual_name]
    return [name for name in names if Path(name).name == name and (folder / name).is_file()]


def remove(folder: Path, names: Iterable[str]) -> None:
    """Remove files of a folder, as far as they are there."""
    for name in names:
        (folder / name).unlink(missing_ok=True)
