"""Packs a finished export for the chat on the phone; the bot sends what lies there then."""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from exporter.config import ExporterConfig
from exporter.errors import JobError
from exporter.folder import safe_title
from exporter.packing import Packing, Part, files_of, key_of
from exporter.progress import ProgressBoard
from storage.models import Job
from storage.parcels import Parcel, Parcels
from storage.threads import Threads
from storage.wording import Sentence

OUTBOX = "outbox"
"""In DATA_DIR."""


async def deliver(
    job: Job,
    parcels: Parcels,
    config: ExporterConfig,
    board: ProgressBoard,
    threads: Threads,
) -> None:
    """Make parcels of an export's folder, `request.to`; `request.max_size_bytes` each at most.

    What was sent before, and has not changed since, is not packed again: Telegram has it.

    Raises:
        JobError: the folder is gone, or empty.
        OSError: the disk is full, or a file cannot be read.
    """
    request = job.request
    folder, limit_bytes = Path(request.to or ""), request.max_size_bytes
    if request.to is None or limit_bytes is None or not await threads.run(folder.is_dir):
        raise JobError(
            Sentence("The folder of this export is not there any more. Export the chat again.")
        )
    board.names(request.chat)
    key = await threads.run(key_of, folder, limit_bytes)
    packed = await parcels.sent_before(job.id, key)
    if not packed:
        outbox = config.data_dir / OUTBOX / str(job.id)
        await threads.run(partial(shutil.rmtree, outbox, ignore_errors=True))  # an earlier try's
        packing = Packing(folder, outbox, limit_bytes)
        parts = await _pack(packing, folder, safe_title(request.chat), threads)
        packed = [
            Parcel(
                job_id=job.id,
                number=number,
                of=len(parts),
                key=key,
                path=part.path,
                name=part.path.name,
                size_bytes=part.size_bytes,
                note=part.note,
            )
            for number, part in enumerate(parts, start=1)
        ]
    await parcels.put(packed)


async def _pack(packing: Packing, folder: Path, name: str, threads: Threads) -> list[Part]:
    """Pack one file after another, so that a cancel need not wait for all of them."""
    with ExitStack() as on_failure:
        on_failure.callback(packing.discard)
        for path in await threads.run(files_of, folder):
            await threads.run(packing.add, path)
        parts = await threads.run(packing.finish, name)
        on_failure.pop_all()
    return parts
