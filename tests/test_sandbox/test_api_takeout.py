"""Data exports: https://core.telegram.org/api/takeout."""

from __future__ import annotations

from typing import Any

import pytest
from telethon.tl import functions, types

from tests.sandbox.api.takeout import MAX_ID
from tests.sandbox.mtproto.calls import RpcFault
from tests.sandbox.world import World
from tests.test_sandbox.asking import Client, client_of

Init = functions.account.InitTakeoutSessionRequest
Finish = functions.account.FinishTakeoutSessionRequest
Splits = functions.messages.GetSplitRangesRequest


@pytest.fixture
def world() -> World:
    return World()


def in_takeout(number: int, query: Any) -> Any:
    return functions.InvokeWithTakeoutRequest(takeout_id=number, query=query)


def in_range(number: int, low: int, high: int, query: Any) -> Any:
    ranged = functions.InvokeWithMessagesRangeRequest(
        range=types.MessageRange(min_id=low, max_id=high), query=query
    )
    return in_takeout(number, ranged)


def history(client: Client, chat: Any, *, limit: int = 100, offset_id: int = 0) -> Any:
    return functions.messages.GetHistoryRequest(
        peer=client.peer(chat),
        offset_id=offset_id,
        offset_date=None,
        add_offset=0,
        limit=limit,
        max_id=0,
        min_id=0,
        hash=0,
    )


async def refused(client: Client, request: Any) -> str:
    with pytest.raises(RpcFault) as told:
        await client(request)
    return f"{told.value.code} {told.value.message}"


async def test_a_takeout_shows_messages_until_it_is_finished(world: World) -> None:
    chat = world.add_supergroup(messages=3)
    client = client_of(world)
    takeout = await client(Init(message_megagroups=True, files=True, file_max_size=1024))

    page = await client(in_takeout(takeout.id, history(client, chat)))
    finished = await client(in_takeout(takeout.id, Finish(success=True)))

    assert [message.id for message in page.messages] == [3, 2, 1]
    assert finished is True
    assert await refused(client, in_takeout(takeout.id, history(client, chat))) == (
        "400 TAKEOUT_INVALID"
    )


async def test_finishing_outside_is_refused(world: World) -> None:
    client = client_of(world)
    await client(Init(message_users=True))

    assert await refused(client, Finish(success=True)) == "403 TAKEOUT_REQUIRED"
    assert await refused(client, Splits()) == "403 TAKEOUT_REQUIRED"


async def test_a_second_takeout_ends_the_first(world: World) -> None:
    client = client_of(world)
    first = await client(Init(message_users=True))
    second = await client(Init(message_users=True))

    assert await refused(client, in_takeout(first.id, Splits())) == "400 TAKEOUT_INVALID"
    assert await client(in_takeout(second.id, Splits()))


async def test_the_id_of_another_account_is_refused(world: World) -> None:
    takeout = await client_of(world)(Init(message_users=True))
    other = Client(world, world.add_account("15550100002"))

    assert await refused(other, in_takeout(takeout.id, Splits())) == "400 TAKEOUT_INVALID"


async def test_a_delayed_takeout_opens_when_the_owner_allows_it(world: World) -> None:
    client = client_of(world)
    world.owner.takeout.delay(86_400)

    assert await refused(client, Init(message_users=True)) == "420 TAKEOUT_INIT_DELAY_86400"
    world.owner.takeout.refuse()
    assert (await refused(client, Init(message_users=True))).startswith("420 TAKEOUT_INIT_DELAY_")
    world.owner.takeout.allow()
    assert (await client(Init(message_users=True))).id


async def test_a_delay_passes_by_itself(world: World) -> None:
    client = client_of(world)
    world.owner.takeout.delay(0.001)
    assert await refused(client, Init()) == "420 TAKEOUT_INIT_DELAY_1"

    while world.owner.takeout.wait_s():
        pass

    assert (await client(Init())).id


async def test_a_takeout_without_the_flag_of_a_chat_does_not_show_it(world: World) -> None:
    client = client_of(world)
    takeout = await client(Init(message_users=True, message_chats=True, message_channels=True))
    chat = world.add_supergroup(messages=1)

    refusal = await refused(client, in_takeout(takeout.id, history(client, chat)))

    assert refusal == "400 TAKEOUT_INVALID"


async def test_a_takeout_shows_nothing_of_a_protected_chat(world: World) -> None:
    chat = world.add_channel(messages=4)
    chat.noforwards = True
    client = client_of(world)
    takeout = await client(Init(message_channels=True))

    inside = await client(in_takeout(takeout.id, history(client, chat)))
    outside = await client(history(client, chat))

    assert (inside.count, inside.messages) == (0, [])
    assert outside.count == len(outside.messages) == 4


async def test_split_ranges_share_out_the_messages_of_a_private_chat(world: World) -> None:
    chat = world.add_private_chat(world.add_user("Anna"), messages=60)
    ids = chat.message_ids
    world.owner.splits = (ids[20], ids[45])
    client = client_of(world)
    takeout = await client(Init(message_users=True))

    ranges = await client(in_takeout(takeout.id, Splits()))
    pages = [
        await client(in_range(takeout.id, each.min_id, each.max_id, history(client, chat)))
        for each in ranges
    ]

    assert [(each.min_id, each.max_id) for each in ranges] == [
        (1, ids[20] - 1),
        (ids[20], ids[45] - 1),
        (ids[45], MAX_ID),
    ]
    assert [[message.id for message in page.messages] for page in pages] == [
        ids[:20][::-1],
        ids[20:45][::-1],
        ids[45:][::-1],
    ]


async def test_a_page_in_a_range_counts_from_the_ranges_newest_message(world: World) -> None:
    chat = world.add_private_chat(world.add_user("Anna"), messages=60)
    ids = chat.message_ids
    client = client_of(world)
    takeout = await client(Init(message_users=True))

    page = await client(
        in_range(takeout.id, ids[10], ids[29], history(client, chat, limit=5, offset_id=ids[25]))
    )

    assert [message.id for message in page.messages] == ids[20:25][::-1]
    assert page.count == 20


async def test_a_channel_stands_in_the_last_range_only(world: World) -> None:
    chat = world.add_channel(messages=5)
    client = client_of(world)
    takeout = await client(Init(message_channels=True))

    first = await client(in_range(takeout.id, 1, 3, history(client, chat)))
    last = await client(in_range(takeout.id, 4, MAX_ID, history(client, chat)))

    assert (len(first.messages), len(last.messages)) == (0, 5)
