"""Chats, users, dialogs, topics and invites."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from telethon.tl import functions, types

from tests.sandbox.mtproto.calls import RpcFault
from tests.sandbox.world import World
from tests.sandbox.world.chats import Chat, unix
from tests.test_sandbox.asking import PORTS, Client, client_of


def dialogs(offset_peer: Any = None, **wanted: Any) -> Any:
    given = {"offset_date": None, "offset_id": 0, "limit": 100, "hash": 0, **wanted}
    return functions.messages.GetDialogsRequest(
        offset_peer=offset_peer or types.InputPeerEmpty(), **given
    )


def busy_world() -> tuple[World, list[Chat]]:
    """Seven chats, the first with the newest message."""
    world = World()
    chats: list[Chat] = [
        world.add_supergroup("One"),
        world.add_channel("Two"),
        world.add_basic_group("Three"),
        world.add_private_chat(world.add_user("Petr Friend")),
        world.add_forum("Five"),
        world.add_private_chat(world.owner),
        world.add_basic_group("Seven"),
    ]
    for age, chat in enumerate(chats):
        chat.post("the newest", date=1_700_000_000 - age)
    return world, chats


def peers(answer: Any) -> list[Any]:
    return [dialog.peer for dialog in answer.dialogs]


async def test_dialogs_come_newest_first_with_their_messages() -> None:
    world, chats = busy_world()
    answer = await client_of(world)(dialogs())
    assert isinstance(answer, types.messages.Dialogs)
    assert peers(answer) == [chat.peer() for chat in chats]
    assert [message.message for message in answer.messages] == ["the newest"] * 7
    assert {chat.id for chat in answer.chats} == {chats[place].id for place in (0, 1, 2, 4, 6)}
    assert {user.id for user in answer.users} >= {chats[3].id, world.owner.id}


async def test_dialogs_are_paged_by_date_id_and_peer() -> None:
    world, chats = busy_world()
    client = client_of(world)
    found: list[Any] = []
    offset: dict[str, Any] = {}
    while True:
        answer = await client(dialogs(limit=2, **offset))
        assert isinstance(answer, types.messages.DialogsSlice)
        assert answer.count == 7
        if not answer.dialogs:
            break
        found += peers(answer)
        last = chats[len(found) - 1]
        top = answer.messages[-1]
        offset = {
            "offset_date": top.date,
            "offset_id": top.id,
            "offset_peer": client.peer(last),
        }
    assert found == [chat.peer() for chat in chats]


async def test_the_next_page_of_dialogs_is_found_without_the_peer() -> None:
    world, chats = busy_world()
    top = chats[2].message(chats[2].message_ids[-1])
    answer = await client_of(world)(dialogs(offset_date=top.date, offset_id=top.id))
    assert peers(answer) == [chat.peer() for chat in chats[3:]]


async def test_pinned_dialogs_come_first_and_once() -> None:
    world, chats = busy_world()
    world.owner.pinned = [chats[5].peer_id, chats[2].peer_id]
    client = client_of(world)

    first = await client(dialogs())
    assert peers(first)[:2] == [chats[5].peer(), chats[2].peer()]
    assert [dialog.pinned for dialog in first.dialogs] == [True] * 2 + [False] * 5
    without = await client(dialogs(exclude_pinned=True))
    assert peers(without) == peers(first)[2:]
    pinned = await client(functions.messages.GetPinnedDialogsRequest(folder_id=0))
    assert peers(pinned) == peers(first)[:2]
    assert (await client(dialogs(folder_id=1))).dialogs == []


async def test_single_dialogs_can_be_asked_for() -> None:
    world, chats = busy_world()
    client = client_of(world)
    asked = [types.InputDialogPeer(client.peer(chat)) for chat in (chats[3], chats[0])]
    answer = await client(functions.messages.GetPeerDialogsRequest(asked))
    assert peers(answer) == [chats[3].peer(), chats[0].peer()]


async def test_an_empty_chat_is_a_dialog_too() -> None:
    world = World()
    world.add_supergroup("Nothing here")
    (dialog,) = (await client_of(world)(dialogs())).dialogs
    assert dialog.top_message == 0


@pytest.mark.parametrize("typed", ["The_News", "the_news", "THE_NEWS"])
async def test_names_are_resolved_in_any_case(typed: str) -> None:
    world = World()
    chat = world.add_channel("News", "The_News")
    found = await client_of(world)(functions.contacts.ResolveUsernameRequest(typed))
    assert found.peer == chat.peer()
    assert found.chats[0].access_hash == world.owner.access_hash("channel", chat.id)


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ("nobody_here", "USERNAME_NOT_OCCUPIED"),
        ("ab", "USERNAME_INVALID"),
        ("1abcdef", "USERNAME_INVALID"),
        ("имя_здесь", "USERNAME_INVALID"),
    ],
)
async def test_a_name_that_cannot_be_resolved_is_an_error(typed: str, error: str) -> None:
    with pytest.raises(RpcFault, match=error):
        await client_of(World())(functions.contacts.ResolveUsernameRequest(typed))


async def test_users_are_found_by_name_phone_and_hash() -> None:
    world = World()
    client = client_of(world)
    petr = world.add_user("Petr Friend", username="petr_f", phone="15550100077")
    by_name = await client(functions.contacts.ResolveUsernameRequest("petr_f"))
    by_phone = await client(functions.contacts.ResolvePhoneRequest("+15550100077"))
    assert by_name.users[0].to_dict() == by_phone.users[0].to_dict()
    assert (by_name.users[0].first_name, by_name.users[0].phone) == ("Petr", None)
    with pytest.raises(RpcFault, match="PHONE_NOT_OCCUPIED"):
        await client(functions.contacts.ResolvePhoneRequest("+15550100099"))

    good = types.InputUser(petr.id, by_name.users[0].access_hash)
    bad = types.InputUser(petr.id, 1)
    found = await client(functions.users.GetUsersRequest([types.InputUserSelf(), good, bad]))
    assert [type(user) for user in found] == [types.User, types.User, types.UserEmpty]
    assert found[0].is_self
    assert (await client(functions.users.GetFullUserRequest(good))).full_user.id == petr.id
    with pytest.raises(RpcFault, match="USER_ID_INVALID"):
        await client(functions.users.GetFullUserRequest(bad))


async def test_a_bot_describes_itself() -> None:
    world = World()
    bot = world.add_user("Helper", username="helper_bot", bot=True)
    given = types.InputUser(bot.id, world.owner.access_hash("user", bot.id))
    full = await client_of(world)(functions.users.GetFullUserRequest(given))
    assert full.full_user.bot_info.user_id == bot.id
    assert full.users[0].bot


async def test_contacts_show_their_phones() -> None:
    world = World()
    petr = world.add_user("Petr Friend", phone="15550100077")
    world.owner.contacts.add(petr.id)
    answer = await client_of(world)(functions.contacts.GetContactsRequest(0))
    assert [(user.id, user.phone, user.contact) for user in answer.users] == [
        (petr.id, "15550100077", True)
    ]


async def test_groups_and_channels_describe_themselves() -> None:
    world = World()
    client = client_of(world)
    channel, group = world.add_channel("News"), world.add_basic_group("Basic")
    chats = await client(functions.channels.GetChannelsRequest([client.channel(channel)]))
    assert (chats.chats[0].title, chats.chats[0].broadcast) == ("News", True)
    chats = await client(functions.messages.GetChatsRequest([group.id]))
    assert (chats.chats[0].title, chats.chats[0].participants_count) == ("Basic", 5)

    full = await client(functions.channels.GetFullChannelRequest(client.channel(channel)))
    assert (full.full_chat.id, full.full_chat.participants_count) == (channel.id, 4)
    full = await client(functions.messages.GetFullChatRequest(group.id))
    assert [each.user_id for each in full.full_chat.participants.participants] == group.members
    assert {user.id for user in full.users} == set(group.members)
    with pytest.raises(RpcFault, match="CHAT_ID_INVALID"):
        await client(functions.messages.GetFullChatRequest(12345))


async def test_participants_are_listed_in_parts() -> None:
    world = World()
    client = client_of(world)
    chat = world.add_supergroup(people=20)

    def participants(offset: int) -> Any:
        return functions.channels.GetParticipantsRequest(
            client.channel(chat), types.ChannelParticipantsRecent(), offset, 15, 0
        )

    parts = [await client(participants(offset)) for offset in (0, 15, 30)]
    assert [len(part.participants) for part in parts] == [15, 6, 0]
    assert [each.user_id for part in parts for each in part.participants] == chat.members
    assert isinstance(parts[0].participants[0], types.ChannelParticipantCreator)

    subscriber = Client(world, world.add_account("15550100002", name="Boris Second"))
    channel = world.add_channel()
    with pytest.raises(RpcFault, match="CHAT_ADMIN_REQUIRED"):
        await subscriber(
            functions.channels.GetParticipantsRequest(
                subscriber.channel(channel), types.ChannelParticipantsRecent(), 0, 10, 0
            )
        )


async def test_one_participant_can_be_looked_up() -> None:
    world = World()
    client = client_of(world)
    chat = world.add_supergroup()
    outsider = world.add_user("Petr Friend")
    found = await client(
        functions.channels.GetParticipantRequest(client.channel(chat), types.InputPeerSelf())
    )
    assert found.participant.user_id == world.owner.id
    named = types.InputPeerUser(outsider.id, world.owner.access_hash("user", outsider.id))
    with pytest.raises(RpcFault, match="USER_NOT_PARTICIPANT"):
        await client(functions.channels.GetParticipantRequest(client.channel(chat), named))


async def test_an_invite_shows_the_chat_and_lets_one_in() -> None:
    world = World()
    stranger = Client(world, world.add_account("15550100002", name="Boris Second"))
    chat = world.add_supergroup("Inside", members=[world.owner])
    assert chat.invite is not None
    check = functions.messages.CheckChatInviteRequest(chat.invite)

    shown = await stranger(check)
    assert (shown.title, shown.participants_count, shown.megagroup) == ("Inside", 1, True)
    await stranger(functions.messages.ImportChatInviteRequest(chat.invite))
    assert isinstance(await stranger(check), types.ChatInviteAlready)
    with pytest.raises(RpcFault, match="USER_ALREADY_PARTICIPANT"):
        await stranger(functions.messages.ImportChatInviteRequest(chat.invite))


@pytest.mark.parametrize(
    ("secret", "error"),
    [
        ("", "INVITE_HASH_EMPTY"),
        ("x", "INVITE_HASH_INVALID"),
        ("AAAAAAAAAAAAAAAA", "INVITE_HASH_EXPIRED"),
    ],
)
async def test_a_useless_invite_is_an_error(secret: str, error: str) -> None:
    with pytest.raises(RpcFault, match=error):
        await client_of(World())(functions.messages.CheckChatInviteRequest(secret))


async def test_topics_are_listed_newest_first_after_the_pinned() -> None:
    world = World()
    client = client_of(world)
    forum = world.add_forum(topics=["News", "Вопросы", "Rest"], messages=4)
    news, questions, rest = sorted(set(forum.topics) - {1})
    forum.post("new", reply_to=questions)
    forum.post("newer", reply_to=news)
    forum.topics[rest].pinned = True

    def topics(**wanted: Any) -> Any:
        given = {
            "offset_date": None,
            "offset_id": 0,
            "offset_topic": 0,
            "limit": 100,
            **wanted,
        }
        return functions.messages.GetForumTopicsRequest(client.peer(forum), **given)

    everything = await client(topics())
    assert [each.id for each in everything.topics] == [rest, news, questions, 1]
    assert everything.topics[1].title == "News"
    tops = {message.id: message for message in everything.messages}
    assert tops[everything.topics[1].top_message].message == "newer"

    first = await client(topics(limit=2))
    assert (first.count, [each.id for each in first.topics]) == (4, [rest, news])
    top = tops[first.topics[-1].top_message]
    second = await client(
        topics(offset_date=top.date, offset_id=top.id, offset_topic=news, limit=2)
    )
    assert [each.id for each in second.topics] == [questions, 1]
    by_date = await client(topics(offset_date=datetime.fromtimestamp(unix(top.date), UTC)))
    assert [each.id for each in by_date.topics] == [rest, questions, 1]
    assert [each.id for each in (await client(topics(q="воп"))).topics] == [questions]

    asked = functions.messages.GetForumTopicsByIDRequest(client.peer(forum), [news, 999])
    found = await client(asked)
    assert [type(each) for each in found.topics] == [types.ForumTopic, types.ForumTopicDeleted]


async def test_a_chat_without_topics_has_none_to_list() -> None:
    world = World()
    client = client_of(world)
    chat = world.add_supergroup()
    with pytest.raises(RpcFault, match="CHANNEL_FORUM_MISSING"):
        await client(functions.messages.GetForumTopicsRequest(client.peer(chat), None, 0, 0, 10))


async def test_the_configuration_names_every_data_centre() -> None:
    client = Client(World())
    for dc_id in PORTS:
        config = await client(functions.help.GetConfigRequest(), dc_id=dc_id)
        assert {option.id: option.port for option in config.dc_options} == PORTS
        assert {option.ip_address for option in config.dc_options} == {"127.0.0.1"}
        assert config.this_dc == dc_id
        nearest = await client(functions.help.GetNearestDcRequest(), dc_id=dc_id)
        assert nearest.this_dc == dc_id


async def test_an_unknown_request_is_refused_and_remembered() -> None:
    client = client_of(World())
    with pytest.raises(RpcFault, match="INPUT_METHOD_INVALID"):
        await client(functions.account.GetThemesRequest("android", 0))
    assert client.api.unknown == ["GetThemesRequest"]
