"""What an export did, gathered from the archive, and its shape for other programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from storage.archive import Archive
from storage.files import Files
from storage.media import FileState, FileTotals, SkipReason, StoredFile
from storage.models import ChatInfo, Job, JobState, Skipped, Summary
from storage.wording import Sentence

GIVEN_UP = (FileState.FAILED, FileState.UNAVAILABLE)
NAMED = 1_000
"""Files that were given up and are named one by one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """What an export did, as it remembers it; the archive knows the rest."""

    new: int
    edited: int = 0
    deleted: int = 0
    comments: int = 0
    comments_in: Sequence[int] = ()
    """The group that they are in, if they were asked for."""
    notes: Sequence[str] = ()
    proof: str = ""
    spared_bytes: int = 0
    """Of files that were kept without downloading them."""
    unreadable: Sequence[Skipped] = ()
    """Messages whose bytes no format could be made of."""
    unplaced: Sequence[Skipped] = ()
    """Kept files that could not be put into the folder."""
    duration_s: float


async def summarise(
    archive: Archive,
    files: Files,
    chat: ChatInfo,
    folder: Path,
    happened: Happened,
    *,
    keep_deleted: bool = True,
) -> Summary:
    """Gather the summary of an export that has just ended.

    Without `keep_deleted` messages that are gone from Telegram do not count among the messages.
    """
    by_kind: Counter[str] = Counter()
    skipped: dict[int, Skipped] = {}
    lineage = await archive.lineage(chat.id)
    for chat_id in lineage:
        by_kind.update(await archive.counts_by_kind(chat_id, deleted=keep_deleted))
        skipped |= {item.id: item for item in await archive.skipped(chat_id)}
    skipped |= {item.id: item for item in happened.unreadable}
    chat_ids = [*lineage, *happened.comments_in]
    lost = [*await _given_up(files, chat_ids), *happened.unplaced]
    left_out = sorted([*skipped.values(), *lost], key=lambda item: item.id)
    totals = await files.totals(chat_ids)
    kept = totals.get(FileState.KEPT, FileTotals())
    reasons = _reasons(await files.skipped(chat_ids))
    return Summary(
        chat=chat,
        folder=str(folder),
        messages=sum(by_kind.values()),
        new=happened.new,
        edited=happened.edited,
        deleted=happened.deleted,
        notes=tuple(happened.notes),
        comments=happened.comments,
        by_kind=dict(by_kind.most_common()),
        media_kept=kept.files,
        media_bytes=kept.size_bytes,
        media_skipped=sum(reasons.values()),
        media_skipped_by=reasons,
        media_failed=sum(totals.get(state, FileTotals()).files for state in GIVEN_UP),
        media_saved_bytes=happened.spared_bytes,
        skipped=tuple(left_out),
        complete=not left_out,
        proof=happened.proof,
        duration_s=round(happened.duration_s, 3),
        rate=round(happened.new / happened.duration_s, 1) if happened.duration_s else 0.0,
    )


def _reasons(skipped: Mapping[str, FileTotals]) -> dict[str, int]:
    """Files by why they were not wanted; nobody misses still pictures."""
    return {
        reason: total.files
        for reason, total in skipped.items()
        if reason != SkipReason.PICTURE and total.files
    }


async def _given_up(files: Files, chat_ids: Collection[int]) -> list[Skipped]:
    return [
        Skipped(
            id=file.message_id,
            reason=Sentence("{file}: {why}", file=_called(file), why=file.reason or file.state),
        )
        for file in await files.problems(chat_ids, NAMED)
    ]


def _called(file: StoredFile) -> str:
    kind = Sentence(file.kind.replace("_", " "))
    if file.key.variant:
        return Sentence("the still picture of its {kind}", kind=kind)
    return Sentence("its {kind}", kind=kind)


def as_json(job: Job) -> dict[str, Any]:
    """Return the object that `--json` prints; what a failed job doesn't know is null."""
    done = job.summary
    return {
        "job": job.id,
        "chat": done and {"id": done.chat.id, "title": done.chat.title, "type": done.chat.type},
        "state": job.state.value,
        "folder": done and done.folder,
        "messages": done and done.messages,
        "new": done and done.new,
        "edited": done and done.edited,
        "deleted": done and done.deleted,
        "comments": done and done.comments,
        "media": done and _media(done),
        "skipped": [{"id": item.id, "reason": item.reason} for item in done.skipped]
        if done
        else [],
        "notes": list(done.notes) if done else [],
        "complete": bool(done and done.complete and job.state is JobState.DONE),
        "duration_s": done and done.duration_s,
        "error": job.error,
    }


def _media(done: Summary) -> dict[str, Any]:
    return {
        "kept": done.media_kept,
        "bytes": done.media_bytes,
        "skipped": done.media_skipped,
        "skipped_by": done.media_skipped_by,
        "failed": done.media_failed,
        "saved_bytes": done.media_saved_bytes,
    }
