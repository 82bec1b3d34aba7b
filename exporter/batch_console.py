"""What a terminal shows of a batch: a line for each chat that is over, and the end of all."""

from __future__ import annotations

from typing import Any

from exporter.console import Console, how_far, one_line, size
from exporter.folder import name_of
from storage.batches import CLOSED, EXCLUDED, Batches, Outcome, Tally
from storage.models import ChatInfo, Job, JobKind, JobState
from storage.selections import Selection

LOOKING = "Looking which chats there are"


def called(selection: Selection) -> str:
    """`all chats`, `channels, groups in “Work”`: what is meant, in words."""
    kinds = ", ".join(selection.kinds) or "all chats"
    folders = ", ".join(f"“{name}”" for name in selection.folders)
    return f"{kinds} in {folders}" if folders else kinds


class BatchConsole:
    """Shows how far a batch is."""

    def __init__(self, console: Console, batches: Batches) -> None:
        self._console = console
        self._batches = batches
        self._told: set[int] = set()

    async def show(self, job: Job) -> None:
        """Tell of what has ended since, and draw what is going on."""
        tally = await self._batches.tally(job.id)
        if tally is None:
            waits = job.progress.wait_reason
            self._console.draw([f"{LOOKING}: {waits}" if waits else LOOKING])
            return
        for part in tally.parts:
            if part.state.is_final and part.job_id not in self._told:
                self._told.add(part.job_id)
                for line in (ended(part), *part.notes):
                    self._console.say(line)
        running = [
            how_far(part.progress, _name(part)) for part in tally.parts if part.progress is not None
        ]
        self._console.draw([_so_far(tally), *running])


def _so_far(tally: Tally) -> str:
    chats = f"{tally.over:,} of {len(tally.chats):,} chats"
    files = f"; {tally.files:,} files, {size(tally.file_bytes)}" if tally.files else ""
    return f"{chats}: {tally.messages:,} messages{files}"


def ended(part: Outcome) -> str:
    """How one job of a batch ended."""
    name = _name(part)
    if part.state is JobState.DONE:
        if part.kind is JobKind.ACCOUNT:
            return f"{name}: what is the account's own is saved."
        return f"{name} is saved: {part.messages:,} messages, {part.new:,} new."
    if part.state is JobState.FAILED:
        return f"{name} failed: {part.error}"
    return f"{name} was cancelled."


def summary(job: Job, tally: Tally) -> list[str]:
    """The lines that end a batch."""
    saved = sum(part.state is JobState.DONE for part in tally.chats)
    files = f"; {tally.files:,} files, {size(tally.file_bytes)}" if tally.files else ""
    took = ""
    if job.finished_at is not None:
        took = f"; in {(job.finished_at - job.created_at).total_seconds():.1f} s"
    counts = f"{tally.messages:,} messages, {tally.new:,} new{files}{took}"
    lines = [f"{saved:,} of {len(tally.chats):,} chats are saved: {counts}."]
    lines += [ended(part) for part in tally.failed]
    for reason, words in ((EXCLUDED, "Left out, as asked"), (CLOSED, "No longer open")):
        titles = [each.title or "?" for each in tally.left_out if each.reason == reason]
        lines += [f"{words}: {', '.join(titles)}."] if titles else []
    return lines


def as_json(job: Job, tally: Tally | None) -> dict[str, Any]:
    """Return the object that `--json` prints of a batch."""
    parts = tally.parts if tally else ()
    return {
        "job": job.id,
        "state": job.state.value,
        "chats": [_part(part) for part in parts if part.kind is JobKind.EXPORT],
        "accounts": [_part(part) for part in parts if part.kind is JobKind.ACCOUNT],
        "left_out": [
            {"title": each.title, "reason": each.reason}
            for each in (tally.left_out if tally else ())
        ],
        "messages": tally.messages if tally else 0,
        "new": tally.new if tally else 0,
        "files": tally.files if tally else 0,
        "error": job.error,
    }


def _part(part: Outcome) -> dict[str, Any]:
    return {
        "id": part.chat_id,
        "title": part.title,
        "type": part.type,
        "state": part.state.value,
        "folder": part.folder,
        "messages": part.messages,
        "new": part.new,
        "files": part.files,
        "skipped": part.skipped,
        "notes": list(part.notes),
        "error": part.error,
    }


def _name(part: Outcome) -> str:
    """As `exporter.folder.name_of`, or its number."""
    if part.kind is JobKind.ACCOUNT:
        return one_line(part.title or str(part.chat_id))
    chat = ChatInfo(id=part.chat_id, title=part.title, type=part.type or "")
    return one_line(name_of(chat) or str(part.chat_id))
