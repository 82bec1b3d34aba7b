"""Frozen accounts: https://core.telegram.org/api/auth#frozen-accounts"""

from __future__ import annotations

from typing import Any

import pytest
from telethon.tl import functions, types

from tests.sandbox.mtproto.calls import RpcFault
from tests.sandbox.world import World
from tests.sandbox.world.people import Freeze
from tests.test_sandbox.asking import Client, client_of

Config = functions.help.GetAppConfigRequest
Dialogs = functions.messages.GetDialogsRequest


@pytest.fixture
def world() -> World:
    world = World()
    world.owner.freeze = Freeze(since=1_700_000_000, until=1_702_592_000, refuses=(Dialogs,))
    return world


async def refused(client: Client, request: Any) -> str:
    with pytest.raises(RpcFault) as fault:
        await client(request)
    return f"{fault.value.code} {fault.value.message}"


async def told(client: Client) -> dict[str, Any]:
    answer = await client(Config(hash=0))
    return {entry.key: entry.value.value for entry in answer.config.value}


async def test_the_client_configuration_tells_only_the_frozen_account(world: World) -> None:
    second = world.add_account("15550002222")
    theirs = await told(client_of(world))
    others = await told(Client(world, second))

    assert theirs["freeze_since_date"] == 1_700_000_000
    assert theirs["freeze_until_date"] == 1_702_592_000
    assert theirs["freeze_appeal_url"].startswith("https://t.me/spambot")
    assert not [key for key in others if key.startswith("freeze_")]


async def test_it_reads_where_it_is_a_member_and_nowhere_else(world: World) -> None:
    mine = world.add_supergroup("Mine", messages=3)
    other = world.add_channel("Other", "other", messages=3)
    other.members.remove(world.owner.id)
    client = client_of(world)
    ids = [types.InputMessageID(1)]

    read = await client(functions.channels.GetMessagesRequest(client.channel(mine), ids))

    assert [message.id for message in read.messages] == [1]
    request = functions.channels.GetMessagesRequest(client.channel(other), ids)
    assert await refused(client, request) == "400 FROZEN_PARTICIPANT_MISSING"


async def test_actions_are_refused_with_a_420_that_is_no_wait(world: World) -> None:
    client = client_of(world)
    request = Dialogs(
        offset_date=None, offset_id=0, offset_peer=types.InputPeerEmpty(), limit=10, hash=0
    )

    assert await refused(client, request) == "420 FROZEN_METHOD_INVALID"
