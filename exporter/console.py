"""What a terminal shows while a job runs. Standard error only; results are for standard output."""

from __future__ import annotations

import sys
import time
import unicodedata
from collections.abc import Sequence

from exporter.folder import name_of
from storage.models import Job, JobState, Phase, Progress, Summary

LINE_EVERY_S = 30.0
FIRST_LINE_S = 2.0
"""Most commands are done before there is anything to say."""
ALLOW = "; faster once you tap Allow in Telegram's chat “Telegram”"
WIDTH = 79
WIPE_LINE, LINE_UP = "\x1b[2K", "\x1b[1A"
"""https://ecma-international.org/publications-and-standards/standards/ecma-48/ (EL, CUU)"""
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
    """A few lines redrawn in place in a terminal; elsewhere a plain line now and then."""

    def __init__(self) -> None:
        self._live = sys.stderr.isatty()
        self._last: list[str] = []
        self._last_at = time.monotonic() + FIRST_LINE_S - LINE_EVERY_S

    def say(self, sentence: str) -> None:
        """Print a sentence of its own."""
        self._wipe()
        print(one_line(sentence), file=sys.stderr, flush=True)  # noqa: T201

    def show(self, job: Job) -> None:
        """Show how far the job is, and each large file."""
        self.draw([line_of(job), *_large_files(job.progress)])

    def draw(self, shown: Sequence[str]) -> None:
        """Show some lines, in the place of those before."""
        lines = [one_line(line) for line in shown]
        if lines == self._last:
            return
        if self._live:
            self._wipe()
            drawn = "\n".join(line[:WIDTH] for line in lines)
            print(drawn, end="\r", file=sys.stderr, flush=True)  # noqa: T201
        elif time.monotonic() - self._last_at > LINE_EVERY_S:
            print("; ".join(lines), file=sys.stderr, flush=True)  # noqa: T201
            self._last_at = time.monotonic()
        self._last = lines

    def _wipe(self) -> None:
        if self._live and self._last:
            wiped = WIPE_LINE + (LINE_UP + WIPE_LINE) * (len(self._last) - 1)
            print(wiped, end="\r", file=sys.stderr)  # noqa: T201
            self._last = []


def line_of(job: Job) -> str:
    """How far a job is."""
    if job.state is JobState.QUEUED:
        return f"Job {job.id} waits in the queue."
    return how_far(job.progress, job.request.chat)


def how_far(progress: Progress, chat: str) -> str:
    """How far an export is; `chat` is what it is called until its title is known."""
    title = progress.title or chat
    if progress.phase is Phase.RENDERING:
        return f"{title}: writing the files of {progress.messages:,} messages"
    if progress.phase is Phase.STARTING:
        return f"{title}: looking it up"
    return f"{title}: {_counts(progress)}"


def _counts(progress: Progress) -> str:
    if progress.wait_until is not None:
        until = progress.wait_until.astimezone()
        return f"{progress.wait_reason} until {until:%H:%M:%S}; it goes on by itself"
    if progress.wait_reason is not None:
        return progress.wait_reason
    allow = ALLOW if progress.permission else ""
    if progress.phase is Phase.DOWNLOADING:
        return f"{_files(progress)}{allow}"
    total = f" of about {progress.total:,}" if progress.total is not None else ""
    rate = f", {progress.rate:,.0f}/s" if progress.rate else ""
    files = f"; {_files(progress)}" if progress.files_total else ""
    return f"{progress.messages:,}{total} messages{rate}{files}{allow}"


def _files(progress: Progress) -> str:
    done, total = size(progress.file_bytes), size(progress.file_bytes_total)
    rate = f", {size(round(progress.byte_rate))}/s" if progress.byte_rate else ""
    return f"{progress.files:,} of {progress.files_total:,} files, {done} of {total}{rate}"


def _large_files(progress: Progress) -> list[str]:
    return [
        f"{file.name}: {size(file.done_bytes)} of {size(file.size_bytes)}"
        for file in progress.large_files
    ]


def size(size_bytes: int) -> str:
    """`3.2 GB`; units of 1000."""
    value, unit = float(size_bytes), "B"
    for larger in ("kB", "MB", "GB", "TB"):
        if value < 999.95:
            break
        value, unit = value / 1000, larger
    return f"{value:,.1f} {unit}" if unit != "B" else f"{size_bytes} B"


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
    lines += _about_files(summary)
    if summary.proof:
        lines.append(summary.proof)
    lines += summary.notes
    lines += [f"Left out: message {item.id}: {item.reason}" for item in summary.skipped]
    return lines


def _about_files(summary: Summary) -> list[str]:
    lines = []
    if summary.media_kept:
        saved = summary.media_saved_bytes
        spared = f"; {size(saved)} of it were known and not downloaded" if saved else ""
        kept = f"{summary.media_kept:,} files kept, {size(summary.media_bytes)}{spared}."
        lines.append(kept)
    if summary.media_skipped_by:
        reasons = summary.media_skipped_by.items()
        why = ", ".join(f"{number:,} {reason}" for reason, number in reasons)
        lines.append(f"Files not fetched: {why}.")
    return lines
