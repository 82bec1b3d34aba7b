"""What every format's writer can do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from pathlib import Path
from typing import Protocol

from exporter.records import Record
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
