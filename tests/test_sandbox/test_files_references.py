"""File references: whose they are, how long they hold, and where new ones come from."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from telethon import errors

from tests.sandbox.sandbox import Sandbox
from tests.sandbox.world import World
from tests.sandbox.world.media_chat import MediaChat, media_chat
from tests.test_sandbox.files_client import FilesClient, files_client


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    world = World()
    world.add_account("15550100002", name="Boris Second")
    async with Sandbox(world) as served:
        yield served


@pytest.fixture
def made(sandbox: Sandbox) -> MediaChat:
    return media_chat(sandbox.world, files=2, sizes=9_000, kinds=["file", "photo"], reuploads=0)


@pytest.fixture
async def client(sandbox: Sandbox) -> AsyncIterator[FilesClient]:
    async with files_client(sandbox) as connected:
        yield connected


async def test_a_reference_holds_until_it_expires_and_the_message_gives_a_new_one(
    sandbox: Sandbox, made: MediaChat, client: FilesClient
) -> None:
    for message_id in made.message_ids:
        file = await client.media(made.chat, message_id)
        data = await client.part(file)
        assert await client.part(file) == data

        sandbox.world.references.expire()
        with pytest.raises(errors.FileReferenceExpiredError):
            await client.part(file)
        with pytest.raises(errors.FileReferenceExpiredError):
            await client.hashes(file)

        renewed = await client.media(made.chat, message_id)
        assert renewed.file_reference != file.file_reference
        assert await client.part(renewed) == data


async def test_thumbnails_need_a_reference_too(
    sandbox: Sandbox, made: MediaChat, client: FilesClient
) -> None:
    photo = next(
        file
        for file in [await client.media(made.chat, each) for each in made.message_ids]
        if hasattr(file, "sizes")
    )
    assert await client.part(photo, letter="m")
    sandbox.world.references.expire()
    with pytest.raises(errors.FileReferenceExpiredError):
        await client.part(photo, letter="m")


async def test_a_reference_may_have_a_lifetime(
    sandbox: Sandbox, made: MediaChat, client: FilesClient
) -> None:
    sandbox.world.references.lifetime_s = 0.2
    file = await client.media(made.chat, made.message_ids[0])
    await asyncio.sleep(0.3)
    with pytest.raises(errors.FileReferenceExpiredError):
        await client.part(file)
    sandbox.world.references.lifetime_s = 3600
    renewed = await client.media(made.chat, made.message_ids[0])
    assert await client.part(renewed)


async def test_pages_made_beforehand_hold_new_references_too(
    sandbox: Sandbox, made: MediaChat, client: FilesClient
) -> None:
    made.chat.prewarm()
    peer = made.chat.input_peer(client.account)
    before = {m.id: m.file.media async for m in client.telethon.iter_messages(peer) if m.file}
    sandbox.world.references.expire()
    after = {m.id: m.file.media async for m in client.telethon.iter_messages(peer) if m.file}

    assert before.keys() == after.keys()
    for message_id, file in after.items():
        assert file.file_reference != before[message_id].file_reference
        assert await client.part(file)


async def test_no_reference_and_a_wrong_one_are_told_apart(
    made: MediaChat, client: FilesClient
) -> None:
    file = await client.media(made.chat, made.message_ids[0])
    other = await client.media(made.chat, made.message_ids[1])
    good = file.file_reference

    file.file_reference = b""
    with pytest.raises(errors.FileReferenceEmptyError):
        await client.part(file)
    for wrong in (b"\x01", b"\x00" + good[1:], good[:-1], other.file_reference):
        file.file_reference = wrong
        with pytest.raises(errors.FileReferenceInvalidError):
            await client.part(file)


async def test_a_reference_is_of_no_use_to_another_account(
    sandbox: Sandbox, made: MediaChat, client: FilesClient
) -> None:
    boris = next(each for each in sandbox.world.accounts.values() if each.id != client.account.id)
    mine = await client.media(made.chat, made.message_ids[0])
    async with files_client(sandbox, boris) as other:
        own = await other.media(made.chat, made.message_ids[0])
        assert own.id == mine.id
        assert own.access_hash != mine.access_hash
        assert await other.part(own) == await client.part(mine)

        with pytest.raises(errors.LocationInvalidError):
            await other.part(mine)
        mine.access_hash = own.access_hash
        with pytest.raises(errors.FileReferenceInvalidError):
            await other.part(mine)


async def test_a_message_that_is_gone_gives_no_new_reference(
    sandbox: Sandbox, made: MediaChat, client: FilesClient
) -> None:
    file = await client.media(made.chat, made.message_ids[0])
    made.chat.delete(made.message_ids[0])
    assert await client.part(file)  # what one has holds as long as it did
    sandbox.world.references.expire()
    with pytest.raises(errors.FileReferenceExpiredError):
        await client.part(file)
    peer = made.chat.input_peer(client.account)
    assert await client.telethon.get_messages(peer, ids=made.message_ids[0]) is None


async def test_a_world_begun_anew_wants_its_message_looked_at_first() -> None:
    files = []
    for look_first in (True, False, True):
        world = World(seed=7)
        chat = world.add_supergroup("Gallery")
        async with Sandbox(world) as sandbox, files_client(sandbox) as client:
            made = media_chat(world, files=1, kinds=["file"]) if look_first else None
            if made is not None:
                files.append(await client.media(made.chat, made.message_ids[0]))
                assert await client.part(files[0])
            else:
                with pytest.raises(errors.FileReferenceExpiredError):
                    await client.part(files[0])
            assert chat.title == "Gallery"
    assert files[0].file_reference == files[1].file_reference
