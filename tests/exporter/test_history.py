"""Paging through a chat's history, oldest messages first."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from telethon.extensions import BinaryReader
from telethon.tl import types

from exporter.errors import JobError
from exporter.telegram.connection import Telegram
from exporter.telegram.history import History, Top, top_of
from exporter.telegram.pages import TRIES
from exporter.telegram.resolve import ChatRef, resolve
from storage.archive import Archive
from storage.models import Page, Range
from tests.exporter.reaching import signed_in
from tests.sandbox.faults import Faults
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.world.chats import Chat

ASKED = "GetHistoryRequest"


def whole(top: Top, *, next_id: int = 1) -> Range:
    return Range(id=1, first_id=1, last_id=top.id, next_id=next_id)


async def read(telegram: Telegram, chat: ChatRef, range_: Range) -> list[Page]:
    found: list[Page] = []
    next_id = range_.next_id
    while next_id <= range_.last_id:
        found.append(await History().page(telegram, chat, next_id, range_.last_id))
        next_id = found[-1].next_id
    return found


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
    assert [page.next_id for page in found] == [100, 199, 251]
    assert offsets_asked(sandbox.faults) == [1, 100, 199]


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
    assert offsets_asked(sandbox.faults) == [131, 230]


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
        chat.pages,
        "cut",
        lambda history, viewer, _, stop: cut(history, viewer, max(stop - 100, 0), stop),
    )
    async with signed_in(sandbox) as telegram:
        reference = await resolve(telegram, archive, str(chat.peer_id))
        found = await read(telegram, reference, whole(Top(id=250, total=250)))

    assert ids_of(found) == chat.message_ids


async def test_a_page_out_of_order_is_asked_for_again_and_not_without_end(
    sandbox: Sandbox, archive: Archive
) -> None:
    chat = sandbox.world.add_supergroup("Study", messages=50)
    async with signed_in(sandbox) as telegram:
        reference = await resolve(telegram, archive, str(chat.peer_id))
        sandbox.faults.unordered_page()
        found = await read(telegram, reference, whole(Top(id=50, total=50)))
        sandbox.faults.unordered_page(times=None)
        with pytest.raises(JobError, match="out of order"):
            await read(telegram, reference, whole(Top(id=50, total=50)))

    assert ids_of(found) == chat.message_ids
    assert sandbox.faults.calls(ASKED) == 2 + TRIES


@pytest.mark.parametrize("fault", ["short_page", "unordered_page", "duplicate_page"])
@pytest.mark.parametrize("times", [1, 2])
async def test_a_spoilt_page_loses_nothing(
    sandbox: Sandbox, archive: Archive, fault: str, times: int
) -> None:
    """In a private chat, where other chats' messages fill the holes, so that no id tells."""
    chat = sandbox.world.add_private_chat(sandbox.world.add_user("Mia Moon"), messages=400)
    chat.delete(*chat.message_ids[30:120:3])
    async with signed_in(sandbox) as telegram:
        reference = await resolve(telegram, archive, str(chat.peer_id))
        top = await top_of(telegram, reference)
        for after in (0, 3):
            getattr(sandbox.faults, fault)(after=after, times=times)
        found = await read(telegram, reference, whole(top))

    assert ids_of(found) == chat.message_ids


async def test_the_answer_to_another_question_is_not_believed(
    sandbox: Sandbox, archive: Archive
) -> None:
    """Two requests are under way at once; the newer messages come for the older ones too."""
    chat = sandbox.world.add_private_chat(sandbox.world.add_user("Mia Moon"), messages=900)
    ids = chat.message_ids
    chat.delete(ids[99])
    async with signed_in(sandbox) as telegram:
        reference = await resolve(telegram, archive, str(chat.peer_id))
        await History().page(telegram, reference, ids[600], ids[899])
        sandbox.faults.duplicate_page(times=2)
        page = await History().page(telegram, reference, ids[99], ids[299])

    assert ids_of([page]) == ids[100:199]


async def test_an_answer_of_an_unknown_type_ends_in_a_sentence(
    sandbox: Sandbox, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = sandbox.world.add_supergroup("Study", messages=50)
    monkeypatch.setattr(chat.pages, "cut", lambda *_: bytes.fromhex("efbeadde00000000"))
    async with signed_in(sandbox) as telegram:
        reference = await resolve(telegram, archive, str(chat.peer_id))
        with pytest.raises(JobError, match=r"cannot read \(type deadbeef\)\. Update Chatkeep"):
            await top_of(telegram, reference)


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


async def test_the_peers_of_a_page_come_along(sandbox: Sandbox, archive: Archive) -> None:
    chat = sandbox.world.add_supergroup("Study", messages=300, people=6)
    async with signed_in(sandbox) as telegram:
        reference = await resolve(telegram, archive, str(chat.peer_id))
        found = await read(telegram, reference, whole(await top_of(telegram, reference)))

    for page in found:
        given = [peer.peer_id for peer in page.peers]
        assert len(given) == len(set(given))
        assert {row.sender_id for row in page.messages} <= set(given)


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
