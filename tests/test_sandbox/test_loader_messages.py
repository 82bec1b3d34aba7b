"""The loader keeps what an export tells of each message."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.real_exports import read_export, real_export
from tests.sandbox.world import World
from tests.sandbox.world.chats import Chat
from tests.sandbox.world.loader import load_export
from tests.sandbox.world.loader.texts import KINDS, text_of
from tests.sandbox.world.loader.zones import zone_of
from tests.test_sandbox.everything import ACTOR, ACTORLESS, everything
from tests.test_sandbox.reverse import Reverse, text_parts, told, told_parts


def saved(folder: Path, exported: Any) -> Path:
    path = folder / "result.json"
    path.write_text(json.dumps(exported, ensure_ascii=False, indent=1))
    return path


def differences(chat: Chat, zone: str, messages: list[dict[str, Any]]) -> list[Any]:
    """What the loaded messages say otherwise than the export."""
    reverse = Reverse(chat, zone_of(zone))
    found = []
    for message in messages:
        expected, loaded = told(message), reverse.message(chat.message(message["id"]))
        if message.get("action") in {each["action"] for each in ACTORLESS}:
            loaded.pop("actor"), loaded.pop("actor_id")
        if expected != loaded:
            found.append((expected, loaded))
    return found


@pytest.mark.parametrize(("name", "zone"), [("study-forum", "+05:00"), ("video-channel", "+04:00")])
def test_a_real_chat_is_loaded_without_loss(name: str, zone: str) -> None:
    path = real_export(name)
    messages = read_export(path)["messages"]

    loaded = load_export(World(), path)

    (chat,) = loaded.chats
    assert loaded.zone == zone
    assert loaded.unknown == frozenset()
    assert chat.message_ids == [message["id"] for message in messages]
    assert differences(chat, loaded.zone, messages) == []


def test_every_key_of_a_message_survives_loading(tmp_path: Path) -> None:
    exported = everything()

    loaded = load_export(World(), saved(tmp_path, exported))

    (chat,) = loaded.chats
    assert loaded.unknown == frozenset()
    assert chat.message_ids == [message["id"] for message in exported["messages"]]
    assert differences(chat, loaded.zone, exported["messages"]) == []


def test_an_unknown_action_is_kept_by_its_name_and_reported(tmp_path: Path) -> None:
    exported = everything()
    exported["messages"] = [
        {
            "id": 5,
            "type": "service",
            "date": "2025-01-01T00:00:00",
            **ACTOR,
            "action": "dance_a_tango",
            "text": "",
        }
    ]

    loaded = load_export(World(), saved(tmp_path, exported))

    message = loaded.chats[0].message(5)
    assert message.action.message == "dance_a_tango"
    assert loaded.unknown == {"dance_a_tango"}


def old_format(exported: dict[str, Any]) -> dict[str, Any]:
    """As versions of 2019 wrote it: no entities, no Unix times, numbers for senders."""
    shifts = {"user": 0, "chat": 1, "channel": 2}
    for message in exported["messages"]:
        for key in ("text_entities", "date_unixtime", "edited_unixtime"):
            message.pop(key, None)
        message.setdefault("edited", "1970-01-01T05:00:00")
        for key in ("from_id", "actor_id"):
            for word, shift in shifts.items():
                given = message.get(key)
                if isinstance(given, str) and given.startswith(word):
                    message[key] = (shift << 32) + int(given.removeprefix(word)) % (1 << 32)
    return exported


def test_an_old_export_says_the_same(tmp_path: Path) -> None:
    exported = everything()
    old = old_format(everything())

    loaded = load_export(World(), saved(tmp_path, old))

    (chat,) = loaded.chats
    assert loaded.zone == "+00:00"
    reverse = Reverse(chat, zone_of(loaded.zone))
    for message in exported["messages"][:-1]:
        back = reverse.message(chat.message(message["id"]))
        assert back["date"] == message["date"]
        assert back["text_entities"] == told_parts(message["text_entities"])
        edited = message.get("edited")
        assert back.get("edited") == edited
    anna, deleted, own = (reverse.message(chat.message(number)) for number in (1, 2, 3))
    assert (anna["from"], anna["from_id"]) == ("Anna Алексеева", "user1000001")
    assert deleted["from"] == "nobody"
    assert own["from_id"] == exported["messages"][2]["from_id"]


@given(
    st.lists(
        st.one_of(
            st.text(st.characters(exclude_categories=["Cs"]), min_size=1),
            st.builds(
                lambda kind, text: {"type": kind, "text": text},
                st.sampled_from(sorted(KINDS.keys() - {"custom_emoji"})),
                st.text(st.characters(exclude_categories=["Cs"]), min_size=1),
            ),
        )
    )
)
def test_entities_stand_where_their_text_stands(parts: list[Any]) -> None:
    expected: list[dict[str, Any]] = []
    for part in parts:
        if isinstance(part, dict):
            expected.append(part)
        elif expected and expected[-1]["type"] == "plain":
            expected[-1]["text"] += part
        else:
            expected.append({"type": "plain", "text": part})

    text, entities = text_of(parts)

    found = [{"type": part["type"], "text": part["text"]} for part in text_parts(text, entities)]
    assert found == expected
