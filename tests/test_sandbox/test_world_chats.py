"""Chats: posting, editing, deleting, and how different accounts see the same message."""

from __future__ import annotations

import pytest
from telethon.tl import types

from tests.sandbox.world import MIXED, Content, World
from tests.sandbox.world.channels import Channel
from tests.sandbox.world.pages import unboxed
from tests.sandbox.world.topics import GENERAL
from tests.sandbox.world.view import files_in, seen


def test_a_posted_message_comes_on_top() -> None:
    world = World()
    chat = world.add_supergroup(messages=10)
    petr = world.add_user("Petr Friend")

    number = chat.post("hello", sender=petr, reply_to=3)

    message = chat.message(number)
    assert number == chat.message_ids[-1] == 11
    assert (message.message, message.from_id) == ("hello", types.PeerUser(petr.id))
    assert message.reply_to.reply_to_msg_id == 3
    before = chat.message(10)
    assert before is not None
    assert message.date.timestamp() > before.date


def test_a_whole_tl_message_can_be_posted() -> None:
    chat = World().add_channel(messages=1)
    number = chat.post(
        types.MessageService(
            id=0, peer_id=types.PeerUser(0), action=types.MessageActionChatEditTitle("New")
        )
    )
    message = chat.message(number)
    assert message.action.title == "New"


def test_an_edit_changes_the_text_and_leaves_a_date() -> None:
    chat = World().add_supergroup(messages=10)
    chat.edit(4, "changed")
    message = chat.message(4)
    assert message.message == "changed"
    assert message.edit_date is not None
    with pytest.raises(KeyError):
        chat.edit(11, "not there")


def test_deleted_messages_leave_holes() -> None:
    chat = World().add_supergroup(messages=10)
    chat.delete(3, 10)
    assert chat.message_ids == [1, 2, 4, 5, 6, 7, 8, 9]
    assert chat.message(3) is None
    assert chat.post("the next id is not used again") == 11


def test_a_basic_group_has_other_ids_for_each_member() -> None:
    world = World()
    boris = world.add_account("15550100002", name="Boris Second")
    world.add_private_chat(world.add_user("Petr Friend"), account=boris, messages=7)
    group = world.add_basic_group(messages=20, members=[world.owner, boris])
    target = group.message_ids[-1]

    number = group.post("to all", sender=boris.user, reply_to=target)

    mine, theirs = group.history(world.owner), group.history(boris)
    assert mine is not None
    assert theirs is not None
    assert len(mine) == len(theirs) == 21
    assert list(mine.ids) != list(theirs.ids)
    copy = theirs.get(theirs.top)
    assert mine.top == number
    assert copy.message == "to all"
    assert copy.reply_to.reply_to_msg_id == theirs.ids[-2]
    group.delete(number)
    assert len(mine) == len(theirs) == 20


def test_both_sides_of_a_private_chat_have_it() -> None:
    world = World()
    boris = world.add_account("15550100002", name="Boris Second")
    chat = world.add_private_chat(boris)
    chat.post("from Boris")
    chat.post("from Olga", sender=world.owner.user)

    twin = chat.twin
    assert twin is not None
    history = twin.history(boris)
    assert history is not None
    assert history is not chat.history(world.owner)
    sights = [seen(history.get(number), twin, boris) for number in history.ids]
    assert [(each.message, each.out) for each in sights] == [
        ("from Boris", True),
        ("from Olga", False),
    ]
    assert sights[0].from_id == types.PeerUser(boris.id)
    assert sights[1].from_id is None
    assert sights[1].peer_id == types.PeerUser(world.owner.id)


def test_access_hashes_and_file_references_belong_to_one_account() -> None:
    world = World()
    boris = world.add_account("15550100002", name="Boris Second")
    chat = world.add_supergroup(messages=40, content=Content(photos=1000))
    keys = set()
    for account in (world.owner, boris):
        message = seen(chat.message(chat.message_ids[-1]), chat, account)
        (photo,) = files_in(message.media)
        keys.add((photo.access_hash, photo.file_reference))
        assert chat.tl(account).access_hash == chat.input_peer(account).access_hash
    assert len(keys) == 2
    assert chat.tl(world.owner).access_hash != chat.tl(boris).access_hash


def test_a_private_group_tells_a_stranger_only_its_title() -> None:
    world = World()
    chat = world.add_supergroup("Inside", messages=3)
    stranger = world.add_account("15550100002", name="Boris Second")
    assert isinstance(chat.tl(stranger), types.ChannelForbidden)
    assert chat.history(stranger) is None
    public = world.add_channel("Outside", "outside_news", members=[world.owner])
    assert public.tl(stranger).left
    assert public.history(stranger) is not None


def pages(chat: Channel, world: World) -> list[bytes]:
    history = chat.history(world.owner)
    assert history is not None
    return [
        chat.pages.cut(history, world.owner, start, min(start + 100, len(history)))
        for start in range(0, len(history), 37)
    ]


def test_a_warmed_page_is_the_same_as_one_made_when_asked_for() -> None:
    world = World()
    chat = world.add_forum(messages=500, content=MIXED)
    made = pages(chat, world)

    chat.prewarm()

    assert pages(chat, world) == made


def test_a_page_holds_exactly_what_telethon_writes() -> None:
    world = World()
    chat = world.add_supergroup(messages=300, content=MIXED)
    for page in pages(chat, world):
        assert bytes(unboxed(page)) == page


def test_what_comes_after_the_warming_is_seen() -> None:
    world = World()
    chat = world.add_supergroup(messages=150)
    chat.prewarm()

    chat.post("new")
    top = unboxed(pages(chat, world)[-1])
    assert (top.messages[0].message, top.count) == ("new", 151)
    assert [message.id for message in top.messages] == list(range(151, 148, -1))

    chat.edit(149, "changed")
    chat.delete(150)
    top = unboxed(pages(chat, world)[-1])
    assert [message.message for message in top.messages[:2]] == ["new", "changed"]


def test_topics_can_be_opened_and_answered_in() -> None:
    world = World()
    chat = world.add_forum(topics=(), messages=0)
    topic = chat.add_topic("News")
    first = chat.post("in the topic", reply_to=topic.id)
    second = chat.post("an answer", reply_to=first)
    outside = chat.post("in General")

    assert topic.id != GENERAL
    assert [chat.topic_of(number) for number in (topic.id, first, second, outside)] == [
        topic.id,
        topic.id,
        topic.id,
        GENERAL,
    ]
    message = chat.message(second)
    assert (message.reply_to.reply_to_msg_id, message.reply_to.reply_to_top_id) == (first, topic.id)
