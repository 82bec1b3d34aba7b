"""What proves that a chat's archive is complete: what was asked for, the holes, the receipts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import orjson
from pyroaring import BitMap
from sqlalchemy import or_, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.encoding import now_ms, to_text
from storage.ranges import IMPORT
from storage.tables import holes, ranges, receipts


class Fate(StrEnum):
    """What became of an id that holds no message."""

    DELETED = "deleted"
    """Telegram says there is no such message (any more)."""
    NOT_VISIBLE = "not visible"
    """It lies in history that is hidden from the account, or Telegram gave no answer about it."""
    FAILED = "failed"
    """Asking for it failed; the next export asks again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Consecutive ids, both ends included."""

    first_id: int
    last_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Which ids were to be fetched, and which were; only by sources that give every message."""

    wanted: tuple[Stretch, ...]
    """Neighbours joined, the lowest first."""
    fetched: tuple[Stretch, ...]
    """With what imports cover."""
    imported: tuple[Stretch, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The completeness of one chat's archive, as of a moment."""

    chat_id: int
    made_at: datetime
    kept: int
    """Messages that the archive holds, by its rows."""
    tallied: int
    """Those that were ever put in and not taken out, as counted in the same transactions."""
    gone: int
    """Those among them that were deleted at Telegram after they were kept."""
    wanted: tuple[Stretch, ...]
    fetched: tuple[Stretch, ...]
    """As in `Coverage`; one stretch from 1 up when all pages join."""
    own_ids: bool
    """The ids are the chat's own (channels, supergroups), so that every one can be explained;
    else they are numbered by account, and holes belong to its other chats."""
    deleted: int
    not_visible: int
    failed: int
    """Ids without a message, by fate; 0 where ids are not the chat's own."""
    unexplained: int
    """Ids that were fetched over, hold no message and were not asked for by id."""
    counted: int | None
    """How many messages Telegram says there are: approximate."""
    imported: int = 0
    """Messages among those kept that came from an import and are not Telegram's own yet."""
    trusted: tuple[Stretch, ...] = ()
    """Where only an import says that nothing is missing: none in channels and supergroups, in
    which Telegram explains each missing id."""


async def coverage(connection: AsyncConnection, chat_id: int) -> Coverage:
    """What the ranges say of a chat."""
    query = (
        select(ranges.c.first_id, ranges.c.last_id, ranges.c.next_id, ranges.c.source)
        .where(
            ranges.c.chat_id == chat_id,
            or_(ranges.c.source.is_(None), ranges.c.source == IMPORT),
        )
        .order_by(ranges.c.first_id)
    )
    rows = (await connection.execute(query)).all()
    return Coverage(
        wanted=joined((row.first_id, row.last_id) for row in rows),
        fetched=joined((row.first_id, min(row.last_id, row.next_id - 1)) for row in rows),
        imported=joined((row.first_id, row.last_id) for row in rows if row.source == IMPORT),
    )


def joined(stretches: Iterable[tuple[int, int]]) -> tuple[Stretch, ...]:
    """Join neighbours and overlaps; `stretches` come by their first ids, empty ones are dropped."""
    found: list[Stretch] = []
    for first_id, last_id in stretches:
        if last_id < first_id:
            continue
        if found and first_id <= found[-1].last_id + 1:
            before = found.pop()
            first_id, last_id = before.first_id, max(before.last_id, last_id)  # noqa: PLW2901
        found.append(Stretch(first_id=first_id, last_id=last_id))
    return tuple(found)


def ids_of(stretches: Sequence[Stretch]) -> BitMap:
    """All ids in some stretches."""
    found = BitMap()
    for stretch in stretches:
        found.add_range(stretch.first_id, stretch.last_id + 1)
    return found


async def load_holes(connection: AsyncConnection, chat_id: int) -> dict[Fate, BitMap]:
    """The ids of every fate."""
    found = {fate: BitMap() for fate in Fate}
    query = select(holes.c.fate, holes.c.ids).where(holes.c.chat_id == chat_id)
    for row in await connection.execute(query):
        found[Fate(row.fate)] = BitMap.deserialize(row.ids)
    return found


async def note_holes(
    connection: AsyncConnection, chat_id: int, found: Mapping[Fate, Iterable[int]]
) -> None:
    """Note what became of ids; an id has one fate, the latest."""
    known = await load_holes(connection, chat_id)
    new = {fate: BitMap(ids) for fate, ids in found.items()}
    told = BitMap.union(*new.values()) if new else BitMap()
    for fate, before in known.items():
        after = (before - told) | new.get(fate, BitMap())
        if after == before:
            continue
        row = insert(holes).values(chat_id=chat_id, fate=fate.value, ids=_packed(after))
        await connection.execute(
            row.on_conflict_do_update(
                index_elements=["chat_id", "fate"], set_={"ids": row.excluded.ids}
            )
        )


def _packed(ids: BitMap) -> bytes:
    ids.run_optimize()
    return ids.serialize()


async def save_receipt(connection: AsyncConnection, job_id: int, receipt: Receipt) -> None:
    """Store a job's receipt of a chat in the place of an earlier one."""
    row = insert(receipts).values(
        job_id=job_id, chat_id=receipt.chat_id, receipt=to_text(receipt), made_ms=now_ms()
    )
    changed = {name: row.excluded[name] for name in ("receipt", "made_ms")}
    await connection.execute(
        row.on_conflict_do_update(index_elements=["job_id", "chat_id"], set_=changed)
    )


async def latest_receipt(connection: AsyncConnection, chat_id: int) -> Receipt | None:
    """The newest receipt of a chat."""
    query = (
        select(receipts.c.receipt)
        .where(receipts.c.chat_id == chat_id)
        .order_by(receipts.c.made_ms.desc(), receipts.c.job_id.desc())
        .limit(1)
    )
    text = await connection.scalar(query)
    return None if text is None else _to_receipt(text)


def _to_receipt(text: str) -> Receipt:
    fields = orjson.loads(text)
    stretches = {
        name: tuple(Stretch(**one) for one in fields.get(name, ()))
        for name in ("wanted", "fetched", "trusted")
    }
    made_at = datetime.fromisoformat(fields["made_at"])
    return Receipt(**fields | stretches | {"made_at": made_at})
