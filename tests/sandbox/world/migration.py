"""How a basic group becomes a supergroup: https://core.telegram.org/api/channel#migration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telethon.tl import types

from tests.sandbox.world.channels import Channel
from tests.sandbox.world.groups import BasicGroup
from tests.sandbox.world.history import History

if TYPE_CHECKING:
    from tests.sandbox.world.world import World


def migrate(world: World, group: BasicGroup, *, number: int, username: str | None) -> Channel:
    """The supergroup that `group` becomes; the group's messages stay where they are.

    Raises:
        ValueError: the group is one already.
    """
    if group.migrated_to is not None:
        raise ValueError(f"{group.title} became a supergroup before")
    creator = group.members[0]
    chat = Channel(
        world,
        number=number,
        title=group.title,
        username=username,
        broadcast=False,
        members=group.members,
        history=History(),
    )
    moved = group.post(
        types.MessageService(
            id=0,
            peer_id=types.PeerUser(0),
            from_id=types.PeerUser(creator),
            action=types.MessageActionChatMigrateTo(channel_id=chat.id),
        )
    )
    chat.post(
        types.MessageService(
            id=0,
            peer_id=types.PeerUser(0),
            from_id=types.PeerUser(creator),
            action=types.MessageActionChannelMigrateFrom(title=group.title, chat_id=group.id),
        ),
        date=int(group.message(moved).date.timestamp()),
    )
    group.migrated_to, chat.migrated_from = chat, group
    return chat
