"""What a terminal shows while a job runs. Standard error only; results are for standard output."""

from __future__ import annotations

import sys
import time
import unicodedata

from exporter.folder import name_of
from storage.models import Job, JobState, Phase, Progress, Summary

LINE_EVERY_S = 30.0
FIRST_LINE_S = 2.0
"""Most commands are done before there is anything to say."""
ALLOW = "; faster once you tap Allow in Telegram's chat “Telegram”"
NOT_SHOWN = ("Cc", "Cs", "Zl", "Zp")
TURNS = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Marks that turn the writing direction; other format characters join emoji and letters."""


def one_line(text: str) -> str:
    """Return a text of strangers so that a terminal can show it in a line of a list.

    Line breaks, tabs, escape sequences and marks that turn the writing direction become spaces.
    """
    return "".join(
        " " if char in TURNS or unicodedata.category(char) in NOT_SHOWN else char for char in text
    )


class Console:
    """One line redrawn in place in a terminal; elsewhere a plain line now and then."""

    def __init__(self) -> None:
        self._live = sys.stderr.isatty()
        self._last_line = ""
        self._last_at = time.monotonic() + FIRST_LINE_S - LINE_EVERY_S

    def say(self, sentence: str) -> None:
        """Print a sentence of its own."""
        self._wipe()
        print(one_line(sentence), file=sys.stderr, flush=True)  # noqa: T201

    def show(self, job: Job) -> None:
        """Show how far the job is."""
        line = one_line(_line(job))
        if line == self._last_line:
            return
        if self._live:
            self._wipe()
            print(line[:79], end="\r", file=sys.stderr, flush=True)  # noqa: T201
        elif time.monotonic() - self._last_at > LINE_EVERY_S:
            print(line, file=sys.stderr, flush=True)  # noqa: T201
            self._last_at = time.monotonic()
        self._last_line = line

    def _wipe(self) -> None:
        if self._live and self._last_line:
            print(" " * 79, end="\r", file=sys.stderr)  # noqa: T201


def _line(job: Job) -> str:
    if job.state is JobState.QUEUED:
        return f"Job {job.id} waits in the queue."
    progress = job.progress
    title = progress.title or job.request.chat
    if progress.phase is Phase.RENDERING:
        return f"{title}: writing the files of {progress.messages:,} messages"
    if progress.phase is Phase.STARTING:
        return f"{title}: looking it up"
    return f"{title}: {_counts(progress)}"


def _counts(progress: Progress) -> str:
    if progress.wait_until is not None:
        until = progress.wait_until.astimezone()
        return f"{progress.wait_reason} until {until:%H:%M:%S}; it goes on by itself"
    total = f" of about {progress.total:,}" if progress.total is not None else ""
    rate = f", {progress.rate:,.0f}/s" if progress.rate else ""
    allow = ALLOW if progress.permission else ""
    return f"{progress.messages:,}{total} messages{rate}{allow}"


def ending(summary: Summary) -> list[str]:
    """Return the lines that end an export."""
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in sorted(summary.by_kind.items()))
    title = name_of(summary.chat) or "The chat"
    changes = (
        (summary.new, "new"),
        (summary.edited, "edited"),
        (summary.deleted, "deleted"),
        (summary.comments, "new comments"),
    )
    happened = [f"{number:,} {word}" for number, word in changes if number or word == "new"]
    counts = ", ".join([f"{summary.messages:,} messages", *happened])
    took = f"{summary.duration_s:.1f} s ({summary.rate:,.0f} new/s)"
    lines = [f"{title} is saved: {counts}, in {took}."]
    if kinds:
        lines.append(f"By kind: {kinds}.")
    if summary.media_skipped:
        lines.append(f"Files not fetched, by your settings: {summary.media_skipped:,}.")
    if summary.proof:
        lines.append(summary.proof)
    lines += summary.notes
    lines += [f"Left out: message {item.id}: {item.reason}" for item in summary.skipped]
    return lines
