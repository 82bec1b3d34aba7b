"""References that have expired: what the files stand in is asked for anew."""

from __future__ import annotations

from typing import Any

import pytest
from telethon.extensions import BinaryReader
from telethon.tl import types

from exporter.telegram.pictures import pictures_of
from exporter.telegram.references import Renewed, renew, renew_many
from exporter.telegram.resolve import resolve
from storage.archive import Archive
from storage.media import FileKey
from storage.models import MediaRow
from tests.exporter.files import files_in, standings, wanted
from tests.exporter.reaching import ACCOUNT_ID, signed_in
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.world.chats import Chat
from tests.sandbox.world.content import Content
from tests.sandbox.world.pictures import picture
from tests.sandbox.world.references import Standing

ASKED = "GetMessagesRequest"
FILES = Content(photos=500, documents=500)


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


async def test_custom_emoji_get_their_first_location_a_hundred_a_request(
    sandbox: Sandbox, archive: Archive
) -> None:
    chat = sandbox.world.add_supergroup("Study", messages=0)
    for number in range(1, 151):
        entities = [types.MessageEntityCustomEmoji(0, 2, 10_000 + number)]
        chat.post("🙂", entities=entities)
    sandbox.world.emoji.gone.add(10_007)
    async with signed_in(sandbox) as telegram:
        files = await files_in(telegram, archive, chat)
        renewed = await renew_many(telegram, archive, files)

    assert {file.location for file in files} == {b""}
    assert renewed[FileKey(10_007)] is None
    located = {key: one for key, one in renewed.items() if one is not None}
    assert located.keys() == {FileKey(10_000 + number) for number in range(1, 151)} - {
        FileKey(10_007)
    }
    assert all(one.size_bytes and one.dc_id for one in located.values())
    good = standings(sandbox, [(key, one.location) for key, one in located.items()])
    assert good == {Standing.GOOD}
    assert sandbox.faults.calls("GetCustomEmojiDocumentsRequest") == 2


@pytest.mark.parametrize("kind", ["basic group", "supergroup"])
async def test_the_photo_of_a_group_is_asked_for_with_the_group(
    sandbox: Sandbox, archive: Archive, kind: str
) -> None:
    add = sandbox.world.add_basic_group if kind == "basic group" else sandbox.world.add_supergroup
    chat: Chat = add("Family", messages=1)
    chat.photo = picture(77_001)
    async with signed_in(sandbox) as telegram:
        found = await resolve(telegram, archive, str(chat.peer_id))
        rows = await pictures_of(telegram, found)
        sandbox.world.references.expire()
        renewed = await renew_many(telegram, archive, [wanted(row, chat) for row in rows])
        chat.photo = picture(77_002)
        replaced = await renew_many(telegram, archive, [wanted(row, chat) for row in rows])

    [row] = rows
    assert (row.file_id, row.kind, row.message_id) == (77_001, "chat_photo", 0)
    [now] = [one for one in renewed.values() if one is not None]
    assert standings(sandbox, [(FileKey(77_001), now.location)]) == {Standing.GOOD}
    assert replaced == {FileKey(77_001): None}


async def test_the_earlier_photos_of_a_person_are_found_and_renewed(
    sandbox: Sandbox, archive: Archive
) -> None:
    mia = sandbox.world.add_user("Mia")
    mia.photos = [picture(80_000 - number) for number in range(130)]
    chat = sandbox.world.add_private_chat(mia, messages=1)
    async with signed_in(sandbox) as telegram:
        found = await resolve(telegram, archive, str(chat.peer_id))
        rows = await pictures_of(telegram, found)
        sandbox.world.references.expire()
        renewed = await renew_many(telegram, archive, [wanted(row, chat) for row in rows])

    assert [row.file_id for row in rows] == [photo.id for photo in mia.photos]
    assert [row.kind for row in rows] == ["chat_photo"] + ["profile_photo"] * 129
    assert {row.message_id for row in rows} == {0}
    located = [(key, one.location) for key, one in renewed.items() if one is not None]
    assert len(located) == 130
    assert standings(sandbox, located) == {Standing.GOOD}


async def test_a_story_that_its_message_does_not_show_is_asked_for_by_itself(
    sandbox: Sandbox, archive: Archive
) -> None:
    mia = sandbox.world.add_user("Mia")
    sandbox.world.add_private_chat(mia, messages=1)
    chat = sandbox.world.add_supergroup("Study", messages=1)
    shown = types.MessageMediaPhoto(photo=picture(90_001))
    story_id = sandbox.world.stories.post(mia.id, shown, date=1_700_000_000)
    peer = types.PeerUser(mia.id)
    message_id = chat.post("", media=types.MessageMediaStory(peer=peer, id=story_id))
    row = MediaRow(
        message_id=message_id,
        kind="story",
        file_id=90_001,
        dc_id=1,
        size_bytes=1,
        mime_type=None,
        file_name=None,
    )
    async with signed_in(sandbox) as telegram:
        await resolve(telegram, archive, str(chat.peer_id))
        await resolve(telegram, archive, str(mia.id))
        renewed = await renew(telegram, archive, wanted(row, chat))
        sandbox.world.stories.delete(mia.id, story_id)
        gone = await renew(telegram, archive, wanted(row, chat))

    assert renewed is not None
    assert standings(sandbox, [(FileKey(90_001), renewed.location)]) == {Standing.GOOD}
    assert gone is None
