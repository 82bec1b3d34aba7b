"""Deletes the files of an export. The database keeps its messages, and the store its media."""

from __future__ import annotations

import shutil
from pathlib import Path

from exporter.errors import JobError
from storage.models import Job
from storage.threads import Threads
from storage.wording import Sentence

MARKS = ("result.json", "messages.jsonl", "index.html")
"""One of them lies in every folder that we wrote."""


async def remove(job: Job, threads: Threads) -> None:
    """Delete the folder `request.to`.

    Raises:
        JobError: it is no export of ours.
        OSError: something in it cannot be deleted.
    """
    await threads.run(_remove, Path(job.request.to or ""))


def _remove(folder: Path) -> None:
    if not folder.is_dir():
        return
    if folder.is_symlink() or not any((folder / mark).is_file() for mark in MARKS):
        raise JobError(
            Sentence(
                "{folder} does not look like an export any more. Delete it by hand.",
                folder=str(folder),
            )
        )
    shutil.rmtree(folder)
