"""`python -m tests.demo`, which is what `make demo` runs."""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.text import Text

from tests import demo
from tests.demo import archive
from tests.demo.errors import DemoError
from tests.demo.play import LOG_NAME, Play, carried_by
from tests.sandbox.screen import NotSeenError
from tests.sandbox.stage import Stage, loaded, made_up
from tests.sandbox.world.content import MIXED
from tests.sandbox.world.files import size_of

FOLDER = Path(".demo")
LIVELY = replace(MIXED, photos=25, documents=10)
"""Fewer files than in life, so that it takes seconds."""
REHEARSED_BYTES = 50_000_000
INTERRUPTED = 130


def options(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.demo", description=demo.__doc__)
    parser.add_argument("--load", type=Path, help="rehearse with this result.json, plain or .gz")
    parser.add_argument("--messages", type=int, default=4_000, help="size of the made-up chat")
    parser.add_argument(
        "--folder", type=Path, default=FOLDER, help="removed, and made anew (default: .demo)"
    )
    return parser.parse_args(words)


def main(words: Sequence[str] | None = None) -> int:
    chosen = options(words)
    console = Console(highlight=False)
    began = time.monotonic()
    failures: list[BaseException] = []
    play: Play | None = None
    try:
        rehearsal = chosen.load is not None
        stage = staged(chosen.load, chosen.messages)
        clear(chosen.folder)
        folder = chosen.folder.absolute()
        play = Play(stage=stage, folder=folder, flood_wait=not rehearsal, console=console)
        asyncio.run(play.run())
        place = archive.find(play.exports)
        archive.check(place, stage.chat.message_ids)
        files, size = archive.check_files(place, stage.world.shelf.sha256)
        total = len(stage.chat.message_ids)
        told = f"Complete: {total:,} of {total:,} messages, {files:,} files, {size / 1e6:,.1f} MB."
        archive.show(place, str(chosen.folder / "exports" / place.name), told, console)
    except* (DemoError, NotSeenError, OSError, ValueError) as group:
        failures += leaves(group)
    for failure in failures:
        console.print(Text(f"\nThe demo failed: {failure}", "bold red"), soft_wrap=True)
    if failures:
        console.print(play.log_end() if play else "", markup=False, soft_wrap=True)
        return 1
    console.print(f"\n{chosen.folder / LOG_NAME} is the log. The next demo starts afresh.")
    console.print("README.md tells how to set it up for your own chats.")
    console.print(Text(f"That took {time.monotonic() - began:.0f} seconds.", "dim"))
    return 0


def staged(load: Path | None, messages: int) -> Stage:
    """The chat to play with; files of an own history are made small, since it has hours of video.

    Raises:
        OSError, ValueError: as `loaded`.
    """
    if load is None:
        return made_up(messages=messages, content=LIVELY)
    stage = loaded(load)
    total = sum(size_of(file) for file in carried_by(stage.chat))
    if total <= REHEARSED_BYTES:
        return stage
    return loaded(load, scale_files=REHEARSED_BYTES / total)


def clear(folder: Path) -> None:
    """Make the folder anew, if it is an earlier demo's.

    Raises:
        DemoError: it holds something else.
    """
    if folder.is_dir() and any(folder.iterdir()) and not (folder / LOG_NAME).exists():
        raise DemoError(f"{folder} holds something else than a demo: name another folder")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    (folder / LOG_NAME).touch(mode=0o600)


def leaves(error: BaseException) -> list[BaseException]:
    """The errors that a group holds."""
    if isinstance(error, BaseExceptionGroup):
        return [leaf for inner in error.exceptions for leaf in leaves(inner)]
    return [error]


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
