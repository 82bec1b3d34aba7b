"""The vCards of shared contacts as files: they come with their messages, as text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from exporter.attachments import Contact
from exporter.records import Record
from exporter.writers.atomic import AtomicFile
from storage.threads import Threads

NAME = "contacts/contact_{}.vcard"
"""As Telegram Desktop calls them."""


class Cards:
    """Writes the vCards of one export, numbered in the order of the messages."""

    def __init__(
        self,
        folder: Path,
        threads: Threads,
        second_name: Callable[[str], str | None],
        below: str = "",
    ) -> None:
        """`second_name` and `below`: as with `Placer`."""
        self._second_name = second_name
        self._folder = folder
        self._below = below
        self._threads = threads
        self._number = 0

    async def write(self, records: Sequence[Record]) -> list[Record]:
        """Write those of a few records; return the records with their paths.

        Raises:
            OSError: the disk is full, or the folder cannot be written.
        """
        return [await self._write(record) for record in records]

    async def _write(self, record: Record) -> Record:
        contact = record.media
        if type(contact) is not Contact or not contact.vcard:
            return record
        self._number += 1
        path = self._below + NAME.format(self._number)
        for name in filter(None, (path, self._second_name(path))):
            await self._threads.run(_save, self._folder / name, contact.vcard.encode())
        return replace(record, media=replace(contact, vcard_path=path))


def _save(path: Path, content: bytes) -> None:
    """Write a file, unless it is there and the same."""
    if path.is_file() and path.read_bytes() == content:
        return
    file = AtomicFile(path)
    try:
        file.open()
        file.write(content)
        file.commit()
    finally:
        file.discard()
