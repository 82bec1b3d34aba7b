"""A basic group's messages in the archive of the supergroup that it became."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest
from telethon.tl import types

from exporter.render import render
from storage.archive import Archive
from storage.database import Database
from storage.models import ChatInfo, Page
from storage.slices import Slice
from storage.surroundings import Surroundings
from tests.exporter.convert.making import GROUP, GROUP_ID, in_group, row_of, service

EARLIER = ChatInfo(id=-555, title="Old name", type="private_group")
MOVED = -1_000_000_000


@pytest.fixture
async def archive(tmp_path: Path) -> AsyncIterator[Archive]:
    """A group of three messages that became a supergroup of two."""
    database = await Database.open(f"sqlite+aiosqlite:///{tmp_path}/data/chatkeep.db")
    archive = Archive(database)
    await archive.save_chat(EARLIER)
    await archive.save_chat(GROUP)
    await archive.save_surroundings(GROUP_ID, Surroundings(forerunner_id=EARLIER.id))
    answer = types.MessageReplyHeader(reply_to_msg_id=1)
    before = [
        in_group(1, "First"),
        in_group(2, "Second", reply_to=answer),
        service(3, types.MessageActionPinMessage(), reply_to=answer),
    ]
    elsewhere = types.MessageReplyHeader(
        reply_to_msg_id=2, reply_to_peer_id=types.PeerChat(-EARLIER.id)
    )
    after = [in_group(1, "Third", reply_to=elsewhere), in_group(2, "Fourth", reply_to=answer)]
    for chat_id, messages in ((EARLIER.id, before), (GROUP_ID, after)):
        page = Page(
            messages=tuple(row_of(message) for message in messages),
            peers=(),
            media=(),
            skipped=(),
            next_id=10,
        )
        await archive.keep(1, chat_id, None, page)
    yield archive
    await database.close()


def desktop(folder: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((folder / "result.json").read_text())["messages"]
    return found


async def test_its_messages_come_first_renumbered_as_telegram_desktop_does(
    archive: Archive, tmp_path: Path
) -> None:
    written = await render(archive, GROUP, tmp_path, ("json", "jsonl"), UTC)

    messages = desktop(tmp_path)
    assert written == 5
    assert [message["id"] for message in messages] == [MOVED + 1, MOVED + 2, MOVED + 3, 1, 2]
    assert messages[1]["reply_to_message_id"] == MOVED + 1
    assert messages[2]["message_id"] == MOVED + 1
    assert (messages[3]["reply_to_message_id"], messages[3]["reply_to_peer_id"]) == (2, "chat555")
    assert messages[4]["reply_to_message_id"] == 1


async def test_each_line_names_the_chat_that_its_number_belongs_to(
    archive: Archive, tmp_path: Path
) -> None:
    await render(archive, GROUP, tmp_path, ("jsonl",), UTC)

    lines = [json.loads(line) for line in (tmp_path / "messages.jsonl").read_text().splitlines()]
    assert [(line["chat_id"], line["id"]) for line in lines] == [
        (EARLIER.id, 1),
        (EARLIER.id, 2),
        (EARLIER.id, 3),
        (GROUP_ID, 1),
        (GROUP_ID, 2),
    ]


async def test_the_numbers_of_a_slice_are_those_of_the_supergroup(
    archive: Archive, tmp_path: Path
) -> None:
    await render(archive, GROUP, tmp_path, ("json",), UTC, wanted=Slice(min_id=2))

    assert [message["id"] for message in desktop(tmp_path)] == [2]


async def test_the_basic_group_alone_keeps_its_own_numbers(
    archive: Archive, tmp_path: Path
) -> None:
    await render(archive, EARLIER, tmp_path, ("json",), UTC)

    assert [message["id"] for message in desktop(tmp_path)] == [1, 2, 3]
