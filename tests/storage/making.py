"""Records as the exporter would make them, for tests and measurements of the storage."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from storage.models import MediaRow, MessageRow, Page, Peer, PeerKind, Skipped

LAYER = 229
START = datetime(2024, 1, 1, tzinfo=UTC)
CHAT_ID = -1001234567890


def url_of(path: Path) -> str:
    return f"sqlite+aiosqlite:///{path}"


def message(
    message_id: int, *, kind: str = "text", tl: bytes | None = None, edited: datetime | None = None
) -> MessageRow:
    return MessageRow(
        id=message_id,
        date=START + timedelta(seconds=message_id),
        edited=edited,
        sender_id=1000 + message_id % 50,
        kind=kind,
        topic_id=None,
        reply_to_id=message_id - 1 or None,
        album_id=None,
        layer=LAYER,
        tl=tl_of(message_id) if tl is None else tl,
    )


def tl_of(message_id: int) -> bytes:
    """About 250 bytes, always the same ones for an id."""
    return message_id.to_bytes(4, "little") + _noise(message_id % 1009)


@cache
def _noise(seed: int) -> bytes:
    chance = random.Random(seed)
    return chance.randbytes(chance.randint(150, 350))


def user(peer_id: int, *, name: str | None = "Mia", **given: object) -> Peer:
    fields = {"username": None, "is_bot": False, "access_hash": peer_id * 7} | given
    return Peer(peer_id=peer_id, kind=PeerKind.USER, name=name, **fields)  # type: ignore[arg-type]


def photo(message_id: int, *, file_id: int | None = None) -> MediaRow:
    return MediaRow(
        message_id=message_id,
        kind="photo",
        file_id=message_id * 10 if file_id is None else file_id,
        dc_id=2,
        size_bytes=1000,
        mime_type="image/jpeg",
        file_name=None,
    )


def page_of(
    *messages: MessageRow,
    next_id: int | None = None,
    peers: tuple[Peer, ...] = (),
    media: tuple[MediaRow, ...] = (),
    skipped: tuple[Skipped, ...] = (),
) -> Page:
    return Page(
        messages=messages,
        peers=peers,
        media=media,
        skipped=skipped,
        next_id=messages[-1].id + 1 if next_id is None else next_id,
    )


def full_page(first_id: int, *, size: int = 100) -> Page:
    """A page as a busy group gives it: every fifth message has a photo, thirty people speak."""
    ids = range(first_id, first_id + size)
    return page_of(
        *(message(id_, kind="text" if id_ % 5 else "photo") for id_ in ids),
        peers=tuple(user(1000 + (first_id + n) % 50, username=f"mia{n}") for n in range(30)),
        media=tuple(photo(id_) for id_ in ids if id_ % 5 == 0),
    )
