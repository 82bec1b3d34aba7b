"""What happened meanwhile: https://core.telegram.org/api/updates."""

from __future__ import annotations

from typing import Any

import pytest
from telethon.tl import functions, types

from tests.sandbox.mtproto.calls import RpcFault
from tests.sandbox.world import World
from tests.sandbox.world.channels import Channel
from tests.sandbox.world.news import REMEMBERED
from tests.test_sandbox.asking import Client, client_of

state = functions.updates.GetStateRequest


@pytest.fixture
def world() -> World:
    return World()


def since(pts: int) -> Any:
    return functions.updates.GetDifferenceRequest(pts=pts, date=None, qts=0)


def in_channel(client: Client, chat: Channel, pts: int, limit: int = 100) -> Any:
    return functions.updates.GetChannelDifferenceRequest(
        channel=client.channel(chat),
        filter=types.ChannelMessagesFilterEmpty(),
        pts=pts,
        limit=limit,
    )


async def pts_of(client: Client, chat: Channel) -> int:
    full = await client(functions.channels.GetFullChannelRequest(channel=client.channel(chat)))
    pts: int = full.full_chat.pts
    return pts


async def test_a_channel_tells_what_came_changed_and_went(world: World) -> None:
    chat = world.add_supergroup(messages=5)
    client = client_of(world)
    before = await pts_of(client, chat)

    chat.post("new")
    chat.edit(2, "changed")
    chat.delete(3, 4)
    told = await client(in_channel(client, chat, before))

    assert [(message.id, message.message) for message in told.new_messages] == [(6, "new")]
    edited, deleted = told.other_updates
    assert (edited.message.id, edited.message.message) == (2, "changed")
    assert (deleted.channel_id, deleted.messages, deleted.pts_count) == (chat.id, [3, 4], 2)
    assert (told.final, told.pts) == (True, before + 4)
    after = await client(in_channel(client, chat, told.pts))
    assert isinstance(after, types.updates.ChannelDifferenceEmpty)


async def test_a_channels_news_come_in_parts(world: World) -> None:
    chat = world.add_supergroup()
    client = client_of(world)
    pts = await pts_of(client, chat)
    for number in range(5):
        chat.post(f"number {number}")

    heard: list[int] = []
    final = None
    while not final:
        told = await client(in_channel(client, chat, pts, limit=2))
        heard += [message.id for message in told.new_messages]
        pts, final = told.pts, told.final

    assert heard == chat.message_ids


async def test_who_was_away_for_too_long_must_load_the_channel_anew(world: World) -> None:
    chat = world.add_supergroup()
    client = client_of(world)
    before = await pts_of(client, chat)
    for _ in range(REMEMBERED + 1):
        chat.post("so much")

    told = await client(in_channel(client, chat, before))

    assert isinstance(told, types.updates.ChannelDifferenceTooLong)
    assert told.dialog.top_message == REMEMBERED + 1
    assert told.dialog.pts == await pts_of(client, chat)


async def test_an_account_hears_of_all_its_private_chats_and_groups(world: World) -> None:
    private = world.add_private_chat(world.add_user("Anna"), messages=3)
    group = world.add_basic_group(messages=3)
    world.add_supergroup().post("not here")
    client = client_of(world)
    before = (await client(state())).pts

    first = private.post("to you")
    second = group.post("to all")
    group.delete(group.message_ids[0])
    told = await client(since(before))

    assert [message.id for message in told.new_messages] == [first, second]
    (deleted,) = told.other_updates
    assert isinstance(deleted, types.UpdateDeleteMessages)
    assert told.state.pts == (await client(state())).pts == before + 3
    assert isinstance(await client(since(told.state.pts)), types.updates.DifferenceEmpty)


async def test_a_message_that_is_gone_again_is_told_as_gone_only(world: World) -> None:
    chat = world.add_supergroup()
    client = client_of(world)
    before = await pts_of(client, chat)
    chat.delete(chat.post("oops"))

    told = await client(in_channel(client, chat, before))

    assert told.new_messages == []
    assert [update.messages for update in told.other_updates] == [[1]]


async def test_news_since_nothing_are_refused(world: World) -> None:
    client = client_of(world)
    chat = world.add_channel()

    with pytest.raises(RpcFault, match="PERSISTENT_TIMESTAMP_EMPTY"):
        await client(since(0))
    with pytest.raises(RpcFault, match="PERSISTENT_TIMESTAMP_EMPTY"):
        await client(in_channel(client, chat, 0))
