"""A made-up world: the same seed gives the same messages, and they cost nothing until asked for."""

from __future__ import annotations

import tracemalloc
from typing import Any

import pytest
from telethon.tl import types

from tests.sandbox.world import MIXED, Content, World
from tests.sandbox.world.box import Box
from tests.sandbox.world.view import files_in, peers_in


def one_of_each(world: World) -> list[Any]:
    return [
        world.add_supergroup(messages=300, content=MIXED),
        world.add_forum(messages=300, content=MIXED),
        world.add_channel(messages=300, content=MIXED),
        world.add_basic_group(messages=300, content=MIXED),
        world.add_private_chat(world.add_user("Petr Friend"), messages=300, content=MIXED),
    ]


def test_the_same_seed_gives_the_same_messages() -> None:
    for one, other in zip(one_of_each(World(7)), one_of_each(World(7)), strict=True):
        assert one.message_ids == other.message_ids
        for number in one.message_ids:
            assert bytes(one.message(number)) == bytes(other.message(number))


def test_another_seed_gives_other_messages() -> None:
    one, other = (World(seed).add_supergroup(messages=50) for seed in (1, 2))
    assert [one.message(number).message for number in one.message_ids] != [
        other.message(number).message for number in other.message_ids
    ]


def test_a_chat_has_as_many_messages_as_were_asked_for() -> None:
    for chat in one_of_each(World()):
        assert len(chat.message_ids) == 300
        assert chat.message_ids == sorted(set(chat.message_ids))


def test_dates_grow_with_the_ids() -> None:
    for chat in one_of_each(World()):
        dates = [chat.message(number).date for number in chat.message_ids]
        assert dates == sorted(dates)


def test_mixed_content_holds_everything_that_was_asked_for() -> None:
    chat = World().add_supergroup(messages=5_000, content=MIXED)
    messages = [chat.message(number) for number in chat.message_ids]
    media = {type(message.media) for message in messages if isinstance(message, types.Message)}
    assert media >= {
        types.MessageMediaPhoto,
        types.MessageMediaDocument,
        types.MessageMediaPoll,
        types.MessageMediaContact,
        types.MessageMediaGeo,
        types.MessageMediaVenue,
        types.MessageMediaDice,
        types.MessageMediaWebPage,
    }
    ordinary = [message for message in messages if isinstance(message, types.Message)]
    assert len(messages) - len(ordinary) > 20
    for field in ("entities", "reply_to", "fwd_from", "edit_date", "reactions", "grouped_id"):
        assert sum(1 for message in ordinary if getattr(message, field)) > 50
    assert chat.message_ids[-1] > 5_050


def test_replies_in_mixed_content_point_to_messages_of_the_same_chat() -> None:
    for chat in one_of_each(World()):
        known = set(chat.message_ids)
        for number in chat.message_ids:
            header = chat.message(number).reply_to
            assert header is None or header.reply_to_msg_id in known


def test_everybody_named_in_a_message_exists() -> None:
    world = World()
    for chat in one_of_each(world):
        for number in chat.message_ids:
            for peer_id in peers_in(chat.message(number)):
                assert peer_id in world.users or peer_id in world.by_peer_id


def test_entities_stay_within_their_text() -> None:
    chat = World().add_supergroup(messages=500, content=Content(entities=1000))
    for number in chat.message_ids:
        message = chat.message(number)
        length = len(message.message.encode("utf-16-le")) // 2
        assert message.entities
        assert all(each.offset + each.length <= length for each in message.entities)


def test_a_million_messages_take_a_few_bytes_each() -> None:
    world = World()
    tracemalloc.start()
    chat = world.add_supergroup(messages=1_000_000)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 20_000_000
    assert chat.message(1_000_000).id == 1_000_000


def test_private_chats_and_basic_groups_share_one_numbering() -> None:
    world = World()
    chats: list[Any] = [
        world.add_private_chat(world.add_user("Petr Friend"), messages=200),
        world.add_basic_group(messages=200),
        world.add_private_chat(world.add_user("Nina Friend"), messages=200),
    ]
    ids = [set(chat.message_ids) for chat in chats]

    assert len(set.union(*ids)) == 600
    assert min(ids[1]) < max(ids[0]), "their messages do not alternate"
    posted = [chat.post("new") for chat in chats]
    assert posted == sorted(posted)
    assert posted[0] > max(set.union(*ids))


def test_ids_of_an_export_can_be_claimed_once() -> None:
    box = Box()
    box.claim([3, 9])
    with pytest.raises(ValueError, match="message 9"):
        box.claim([9])
    assert box.next_id() == 10


def test_files_are_named_alike_by_nobody_but_their_ids() -> None:
    chat = World().add_supergroup(messages=2_000, content=Content(photos=500, documents=500))
    photos = [
        file.id
        for number in chat.message_ids
        for file in files_in(chat.message(number).media)
        if isinstance(file, types.Photo)
    ]
    assert len(photos) == len(set(photos)) > 500
