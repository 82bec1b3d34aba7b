"""Chats that change, move and are discussed."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from telethon.tl import functions, types

from tests.sandbox.mtproto.calls import RpcFault
from tests.sandbox.world import World
from tests.sandbox.world.channels import Channel
from tests.sandbox.world.chats import Chat
from tests.test_sandbox.asking import Client, client_of


def page_of(client: Client, chat: Chat) -> Any:
    return functions.messages.GetHistoryRequest(
        peer=client.peer(chat),
        offset_id=0,
        offset_date=None,
        add_offset=0,
        limit=100,
        max_id=0,
        min_id=0,
        hash=0,
    )


def replies(client: Client, chat: Chat, message_id: int) -> Any:
    return functions.messages.GetRepliesRequest(
        peer=client.peer(chat),
        msg_id=message_id,
        offset_id=0,
        offset_date=None,
        add_offset=0,
        limit=100,
        max_id=0,
        min_id=0,
        hash=0,
    )


# What happens meanwhile


async def test_messages_come_go_and_change_inside_the_block_only() -> None:
    chat = World().add_supergroup(messages=500)
    before = set(chat.message_ids)

    async with chat.churn(2_000, 500, edit_per_s=500) as churn:
        while len(churn.arrived) < 40 or len(churn.vanished) < 10 or not churn.edited:
            await _moment()
    after = set(chat.message_ids)
    await _moment()

    assert churn.arrived == list(range(501, 501 + len(churn.arrived)))
    assert after == (before | set(churn.arrived)) - churn.vanished
    assert set(chat.message_ids) == after
    still = churn.edited & after
    assert all(chat.message(number).message.startswith("Changed") for number in still)


async def test_an_emptied_chat_has_nothing_left_to_vanish() -> None:
    chat = World().add_supergroup(messages=3)

    async with chat.churn(vanish_per_s=5_000) as churn:
        while chat.message_ids:
            await _moment()
        await _moment()

    assert churn.vanished == {1, 2, 3}


async def _moment() -> None:
    await asyncio.sleep(0.02)


# Groups that became supergroups


async def test_a_group_that_became_a_supergroup_is_named_there_and_can_still_be_read() -> None:
    world = World()
    group = world.add_basic_group("Hikers", messages=5)
    client = client_of(world)

    chat = world.migrate(group)
    new = chat.post("on we go")

    full = await client(functions.channels.GetFullChannelRequest(channel=client.channel(chat)))
    old_page = await client(page_of(client, group))
    new_page = await client(page_of(client, chat))
    (told,) = (await client(functions.messages.GetChatsRequest([group.id]))).chats
    assert full.full_chat.migrated_from_chat_id == group.id
    assert full.full_chat.migrated_from_max_id == group.message_ids[-1]
    assert {each.id for each in full.chats} == {group.id, chat.id}
    assert len(old_page.messages) == 6
    assert old_page.messages[0].action.channel_id == chat.id
    assert [message.id for message in new_page.messages] == [new, 1]
    assert new_page.messages[1].action.chat_id == group.id
    assert (told.deactivated, told.migrated_to.channel_id) == (True, chat.id)


def test_a_group_becomes_a_supergroup_once() -> None:
    world = World()
    group = world.add_basic_group("Hikers")
    world.migrate(group)

    with pytest.raises(ValueError, match="Hikers became a supergroup before"):
        world.migrate(group)


# Comments


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def channel(world: World) -> Channel:
    return world.add_channel("News", "news_here", messages=10)


async def test_comments_of_a_post_are_the_thread_below_its_copy(
    world: World, channel: Channel
) -> None:
    discussion = world.discuss(channel)
    anna = world.add_user("Anna")
    discussion.open(4)
    first = discussion.comment(7, "first", sender=anna)
    second = discussion.comment(7, "to the first", sender=anna, reply_to=first)
    discussion.comment(8, "elsewhere", sender=anna)
    client = client_of(world)

    thread = await client(replies(client, channel, 7))
    none = await client(replies(client, channel, 4))
    posts = {message.id: message for message in (await client(page_of(client, channel))).messages}

    assert [message.id for message in thread.messages] == [second, first]
    assert thread.count == 2
    assert {message.peer_id.channel_id for message in thread.messages} == {discussion.group.id}
    assert thread.messages[1].reply_to.reply_to_msg_id == discussion.threads[7]
    assert thread.messages[0].reply_to.reply_to_top_id == discussion.threads[7]
    assert none.messages == []
    told = posts[7].replies
    assert (told.comments, told.replies, told.channel_id) == (True, 2, discussion.group.id)
    assert (posts[4].replies.replies, posts[1].replies) == (0, None)


async def test_a_post_without_comments_has_no_thread(world: World, channel: Channel) -> None:
    client = client_of(world)

    for _ in range(2):
        with pytest.raises(RpcFault, match="MSG_ID_INVALID"):
            await client(replies(client, channel, 3))
        channel = channel if channel.discussion else world.discuss(channel).channel


async def test_the_copy_of_a_post_says_where_it_is_from(world: World, channel: Channel) -> None:
    discussion = world.discuss(channel)
    discussion.comment(7, "first")
    client = client_of(world)

    found = await client(
        functions.messages.GetDiscussionMessageRequest(peer=client.peer(channel), msg_id=7)
    )

    (copy,) = found.messages
    assert copy.id == discussion.threads[7]
    assert copy.peer_id.channel_id == discussion.group.id
    assert copy.fwd_from.saved_from_msg_id == copy.fwd_from.channel_post == 7
    assert copy.fwd_from.saved_from_peer.channel_id == channel.id
    assert copy.message == channel.message(7).message
    assert {each.id for each in found.chats} == {channel.id, discussion.group.id}


async def test_channel_and_group_name_each_other(world: World, channel: Channel) -> None:
    group = world.discuss(channel).group
    client = client_of(world)

    told = [
        await client(functions.channels.GetFullChannelRequest(channel=client.channel(each)))
        for each in (channel, group)
    ]

    assert [each.full_chat.linked_chat_id for each in told] == [group.id, channel.id]
    assert all({chat.id for chat in each.chats} == {channel.id, group.id} for each in told)


# Who is in


async def test_members_are_listed_by_filter(world: World) -> None:
    chat = world.add_supergroup(people=4)
    helper = world.add_user("Helper Bot", bot=True)
    gone = world.add_user("Gone Person")
    _, anna, boris, *_ = chat.members
    chat.members.append(helper.id)
    chat.admins[anna] = "keeper"
    chat.banned.add(gone.id)
    client = client_of(world)

    async def listed(wanted: Any) -> list[Any]:
        request = functions.channels.GetParticipantsRequest(
            client.channel(chat), wanted, offset=0, limit=100, hash=0
        )
        found: list[Any] = (await client(request)).participants
        return found

    admins = await listed(types.ChannelParticipantsAdmins())
    assert [each.user_id for each in admins] == [world.owner.id, anna]
    assert admins[1].rank == "keeper"
    assert [each.user_id for each in await listed(types.ChannelParticipantsBots())] == [helper.id]
    (banned,) = await listed(types.ChannelParticipantsKicked(q=""))
    assert banned.peer.user_id == gone.id
    name = world.users[boris].name
    assert [each.user_id for each in await listed(types.ChannelParticipantsSearch(q=name))] == [
        boris
    ]


async def test_hidden_members_are_the_administrators_to_see(world: World) -> None:
    account = world.add_account("15550100002")
    chat = world.add_supergroup()
    chat.members_hidden = True
    client = Client(world, account)

    def ask(wanted: Any) -> Any:
        return functions.channels.GetParticipantsRequest(
            client.channel(chat), wanted, offset=0, limit=100, hash=0
        )

    with pytest.raises(RpcFault, match="CHAT_ADMIN_REQUIRED"):
        await client(ask(types.ChannelParticipantsRecent()))
    assert len((await client(ask(types.ChannelParticipantsAdmins()))).participants) == 1
    chat.admins[account.id] = None
    assert (await client(ask(types.ChannelParticipantsRecent()))).count == len(chat.members)
