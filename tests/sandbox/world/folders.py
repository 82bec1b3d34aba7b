"""Folders of chats, https://core.telegram.org/api/folders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

FLAGS = (
    "contacts",
    "non_contacts",
    "groups",
    "broadcasts",
    "bots",
    "exclude_muted",
    "exclude_read",
    "exclude_archived",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """A folder that an account made; the numbers of chats are marked."""

    id: int
    """2 or more: 0 and 1 are the list of all chats and the archive."""
    title: str
    include: Sequence[int] = ()
    pinned: Sequence[int] = ()
    exclude: Sequence[int] = ()
    flags: frozenset[str] = frozenset()
    """Those of `FLAGS` that are set."""
    shared: bool = False
    """Imported by a link: a list of chats and nothing else."""
