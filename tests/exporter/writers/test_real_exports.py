"""A real export, turned into Telegram's messages and back, is the file that it was."""

from __future__ import annotations

import gzip
import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from exporter.telegram.convert import Names, convert, parse
from exporter.writers import WRITERS
from exporter.writers.desktop import EXTRA_KEYS
from storage.models import ChatInfo, Peer, PeerKind
from tests.exporter.convert.making import row_of
from tests.real_exports import read_export, real_export
from tests.sandbox.world.loader import LoadedExport, load_export
from tests.sandbox.world.loader.zones import zone_of
from tests.sandbox.world.view import seen
from tests.sandbox.world.world import World

REAL = ["study-forum", "video-channel"]

EMOJI_FILE = re.compile(r'("document_id": )"[^"]*"')
"""Where the file of a custom emoji lies: we have not fetched it, whoever made the export had."""

NULL = re.compile(r'\n *"(?:action|new_title|new_icon_emoji_id)": null,')
"""Keys that we write and Telegram Desktop leaves out: see docs/formats.md."""

OURS = re.compile(
    rf',\n   "(?:{"|".join(EXTRA_KEYS)})": (?:\{{.*?\n   \}}|[^\n\{{]*?)(?=,?\n)', re.DOTALL
)
"""Keys of ours at the end of a message."""


def peers_of(world: World) -> dict[int, Peer]:
    users = {
        user.id: Peer(peer_id=user.id, kind=PeerKind.USER, name=user.name or None)
        for user in world.users.values()
    }
    chats = {
        chat.peer_id: Peer(peer_id=chat.peer_id, kind=PeerKind.CHANNEL, name=chat.title)
        for chat in world.chats
    }
    return users | chats


def write(loaded: LoadedExport, world: World, folder: Path, kind: str, writer: str) -> Path:
    """Write the one chat of a loaded export, each message through its bytes."""
    (chat,) = loaded.chats
    info = ChatInfo(id=chat.peer_id, title=chat.title, type=kind)
    names = Names(info, peers_of(world))
    made = WRITERS[writer](folder, zone_of(loaded.zone))
    made.begin(info)
    for message_id in chat.message_ids:
        row = row_of(seen(chat.message(message_id), chat, loaded.viewer))
        made.message(convert(row, parse(row), names, {}))
    return made.end()


@pytest.mark.parametrize("name", REAL)
def test_result_json_is_the_source_byte_for_byte(name: str, tmp_path: Path) -> None:
    source = real_export(name)
    world = World()
    loaded = load_export(world, source)

    path = write(loaded, world, tmp_path, read_export(source)["type"], "json")

    ours = EMOJI_FILE.sub(r"\1PATH", OURS.sub("", NULL.sub("", path.read_text("utf-8"))))
    theirs = EMOJI_FILE.sub(r"\1PATH", gzip.decompress(source.read_bytes()).decode())
    assert ours.splitlines() == theirs.splitlines()


def told_in_common(message: dict[str, Any]) -> dict[str, Any]:
    """What both formats say of a message, from the source."""
    return {
        "id": message["id"],
        "service": message["type"] == "service",
        "unix": int(message["date_unixtime"]),
        "sender": message.get("from", message.get("actor")),
        "text": "".join(run["text"] for run in message["text_entities"]),
        "reply": message.get("reply_to_message_id", message.get("message_id")),
        "reactions": sum(reaction["count"] for reaction in message.get("reactions", ())),
        "size": message.get("file_size", message.get("photo_file_size")),
    }


def said_in_common(line: dict[str, Any]) -> dict[str, Any]:
    """The same from a line of messages.jsonl."""
    return {
        "id": line["id"],
        "service": line["kind"] == "service",
        "unix": int(datetime.fromisoformat(line["date"]).timestamp()),
        "sender": line["sender"]["name"],
        "text": line.get("text", {}).get("text", ""),
        "reply": line.get("reply", {}).get("message_id"),
        "reactions": sum(reaction["count"] for reaction in line.get("reactions", ())),
        "size": line.get("media", {}).get("size_bytes"),
    }


@pytest.mark.parametrize("name", REAL)
def test_messages_jsonl_says_the_same(name: str, tmp_path: Path) -> None:
    source = real_export(name)
    told = read_export(source)
    world = World()
    loaded = load_export(world, source)

    path = write(loaded, world, tmp_path, told["type"], "jsonl")

    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    theirs = [told_in_common(message) for message in told["messages"]]
    ours = [said_in_common(line) for line in lines]
    for our, their in zip(ours, theirs, strict=True):
        if our["service"] and their["reply"] is None:
            our["reply"] = None  # a service message in a topic answers the topic, unsaid there
        assert our == their
