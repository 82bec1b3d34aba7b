"""Users, groups and channels that appeared in answers, and which account can reach them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import aiosqlite
import orjson
from sqlalchemy import Row, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.encoding import from_ms, now_ms
from storage.models import Peer, PeerKind, PeerName
from storage.statements import as_sql, as_sql_in_order, each_of, replacing
from storage.tables import accounts, peer_access, peer_names, peers

IDS_A_QUERY = 1000


async def save_peers(sqlite: aiosqlite.Connection, account_id: int, seen: Sequence[Peer]) -> None:
    """Note peers as an account saw them, in the caller's transaction.

    A *min* object (https://core.telegram.org/api/min) never takes away a name, a username or an
    access hash that a whole one brought; nor does a name that is missing. What a peer was called
    before is noted.
    """
    if not seen:
        return
    ids = orjson.dumps([peer.peer_id for peer in seen]).decode()
    rows = await sqlite.execute_fetchall(KNOWN, {"ids": ids})
    known = {peer_id: Known(*columns) for peer_id, *columns in rows}
    now = now_ms()
    changed: dict[int, Known] = {}
    earlier: list[tuple[int, int, str | None, str | None]] = []
    for peer in seen:
        before = known.get(peer.peer_id)
        after = _seen_again(before, peer)
        if before == after:
            continue
        changed[peer.peer_id] = known[peer.peer_id] = after
        if before is not None and before.names != after.names and any(before.names):
            earlier.append((peer.peer_id, now, *before.names))
    if changed:
        await sqlite.executemany(SAVE_PEER, [(id_, *row, now) for id_, row in changed.items()])
    if earlier:
        await sqlite.executemany(SAVE_NAME, earlier)
    await _save_access(sqlite, account_id, seen, ids)


async def _save_access(
    sqlite: aiosqlite.Connection, account_id: int, seen: Sequence[Peer], ids: str
) -> None:
    rows = await sqlite.execute_fetchall(KNOWN_ACCESS, {"account": account_id, "ids": ids})
    known = {row[0]: row[1] for row in rows}
    changed = {
        peer.peer_id: peer.access_hash
        for peer in seen
        if peer.access_hash is not None and peer.access_hash != known.get(peer.peer_id)
    }
    if changed:
        await sqlite.executemany(SAVE_ACCESS, [(account_id, *pair) for pair in changed.items()])


class Known(NamedTuple):
    """What is kept of a peer."""

    kind: str
    name: str | None
    username: str | None
    is_bot: bool

    @property
    def names(self) -> tuple[str | None, str | None]:
        return self.name, self.username


def _seen_again(before: Known | None, peer: Peer) -> Known:
    """What to keep of a peer from now on."""
    seen = Known(peer.kind.value, peer.name, peer.username, peer.is_bot)
    if before is None:
        return seen
    if peer.access_hash is None:
        seen = seen._replace(
            username=seen.username or before.username, is_bot=seen.is_bot or bool(before.is_bot)
        )
    return seen._replace(name=before.name if seen.name is None else seen.name)


KNOWN = as_sql(
    select(peers.c.id, peers.c.kind, peers.c.name, peers.c.username, peers.c.is_bot).where(
        peers.c.id.in_(each_of("ids"))
    )
)
KNOWN_ACCESS = as_sql(
    select(peer_access.c.peer_id, peer_access.c.access_hash).where(
        peer_access.c.account_id == bindparam("account"),
        peer_access.c.peer_id.in_(each_of("ids")),
    )
)
SAVE_PEER = as_sql_in_order(replacing(peers))
SAVE_ACCESS = as_sql_in_order(replacing(peer_access))
SAVE_NAME = as_sql_in_order(replacing(peer_names))


async def list_names(connection: AsyncConnection, ids: Iterable[int]) -> dict[int, list[PeerName]]:
    """What these peers were called before, the oldest name first."""
    found: dict[int, list[PeerName]] = {}
    for part in _parts(ids):
        query = select(peer_names).where(peer_names.c.peer_id.in_(part))
        for row in await connection.execute(query.order_by(peer_names.c.until_ms)):
            name = PeerName(name=row.name, username=row.username, until=from_ms(row.until_ms))
            found.setdefault(row.peer_id, []).append(name)
    return found


async def own_ids(connection: AsyncConnection) -> list[int]:
    """The users whose accounts fetch, the oldest account first."""
    return list(await connection.scalars(select(accounts.c.user_id).order_by(accounts.c.id)))


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
    found: dict[int, Peer] = {}
    for part in _parts(ids):
        for row in await connection.execute(select(peers).where(peers.c.id.in_(part))):
            found[row.id] = _to_peer(row)
    return found


def _parts(ids: Iterable[int]) -> Iterator[list[int]]:
    wanted = sorted(set(ids))
    for start in range(0, len(wanted), IDS_A_QUERY):
        yield wanted[start : start + IDS_A_QUERY]


def _to_peer(row: Row[Any]) -> Peer:
    return Peer(
        peer_id=row.id,
        kind=PeerKind(row.kind),
        name=row.name,
        username=row.username,
        is_bot=row.is_bot,
    )
