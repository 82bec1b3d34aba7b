"""Chats, the topics of forums, and the dialogs of each account."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, asc, delete, func, nulls_last, select, update
from sqlalchemy.dialects.sqlite import Insert, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.models import Account, ChatInfo, Topic
from storage.tables import chats, dialogs, message_counts, topics

later = chats.alias()


async def save_chat(
    connection: AsyncConnection, chat: ChatInfo, *, is_forum: bool, members: int | None
) -> None:
    """Note a chat. A title or a number of members that is missing leaves what was known."""
    row = _chat_values(chat) | {"is_forum": is_forum, "members": members}
    await connection.execute(_saving(is_forum=True), [row])


def _chat_values(chat: ChatInfo) -> dict[str, object]:
    return {"id": chat.id, "title": chat.title, "type": chat.type, "username": chat.username}


def _saving(*, is_forum: bool) -> Insert:
    new = insert(chats)
    changed = {
        "title": func.coalesce(new.excluded.title, chats.c.title),
        "type": new.excluded.type,
        "username": new.excluded.username,
        "members": func.coalesce(new.excluded.members, chats.c.members),
    }
    if is_forum:
        changed["is_forum"] = new.excluded.is_forum
    return new.on_conflict_do_update(index_elements=["id"], set_=changed)


async def own_chat(connection: AsyncConnection, chat_id: int, user_id: int) -> int:
    """See `Archive.own_chat`; in the caller's transaction."""
    owned = (
        update(chats)
        .where(chats.c.id == chat_id)
        .values(owner_id=func.coalesce(chats.c.owner_id, user_id))
        .returning(chats.c.owner_id)
    )
    owner_id: int = (await connection.execute(owned)).scalar_one()
    return owner_id


async def get_chat(connection: AsyncConnection, chat_id: int) -> ChatInfo | None:
    row = (await connection.execute(select(chats).where(chats.c.id == chat_id))).one_or_none()
    return None if row is None else _to_chat(row)


async def list_chats(connection: AsyncConnection, query: str | None) -> list[ChatInfo]:
    """Every chat that was ever seen, by title."""
    found = [_to_chat(row) for row in await connection.execute(select(chats))]
    return sorted(
        (chat for chat in found if _matches(chat, query)),
        key=lambda chat: ((chat.title or "").casefold(), chat.id),
    )


async def save_dialogs(
    connection: AsyncConnection, account_id: int, listed: Sequence[ChatInfo]
) -> None:
    """Replace the dialogs of an account by these, the uppermost first."""
    await connection.execute(delete(dialogs).where(dialogs.c.account_id == account_id))
    by_id = {chat.id: chat for chat in listed}
    if not by_id:
        return
    unsaid = {"is_forum": False, "members": None}
    rows = [_chat_values(chat) | unsaid for chat in by_id.values()]
    await connection.execute(_saving(is_forum=False), rows)
    places = [
        {"account_id": account_id, "chat_id": chat_id, "position": position}
        for position, chat_id in enumerate(by_id)
    ]
    await connection.execute(insert(dialogs), places)


async def list_dialogs(
    connection: AsyncConnection, query: str | None, account_id: int | None
) -> list[ChatInfo]:
    """The chats that our accounts see (or this one), in Telegram's order, each once."""
    ordered = (
        select(chats)
        .join(dialogs, dialogs.c.chat_id == chats.c.id)
        .order_by(dialogs.c.account_id, dialogs.c.position)
    )
    if account_id is not None:
        ordered = ordered.where(dialogs.c.account_id == account_id)
    found = {row.id: _to_chat(row) for row in await connection.execute(ordered)}
    return [chat for chat in found.values() if _matches(chat, query)]


async def list_kept(connection: AsyncConnection, account: Account | None) -> list[ChatInfo]:
    """See `Archive.kept_chats`."""
    filled = select(message_counts.c.chat_id).where(message_counts.c.messages > 0)
    earlier = later.c.migrated_from == chats.c.id
    within = select(later.c.id).where(earlier).exists()
    holds = chats.c.id.in_(filled) | chats.c.migrated_from.in_(filled)
    seen = dialogs.c.chat_id == chats.c.id
    query = select(chats, func.min(dialogs.c.position).label("position")).where(holds, ~within)
    if account is None:
        query = query.join(dialogs, seen, isouter=True)
    else:
        query = query.join(
            dialogs, seen & (dialogs.c.account_id == account.id), isouter=True
        ).where(dialogs.c.account_id.is_not(None) | (chats.c.owner_id == account.user_id))
    rows = await connection.execute(
        query.group_by(chats.c.id).order_by(nulls_last(asc("position")), chats.c.id)
    )
    return [_to_chat(row) for row in rows]


async def save_topics(connection: AsyncConnection, chat_id: int, seen: Sequence[Topic]) -> None:
    """Note topics; those that are not among them stay as they were."""
    if not seen:
        return
    new = insert(topics)
    columns = ("title", "icon_emoji_id", "closed")
    await connection.execute(
        new.on_conflict_do_update(
            index_elements=["chat_id", "topic_id"],
            set_={name: new.excluded[name] for name in columns},
        ),
        [
            {
                "chat_id": chat_id,
                "topic_id": topic.topic_id,
                "title": topic.title,
                "icon_emoji_id": topic.icon_emoji_id,
                "closed": topic.closed,
            }
            for topic in seen
        ],
    )


async def list_topics(connection: AsyncConnection, chat_id: int) -> list[Topic]:
    query = select(topics).where(topics.c.chat_id == chat_id).order_by(topics.c.topic_id)
    return [
        Topic(
            topic_id=row.topic_id,
            title=row.title,
            icon_emoji_id=row.icon_emoji_id,
            closed=row.closed,
        )
        for row in await connection.execute(query)
    ]


def _matches(chat: ChatInfo, query: str | None) -> bool:
    """In Python, because SQLite knows no capitals outside ASCII."""
    if not query:
        return True
    wanted = query.strip().removeprefix("@").casefold()
    return wanted in (chat.title or "").casefold() or wanted in (chat.username or "").casefold()


def _to_chat(row: Row[Any]) -> ChatInfo:
    return ChatInfo(id=row.id, title=row.title, type=row.type, username=row.username)
