"""Paging, searching and asking by id, as https://core.telegram.org/api/offsets has it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telethon.tl import functions, types

from tests.sandbox.api.paging import bounds, hash_of
from tests.sandbox.mtproto.calls import RpcFault
from tests.sandbox.world import MIXED, World
from tests.sandbox.world.chats import Chat
from tests.test_sandbox.asking import Client, client_of


def history(peer: Any, **wanted: Any) -> Any:
    given = {
        "offset_id": 0,
        "offset_date": None,
        "add_offset": 0,
        "limit": 100,
        "max_id": 0,
        "min_id": 0,
        "hash": 0,
        **wanted,
    }
    return functions.messages.GetHistoryRequest(peer, **given)


def search(peer: Any, q: str = "", kind: Any = None, **wanted: Any) -> Any:
    given = {
        "min_date": None,
        "max_date": None,
        "offset_id": 0,
        "add_offset": 0,
        "limit": 100,
        "max_id": 0,
        "min_id": 0,
        "hash": 0,
        **wanted,
    }
    return functions.messages.SearchRequest(
        peer, q, kind or types.InputMessagesFilterEmpty(), **given
    )


def ids(answer: Any) -> list[int]:
    return [message.id for message in answer.messages]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({}, range(250, 150, -1)),
        ({"limit": 0}, range(250, 230, -1)),
        ({"limit": 1000}, range(250, 150, -1)),
        ({"limit": 3}, [250, 249, 248]),
        ({"offset_id": 100, "limit": 3}, [99, 98, 97]),
        ({"offset_id": 100, "limit": 3, "add_offset": 2}, [97, 96, 95]),
        ({"offset_id": 100, "limit": 3, "add_offset": -3}, [102, 101, 100]),
        ({"offset_id": 100, "limit": 4, "add_offset": -2}, [101, 100, 99, 98]),
        ({"offset_id": 1, "add_offset": -100}, range(100, 0, -1)),
        ({"offset_id": 249, "limit": 5, "add_offset": -5}, [250, 249]),
        ({"offset_id": 251, "limit": 5, "add_offset": -5}, []),
        ({"offset_id": 99_999, "limit": 2}, [250, 249]),
        ({"offset_id": 3}, [2, 1]),
        ({"offset_id": 1}, []),
        ({"limit": 5, "max_id": 249}, [248, 247, 246]),
        ({"limit": 5, "min_id": 247}, [250, 249, 248]),
        ({"limit": 5, "min_id": 250}, []),
        ({"limit": 5, "max_id": 100}, []),
    ],
)
async def test_a_page_is_cut_as_the_offsets_say(
    wanted: dict[str, int], expected: list[int]
) -> None:
    world = World()
    client = client_of(world)
    chat = world.add_supergroup(messages=250)

    answer = await client(history(client.peer(chat), **wanted))

    assert ids(answer) == list(expected)
    assert answer.count == 250


@pytest.mark.parametrize("seconds", [-1, 0, 1])
async def test_offset_date_leaves_out_that_second_and_later(seconds: int) -> None:
    world = World()
    client = client_of(world)
    chat = world.add_supergroup(messages=50)
    date = datetime.fromtimestamp(chat.message(20).date + seconds, UTC)

    answer = await client(history(client.peer(chat), offset_date=date, limit=1))

    assert ids(answer) == [20 if seconds > 0 else 19]


class Wanted:
    def __init__(self, offset_id: int, add_offset: int, limit: int) -> None:
        self.offset_id, self.add_offset, self.limit = offset_id, add_offset, limit
        self.max_id = self.min_id = 0


@given(
    st.sets(st.integers(1, 60), max_size=40),
    st.builds(Wanted, st.integers(0, 70), st.integers(-110, 60), st.integers(1, 100)),
)
def test_any_cut_is_what_slicing_the_whole_list_gives(there: set[int], wanted: Wanted) -> None:
    newest_first = sorted(there, reverse=True)
    skipped = sum(1 for each in there if each >= wanted.offset_id) if wanted.offset_id else 0
    first = skipped + wanted.add_offset
    expected = newest_first[max(first, 0) : max(first + wanted.limit, 0)]

    ascending = sorted(there)
    start, stop = bounds(ascending, wanted)

    assert ascending[start:stop][::-1] == expected


async def test_an_unchanged_page_is_not_sent_again() -> None:
    world = World()
    client = client_of(world)
    chat = world.add_supergroup(messages=30)
    known = hash_of(range(30, 20, -1))
    signed = known - 2**64 if known >= 2**63 else known

    same = await client(history(client.peer(chat), limit=10, hash=signed))
    chat.post("new")
    other = await client(history(client.peer(chat), limit=10, hash=signed))

    assert isinstance(same, types.messages.MessagesNotModified)
    assert len(other.messages) == 10


async def test_pages_joined_are_the_whole_chat() -> None:
    world = World()
    client = client_of(world)
    boris = world.add_account("15550100002", name="Boris Second")
    chats: list[Chat] = [
        world.add_supergroup(messages=333, content=MIXED),
        world.add_forum(messages=333, content=MIXED),
        world.add_channel(messages=333, content=MIXED),
        world.add_basic_group(messages=333, content=MIXED),
        world.add_private_chat(boris, messages=333, content=MIXED),
        world.add_private_chat(world.owner.user, messages=33, content=MIXED),
    ]
    for chat in chats:
        found: list[int] = []
        offset = 1
        while True:
            page = await client(history(client.peer(chat), offset_id=offset, add_offset=-100))
            if not page.messages:
                break
            found += ids(page)[::-1]
            offset = found[-1] + 1
        assert found == chat.message_ids


async def test_the_kind_of_answer_fits_the_chat() -> None:
    world = World()
    client = client_of(world)
    group = world.add_basic_group(messages=150)
    few = world.add_basic_group(messages=5)
    channel = world.add_channel(messages=5)
    part = await client(history(client.peer(group), offset_id=group.message_ids[50]))
    assert isinstance(part, types.messages.MessagesSlice)
    assert (part.count, part.offset_id_offset) == (150, 100)
    assert isinstance(await client(history(client.peer(few))), types.messages.Messages)
    whole = await client(history(client.peer(channel)))
    assert isinstance(whole, types.messages.ChannelMessages)
    assert all(message.post and message.from_id is None for message in whole.messages)


async def test_everybody_named_on_a_page_comes_along() -> None:
    world = World()
    client = client_of(world)
    chat = world.add_supergroup(messages=100, content=MIXED)
    source = world.add_channel("Source", "source_news", members=[world.owner])
    petr, nina = world.add_user("Petr Friend"), world.add_user("", deleted=True)
    chat.post(
        "@Petr",
        entities=[types.MessageEntityMentionName(0, 5, petr.id)],
        fwd_from=types.MessageFwdHeader(date=1_600_000_000, from_id=source.peer()),
    )
    chat.post(
        types.MessageService(
            id=0, peer_id=types.PeerUser(0), action=types.MessageActionChatAddUser([nina.id])
        )
    )

    answer = await client(history(client.peer(chat), limit=2))

    users = {user.id: user for user in answer.users}
    assert users.keys() >= {petr.id, nina.id}
    assert users[nina.id].deleted
    assert users[nina.id].first_name is None
    assert {each.id for each in answer.chats} == {chat.id, source.id}
    assert users[petr.id].access_hash == world.owner.access_hash("user", petr.id)


async def test_messages_are_found_by_id_and_holes_are_empty() -> None:
    world = World()
    client = client_of(world)
    chat = world.add_supergroup(messages=10)
    chat.delete(4)
    chat.post("reply", reply_to=2)
    wanted = [types.InputMessageID(9), types.InputMessageID(4), types.InputMessageReplyTo(11)]

    answer = await client(functions.channels.GetMessagesRequest(client.channel(chat), wanted))

    assert ids(answer) == [9, 4, 2]
    assert isinstance(answer.messages[1], types.MessageEmpty)
    with pytest.raises(RpcFault, match="MESSAGE_IDS_EMPTY"):
        await client(functions.channels.GetMessagesRequest(client.channel(chat), []))


async def test_ids_of_private_chats_and_groups_are_asked_for_together() -> None:
    world = World()
    client = client_of(world)
    group = world.add_basic_group(messages=5)
    private = world.add_private_chat(world.add_user("Petr Friend"), messages=5)
    world.add_supergroup(messages=500)
    wanted = [group.message_ids[0], private.message_ids[0], 400]

    answer = await client(
        functions.messages.GetMessagesRequest([types.InputMessageID(each) for each in wanted])
    )

    peers = [getattr(message, "peer_id", None) for message in answer.messages]
    assert ids(answer) == wanted
    assert peers == [types.PeerChat(group.id), types.PeerUser(private.id), None]


async def test_another_accounts_access_hash_is_refused() -> None:
    world = World()
    boris = world.add_account("15550100002", name="Boris Second")
    petr = world.add_user("Petr Friend")
    group, private = world.add_supergroup(messages=3), world.add_private_chat(petr, messages=3)
    client = Client(world, boris)
    mine = client_of(world)
    for chat, error in ((group, "CHANNEL_INVALID"), (private, "PEER_ID_INVALID")):
        assert len((await mine(history(mine.peer(chat)))).messages) == 3
        with pytest.raises(RpcFault, match=error):
            await client(history(mine.peer(chat)))


async def test_chats_that_one_is_not_in_are_closed() -> None:
    world = World()
    stranger = Client(world, world.add_account("15550100002", name="Boris Second"))
    owner = [world.owner]
    private = world.add_supergroup(messages=3, members=owner)
    public = world.add_channel("News", "the_news", messages=3, members=owner)
    group = world.add_basic_group(messages=3, members=owner)

    with pytest.raises(RpcFault, match="CHANNEL_PRIVATE"):
        await stranger(history(stranger.peer(private)))
    with pytest.raises(RpcFault, match="CHAT_ID_INVALID"):
        await stranger(history(stranger.peer(group)))
    with pytest.raises(RpcFault, match="PEER_ID_INVALID"):
        await stranger(history(types.InputPeerEmpty()))
    assert len((await stranger(history(stranger.peer(public)))).messages) == 3


async def test_a_peer_can_be_named_by_a_message_that_names_it() -> None:
    world = World()
    client = client_of(world)
    petr = world.add_user("Petr Friend")
    chat = world.add_supergroup(messages=1)
    number = chat.post("hello", sender=petr)
    private = world.add_private_chat(petr, messages=2)

    named = types.InputPeerUserFromMessage(client.peer(chat), number, petr.id)
    assert ids(await client(history(named))) == private.message_ids[::-1]
    with pytest.raises(RpcFault, match="PEER_ID_INVALID"):
        await client(history(types.InputPeerUserFromMessage(client.peer(chat), 1, petr.id)))


async def test_people_met_in_passing_come_with_a_hash_that_is_of_no_use() -> None:
    world = World()
    client = client_of(world)
    petr = world.add_user("Petr Friend")
    chat = world.add_supergroup()
    chat.min_people = True
    chat.post("hello", sender=petr)

    answer = await client(history(client.peer(chat)))

    (user,) = [each for each in answer.users if each.id == petr.id]
    assert (user.min, user.first_name, user.phone) == (True, "Petr", None)
    with pytest.raises(RpcFault, match="PEER_ID_INVALID"):
        await client(history(types.InputPeerUser(user.id, user.access_hash)))


async def test_a_private_chat_without_messages_is_empty() -> None:
    world = World()
    client = client_of(world)
    petr = world.add_user("Petr Friend")
    peer = types.InputPeerUser(petr.id, world.owner.access_hash("user", petr.id))
    assert (await client(history(peer))).messages == []


async def test_search_finds_by_word_sender_date_and_kind() -> None:
    world = World()
    client = client_of(world)
    petr = world.add_user("Petr Friend")
    chat = world.add_supergroup(messages=500, content=MIXED)
    peer = client.peer(chat)
    number = chat.post("Уникальное слово", sender=petr)

    found = await client(search(peer, "уникальн"))
    assert (ids(found), found.count) == ([number], 1)
    named = types.InputPeerUser(petr.id, world.owner.access_hash("user", petr.id))
    assert ids(await client(search(peer, from_id=named))) == [number]
    assert ids(await client(search(peer, "нет такого слова"))) == []

    date = datetime.fromtimestamp(chat.message(chat.message_ids[-2]).date, UTC)
    assert ids(await client(search(peer, "слово", min_date=date))) == [number]
    assert ids(await client(search(peer, "слово", max_date=date))) == []

    with pytest.raises(RpcFault, match="SEARCH_QUERY_EMPTY"):
        await client(search(peer))


KINDS: list[tuple[Any, Callable[[Any], bool]]] = [
    (types.InputMessagesFilterPhotos(), lambda message: message.photo is not None),
    (types.InputMessagesFilterVideo(), lambda message: message.video is not None),
    (types.InputMessagesFilterVoice(), lambda message: message.voice is not None),
    (types.InputMessagesFilterRoundVideo(), lambda message: message.video_note is not None),
    (types.InputMessagesFilterGif(), lambda message: message.gif is not None),
    (types.InputMessagesFilterMusic(), lambda message: message.audio is not None),
    (types.InputMessagesFilterPoll(), lambda message: message.poll is not None),
    (types.InputMessagesFilterContacts(), lambda message: message.contact is not None),
    (types.InputMessagesFilterGeo(), lambda message: message.geo is not None),
]


@pytest.mark.parametrize(("kind", "fits"), KINDS, ids=lambda each: type(each).__name__)
async def test_a_filter_finds_all_of_its_kind_and_nothing_else(
    kind: Any, fits: Callable[[Any], bool]
) -> None:
    world = World()
    client = client_of(world)
    chat = world.add_supergroup(messages=800, content=MIXED)
    everything = [chat.message(number) for number in chat.message_ids]
    expected = [
        message.id
        for message in everything
        if fits(message) and not getattr(message, "web_preview", None)
    ]
    if isinstance(kind, (types.InputMessagesFilterVideo, types.InputMessagesFilterGif)):
        expected = [each for each in expected if not chat.message(each).video_note]
    if isinstance(kind, types.InputMessagesFilterVideo):
        expected = [each for each in expected if not chat.message(each).gif]

    found: list[int] = []
    while len(
        page := ids(await client(search(client.peer(chat), kind=kind, add_offset=len(found))))
    ):
        found += page

    assert found == expected[::-1]
    (counter,) = await client(
        functions.messages.GetSearchCountersRequest(client.peer(chat), [kind])
    )
    assert counter.count == len(expected) > 0


async def test_replies_of_a_thread_and_of_a_topic() -> None:
    world = World()
    client = client_of(world)
    chat = world.add_supergroup(messages=5)
    answers = [chat.post("answer", reply_to=2), chat.post("another", reply_to=2)]
    chat.post("to something else", reply_to=3)
    forum = world.add_forum(topics=["News"], messages=90)
    (topic,) = [each for each in forum.topics if each != 1]

    def replies(asked: Chat, number: int) -> Any:
        return functions.messages.GetRepliesRequest(
            client.peer(asked), number, 0, None, 0, 100, 0, 0, 0
        )

    assert ids(await client(replies(chat, 2))) == answers[::-1]
    with pytest.raises(RpcFault, match="MSG_ID_INVALID"):
        await client(replies(chat, 99))
    inside = ids(await client(replies(forum, topic)))
    outside = ids(await client(replies(forum, 1)))
    assert sorted([*inside, *outside, topic]) == forum.message_ids
    assert {forum.topic_of(number) for number in inside} == {topic}
    assert {forum.topic_of(number) for number in outside} == {1}
    assert topic not in inside
