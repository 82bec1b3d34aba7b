"""Users, groups and channels that appeared in answers, and which account can reach them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import aiosqlite
from sqlalchemy import BindParameter, Row, bindparam, case, func, or_, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.encoding import now_ms
from storage.models import Peer, PeerKind
from storage.statements import as_sql
from storage.tables import peer_access, peers

IDS_A_QUERY = 1000


async def save_peers(sqlite: aiosqlite.Connection, account_id: int, seen: Sequence[Peer]) -> None:
    """Note peers as an account saw them, in the caller's transaction.

    A *min* object (https://core.telegram.org/api/min) never takes away a name, a username or an
    access hash that a whole one brought; nor does a name that is missing.
    """
    if not seen:
        return
    now = now_ms()
    await sqlite.executemany(
        SAVE_PEER,
        [
            {
                "id": peer.peer_id,
                "kind": peer.kind.value,
                "name": peer.name,
                "username": peer.username,
                "is_bot": peer.is_bot,
                "changed_ms": now,
                "whole": peer.access_hash is not None,
            }
            for peer in seen
        ],
    )
    await sqlite.executemany(
        SAVE_ACCESS,
        [
            {"account_id": account_id, "peer_id": peer.peer_id, "access_hash": peer.access_hash}
            for peer in seen
            if peer.access_hash is not None
        ],
    )


def _save_peer() -> str:
    new = insert(peers)
    whole: BindParameter[bool] = bindparam("whole")
    changed = {
        "kind": new.excluded.kind,
        "name": func.coalesce(new.excluded.name, peers.c.name),
        "username": case(
            (whole, new.excluded.username),
            else_=func.coalesce(new.excluded.username, peers.c.username),
        ),
        "is_bot": case(
            (whole, new.excluded.is_bot), else_=func.max(new.excluded.is_bot, peers.c.is_bot)
        ),
    }
    return as_sql(
        new.on_conflict_do_update(
            index_elements=["id"],
            set_=changed | {"changed_ms": new.excluded.changed_ms},
            where=or_(*(peers.c[name].is_distinct_from(value) for name, value in changed.items())),
        )
    )


def _save_access() -> str:
    new = insert(peer_access)
    return as_sql(
        new.on_conflict_do_update(
            index_elements=["account_id", "peer_id"],
            set_={"access_hash": new.excluded.access_hash},
            where=peer_access.c.access_hash != new.excluded.access_hash,
        )
    )


SAVE_PEER = _save_peer()
SAVE_ACCESS = _save_access()


async def access_hash(connection: AsyncConnection, account_id: int, peer_id: int) -> int | None:
    """What this account needs to name the peer in a request."""
    query = select(peer_access.c.access_hash).where(
        peer_access.c.account_id == account_id, peer_access.c.peer_id == peer_id
    )
    return await connection.scalar(query)


async def peer_by_username(connection: AsyncConnection, username: str) -> Peer | None:
    """Who had this name last, as far as we saw; capitals do not matter."""
    query = (
        select(peers)
        .where(func.lower(peers.c.username) == username.removeprefix("@").lower())
        .order_by(peers.c.changed_ms.desc())
        .limit(1)
    )
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else _to_peer(row)


async def find_peers(connection: AsyncConnection, ids: Iterable[int]) -> dict[int, Peer]:
    """The peers with these ids, as far as they are known."""
    wanted = sorted(set(ids))
    found: dict[int, Peer] = {}
    for start in range(0, len(wanted), IDS_A_QUERY):
        part = wanted[start : start + IDS_A_QUERY]
        for row in await connection.execute(select(peers).where(peers.c.id.in_(part))):
            found[row.id] = _to_peer(row)
    return found


def _to_peer(row: Row[Any]) -> Peer:
    return Peer(
        peer_id=row.id,
        kind=PeerKind(row.kind),
        name=row.name,
        username=row.username,
        is_bot=row.is_bot,
    )
