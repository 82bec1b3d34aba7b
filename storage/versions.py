"""What became of messages that are kept already: edits, whose earlier versions stay, and more."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import NamedTuple, Protocol

import aiosqlite
import orjson
from sqlalchemy import BindParameter, bindparam, func, literal_column, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.encoding import from_ms, moment, now_ms
from storage.models import MessageRow, MessageVersion
from storage.statements import as_sql, each_of
from storage.tables import message_versions, messages


class Version(Protocol):
    """A message as it is or was: its bytes, and the layer they were made by."""

    @property
    def layer(self) -> int: ...

    @property
    def tl(self) -> bytes: ...


IsEdit = Callable[[Version, Version], bool]
"""Whether the second is an edit of the first; else what changed is of the moment, such as
reactions and views."""

SPREAD = 4
"""Ids that lie further apart than this are looked up one by one, not as a span."""


class Known(NamedTuple):
    """What is kept of a message."""

    kind: str
    edited: int | None
    deleted_ms: int | None
    layer: int
    import_id: int | None
    tl: bytes


class Change(NamedTuple):
    """A message that is not as it was kept."""

    row: MessageRow
    before: Known
    is_edit: bool


async def known_among(
    sqlite: aiosqlite.Connection,
    chat_id: int,
    rows: Sequence[MessageRow],
    perhaps: Collection[int] | None,
) -> dict[int, Known]:
    """Look up which of these are kept, in one query; `perhaps` are the ids to look up."""
    ids = [row.id for row in rows if perhaps is None or row.id in perhaps]
    if not ids:
        return {}
    first, last = ids[0], ids[-1]
    if last - first < SPREAD * len(ids):
        found = await sqlite.execute_fetchall(
            KNOWN_IN_SPAN, {"chat": chat_id, "first": first, "last": last}
        )
    else:
        wanted = orjson.dumps(ids).decode()
        found = await sqlite.execute_fetchall(KNOWN_BY_ID, {"chat": chat_id, "ids": wanted})
    return {message_id: Known(*columns) for message_id, *columns in found}


def changes_among(
    rows: Sequence[MessageRow], known: Mapping[int, Known], is_edit: IsEdit
) -> list[Change]:
    """Tell what changed. An answer that is older than what is kept changes nothing.

    Bytes that this version of Chatkeep understands better than the last one are no edit, nor are
    Telegram's own in the place of imported ones. What is imported never replaces Telegram's, and
    of what was imported only what was edited since.
    """
    changes = []
    for row in rows:
        before = known.get(row.id)
        if before is None or _is_outdated(row, before):
            continue
        if row.import_id is not None:
            if before.import_id is not None and _is_later_edit(row, before):
                changes.append(Change(row, before, is_edit=True))
        elif before.import_id is not None:
            changes.append(Change(row, before, is_edit=_is_later_edit(row, before)))
        elif before.tl != row.tl:
            changes.append(Change(row, before, is_edit(before, row)))
        elif before.deleted_ms is not None or before.kind != row.kind:
            changes.append(Change(row, before, is_edit=False))
    return changes


def _is_outdated(row: MessageRow, before: Known) -> bool:
    """Tell whether this is how the message was before the edit that is kept."""
    if before.edited is None or (before.import_id is not None and row.import_id is None):
        return False
    return row.edited is None or int(row.edited.timestamp()) < before.edited


def _is_later_edit(row: MessageRow, before: Known) -> bool:
    return row.edited is not None and int(row.edited.timestamp()) > (before.edited or 0)


async def save_versions(
    sqlite: aiosqlite.Connection, chat_id: int, edited: Sequence[Change]
) -> None:
    """Set aside what is about to be replaced."""
    if edited:
        now = now_ms()
        await sqlite.executemany(
            SAVE_VERSION, [{"chat": chat_id, "message": c.row.id, "now": now} for c in edited]
        )


async def list_versions(
    connection: AsyncConnection, chat_id: int, first_id: int, last_id: int
) -> list[MessageVersion]:
    """The earlier versions of some messages, by id, of each the oldest first."""
    query = (
        select(message_versions)
        .where(
            message_versions.c.chat_id == chat_id,
            message_versions.c.id.between(first_id, last_id),
        )
        .order_by(message_versions.c.id, message_versions.c.replaced_ms)
    )
    return [
        MessageVersion(
            id=row.id,
            replaced=from_ms(row.replaced_ms),
            edited=moment(row.edited),
            kind=row.kind,
            layer=row.layer,
            tl=row.tl,
        )
        for row in await connection.execute(query)
    ]


def _saving() -> str:
    """Copy a message as it is kept; two versions of the same millisecond lie one apart."""
    behind_latest = (
        select(func.max(message_versions.c.replaced_ms) + literal_column("1"))
        .where(
            message_versions.c.chat_id == messages.c.chat_id,
            message_versions.c.id == messages.c.id,
        )
        .scalar_subquery()
    )
    now: BindParameter[int] = bindparam("now")
    before = select(
        messages.c.chat_id,
        messages.c.id,
        func.max(now, func.coalesce(behind_latest, now)),
        messages.c.edited,
        messages.c.kind,
        messages.c.layer,
        messages.c.tl,
    ).where(messages.c.chat_id == bindparam("chat"), messages.c.id == bindparam("message"))
    columns = [column.name for column in message_versions.c]
    return as_sql(insert(message_versions).from_select(columns, before))


_KNOWN = select(
    messages.c.id,
    messages.c.kind,
    messages.c.edited,
    messages.c.deleted_ms,
    messages.c.layer,
    messages.c.import_id,
    messages.c.tl,
).where(messages.c.chat_id == bindparam("chat"))
KNOWN_IN_SPAN = as_sql(_KNOWN.where(messages.c.id.between(bindparam("first"), bindparam("last"))))
KNOWN_BY_ID = as_sql(_KNOWN.where(messages.c.id.in_(each_of("ids"))))
SAVE_VERSION = _saving()
