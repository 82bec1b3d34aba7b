"""Checks the archive that a demo leaves, and shows it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console
from rich.text import Text

from tests.demo.errors import DemoError
from tests.exported_files import exported_files, missing_files

WHAT_IT_IS = {
    "result.json": "as Telegram Desktop writes it",
    "messages.jsonl": "one full record a line",
    "index.html": "the reader: open it in a browser",
}
OF_THE_READER = ("attachments", "data", "reader")
FIRST_LINES = 14


def find(exports: Path) -> Path:
    """The folder of the one archive.

    Raises:
        DemoError: there is none, or more than one.
    """
    results = sorted(exports.glob("*/result.json"))
    if len(results) != 1:
        raise DemoError(f"there should be one archive in {exports}, and there are {len(results)}")
    return results[0].parent


def check(folder: Path, wanted: Sequence[int]) -> None:
    """Compare the ids in result.json with those of the chat.

    Raises:
        DemoError: a message is missing, stands there twice, or is not the chat's.
    """
    kept = ids_in(folder / "result.json")
    missing, foreign = set(wanted) - set(kept), set(kept) - set(wanted)
    twice = len(kept) - len(set(kept))
    if missing or foreign or twice:
        raise DemoError(
            f"the archive is not complete: the chat has {len(wanted):,} messages and result.json "
            f"{len(kept):,}; {len(missing):,} are missing, {twice:,} stand there twice, "
            f"{len(foreign):,} are not the chat's"
        )


def check_files(folder: Path, truth: Callable[[int, str], bytes]) -> tuple[int, int]:
    """Compare every file with the SHA-256 that `truth` tells for its id and variant.

    Returns:
        How many there are, and how many bytes they have.

    Raises:
        DemoError: one differs, or is not there though it could be.
    """
    wrong = [key for key, sha256 in exported_files(folder).items() if sha256 != truth(*key)]
    lost = [key for key, reason in missing_files(folder).items() if reason == "failed"]
    if wrong or lost:
        raise DemoError(f"{len(wrong):,} files are not what was sent, {len(lost):,} are missing")
    sizes = [
        file.stat().st_size
        for file in folder.glob("*/*")
        if file.is_file() and file.parent.name not in OF_THE_READER
    ]
    return len(sizes), sum(sizes)


def ids_in(result: Path) -> list[int]:
    """The ids of the messages, read line by line: an own history may be large."""
    an_id = re.compile(r' {3}"id": (\d+),?')
    with result.open(encoding="utf-8") as lines:
        return [int(found[1]) for line in lines if (found := an_id.fullmatch(line.rstrip("\n")))]


def show(folder: Path, shown_as: str, told: str, console: Console) -> None:
    """Print where the archive lies, what is in it, and how to look at it."""
    console.print(Text(f"\n{told}\n", "bold green"))
    console.print(Text(f"{shown_as}/", "bold"), soft_wrap=True)
    for entry in sorted(folder.iterdir(), key=lambda entry: (entry.is_file(), entry.name)):
        files = [file for file in entry.rglob("*") if file.is_file()] or [entry]
        size = f"{sum(file.stat().st_size for file in files) / 1e6:,.1f} MB"
        name = f"{entry.name}/" if entry.is_dir() else entry.name
        what = f"{len(files):,} files" if entry.is_dir() else WHAT_IT_IS.get(name, "")
        console.print(Text(f"  {name:<22} {size:>9}  {what}"))
    console.print("\nresult.json begins")
    with (folder / "result.json").open(encoding="utf-8") as start:
        for _, line in zip(range(FIRST_LINES), start, strict=False):
            cut = Text(f"  {line.rstrip()}", "dim")
            cut.truncate(min(console.width, 100), overflow="ellipsis")
            console.print(cut)
    console.print("\nLook at it")
    for command in (
        f'cd "{shown_as}"',
        "less result.json",
        "head -n 1 messages.jsonl | python3 -m json.tool",
        "xdg-open index.html",
    ):
        console.print(Text(f"  {command}", "cyan"), soft_wrap=True)
