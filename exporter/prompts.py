"""Asking the person at the terminal, without holding up the event loop."""

from __future__ import annotations

import asyncio
import sys
import termios

from exporter.errors import CommandError


def can_ask() -> bool:
    """Tell whether there is a person to ask: a terminal for question and answer."""
    return sys.stdin.isatty() and sys.stderr.isatty()


async def ask(question: str) -> str:
    """Ask, and return the line that was typed.

    Raises:
        CommandError: the terminal was closed instead.
    """
    print(question, end="", file=sys.stderr, flush=True)  # noqa: T201
    loop = asyncio.get_running_loop()
    typed = asyncio.Event()
    loop.add_reader(sys.stdin, typed.set)  # a terminal is ready when a line is
    try:
        await typed.wait()
    finally:
        loop.remove_reader(sys.stdin)
    if not (line := sys.stdin.readline()):
        raise CommandError("The input ended before an answer.")
    return line.strip()


async def ask_secret(question: str) -> str:
    """Ask without showing what is typed."""
    before = termios.tcgetattr(sys.stdin)
    silent = termios.tcgetattr(sys.stdin)
    silent[3] &= ~termios.ECHO
    termios.tcsetattr(sys.stdin, termios.TCSADRAIN, silent)
    try:
        return await ask(question)
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)
        print(file=sys.stderr)  # noqa: T201 - the line break that was typed unseen
