"""Paging through a chat's history, oldest messages first."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from datetime import UTC, datetime
from typing import Any

import pytest
from telethon.extensions import BinaryReader
from telethon.tl import types

from exporter.errors import JobError
from exporter.telegram.connection import Telegram
from exporter.telegram.history import Top, pages, top_of
from exporter.telegram.resolve import ChatRef, resolve
from storage.archive import Archive
from storage.models import Page, Range
from tests.exporter.reaching import ACCOUNT_ID, signed_in
from tests.sandbox.faults import Faults
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.world.chats import Chat

ASKED = "GetHistoryRequest"


def whole(top: Top, *, next_id: int = 1) -> Range:
    return Range(id=1, first_id=1, last_id=top.id, next_id=next_id)


async def read(telegram: Telegram, chat: ChatRef, range_: Range) -> list[Page]:
    async with aclosing(pages(telegram, chat, range_)) as stream:
        return [page async for page in stream]


def ids_of(found: list[Page]) -> list[int]:
    return [message.id for page in found for message in page.messages]


def offsets_asked(faults: Faults) -> list[int]:
    """Where pages began; the question for the top is left out."""
    return [
        call.arguments["offset_id"]
        for call in faults.log
        if call.name == ASKED and call.arguments["limit"] > 1
    ]


async def test_every_message_comes_once_oldest_first_in_pages_that_join(
    sandbox: Sandbox, archive: Archive
) -> None:
    chat = sandbox.world.add_supergroup("Study", messages=250)
    async with signed_in(sandbox) as telegram:
        reference = await resolve(telegram, archive, str(chat.peer_id))
        top = await top_of(telegram, reference)
        found = await read(telegram, reference, whole(top))

    assert top == Top(id=250, total=250)
    assert ids_of(found) == chat.message_ids
    assert [page.next_id for page in found] == [101, 201, 251]
    assert offsets_asked(sandbox.faults) == [1, 101, 201]


@pytest.mark.parametrize("kind", ["private", "group", "channel", "forum"])
async def test_each_kind_of_chat_is_read_whole(
    sandbox: Sandbox, archive: Archive, kind: str
) -> None:
    chat: Chat
    match kind:
        case "private":
            chat = sandbox.world.add_private_chat(sandbox.world.add_user("Mia Moon"), messages=150)
        case "group":
            chat = sandbox.world.add_basic_group("Family", messages=150)
        case "channel":
            chat = sandbox.world.add_channel("News", messages=150)
        case _:
            chat = sandbox.world.add_forum("Forum", messages=150)
    async with signed_in(sandbox) as telegram:
        reference = await resolve(telegram, archive, str(chat.peer_id))
        found = await read(telegram, reference, whole(await top_of(telegram, reference)))

    assert ids_of(found) == chat.message_ids
    assert reference.is_channel == (kind in ("channel", "forum"))


async def test_a_range_goes_on_at_its_checkpoint_and_ends_at_its_last_id(
    sandbox: Sandbox, archive: Archive
) -> None:
    chat = sandbox.world.add_supergroup("Study", messages=500)
    async with signed_in(sandbox) as telegram:
        reference = await resolve(telegram, archive, str(chat.peer_id))
        found = await read(telegram, reference, Range(id=1, first_id=1, last_id=300, next_id=131))

    assert ids_of(found) == list(range(131, 301))
    assert found[-1].next_id == 301
    assert offsets_asked(sandbox.faults) == [131, 231]


async def test_a_finished_range_asks_nothing(sandbox: Sandbox, archive: Archive) -> None:
    chat = sandbox.world.add_supergroup("Study", messages=20)
    async with signed_in(sandbox) as telegram:
        reference = await resolve(telegram, archive, str(chat.peer_id))
        assert await read(telegram, reference, whole(Top(id=20, total=20), next_id=21)) == []

    assert sandbox.faults.calls(ASKED) == 0


async def test_holes_are_passed_over_and_a_deleted_top_ends_the_range(
    sandbox: Sandbox, archive: Archive
) -> None:
    chat = sandbox.world.add_supergroup("Study", messages=300)
    async with signed_in(sandbox) as telegram:
        reference = await resolve(telegram, archive, str(chat.peer_id))
        top = await top_of(telegram, reference)
        chat.delete(*range(90, 211), 300)
        found = await read(telegram, reference, whole(top))

    assert ids_of(found) == chat.message_ids
    assert found[-1].next_id == 301


async def test_an_empty_chat_has_no_top(sandbox: Sandbox, archive: Archive) -> None:
    chat = sandbox.world.add_supergroup("Quiet")
    async with signed_in(sandbox) as telegram:
        reference = await resolve(telegram, archive, str(chat.peer_id))
        assert await top_of(telegram, reference) == Top(id=0, total=0)


async def test_that_nothing_is_left_is_believed_when_it_is_said_twice(
    sandbox: Sandbox, archive: Archive
) -> None:
    chat = sandbox.world.add_supergroup("Study", messages=10)
    async with signed_in(sandbox) as telegram:
        reference = await resolve(telegram, archive, str(chat.peer_id))
        (page,) = await read(telegram, reference, Range(id=1, first_id=1, last_id=50, next_id=11))

    assert (page.messages, page.next_id) == ((), 51)
    assert offsets_asked(sandbox.faults) == [11, 11]


async def test_older_messages_that_fill_up_the_last_page_are_dropped(
    sandbox: Sandbox, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = sandbox.world.add_supergroup("Study", messages=250)
    cut = chat.pages.cut
    monkeypatch.setattr(
        chat.pages, "cut", lambda history, viewer, _, stop: cut(history, viewer, stop - 100, stop)
    )
    async with signed_in(sandbox) as telegram:
        reference = await resolve(telegram, archive, str(chat.peer_id))
        found = await read(telegram, reference, whole(Top(id=250, total=250)))

    assert ids_of(found) == chat.message_ids


async def test_a_page_out_of_order_is_asked_for_again_and_not_without_end(
    sandbox: Sandbox, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = sandbox.world.add_supergroup("Study", messages=50)
    answers: list[bool] = [False, True]
    cut = chat.pages.cut

    def oldest_first_at_times(history: Any, viewer: Any, start: int, stop: int) -> Any:
        if not answers or answers.pop(0):
            return cut(history, viewer, start, stop)
        return chat.pages.listed(history, viewer, history.ids[start:stop], count=50, offset=0)

    monkeypatch.setattr(chat.pages, "cut", oldest_first_at_times)
    async with signed_in(sandbox) as telegram:
        reference = await resolve(telegram, archive, str(chat.peer_id))
        found = await read(telegram, reference, whole(Top(id=50, total=50)))
        answers.extend([False] * 3)
        with pytest.raises(JobError, match="out of order"):
            await read(telegram, reference, whole(Top(id=50, total=50)))

    assert ids_of(found) == chat.message_ids


async def test_an_answer_of_an_unknown_type_ends_in_a_sentence(
    sandbox: Sandbox, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = sandbox.world.add_supergroup("Study", messages=50)
    monkeypatch.setattr(chat.pages, "cut", lambda *_: bytes.fromhex("efbeadde00000000"))
    async with signed_in(sandbox) as telegram:
        reference = await resolve(telegram, archive, str(chat.peer_id))
        with pytest.raises(JobError, match=r"cannot read \(type deadbeef\)\. Update Chatkeep"):
            await top_of(telegram, reference)


async def test_the_next_page_is_under_way_while_one_is_kept_and_only_that_one(
    sandbox: Sandbox, archive: Archive
) -> None:
    chat = sandbox.world.add_supergroup("Study", messages=500)
    async with signed_in(sandbox) as telegram:
        reference = await resolve(telegram, archive, str(chat.peer_id))
        async with aclosing(pages(telegram, reference, whole(Top(id=500, total=500)))) as stream:
            first = await anext(stream)
            await sandbox.faults.wait_for_calls(ASKED, 2)
            second = await anext(stream)
            await sandbox.faults.wait_for_calls(ASKED, 3)

    assert ids_of([first, second]) == list(range(1, 201))
    assert offsets_asked(sandbox.faults) == [1, 101, 201]


async def test_closing_early_ends_the_request_under_way(sandbox: Sandbox, archive: Archive) -> None:
    chat = sandbox.world.add_supergroup("Study", messages=500)
    async with signed_in(sandbox) as telegram:
        reference = await resolve(telegram, archive, str(chat.peer_id))
        held = sandbox.faults.hold(after=1)
        async with aclosing(pages(telegram, reference, whole(Top(id=500, total=500)))) as stream:
            await anext(stream)
            await held.reached.wait()

        assert {task.get_name() for task in asyncio.all_tasks()}.isdisjoint({"fetch a page"})
        held.release()


async def test_a_page_that_was_read_is_given_before_the_failure_of_the_next(
    sandbox: Sandbox, archive: Archive
) -> None:
    chat = sandbox.world.add_supergroup("Study", messages=500)
    async with signed_in(sandbox) as telegram:
        reference = await resolve(telegram, archive, str(chat.peer_id))
        sandbox.faults.fail(400, "CHANNEL_PRIVATE", after=1)
        async with aclosing(pages(telegram, reference, whole(Top(id=500, total=500)))) as stream:
            page = await anext(stream)
            await sandbox.faults.wait_for_calls(ASKED, 2)
            with pytest.raises(JobError, match=r"may not read “Study”.*is kept"):
                await anext(stream)

    assert ids_of([page]) == list(range(1, 101))


async def test_cuts_and_floods_lose_nothing_and_bring_nothing_twice(
    sandbox: Sandbox, archive: Archive
) -> None:
    chat = sandbox.world.add_supergroup("Study", messages=1000)
    sandbox.faults.cut_before_answer(after=1)
    sandbox.faults.cut_amid_answer(after=1)
    sandbox.faults.flood_wait(1, after=1)
    sandbox.faults.server_error(after=1)
    async with signed_in(sandbox) as telegram:
        reference = await resolve(telegram, archive, str(chat.peer_id))
        found = await read(telegram, reference, whole(await top_of(telegram, reference)))

    assert ids_of(found) == chat.message_ids


async def test_peers_come_along_once(sandbox: Sandbox, archive: Archive) -> None:
    chat = sandbox.world.add_supergroup("Study", messages=300, people=6)
    async with signed_in(sandbox) as telegram:
        reference = await resolve(telegram, archive, str(chat.peer_id))
        found = await read(telegram, reference, whole(await top_of(telegram, reference)))

    given = [peer.peer_id for page in found for peer in page.peers]
    assert len(given) == len(set(given))
    assert set(given) == {chat.peer_id, *chat.members}


async def test_a_message_keeps_its_own_bytes_and_what_is_asked_for_most(
    sandbox: Sandbox, archive: Archive
) -> None:
    chat = sandbox.world.add_supergroup("Study")
    mia = sandbox.world.add_user("Mia Moon")
    first = chat.post("first", sender=mia, date=1_700_000_000)
    second = chat.post("second", sender=mia, reply_to=first, grouped_id=77)
    chat.edit(second, "changed", date=1_700_000_500)
    async with signed_in(sandbox) as telegram:
        reference = await resolve(telegram, archive, str(chat.peer_id))
        (page,) = await read(telegram, reference, whole(await top_of(telegram, reference)))

    one, two = page.messages
    assert (one.id, one.sender_id, one.kind) == (first, mia.id, "text")
    assert one.date == datetime.fromtimestamp(1_700_000_000, UTC)
    assert (one.edited, one.reply_to_id, one.album_id, one.topic_id) == (None, None, None, None)
    assert (two.reply_to_id, two.album_id) == (first, 77)
    assert two.edited == datetime.fromtimestamp(1_700_000_500, UTC)
    message = BinaryReader(two.tl).tgread_object()
    assert isinstance(message, types.Message)
    assert (message.id, message.message, two.layer) == (second, "changed", 229)


async def test_senders_are_known_where_telegram_leaves_them_out(
    sandbox: Sandbox, archive: Archive
) -> None:
    world = sandbox.world
    mia = world.add_user("Mia Moon")
    private = world.add_private_chat(mia)
    private.post("from her", sender=mia)
    private.post("from me", sender=world.owner.user)
    channel = world.add_channel("News")
    channel.post("a post")
    senders = []
    async with signed_in(sandbox) as telegram:
        for chat in (private, channel):
            reference = await resolve(telegram, archive, str(chat.peer_id))
            found = await read(telegram, reference, whole(await top_of(telegram, reference)))
            senders.append([row.sender_id for page in found for row in page.messages])

    assert senders == [[mia.id, world.owner.id], [channel.peer_id]]


async def test_messages_of_a_forum_know_their_topic(sandbox: Sandbox, archive: Archive) -> None:
    forum = sandbox.world.add_forum("Forum", topics=[])
    topic = forum.add_topic("News")
    in_topic = forum.post("in the topic", reply_to=topic.id)
    answer = forum.post("an answer there", reply_to=in_topic)
    general = forum.post("for all")
    async with signed_in(sandbox) as telegram:
        reference = await resolve(telegram, archive, str(forum.peer_id))
        (page,) = await read(telegram, reference, whole(await top_of(telegram, reference)))

    topics = {row.id: row.topic_id for row in page.messages}
    expected = {topic.id: topic.id, in_topic: topic.id, answer: topic.id, general: 1}
    assert {message_id: topics[message_id] for message_id in expected} == expected


async def test_kept_pages_make_an_archive_that_needs_no_second_reading(
    sandbox: Sandbox, archive: Archive
) -> None:
    chat = sandbox.world.add_supergroup("Study", messages=250)
    async with signed_in(sandbox) as telegram:
        reference = await resolve(telegram, archive, str(chat.peer_id))
        await archive.save_chat(reference.info)
        (range_,) = await archive.plan(chat.peer_id, (await top_of(telegram, reference)).id)
        async with aclosing(pages(telegram, reference, range_)) as stream:
            async for page in stream:
                await archive.keep(ACCOUNT_ID, chat.peer_id, range_.id, page)

    assert await archive.count(chat.peer_id) == 250
    assert await archive.plan(chat.peer_id, 250) == []
    names = await archive.peers(chat.members)
    assert {peer_id: peer.name for peer_id, peer in names.items()} == {
        user_id: sandbox.world.users[user_id].name for user_id in chat.members
    }
