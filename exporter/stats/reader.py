"""The pictures that the HTML reader shows.

They are drawn anew with each export once somebody asked for pictures of the chat (`chatkeep stats`
makes the folder): they cost a pass over the messages and a second of drawing, which an export of
many small chats should not take unasked.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from exporter.config import ExporterConfig
from exporter.stats.counting import count
from exporter.stats.pictures import NotDrawn, draw
from exporter.stats.telling import charts_of
from exporter.writers import Statistic
from storage.archive import Archive
from storage.models import ChatInfo
from storage.slices import Slice
from storage.threads import Threads

FOLDER = "stats"
"""In the folder of the chat."""
LOOKS = ("light", "dark")


async def pictures_beside(
    folder: Path,
    chat: ChatInfo,
    wanted: Slice,
    archive: Archive,
    *,
    config: ExporterConfig,
    threads: Threads,
    spoken: str,
) -> tuple[Statistic, ...]:
    """Draw the pictures of a reader in `folder`, if somebody ever asked for some.

    That they could not be drawn is logged, and no reason to fail.

    Raises:
        OSError: the disk is full, or the folder cannot be written.
    """
    if not await threads.run((folder / FOLDER).is_dir):
        return ()
    figures = await count(archive, chat, wanted, config)
    if not charts_of(figures):
        return ()
    with suppress(NotDrawn):
        pictures = await draw(
            figures,
            folder / FOLDER,
            looks=LOOKS,
            spoken=spoken,
            kind="svg",
            config=config,
            threads=threads,
        )
        return tuple(
            Statistic(
                title=picture.title,
                light=f"{FOLDER}/{picture.paths['light'].name}",
                dark=f"{FOLDER}/{picture.paths['dark'].name}",
                alt=picture.alt,
            )
            for picture in pictures
        )
    return ()
