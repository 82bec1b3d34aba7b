"""What every format's writer can do."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from pathlib import Path
from typing import ClassVar, Protocol

from exporter.records import Record
from exporter.writers.atomic import AtomicFile
from exporter.writers.part_lists import forget_parts
from storage.models import ChatInfo, Topic


@dataclass(frozen=True, slots=True)
class Statistic:
    """A picture of the chat's figures that lies in its folder."""

    title: str
    light: str
    """Paths within the folder, with slashes."""
    dark: str
    alt: str
    """What it shows, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What is known of a chat besides its messages."""

    own_ids: tuple[int, ...] = ()
    """The users whose accounts this archive is made with."""
    topics: tuple[Topic, ...] = ()
    """Of a forum; other chats have none."""
    language: str = "en"
    """Of the words around the messages, in formats that have any."""
    comments: bool = False
    """Whether those of a channel's posts are written into a folder of their own in this one."""
    stats: tuple[Statistic, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What lies in the folder when a format's file is finished."""

    files: tuple[str, ...] = ()
    """The names of the formats that were finished before."""
    avatars: Mapping[int, str] = field(default_factory=dict)
    """The paths of the photos that peers have now, by id."""


NOTHING_ELSE = Around()
ALONE = Beside()


class Writer(Protocol):
    """Writes one chat into a folder: begin, each message oldest first, end.

    It keeps nothing of what it wrote in memory. The finished file appears under its name at `end`;
    after `abort` nothing of the attempt is left, and what stood there before still stands.
    """

    def __init__(self, folder: Path, zone: tzinfo, /) -> None:
        """`zone` is where the reader lives, for formats with local dates."""

    def begin(self, chat: ChatInfo, around: Around = NOTHING_ELSE, /) -> None: ...

    def message(self, record: Record) -> None: ...

    def end(self, beside: Beside = ALONE, /) -> Path:
        """The path of the finished file."""

    def abort(self) -> None:
        """Harmless at any time, also twice."""


class OneFile(ABC):
    """A `Writer` of a single file; several of them, each with a name of its own, write one chat in
    parts (see `exporter.writers.parts`)."""

    file_name: ClassVar[str]
    """What the file is called when nobody wants another name."""

    def __init__(self, folder: Path, zone: tzinfo, /, *, name: str | None = None) -> None:
        self._file = AtomicFile(folder / (name or self.file_name))
        self._zone = zone
        self._is_whole = name is None

    @abstractmethod
    def begin(self, chat: ChatInfo, around: Around = NOTHING_ELSE, /) -> None:
        """Open the file and write what stands before the messages."""

    @abstractmethod
    def message(self, record: Record) -> None:
        """Append one message."""

    @property
    def size_bytes(self) -> int:
        """Of what was written so far."""
        return self._file.size_bytes

    def rest(self) -> None:
        """Hold no open file for now; the next message goes on."""
        self._file.rest()

    def end(self, _beside: Beside = ALONE, /) -> Path:
        """Put the file in its place; one that holds the whole chat takes that of its parts."""
        path = self._file.commit()
        if self._is_whole:
            forget_parts(path.parent, self.file_name)
        return path

    def abort(self) -> None:
        """Leave no trace."""
        self._file.discard()
