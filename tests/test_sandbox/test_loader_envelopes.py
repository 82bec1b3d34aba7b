"""Exports of every outer form: one chat or all of them, new and old, packed, broken."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from telethon.tl import functions, types

from tests.sandbox.world import World
from tests.sandbox.world.channels import Channel
from tests.sandbox.world.groups import BasicGroup
from tests.sandbox.world.loader import load_export
from tests.sandbox.world.loader.zones import find_zone
from tests.sandbox.world.private import PrivateChat
from tests.test_sandbox.asking import Client, client_of
from tests.test_sandbox.everything import everything, plain
from tests.test_sandbox.test_loader_messages import saved

OWNER: dict[str, Any] = {"from": "Olga Owner", "from_id": "user42"}
PETR: dict[str, Any] = {"from": "Petr Friend", "from_id": "user43"}


def message(number: int, text: str = "text", **more: Any) -> dict[str, Any]:
    date = {"date": "2025-01-01T12:00:00", "date_unixtime": "1735722000"}
    return {"id": number, "type": "message", **date, **plain(text), **more}


def chat(kind: str, number: int, *messages: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {**more, "type": kind, "id": number, "messages": list(messages)}


def full_export() -> dict[str, Any]:
    return {
        "about": "",
        "personal_information": {
            "user_id": 42,
            "first_name": "Olga",
            "last_name": "Owner",
            "phone_number": "+1 555 010 0042",
            "username": "@olga_o",
            "bio": "…",
        },
        "contacts": {
            "about": "",
            "list": [
                {
                    "user_id": 43,
                    "first_name": "Petr",
                    "last_name": "Friend",
                    "phone_number": "+1 555 010 0043",
                }
            ],
        },
        "chats": {
            "about": "",
            "list": [
                chat("saved_messages", 42, message(1, **OWNER)),
                chat("personal_chat", 43, message(2, **OWNER), message(4, **PETR), name="Petr"),
                chat("bot_chat", 44, message(3, **OWNER), name="A Bot"),
                chat("replies", 1271266957, message(5)),
                chat("verification_codes", 489000, message(6)),
                chat("private_group", 77, message(7, **PETR), name="Basic"),
                chat("private_supergroup", 78, message(1, **PETR), name="Super"),
                chat("public_supergroup", 79, message(1, **PETR), name="Open"),
                chat(
                    "private_channel",
                    80,
                    message(1, **{"from": "Posts", "from_id": "channel80"}),
                    name="Posts",
                ),
                chat("public_channel", 81, name="Empty"),
            ],
        },
        "left_chats": {
            "about": "",
            "list": [chat("private_supergroup", 82, message(9, **OWNER), name="Left")],
        },
    }


def test_a_full_export_becomes_the_owners_chats(tmp_path: Path) -> None:
    world = World()

    loaded = load_export(world, saved(tmp_path, full_export()))

    viewer = loaded.viewer
    assert viewer is world.owner
    assert (viewer.id, viewer.phone, viewer.user.username) == (42, "15550100042", "olga_o")
    assert viewer.user.name == "Olga Owner"
    assert viewer.contacts == {43}
    assert world.users[43].phone == "15550100043"
    kinds = [type(each) for each in loaded.chats]
    assert kinds == [PrivateChat] * 5 + [BasicGroup] + [Channel] * 5
    assert [each.peer_id for each in loaded.chats[5:8]] == [-77, -1000000000078, -1000000000079]
    assert [each.username for each in loaded.chats[6:10] if isinstance(each, Channel)] == [
        None,
        "chat_79",
        None,
        "chat_81",
    ]
    assert world.users[44].bot
    assert [each.peer_id for each in world.dialogs_of(viewer)] == [
        each.peer_id for each in loaded.chats[:-1]
    ]


async def test_messages_of_private_chats_look_as_the_owner_sees_them(tmp_path: Path) -> None:
    world = World()
    loaded = load_export(world, saved(tmp_path, full_export()))
    client = client_of(world)

    answer = await client(
        functions.messages.GetHistoryRequest(client.peer(loaded.chats[1]), 0, None, 0, 10, 0, 0, 0)
    )

    incoming, outgoing = answer.messages
    assert (incoming.id, incoming.out, incoming.from_id) == (4, False, None)
    assert (outgoing.id, outgoing.out, outgoing.from_id) == (2, True, types.PeerUser(42))
    assert {user.first_name for user in answer.users} == {"Olga", "Petr Friend"}


def test_a_single_private_chat_tells_whose_export_it_is(tmp_path: Path) -> None:
    exported = chat(
        "personal_chat", 43, message(2, **PETR), message(3, **OWNER), name="Petr Friend"
    )

    loaded = load_export(World(), saved(tmp_path, exported))

    assert loaded.viewer.id == 42
    assert loaded.viewer.user.name == "Olga Owner"
    assert loaded.chats[0].message_ids == [2, 3]


def test_a_group_that_was_a_basic_group_before_brings_both(tmp_path: Path) -> None:
    exported = chat(
        "private_supergroup",
        78,
        message(-999_999_995, "first", **PETR),
        message(-999_999_990, "second", **PETR, reply_to_message_id=-999_999_995),
        message(3, "third", **PETR),
        name="Super",
    )

    loaded = load_export(World(), saved(tmp_path, exported))

    (group,) = loaded.chats
    assert isinstance(group, Channel)
    assert group.message_ids == [3]
    before = group.migrated_from
    assert before is not None
    assert before.message_ids == [5, 10]
    reply = before.message(10)
    assert reply.reply_to.reply_to_msg_id == 5
    listed = list(group.world.dialogs_of(loaded.viewer))
    assert {chat.peer_id for chat in listed} == {before.peer_id, group.peer_id}
    assert before.tl(loaded.viewer).deactivated
    assert before.tl(loaded.viewer).migrated_to.channel_id == group.id


async def test_a_left_private_group_is_closed_to_the_owner(tmp_path: Path) -> None:
    loaded = load_export(World(), saved(tmp_path, full_export()))
    left = loaded.chats[-1]
    assert left.message_ids == [9]
    assert left.history(loaded.viewer) is None


def test_a_packed_export_is_read_like_a_plain_one(tmp_path: Path) -> None:
    path = tmp_path / "result.json.gz"
    path.write_bytes(gzip.compress(json.dumps(everything()).encode()))

    assert len(load_export(World(), path).chats[0].message_ids) == len(everything()["messages"])


def test_control_characters_are_read_as_telegram_desktop_writes_them(tmp_path: Path) -> None:
    exported = chat("private_supergroup", 78, message(1, "x", **PETR), name="Super")
    path = tmp_path / "result.json"
    path.write_text(json.dumps(exported).replace('"x"', r'"\x01 and \\x02 \"\\"'))

    loaded = load_export(World(), path)

    found = loaded.chats[0].message(1)
    assert found.message == '\x01 and \\x02 "\\'


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("[1, 2]", "neither a chat nor a list"),
        ('{"a": 1}', "neither a chat nor a list"),
        ("not json", "no JSON"),
        ('{"type": "secret_chat", "id": 1, "messages": []}', "unknown type"),
    ],
)
def test_something_else_is_refused_with_a_sentence(
    tmp_path: Path, content: str, reason: str
) -> None:
    path = tmp_path / "result.json"
    path.write_text(content)
    with pytest.raises(ValueError, match=reason):
        load_export(World(), path)


def test_a_second_chat_with_the_same_id_is_refused(tmp_path: Path) -> None:
    world = World()
    path = saved(tmp_path, everything())
    load_export(world, path)
    with pytest.raises(ValueError, match="already"):
        load_export(world, path)


def dated(zone: str, *moments: datetime) -> list[dict[str, Any]]:
    return [
        {
            "date": moment.astimezone(ZoneInfo(zone)).isoformat()[:19],
            "date_unixtime": str(int(moment.timestamp())),
        }
        for moment in moments
    ]


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe"])
def test_a_zone_that_changed_its_clocks_is_found_by_name(zone: str) -> None:
    moments = [datetime(2024, month, 15, 12, tzinfo=UTC) for month in range(1, 13)]
    moments += [datetime(2024, 3, 31, hour, 30, tzinfo=UTC) for hour in range(4)]

    found = find_zone(dated(zone, *moments))

    assert dated(found, *moments) == dated(zone, *moments)


@pytest.mark.parametrize(
    ("zone", "name"),
    [("Asia/Kathmandu", "+05:45"), ("America/Phoenix", "-07:00"), ("UTC", "+00:00")],
)
def test_a_zone_without_changes_is_given_as_an_offset(zone: str, name: str) -> None:
    moments = [datetime(2024, month, 15, 12, tzinfo=UTC) for month in range(1, 13)]
    assert find_zone(dated(zone, *moments)) == name


def test_dates_that_fit_no_zone_are_refused() -> None:
    odd = [
        {"date": "2024-01-01T00:00:00", "date_unixtime": "1704067200"},
        {"date": "2024-01-02T13:37:00", "date_unixtime": "1704153600"},
    ]
    with pytest.raises(ValueError, match="no time zone"):
        find_zone(odd)


async def test_topics_are_found_by_following_replies(tmp_path: Path) -> None:
    when = {"date": "2025-01-01T12:00:00", "date_unixtime": "1735722000"}
    actor = {"actor": "Petr Friend", "actor_id": "user43", **plain("")}
    exported = chat(
        "private_supergroup",
        78,
        message(1, **PETR),
        {"id": 2, "type": "service", **when, **actor, "action": "topic_created", "title": "News"},
        message(3, "in the topic", **PETR, reply_to_message_id=2),
        message(4, "an answer in the topic", **PETR, reply_to_message_id=3),
        message(5, "an answer outside", **PETR, reply_to_message_id=1),
        {
            "id": 6,
            "type": "service",
            **when,
            **actor,
            "action": "topic_edit",
            "new_title": "Olds",
        },
        name="Super",
    )
    world = World()
    (group,) = load_export(world, saved(tmp_path, exported)).chats
    assert isinstance(group, Channel)
    client = Client(world, world.owner)

    answer = await client(
        functions.messages.GetForumTopicsRequest(client.peer(group), None, 0, 0, 10)
    )

    assert [(topic.id, topic.title, topic.top_message) for topic in answer.topics] == [
        (2, "Olds", 6),
        (1, "General", 5),
    ]
    assert [group.topic_of(number) for number in range(1, 7)] == [1, 2, 2, 2, 1, 2]
