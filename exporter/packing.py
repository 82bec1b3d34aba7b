"""Packs an export into zips that fit into messages, each of which opens by itself on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from exporter.errors import JobError
from storage.wording import Sentence

TEXTS = frozenset({".json", ".jsonl", ".html", ".js", ".css", ".csv", ".md", ".txt"})
"""What is worth compressing; photos and videos are compressed already."""
WITHOUT_MEDIA = frozenset({"data", "reader"})
"""Folders with what the reader needs first."""
ENTRY_BYTES = 30 + 46 + 2 * 20 + 24
"""Of a zip for each file, besides twice its name: two headers, and what large files need.
https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT"""
END_BYTES = 22 + 76
"""Of a zip after all files."""
GROWTH = 1.001
"""What cannot be compressed grows by less than that."""
COPY_BYTES = 1024 * 1024


def how_to_join(name: str, pieces: int) -> str:
    """What stands below each piece of a file that is too large."""
    return Sentence(
        "This file is larger than a message may be, so it comes in {pieces} pieces. Put them into"
        " one folder and join them: cat '{name}.'* > '{name}' (Windows: copy /b {name}.* {name}),"
        " or open {name}.001 with 7-Zip.",
        name=name,
        pieces=pieces,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One file to send."""

    path: Path
    size_bytes: int
    note: str | None = None
    """How to join it, when it is a piece of a file that is too large."""


def key_of(folder: Path, limit_bytes: int) -> str:
    """Name what would be packed: the same for a folder in which nothing has changed."""
    digest = sha256(str(limit_bytes).encode())
    for path in files_of(folder):
        status = path.stat()
        name = path.relative_to(folder).as_posix()
        digest.update(f"\0{name}\0{status.st_size}\0{status.st_mtime_ns}".encode())
    return digest.hexdigest()


def files_of(folder: Path) -> list[Path]:
    """The files to pack: those of the chat first, then its media; nothing hidden, no links."""

    def place(path: Path) -> tuple[int, Path]:
        parts = path.relative_to(folder).parts
        return (1 if parts[0] in WITHOUT_MEDIA else len(parts)), path

    found = [
        path
        for path in folder.rglob("*")
        if path.is_file()
        and not path.is_symlink()
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    ]
    return sorted(found, key=place)


class _Zip:
    """A zip that is being filled."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._zip = ZipFile(path, "w")

    @property
    def size_bytes(self) -> int:
        """What it would take if it were closed now: its files, and the list of them."""
        names = (len(each.filename.encode()) for each in self._zip.filelist)
        return self._zip.start_dir + sum(ENTRY_BYTES + name for name in names) + END_BYTES

    def add(self, path: Path, name: str) -> None:
        _write(self._zip, path, name)

    def close(self) -> Part:
        self._zip.close()
        return Part(path=self.path, size_bytes=self.path.stat().st_size)


class Packing:
    """Writes files of a folder into zips, one file after another."""

    def __init__(self, folder: Path, outbox: Path, limit_bytes: int) -> None:
        """Each zip has at most `limit_bytes`, and lies in `outbox`, which is made if need be."""
        outbox.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = folder
        self._outbox = outbox
        self._limit_bytes = limit_bytes
        self._zip: _Zip | None = None
        self._parts: list[list[Part]] = []
        """A zip each; several parts are the pieces of one."""

    def add(self, path: Path) -> None:
        """Pack a file.

        A single one that is larger than a zip may be, even when compressed, gets a zip of its
        own, cut into pieces that must be joined.

        Raises:
            OSError: the disk is full, or the file cannot be read.
        """
        name = path.relative_to(self._folder).as_posix()
        most = path.stat().st_size * GROWTH + ENTRY_BYTES + 2 * len(name.encode())
        if self._zip is None or self._zip.size_bytes + most > self._limit_bytes:
            self._close()
            if most + END_BYTES > self._limit_bytes:
                self._add_large(path, name)
                return
            self._zip = _Zip(self._new_path())
        self._zip.add(path, name)

    def _add_large(self, path: Path, name: str) -> None:
        """One that may not fit into any message: in a zip of its own, in pieces if need be."""
        own = _Zip(self._new_path())
        own.add(path, name)
        whole = own.close()
        if whole.size_bytes <= self._limit_bytes:
            self._parts.append([whole])
            return
        pieces = list(_cut(whole.path, self._limit_bytes))
        self._parts.append([Part(path=each, size_bytes=each.stat().st_size) for each in pieces])
        whole.path.unlink()

    def _new_path(self) -> Path:
        return self._outbox / f".{len(self._parts) + 1}.zip.part"

    def _close(self) -> None:
        """End the zip that is being filled, if there is one."""
        if self._zip is not None:
            self._parts.append([self._zip.close()])
            self._zip = None

    def finish(self, name: str) -> list[Part]:
        """End the last zip, and call them all `name`, with `(1 of 3)` where there are several.

        Raises:
            JobError: nothing was packed.
        """
        self._close()
        if not self._parts:
            raise JobError(
                Sentence("There is nothing to send in {folder}.", folder=str(self._folder))
            )
        return _named(self._parts, name)

    def discard(self) -> None:
        """Remove what was written."""
        self._close()
        for path in self._outbox.glob(".*.zip.part*"):
            path.unlink()


def _write(packed: ZipFile, path: Path, name: str) -> None:
    how = ZIP_DEFLATED if path.suffix.lower() in TEXTS else ZIP_STORED
    packed.write(path, name, compress_type=how)


def _cut(whole: Path, limit_bytes: int) -> Iterator[Path]:
    with whole.open("rb") as source:
        number = 0
        while block := source.read(min(COPY_BYTES, limit_bytes)):
            number += 1
            piece = whole.with_name(f"{whole.name}.{number:03}")
            with piece.open("wb") as target:
                left_bytes = limit_bytes
                while block:
                    target.write(block)
                    left_bytes -= len(block)
                    block = source.read(min(COPY_BYTES, left_bytes)) if left_bytes else b""
            yield piece


def _named(zips: list[list[Part]], name: str) -> list[Part]:
    """Give all parts their final names."""
    named: list[Part] = []
    for number, parts in enumerate(zips, start=1):
        whole = f"{name} ({number} of {len(zips)}).zip" if len(zips) > 1 else f"{name}.zip"
        for piece, part in enumerate(parts, start=1):
            cut = len(parts) > 1
            path = part.path.with_name(f"{whole}.{piece:03}" if cut else whole)
            part.path.replace(path)
            note = how_to_join(whole, len(parts)) if cut else None
            named.append(replace(part, path=path, note=note))
    return named
