"""Messages that the library cannot parse: kept as bytes, named, and the rest goes on."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from telethon.tl import types
from telethon.tl.alltlobjects import LAYER

from exporter.telegram.dialogs import refresh_dialogs
from exporter.telegram.history import History, Top, top_of
from exporter.telegram.resolve import resolve
from exporter.telegram.unreadable import (
    Salvaged,
    UnreadableMessage,
    salvage,
    salvage_dialogs,
)
from storage.archive import Archive
from storage.models import MessageRow, Page
from tests.exporter.exporting import exporter, ids, written
from tests.exporter.reaching import signed_in
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.world.chats import Chat

UNKNOWN = struct.pack("<I", 0x0BADC0DE)
DATE = datetime(2024, 5, 17, 12, tzinfo=UTC)
MIA = types.User(id=9, first_name="Mia", access_hash=5)


async def read(
    sandbox: Sandbox, archive: Archive, chat: Chat, unreadable: Iterable[int] = ()
) -> list[Page]:
    async with signed_in(sandbox) as telegram:
        reference = await resolve(telegram, archive, str(chat.peer_id))
        for message_id in unreadable:
            sandbox.faults.unknown_constructor(message_id)
        top = await top_of(telegram, reference)
        found: list[Page] = []
        next_id = 1
        while next_id <= top.id:
            found.append(await History().page(telegram, reference, next_id, top.id))
            next_id = found[-1].next_id
        return found


def rows_of(found: list[Page]) -> list[MessageRow]:
    return [row for page in found for row in page.messages]


def one_message(**fields: Any) -> types.Message:
    return types.Message(id=77, peer_id=types.PeerChannel(4), date=DATE, message="hello", **fields)


def answer_with(message: bytes, *, users: tuple[types.User, ...] = (MIA,)) -> bytes:
    """A `messages.channelMessages` of one message among 500."""
    whole = bytes(
        types.messages.ChannelMessages(
            pts=3, count=500, messages=[one_message()], topics=[], chats=[], users=list(users)
        )
    )
    return whole.replace(bytes(one_message()), message)


def salvaged(answer: bytes) -> Salvaged:
    found = salvage(answer)
    assert found is not None
    return found


@pytest.mark.parametrize("unreadable", [[1], [150], [250], [98, 99, 100, 101], [99, 198, 249]])
async def test_all_but_the_unreadable_messages_are_read_and_these_are_kept_as_bytes(
    sandbox: Sandbox, archive: Archive, unreadable: list[int]
) -> None:
    chat = sandbox.world.add_supergroup("Study", messages=250)

    rows = rows_of(await read(sandbox, archive, chat, unreadable))

    assert [row.id for row in rows] == chat.message_ids
    unsupported = [row for row in rows if row.kind == "unsupported"]
    assert [row.id for row in unsupported] == unreadable
    for row in unsupported:
        assert row.tl[:4] == UNKNOWN
        assert row.date.timestamp() == chat.message(row.id).date
        assert row.layer == LAYER
    assert all(row.tl[:4] != UNKNOWN for row in rows if row.id not in unreadable)


async def test_an_unreadable_message_of_a_private_chat_still_has_its_sender(
    sandbox: Sandbox, archive: Archive
) -> None:
    chat = sandbox.world.add_private_chat(sandbox.world.add_user("Mia"), messages=20)
    readable = {row.id: row for row in rows_of(await read(sandbox, archive, chat))}

    rows = rows_of(await read(sandbox, archive, chat, chat.message_ids[5:10]))

    assert {row.id: (row.sender_id, row.date) for row in rows} == {
        row.id: (row.sender_id, row.date) for row in readable.values()
    }
    assert sum(row.kind == "unsupported" for row in rows) == 5


async def test_an_unreadable_newest_message_is_the_top_all_the_same(
    sandbox: Sandbox, archive: Archive
) -> None:
    chat = sandbox.world.add_supergroup("Study", messages=30)
    async with signed_in(sandbox) as telegram:
        reference = await resolve(telegram, archive, str(chat.peer_id))
        sandbox.faults.unknown_constructor(30)

        assert await top_of(telegram, reference) == Top(id=30, total=30)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"from_id": types.PeerUser(9)},
        {"from_id": types.PeerUser(9), "saved_peer_id": types.PeerUser(3), "out": True},
        {
            "fwd_from": types.MessageFwdHeader(date=datetime(2020, 1, 1, tzinfo=UTC)),
            "reply_to": types.MessageReplyHeader(reply_to_msg_id=4),
            "via_bot_id": 12,
        },
    ],
    ids=["a post", "a group's", "one's own", "a forwarded reply"],
)
def test_id_date_and_sender_stand_before_whatever_is_new(fields: dict[str, Any]) -> None:
    message = one_message(media=types.MessageMediaUnsupported(), **fields)
    new = struct.pack("<I", types.MessageMediaUnsupported.CONSTRUCTOR_ID)
    tl = bytes(message).replace(new, UNKNOWN)
    found = salvaged(answer_with(tl))

    assert found == Salvaged(
        count=500,
        messages=(
            UnreadableMessage(
                id=77,
                date=DATE,
                peer_id=message.peer_id,
                from_id=message.from_id,
                out=bool(message.out),
                tl=tl,
            ),
        ),
        users=found.users,
        chats=(),
    )
    assert [user.id for user in found.users] == [9]


def test_a_service_message_with_an_unknown_action_is_salvaged() -> None:
    message = types.MessageService(
        id=78,
        peer_id=types.PeerChannel(4),
        date=DATE,
        from_id=types.PeerUser(9),
        action=types.MessageActionPinMessage(),
    )
    known = struct.pack("<I", types.MessageActionPinMessage.CONSTRUCTOR_ID)
    (found,) = salvaged(answer_with(bytes(message).replace(known, UNKNOWN))).messages

    assert (found.id, found.date, found.from_id.user_id) == (78, DATE, 9)


def test_a_message_that_can_be_read_is_kept_as_such_when_a_user_cannot() -> None:
    answer = answer_with(bytes(one_message()))
    new = struct.pack("<I", types.User.CONSTRUCTOR_ID)
    found = salvaged(answer.replace(new, UNKNOWN))

    assert [message.message for message in found.messages] == ["hello"]
    assert (found.users, found.chats) == ((), ())


def test_the_count_of_a_slice_and_of_a_whole_small_chat_is_read_too() -> None:
    tl = UNKNOWN + bytes(one_message())[4:]
    shared: dict[str, Any] = {"messages": [one_message()], "topics": [], "chats": [], "users": []}
    part = bytes(types.messages.MessagesSlice(count=40, **shared))
    whole = bytes(types.messages.Messages(**shared))

    assert salvaged(part.replace(bytes(one_message()), tl)).count == 40
    assert salvaged(whole.replace(bytes(one_message()), tl)).count == 1


@pytest.mark.parametrize("junk", [b"", bytes(64), UNKNOWN * 20])
def test_what_is_no_message_at_all_is_not_guessed_at(junk: bytes) -> None:
    assert salvage(answer_with(junk)) is None
    assert salvage(junk) is None


async def test_the_list_of_chats_does_not_mind_newest_messages_that_cannot_be_read(
    sandbox: Sandbox, archive: Archive
) -> None:
    chats = [sandbox.world.add_supergroup(f"Study {n}", messages=1 + n % 7) for n in range(130)]
    mia = sandbox.world.add_private_chat(sandbox.world.add_user("Mia"), messages=5)
    for chat in (*chats[::9], mia):
        sandbox.faults.unknown_constructor(chat.message_ids[-1], chat_id=chat.peer_id)
    async with signed_in(sandbox) as telegram:
        listed = (await refresh_dialogs(telegram, archive)).chats

    assert {chat.id for chat in listed} >= {chat.peer_id for chat in (*chats, mia)}


def test_what_is_no_list_of_chats_is_not_salvaged() -> None:
    dialogs = bytes(types.messages.Dialogs(dialogs=[], messages=[], chats=[], users=[]))

    assert salvage_dialogs(answer_with(b"")) is None
    assert salvage_dialogs(dialogs[:4] + UNKNOWN + dialogs[8:]) is None
    assert salvage_dialogs(dialogs).chats == []


async def test_an_export_names_what_it_could_not_read_and_has_all_the_rest(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    chat = sandbox.world.add_supergroup("Study", messages=120)
    sandbox.faults.unknown_constructor(60)
    async with exporter(sandbox, tmp_path) as chatkeep:
        done = await chatkeep.export(chat.peer_id)

    assert ids(written(done)) == chat.message_ids
    assert [item.id for item in done.skipped] == [60]
    assert "0x0badc0de is unknown" in done.skipped[0].reason
    assert (done.messages, done.by_kind["unsupported"], done.complete) == (120, 1, False)
    assert done.proof == "Complete: ids 1 to 120 are 120 kept."


async def test_within_a_data_export_in_splits_unreadable_messages_are_kept_too(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    chat = sandbox.world.add_private_chat(sandbox.world.add_user("Mia"), messages=1_200)
    own = chat.message_ids
    sandbox.world.owner.splits = (own[250], own[900], own[-1] + 1000)
    unreadable = [own[249], own[250], own[600], own[-1]]
    for message_id in unreadable:
        sandbox.faults.unknown_constructor(message_id)
    async with exporter(sandbox, tmp_path) as chatkeep:
        done = await chatkeep.export(chat.peer_id)

    assert sandbox.faults.calls("InitTakeoutSessionRequest") == 1
    assert ids(written(done)) == own
    assert [item.id for item in done.skipped] == unreadable
