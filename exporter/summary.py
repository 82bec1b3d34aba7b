"""What an export did, gathered from the archive, and its shape for other programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from storage.archive import Archive
from storage.models import ChatInfo, Job, JobState, Skipped, Summary


async def summarise(
    archive: Archive,
    chat: ChatInfo,
    folder: Path,
    *,
    new: int,
    edited: int = 0,
    deleted: int = 0,
    keep_deleted: bool = True,
    comments: int = 0,
    unreadable: Sequence[Skipped],
    notes: Sequence[str] = (),
    proof: str = "",
    duration_s: float,
) -> Summary:
    """Gather the summary of an export that has just ended.

    `unreadable` are the messages whose bytes no format could be made of. Without `keep_deleted`
    those that are gone from Telegram do not count among the messages.
    """
    by_kind: Counter[str] = Counter()
    skipped: dict[int, Skipped] = {}
    files = 0
    for chat_id in await archive.lineage(chat.id):
        by_kind.update(await archive.counts_by_kind(chat_id, deleted=keep_deleted))
        skipped |= {item.id: item for item in await archive.skipped(chat_id)}
        files += (await archive.media_totals(chat_id)).files
    skipped |= {item.id: item for item in unreadable}
    return Summary(
        chat=chat,
        folder=str(folder),
        messages=sum(by_kind.values()),
        new=new,
        edited=edited,
        deleted=deleted,
        notes=tuple(notes),
        comments=comments,
        by_kind=dict(by_kind.most_common()),
        media_skipped=files,
        skipped=tuple(skipped[message_id] for message_id in sorted(skipped)),
        complete=not skipped,
        proof=proof,
        duration_s=round(duration_s, 3),
        rate=round(new / duration_s, 1) if duration_s else 0.0,
    )


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
        "media": done
        and {"kept": done.media_kept, "skipped": done.media_skipped, "bytes": done.media_bytes},
        "skipped": [{"id": item.id, "reason": item.reason} for item in done.skipped]
        if done
        else [],
        "notes": list(done.notes) if done else [],
        "complete": bool(done and done.complete and job.state is JobState.DONE),
        "duration_s": done and done.duration_s,
        "error": job.error,
    }
