"""What an installation has of files on disk and in its database, and what it may not ask for."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from pyroaring import BitMap

from exporter.media.parts import WHOLE
from storage.media import HASH_BYTES, PIECE_BYTES
from tests.installation import Installation
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.world.shelf import THUMB, Shelf

PART = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What a killed run had recorded, and how much had been asked for by then."""

    asked: int
    parts: dict[tuple[int, str], BitMap | None]
    """By the file's id and variant; None: the whole file."""

    @classmethod
    def by(cls, chatkeep: Installation, sandbox: Sandbox) -> Recorded:
        """Read it from the database that a killed run left."""
        parts: dict[tuple[int, str], BitMap | None] = {}
        query = "SELECT file_id, variant, state, parts FROM files WHERE state = ? OR parts <> x''"
        if chatkeep.database.exists():
            with closing(sqlite3.connect(chatkeep.database)) as database:
                for file_id, variant, state, bitmap in database.execute(query, ("kept",)):
                    whole = state == "kept" or bitmap.startswith(WHOLE)
                    parts[file_id, variant] = None if whole else BitMap.deserialize(bitmap)
        return cls(asked=len(sandbox.api.files.asked), parts=parts)

    def asked_again(self, sandbox: Sandbox) -> list[tuple[int, str, int]]:
        """Which of these parts were asked for later, by file and number."""
        shelf = sandbox.world.shelf
        whose = {
            (file_id, letter_of(shelf, file_id, variant)): (file_id, variant)
            for file_id, variant in self.parts
        }
        found = []
        for each in list(sandbox.api.files.asked)[self.asked :]:
            key = whose.get((each.file_id, each.letter))
            if key is None:
                continue
            bitmap, number = self.parts[key], each.offset // PART
            if bitmap is None or number in bitmap:
                found.append((*key, number))
        return found


def letter_of(shelf: Shelf, file_id: int, variant: str) -> str:
    """How requests name a variant: by the letter of a size."""
    shelved = shelf.find(file_id)
    assert shelved is not None, f"{file_id} was never shown"
    if variant == THUMB or (variant == "" and shelved.is_photo):
        return shelved.stills[-1]
    return variant


def left_behind(chatkeep: Installation) -> list[Path]:
    """Temporary files of downloads and exports."""
    return [
        path
        for place in (chatkeep.data_dir, chatkeep.export_dir)
        for path in place.rglob("*.part")
        if path.is_file()
    ]


def stored(chatkeep: Installation) -> set[bytes]:
    """The SHA-256 of every file in the store, each of which is compared with its name."""
    return set(_stored(chatkeep.data_dir / "media"))


def _stored(folder: Path) -> Iterator[bytes]:
    for path in folder.glob("??/*"):
        found = sha256(path.read_bytes())
        assert path.parent.name + path.name == found.hexdigest(), path
        assert path.stat().st_mode & 0o777 == 0o400, path
        yield found.digest()


def contents(chatkeep: Installation) -> set[bytes]:
    """The SHA-256 of every content that the database knows."""
    with closing(sqlite3.connect(chatkeep.database)) as database:
        return {sha for (sha,) in database.execute("SELECT sha256 FROM contents")}


def without_hashes(chatkeep: Installation) -> int:
    """How many contents could not be known again by Telegram's hashes."""
    with closing(sqlite3.connect(chatkeep.database)) as database:
        rows = database.execute("SELECT size_bytes, length(hashes) FROM contents").fetchall()
    return sum(length != -(-size_bytes // PIECE_BYTES) * HASH_BYTES for size_bytes, length in rows)
