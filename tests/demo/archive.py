"""Checks the archive that a demo leaves, and shows it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.text import Text

from tests.demo.errors import DemoError

WHAT_IT_IS = {
    "result.json": "as Telegram Desktop writes it",
    "messages.jsonl": "one full record a line",
}
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


def ids_in(result: Path) -> list[int]:
    """The ids of the messages, read line by line: an own history may be large."""
    an_id = re.compile(r' {3}"id": (\d+),?')
    with result.open(encoding="utf-8") as lines:
        return [int(found[1]) for line in lines if (found := an_id.fullmatch(line.rstrip("\n")))]


def show(folder: Path, shown_as: str, messages: int, console: Console) -> None:
    """Print where the archive lies, what is in it, and how to look at it."""
    console.print(Text(f"\nComplete: {messages:,} of {messages:,} messages.\n", "bold green"))
    console.print(Text(f"{shown_as}/", "bold"), soft_wrap=True)
    for file in sorted(folder.iterdir()):
        size = f"{file.stat().st_size / 1e6:,.1f} MB"
        console.print(Text(f"  {file.name:<16} {size:>9}  {WHAT_IT_IS.get(file.name, '')}"))
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
    ):
        console.print(Text(f"  {command}", "cyan"), soft_wrap=True)
