"""Packs a finished export for the chat on the phone; the bot sends what lies there then."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

from exporter.config import ExporterConfig
from exporter.errors import JobError
from exporter.folder import safe_title
from exporter.packing import key_of, pack
from exporter.progress import ProgressBoard
from storage.models import Job
from storage.parcels import Parcel, Parcels

OUTBOX = "outbox"
"""In DATA_DIR."""


async def deliver(job: Job, parcels: Parcels, config: ExporterConfig, board: ProgressBoard) -> None:
    """Make parcels of an export's folder, `request.to`; `request.max_size_bytes` each at most.

    What was sent before, and has not changed since, is not packed again: Telegram has it.

    Raises:
        JobError: the folder is gone, or empty.
        OSError: the disk is full, or a file cannot be read.
    """
    request = job.request
    folder, limit_bytes = Path(request.to or ""), request.max_size_bytes
    if request.to is None or limit_bytes is None or not await asyncio.to_thread(folder.is_dir):
        raise JobError("The folder of this export is not there any more. Export the chat again.")
    board.names(request.chat)
    key = await asyncio.to_thread(key_of, folder, limit_bytes)
    packed = await parcels.sent_before(job.id, key)
    if not packed:
        outbox = config.data_dir / OUTBOX / str(job.id)
        await asyncio.to_thread(shutil.rmtree, outbox, ignore_errors=True)  # an earlier try's
        parts = await asyncio.to_thread(pack, folder, outbox, safe_title(request.chat), limit_bytes)
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
