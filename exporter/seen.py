"""Which messages were perhaps kept before: a Bloom filter asks, the database decides.

The filter is never wrong about "certainly new" as far as it was told; "perhaps seen" is looked up
in the database before anything is believed. So a false positive costs a look-up and never a
message, and a filter that missed something (another process kept it meanwhile) costs a second
look: see `Archive.keep`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import structlog
from rbloom import Bloom

from exporter.config import FilterSizes
from storage.archive import Archive
from storage.snapshots import SnapshotUnusable, read_snapshot, write_snapshot

FALSE_POSITIVES = 0.01
KIND = "seen ids, splitmix64"
"""Names the hash too: a filter made with another one would deny what it has seen."""
IDS_AT_ONCE = 20_000
"""Ids added between two turns of the event loop: about 5 ms."""

log = structlog.get_logger()


class Seen:
    """The ids of one chat that were kept, approximately."""

    def __init__(
        self,
        capacity: int,
        *,
        false_positive_rate: float = FALSE_POSITIVES,
        saved: bytes | None = None,
    ) -> None:
        self.capacity = capacity
        """For how many ids the rate of false positives holds."""
        self._filter = (
            Bloom(capacity, false_positive_rate, _spread)
            if saved is None
            else Bloom.load_bytes(saved, _spread)
        )

    def add(self, ids: Iterable[int]) -> None:
        """Remember ids, once their messages are kept for good."""
        self._filter.update(ids)

    def perhaps(self, ids: Iterable[int]) -> frozenset[int]:
        """Return those that may have been added; all others certainly were not."""
        return frozenset(id_ for id_ in ids if id_ in self._filter)

    def save(self) -> bytes:
        """What `saved` takes."""
        return self._filter.save_bytes()


@asynccontextmanager
async def seen_ids(
    archive: Archive, chat_id: int, *, expected: int, folder: Path, sizes: FilterSizes
) -> AsyncIterator[Seen]:
    """Open a chat's filter: from its snapshot in `folder`, else from the database.

    A snapshot is written at the end, unless the block raises: then the archive has outgrown the
    one on disk, which the next one notices by the count. `expected` is how many messages the
    chat may come to.
    """
    path = folder / f"{chat_id}.seen"
    held = await _mark(archive, chat_id)
    wanted = sizes.capacity(max(expected, held["kept"]))
    seen = _from_snapshot(path, chat_id, held, wanted)
    if seen is None:
        seen = await rebuilt(archive, chat_id, Seen(wanted))
    yield seen
    mark = await _mark(archive, chat_id)
    try:
        write_snapshot(
            path, KIND, {"chat": chat_id, **mark, "capacity": seen.capacity, "filter": seen.save()}
        )
    except OSError as error:  # a cache: what it says stands in the database
        log.warning("snapshot of seen ids not written", chat=chat_id, reason=str(error))


async def rebuilt(archive: Archive, chat_id: int, empty: Seen) -> Seen:
    """Fill a filter with what the database holds of a chat: about 1.5 s a million."""
    ids = (await archive.evidence.kept_ids(chat_id)).to_array()
    for start in range(0, len(ids), IDS_AT_ONCE):
        empty.add(ids[start : start + IDS_AT_ONCE])
        await asyncio.sleep(0)
    return empty


def _from_snapshot(path: Path, chat_id: int, held: dict[str, int], wanted: int) -> Seen | None:
    try:
        content = read_snapshot(path, KIND)
        return None if content is None else _checked(content, chat_id, held, wanted)
    except (SnapshotUnusable, OSError, ValueError, KeyError, TypeError) as error:
        log.info("seen ids are rebuilt from the database", chat=chat_id, reason=str(error))
        return None


def _checked(content: dict[str, Any], chat_id: int, held: dict[str, int], wanted: int) -> Seen:
    if content["chat"] != chat_id:
        raise SnapshotUnusable(f"it is of chat {content['chat']}")
    if any(content[name] != value for name, value in held.items()):
        raise SnapshotUnusable("the archive has changed since it was made")
    if content["capacity"] < wanted:
        raise SnapshotUnusable("the chat has outgrown it")
    return Seen(content["capacity"], saved=content["filter"])


async def _mark(archive: Archive, chat_id: int) -> dict[str, int]:
    """What a snapshot must agree on with the database."""
    return {"kept": await archive.count(chat_id), "top": await archive.top_id(chat_id)}


def _spread(message_id: int) -> int:
    """A 64-bit hash that is the same in every process: the finaliser of splitmix64."""
    value = (message_id ^ message_id >> 30) * 0xBF58476D1CE4E5B9 & 0xFFFFFFFFFFFFFFFF
    value = (value ^ value >> 27) * 0x94D049BB133111EB & 0xFFFFFFFFFFFFFFFF
    return value ^ value >> 31
