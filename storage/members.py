"""Who is in a group or channel, as it was last asked."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.encoding import moment
from storage.models import Member
from storage.tables import members

ROLES = ("creator", "admin", "member")
"""In the order in which they are listed."""


async def save_members(connection: AsyncConnection, chat_id: int, listed: Sequence[Member]) -> None:
    """Replace a chat's list, in the caller's transaction."""
    await connection.execute(delete(members).where(members.c.chat_id == chat_id))
    rows = [
        {
            "chat_id": chat_id,
            "user_id": member.user_id,
            "role": member.role,
            "rank": member.rank,
            "joined": None if member.joined is None else int(member.joined.timestamp()),
        }
        for member in listed
    ]
    if rows:
        await connection.execute(insert(members), rows)


async def list_members(connection: AsyncConnection, chat_id: int) -> list[Member]:
    """A chat's list: the creator, the admins, all others; each by id."""
    query = select(members).where(members.c.chat_id == chat_id).order_by(members.c.user_id)
    found = [
        Member(user_id=row.user_id, role=row.role, rank=row.rank, joined=moment(row.joined))
        for row in await connection.execute(query)
    ]
    return sorted(found, key=lambda member: ROLES.index(member.role))
