"""Draws a chat's pictures for the phone; the bot sends what lies there then."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from exporter.config import ExporterConfig
from exporter.deliver import OUTBOX
from exporter.folder import name_of
from exporter.slice import archived_slice
from exporter.stats.counting import count
from exporter.stats.pictures import draw
from exporter.stats.telling import named
from storage.archive import Archive
from storage.database import Database
from storage.models import ChatInfo, Job
from storage.parcels import Parcel, Parcels

FORMAT = "png"


async def draw_for_phone(
    job: Job, chat: ChatInfo, archive: Archive, database: Database, config: ExporterConfig
) -> None:
    """Make a parcel of each picture, in the language of who asked.

    Raises:
        CommandError: a word of the request means nothing in this chat.
        JobError, OSError: as `pictures.draw`.
    """
    wanted = await archived_slice(job.request, chat, archive, config.zone, now=job.created_at)
    figures = await count(archive, chat, wanted, config)
    spoken = await archive.reading_language(job.person_id)
    look = "dark" if job.request.dark else "light"
    pictures = await draw(
        figures,
        config.data_dir / OUTBOX / str(job.id),
        looks=(look,),
        spoken=spoken,
        kind=FORMAT,
        config=config,
        threads=database.threads,
    )
    paths = [picture.paths[look] for picture in pictures]
    caption = "\n".join([named(name_of(chat)), *(picture.alt for picture in pictures)])
    await Parcels(database).put(await database.threads.run(_parcels, job.id, paths, caption))


def _parcels(job_id: int, paths: Sequence[Path], caption: str) -> list[Parcel]:
    """The first one carries what stands below all of them. Equal pictures are not sent anew."""
    key = sha256(b"".join(sha256(path.read_bytes()).digest() for path in paths)).hexdigest()
    return [
        Parcel(
            job_id=job_id,
            number=number,
            of=len(paths),
            key=key,
            path=path,
            name=path.name,
            size_bytes=path.stat().st_size,
            note=caption if number == 1 else None,
        )
        for number, path in enumerate(paths, start=1)
    ]
