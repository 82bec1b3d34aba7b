"""Exports of a part of a chat: what comes, and what Telegram is asked for."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from exporter.slice import name_of
from storage.models import ExportRequest
from tests.exporter.exporting import Exporter, exporter, ids, lines, written
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.world.content import MIXED
from tests.sandbox.world.synthetic import date_of

HISTORY = "GetHistoryRequest"


@pytest.fixture
async def chatkeep(sandbox: Sandbox, tmp_path: Path) -> AsyncIterator[Exporter]:
    async with exporter(sandbox, tmp_path) as running:
        yield running


def moment(message_id: int) -> str:
    """When a synthetic message was written."""
    return datetime.fromtimestamp(date_of(message_id), UTC).isoformat()


def pages_asked(sandbox: Sandbox) -> list[int]:
    """Where pages of the history began."""
    return [
        call.arguments["offset_id"]
        for call in sandbox.faults.log
        if call.name == HISTORY and call.arguments["limit"] > 1
    ]


async def test_days_far_back_cost_their_pages_and_two_probes(
    sandbox: Sandbox, chatkeep: Exporter
) -> None:
    chat = sandbox.world.add_supergroup("Study", messages=20_000)

    done = await chatkeep.export(chat.peer_id, since=moment(5_000), until=moment(5_250))

    assert ids(written(done)) == list(range(5_000, 5_251))
    assert done.messages == done.new == 251
    asked = pages_asked(sandbox)
    assert all(5_000 <= offset <= 5_250 for offset in asked)
    assert sandbox.faults.calls(HISTORY) == len(asked) + 2


async def test_since_alone_reaches_to_the_top(sandbox: Sandbox, chatkeep: Exporter) -> None:
    chat = sandbox.world.add_supergroup("Study", messages=500)

    done = await chatkeep.export(chat.peer_id, since=moment(460))

    assert ids(written(done)) == list(range(460, 501))


async def test_days_before_the_first_message_hold_nothing(
    sandbox: Sandbox, chatkeep: Exporter
) -> None:
    chat = sandbox.world.add_supergroup("Study", messages=50)

    before = await chatkeep.export(chat.peer_id, until="1960-01-01")
    after = await chatkeep.export(chat.peer_id, since="2100-01-01")

    assert written(before) == written(after) == []
    assert after.messages == 0


async def test_numbers_cut_a_chat_too(sandbox: Sandbox, chatkeep: Exporter) -> None:
    chat = sandbox.world.add_channel("News", messages=900)

    done = await chatkeep.export(chat.peer_id, min_id=301, max_id=420)

    assert ids(written(done)) == list(range(301, 421))
    assert max(pages_asked(sandbox)) <= 420


async def test_a_number_above_the_top_leaves_what_is_not_written_yet_for_later(
    sandbox: Sandbox, chatkeep: Exporter
) -> None:
    chat = sandbox.world.add_channel("News", messages=20)
    await chatkeep.export(chat.peer_id, max_id=1_000)
    chat.post("news")

    done = await chatkeep.export(chat.peer_id)

    assert ids(written(done)) == list(range(1, 22))
    assert done.new == 1


async def test_a_slice_and_then_the_rest_make_the_whole_and_ask_for_nothing_twice(
    sandbox: Sandbox, chatkeep: Exporter
) -> None:
    chat = sandbox.world.add_supergroup("Study", messages=600)
    part = await chatkeep.export(chat.peer_id, min_id=201, max_id=400)

    done = await chatkeep.export(chat.peer_id)

    assert ids(written(done)) == list(range(1, 601))
    assert done.new == 400
    assert Path(part.folder).parent == Path(done.folder)
    assert ids(written(part)) == list(range(201, 401))  # still there


async def test_a_topic_is_asked_for_alone_and_begins_with_its_opening(
    sandbox: Sandbox, chatkeep: Exporter
) -> None:
    chat = sandbox.world.add_forum("Forum", topics=["News", "Talk", "Talk shows"], messages=900)
    topic = next(each for each in chat.topics.values() if each.title == "Talk")

    by_title = await chatkeep.export(chat.peer_id, topic="talk")
    again = await chatkeep.export(chat.peer_id, topic=str(topic.id))

    expected = [number for number in chat.message_ids if chat.topic_of(number) == topic.id]
    assert ids(written(by_title)) == ids(written(again)) == expected
    assert again.new == 0
    assert pages_asked(sandbox) == []


async def test_the_general_topic_holds_what_names_none(
    sandbox: Sandbox, chatkeep: Exporter
) -> None:
    chat = sandbox.world.add_forum("Forum", topics=["News"], messages=300)

    done = await chatkeep.export(chat.peer_id, topic="General")

    assert ids(written(done)) == [n for n in chat.message_ids if chat.topic_of(n) == 1]


@pytest.mark.parametrize("named", ["name", "username", "id"])
async def test_a_persons_messages_are_searched_for(
    sandbox: Sandbox, chatkeep: Exporter, named: str
) -> None:
    mia = sandbox.world.add_user("Mia Moon", username="miamoon")
    ben = sandbox.world.add_user("Ben Moon")
    chat = sandbox.world.add_supergroup("Study", members=[sandbox.world.owner, mia, ben])
    for number in range(150):
        chat.post(f"{number}", sender=mia if number % 5 == 0 else ben)
    if named == "id":
        await chatkeep.export(chat.peer_id, max_id=1)  # the account has met them
    sender = {"name": "mia moon", "username": "@miamoon", "id": str(mia.id)}[named]

    done = await chatkeep.export(chat.peer_id, sender=sender)

    assert {line["sender"]["id"] for line in lines(done)} == {mia.id}
    assert len(lines(done)) == 30
    assert not [offset for offset in pages_asked(sandbox) if offset > 1]


async def test_whom_telegram_cannot_search_for_is_picked_out_here(
    sandbox: Sandbox, chatkeep: Exporter
) -> None:
    mia = sandbox.world.add_user("Mia Moon")
    chat = sandbox.world.add_private_chat(mia)
    for number in range(20):
        chat.post(f"{number}", sender=mia.id if number % 2 else sandbox.world.owner.id)

    done = await chatkeep.export(chat.peer_id, sender="me")

    assert [line["text"]["text"] for line in lines(done)] == [f"{n}" for n in range(0, 20, 2)]
    assert done.messages == 20


async def test_kinds_of_files_are_searched_for_and_texts_are_not(
    sandbox: Sandbox, chatkeep: Exporter
) -> None:
    chat = sandbox.world.add_supergroup("Study", messages=400, content=MIXED)
    files = await chatkeep.export(chat.peer_id, types=("photo", "voice_message"), media="none")
    asked = pages_asked(sandbox)

    texts = await chatkeep.export(chat.peer_id, types=("text",), media="none")
    photos = await chatkeep.export(chat.peer_id, types=("photo",), media="none")

    assert {line["kind"] for line in lines(files)} == {"photo", "voice_message"}
    assert {line["kind"] for line in lines(texts)} == {"text"}
    assert asked == []
    assert texts.messages == len(chat.message_ids)
    found = [line["id"] for line in lines(files) if line["kind"] == "photo"]
    assert [line["id"] for line in lines(photos)] == found


async def test_conditions_add_up(sandbox: Sandbox, chatkeep: Exporter) -> None:
    chat = sandbox.world.add_forum("Forum", topics=["News"], messages=600, content=MIXED)
    topic = max(chat.topics)

    done = await chatkeep.export(
        chat.peer_id, topic="News", types=("photo",), min_id=200, media="none"
    )

    whole = await chatkeep.export(chat.peer_id, media="none")
    expected = [
        line["id"]
        for line in lines(whole)
        if line["kind"] == "photo" and line.get("topic_id") == topic and line["id"] >= 200
    ]
    assert [line["id"] for line in lines(done)] == expected
    assert expected


async def test_words_that_mean_nothing_here_are_answered_with_a_sentence(
    sandbox: Sandbox, chatkeep: Exporter
) -> None:
    forum = sandbox.world.add_forum("Forum", topics=["News", "Newton"], messages=30)
    group = sandbox.world.add_supergroup("Study", messages=10)
    for name in ("Twin Twain", "twin twain"):
        group.members.append(sandbox.world.add_user(name).id)

    assert "has no topics" in await chatkeep.refusal(group.peer_id, topic="News")
    unknown = await chatkeep.refusal(forum.peer_id, topic="Sports")
    assert "has no topic “Sports”. It has: General (1), News (" in unknown
    assert "“new” fits 2 topics" in await chatkeep.refusal(forum.peer_id, topic="new")
    assert "Nobody called “Xaver”" in await chatkeep.refusal(group.peer_id, sender="Xaver")
    assert "2 people are called" in await chatkeep.refusal(group.peer_id, sender="Twin Twain")


def test_a_part_has_a_name_and_the_whole_has_none() -> None:
    assert name_of(ExportRequest(chat="@x", refresh="all", comments=True)) is None
    part = ExportRequest(chat="@x", since="2026-05-03T14:30", max_id=7, types=("photo", "text"))
    assert name_of(part) == "since 2026-05-03T14.30, to message 7, only photo text"
