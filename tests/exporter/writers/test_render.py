"""Formats are rendered from the archive, offline."""

from __future__ import annotations

import asyncio
import json
import tracemalloc
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest
from telethon.tl import types

from exporter import render as rendering
from exporter.render import render
from storage.archive import Archive
from storage.database import Database
from storage.models import ChatInfo, MessageRow, Page, Peer, PeerKind, Skipped, Topic
from tests.exporter.convert.making import GROUP, GROUP_ID, SUMMER, in_group, row_of, service

FORMATS = ("json", "jsonl", "html")


@pytest.fixture
async def archive(tmp_path: Path) -> AsyncIterator[Archive]:
    database = await Database.open(f"sqlite+aiosqlite:///{tmp_path}/data/chatkeep.db")
    yield Archive(database)
    await database.close()


async def keep(archive: Archive, rows: Sequence[MessageRow], peers: Sequence[Peer] = ()) -> None:
    """Put messages into the archive as an export does."""
    (range_,) = await archive.plan(GROUP_ID, 1, rows[-1].id, part_ids=1_000_000)
    page = Page(
        messages=tuple(rows),
        peers=tuple(peers),
        media=(),
        skipped=(),
        next_id=rows[-1].id + 1,
    )
    await archive.keep(1, GROUP_ID, range_.id, page)


def contents(folder: Path) -> dict[str, bytes]:
    """The files in a folder."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def person(number: int) -> Peer:
    return Peer(peer_id=number, kind=PeerKind.USER, name=f"Person {number}")


def crowd(count: int) -> list[MessageRow]:
    """Messages of ever new people who answer each other."""
    return [
        row_of(
            in_group(
                number,
                f"Message {number} 🍏",
                from_id=types.PeerUser(1000 + number % 400),
                reply_to=types.MessageReplyHeader(reply_to_msg_id=1),
            )
        )
        for number in range(1, count + 1)
    ]


async def test_an_edited_message_carries_what_it_was_before(
    archive: Archive, tmp_path: Path
) -> None:
    bold = [types.MessageEntityBold(0, 5)]
    said = (("Helo", None, None), ("Hello", None, SUMMER), ("Hello", bold, SUMMER))
    for text, entities, edited in said:
        message = in_group(2, text, entities=entities, edit_date=edited)
        rows = (row_of(in_group(1)), row_of(message))
        await archive.keep(
            1, GROUP_ID, None, Page(messages=rows, peers=(), media=(), skipped=(), next_id=0)
        )
    before = await archive.versions(GROUP_ID, 2)

    await render(archive, GROUP, tmp_path, ("jsonl",), UTC)

    first, second = (
        json.loads(line) for line in (tmp_path / "messages.jsonl").read_text().splitlines()
    )
    assert "earlier" not in first
    noticed = [version.replaced.isoformat().replace("+00:00", "Z") for version in before]
    assert second["earlier"] == [
        {"until": noticed[0], "kind": "text", "text": {"text": "Helo"}},
        {
            "until": noticed[1],
            "edited": "2025-07-15T11:30:05Z",
            "kind": "text",
            "text": {"text": "Hello"},
        },
    ]


async def test_both_formats_hold_every_message_with_its_names(
    archive: Archive, tmp_path: Path
) -> None:
    await keep(archive, crowd(1_234), [person(1000 + number) for number in range(300)])
    heard: list[int] = []

    written = await render(
        archive, GROUP, tmp_path / "export", FORMATS, UTC, on_progress=heard.append
    )

    messages = json.loads((tmp_path / "export" / "result.json").read_text())["messages"]
    lines = [
        json.loads(line)
        for line in (tmp_path / "export" / "messages.jsonl").read_text().splitlines()
    ]
    assert written == heard[-1] == 1_234
    assert [message["id"] for message in messages] == list(range(1, 1_235))
    assert [line["id"] for line in lines] == list(range(1, 1_235))
    for message in messages:
        number = 1000 + message["id"] % 400
        assert message["from"] == (f"Person {number}" if number < 1300 else None)
        assert message["from_id"] == f"user{number}"


async def test_more_people_than_fit_into_memory_all_have_their_names(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rendering, "PEERS_AT_ONCE", 150)
    await keep(archive, crowd(1_000), [person(1000 + number) for number in range(400)])

    await render(archive, GROUP, tmp_path / "export", ["json"], UTC)

    messages = json.loads((tmp_path / "export" / "result.json").read_text())["messages"]
    assert [message["from"] for message in messages] == [
        f"Person {1000 + number % 400}" for number in range(1, 1_001)
    ]


async def test_two_renders_are_the_same_byte_for_byte(archive: Archive, tmp_path: Path) -> None:
    await keep(archive, crowd(700), [person(1000 + number) for number in range(100)])

    for folder in ("a", "b"):
        await render(archive, GROUP, tmp_path / folder, FORMATS, UTC)

    assert contents(tmp_path / "a") == contents(tmp_path / "b")


async def test_a_topic_is_named_by_its_present_title(archive: Archive, tmp_path: Path) -> None:
    await archive.save_chat(GROUP, is_forum=True)
    await archive.save_topics(GROUP_ID, [Topic(topic_id=2, title="Seeds")])
    await keep(archive, [row_of(in_group(3, "Hello"), topic_id=2)])

    await render(archive, GROUP, tmp_path / "export", ["jsonl"], UTC)

    line = json.loads((tmp_path / "export" / "messages.jsonl").read_text())
    assert (line["topic_id"], line["topic"]) == (2, "Seeds")


async def test_a_message_that_cannot_be_read_is_named_and_the_rest_goes_on(
    archive: Archive, tmp_path: Path
) -> None:
    broken = replace(row_of(in_group(2, "?")), tl=b"\xef\xbe\xad\xde", kind="unsupported")
    await keep(archive, [row_of(in_group(1, "a")), broken, row_of(in_group(3, "b"))])
    skipped: list[Skipped] = []

    await render(archive, GROUP, tmp_path / "export", FORMATS, UTC, on_skipped=skipped.append)

    messages = json.loads((tmp_path / "export" / "result.json").read_text())["messages"]
    assert [message["type"] for message in messages] == ["message", "unsupported", "message"]
    assert skipped == [
        Skipped(id=2, reason="Message 2 cannot be read: type 0xdeadbeef is unknown.")
    ]


async def test_a_cancelled_render_leaves_what_was_there(archive: Archive, tmp_path: Path) -> None:
    folder = tmp_path / "export"
    await keep(archive, [row_of(in_group(1, "old"))])
    await render(archive, GROUP, folder, FORMATS, UTC)
    before = contents(folder)
    await keep(archive, crowd(3_000)[1:])
    halfway = asyncio.Event()

    def stop_here(written: int) -> None:
        halfway.set()

    task = asyncio.create_task(render(archive, GROUP, folder, FORMATS, UTC, on_progress=stop_here))
    await halfway.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert contents(folder) == before


async def test_the_event_loop_gets_its_turn(archive: Archive, tmp_path: Path) -> None:
    await keep(archive, crowd(1_000))
    turns = 0

    async def count_turns() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    counting = asyncio.create_task(count_turns())
    await render(archive, GROUP, tmp_path / "export", ["jsonl"], UTC)
    counting.cancel()

    assert turns >= 1_000 // rendering.AT_ONCE


async def test_memory_does_not_grow_with_the_chat(archive: Archive, tmp_path: Path) -> None:
    await keep(archive, crowd(500))
    await render(archive, GROUP, tmp_path / "warm-up", FORMATS, UTC)

    async def peak_bytes() -> int:
        tracemalloc.start()
        await render(archive, GROUP, tmp_path / "export", FORMATS, UTC)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    await keep(archive, crowd(1_500)[500:])
    small = await peak_bytes()
    await keep(archive, crowd(4_500)[1_500:])
    large = await peak_bytes()

    assert large < small * 1.2


async def test_members_of_a_service_message_are_looked_up_too(
    archive: Archive, tmp_path: Path
) -> None:
    added = service(1, types.MessageActionChatAddUser([1001, 1002]))
    await keep(archive, [row_of(added)], [person(1001), person(101)])

    await render(archive, GROUP, tmp_path / "export", ["json"], UTC)

    (message,) = json.loads((tmp_path / "export" / "result.json").read_text())["messages"]
    assert message["actor"] == "Person 101"
    assert message["members"] == ["Person 1001", None]


@pytest.mark.parametrize(
    ("chat", "name"),
    [
        (ChatInfo(id=GROUP_ID, title="New title", type="private_supergroup"), "New title"),
        (ChatInfo(id=GROUP_ID, title=None, type="private_supergroup"), "Old title"),
    ],
)
async def test_a_message_in_the_chats_own_name_has_its_present_title(
    archive: Archive, tmp_path: Path, chat: ChatInfo, name: str
) -> None:
    old = Peer(peer_id=GROUP_ID, kind=PeerKind.CHANNEL, name="Old title")
    await keep(archive, [row_of(in_group(1, "Hello", from_id=None))], [old])

    await render(archive, chat, tmp_path / "export", ["json"], UTC)

    messages: list[dict[str, Any]] = json.loads((tmp_path / "export" / "result.json").read_text())[
        "messages"
    ]
    assert messages[0]["from"] == name
