"""References that have expired: what the files stand in is asked for anew."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from telethon.extensions import BinaryReader

from exporter.telegram.connection import Telegram
from exporter.telegram.history import History
from exporter.telegram.references import Renewed, renew, renew_many
from exporter.telegram.resolve import resolve
from storage.archive import Archive
from storage.media import FileKey, WantedFile
from storage.models import MediaRow
from tests.exporter.reaching import ACCOUNT_ID, signed_in
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.world.chats import Chat
from tests.sandbox.world.content import Content
from tests.sandbox.world.references import Standing

ASKED = "GetMessagesRequest"
FILES = Content(photos=500, documents=500)


def wanted(row: MediaRow, chat: Chat) -> WantedFile:
    """A file as it waits to be fetched."""
    return WantedFile(
        key=FileKey(row.file_id, row.variant),
        kind=row.kind,
        size_bytes=row.size_bytes,
        dc_id=row.dc_id,
        location=row.location,
        account_id=ACCOUNT_ID,
        chat_id=chat.peer_id,
        message_id=row.message_id,
        name=row.file_name,
        parts=b"",
        tries=0,
    )


async def files_in(telegram: Telegram, archive: Archive, chat: Chat) -> list[WantedFile]:
    """The files of a chat, as its pages bring them."""
    found = await resolve(telegram, archive, str(chat.peer_id))
    top, next_id = max(chat.message_ids), 1
    rows: list[MediaRow] = []
    while next_id <= top:
        page = await History().page(telegram, found, next_id, top)
        rows += page.media
        next_id = page.next_id
    return [wanted(row, chat) for row in rows]


def standings(sandbox: Sandbox, located: Iterable[tuple[FileKey, bytes]]) -> set[Standing]:
    """What the references in these locations are worth."""
    judge, owner = sandbox.world.references.judge, sandbox.world.owner
    return {judge(owner, key.file_id, reference_in(place)) for key, place in located}


def reference_in(location: bytes) -> bytes:
    reference: bytes = BinaryReader(location).tgread_object().file_reference
    return reference


def without_reference(location: bytes) -> tuple[Any, ...]:
    read = BinaryReader(location).tgread_object()
    return type(read), read.id, read.access_hash, read.thumb_size


@pytest.mark.parametrize("kind", ["private chat", "basic group", "supergroup", "channel"])
async def test_photos_documents_and_still_pictures_are_renewed_a_hundred_messages_a_request(
    sandbox: Sandbox, archive: Archive, kind: str
) -> None:
    match kind:
        case "private chat":
            mia = sandbox.world.add_user("Mia")
            chat: Chat = sandbox.world.add_private_chat(mia, messages=150, content=FILES)
        case "basic group":
            chat = sandbox.world.add_basic_group("Family", messages=150, content=FILES)
        case "supergroup":
            chat = sandbox.world.add_supergroup("Study", messages=150, content=FILES)
        case _:
            chat = sandbox.world.add_channel("News", messages=150, content=FILES)
    async with signed_in(sandbox) as telegram:
        files = await files_in(telegram, archive, chat)
        sandbox.world.references.expire()
        renewed = await renew_many(telegram, archive, files)

    assert {file.key.variant for file in files} == {"", "thumb"}
    assert standings(sandbox, [(f.key, f.location) for f in files]) == {Standing.EXPIRED}
    assert renewed.keys() == {file.key for file in files}
    located = {key: one.location for key, one in renewed.items() if one is not None}
    assert standings(sandbox, located.items()) == {Standing.GOOD}
    assert {f.key: without_reference(f.location) for f in files} == {
        key: without_reference(location) for key, location in located.items()
    }
    assert sandbox.faults.calls(ASKED) == 2


async def test_a_file_whose_message_was_deleted_is_unavailable_the_others_are_not(
    sandbox: Sandbox, archive: Archive
) -> None:
    chat = sandbox.world.add_supergroup("Study", messages=60, content=FILES)
    async with signed_in(sandbox) as telegram:
        files = await files_in(telegram, archive, chat)
        gone = files[0].message_id
        chat.delete(gone)
        renewed = await renew_many(telegram, archive, files)

    kept = {file.key for file in files if file.message_id != gone}
    assert {key for key, one in renewed.items() if one is not None} == kept


async def test_a_file_that_an_edit_replaced_is_unavailable(
    sandbox: Sandbox, archive: Archive
) -> None:
    chat = sandbox.world.add_channel("News", messages=30, content=FILES)
    async with signed_in(sandbox) as telegram:
        files = await files_in(telegram, archive, chat)
        old, other = files[0], next(f for f in files if f.message_id != files[0].message_id)
        chat.edit(old.message_id, "a text now", media=None)

        assert await renew(telegram, archive, old) is None
        assert await renew(telegram, archive, other) is not None


async def test_files_of_several_chats_are_renewed_at_once(
    sandbox: Sandbox, archive: Archive
) -> None:
    chats = [sandbox.world.add_channel(name, messages=10, content=FILES) for name in "AB"]
    async with signed_in(sandbox) as telegram:
        files = [file for chat in chats for file in await files_in(telegram, archive, chat)]
        sandbox.world.references.expire()
        renewed = await renew_many(telegram, archive, files)

    assert None not in renewed.values()
    assert sandbox.faults.calls(ASKED) == 2


async def test_a_file_of_a_chat_that_the_account_left_is_unavailable(
    sandbox: Sandbox, archive: Archive
) -> None:
    chat = sandbox.world.add_supergroup("Study", messages=10, content=FILES)
    async with signed_in(sandbox) as telegram:
        files = await files_in(telegram, archive, chat)
        chat.members.remove(sandbox.world.owner.id)

        assert set((await renew_many(telegram, archive, files)).values()) == {None}


async def test_a_file_of_a_channel_that_the_account_never_saw_is_not_asked_for(
    sandbox: Sandbox, archive: Archive
) -> None:
    chat = sandbox.world.add_supergroup("Study", messages=10, content=FILES)
    async with signed_in(sandbox) as telegram:
        [file, *_] = await files_in(telegram, archive, chat)
    async with signed_in(sandbox, account_id=ACCOUNT_ID + 1) as telegram:
        assert await renew(telegram, archive, file) is None

    assert sandbox.faults.calls(ASKED) == 0


async def test_what_has_no_location_yet_gets_one(sandbox: Sandbox, archive: Archive) -> None:
    chat = sandbox.world.add_channel("News", messages=10, content=FILES)
    async with signed_in(sandbox) as telegram:
        [file, *_] = await files_in(telegram, archive, chat)
        row = MediaRow(
            message_id=file.message_id,
            kind=file.kind,
            file_id=file.key.file_id,
            dc_id=0,
            size_bytes=0,
            mime_type=None,
            file_name=None,
        )

        assert await renew(telegram, archive, wanted(row, chat)) == Renewed(
            location=file.location, dc_id=file.dc_id, size_bytes=file.size_bytes
        )
