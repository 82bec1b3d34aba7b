"""Files on three data centres: where one must ask, and how one signs in there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from telethon import errors
from telethon.tl import functions, types

from tests.sandbox.mtproto.calls import RpcFault
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.world import MIXED, World
from tests.sandbox.world.media_chat import MediaChat, media_chat
from tests.sandbox.world.view import files_in
from tests.test_sandbox.asking import Client, client_of
from tests.test_sandbox.files_client import FilesClient, files_client, location


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox() as served:
        yield served


@pytest.fixture
def made(sandbox: Sandbox) -> MediaChat:
    return media_chat(sandbox.world, files=30, sizes=9_000, kinds=["file"], reuploads=0)


@pytest.fixture
async def client(sandbox: Sandbox) -> AsyncIterator[FilesClient]:
    async with files_client(sandbox) as connected:
        yield connected


async def test_files_lie_on_all_three_and_only_one_has_each(
    made: MediaChat, client: FilesClient
) -> None:
    homes: dict[int, Any] = {}
    for message_id in made.message_ids:
        file = await client.media(made.chat, message_id)
        homes.setdefault(file.dc_id, file)
    assert homes.keys() == {1, 2, 4}
    for dc_id, file in homes.items():
        for asked in homes:
            if asked == dc_id:
                assert await client.part(file, dc_id=asked)
                continue
            for request in (client.part, client.hashes):
                with pytest.raises(errors.FileMigrateError) as refused:
                    await request(file, dc_id=asked)
                assert refused.value.new_dc == dc_id


def test_chats_of_all_sorts_have_files_on_all_three() -> None:
    chat = World().add_supergroup(messages=500, content=MIXED)
    found = [file.dc_id for each in chat.message_ids for file in files_in(chat.message(each))]
    assert {dc_id for dc_id in found if found.count(dc_id) > 10} == {1, 2, 4}


async def test_a_file_may_lie_elsewhere_than_its_message_says(
    sandbox: Sandbox, made: MediaChat, client: FilesClient
) -> None:
    file = await client.media(made.chat, made.message_ids[0])
    there = 4 if file.dc_id != 4 else 1
    sandbox.world.shelf.move(file.id, there, told=False)
    again = await client.media(made.chat, made.message_ids[0])
    assert again.dc_id == file.dc_id
    with pytest.raises(errors.FileMigrateError) as refused:
        await client.part(again)
    assert refused.value.new_dc == there
    assert await client.part(again, dc_id=there)


async def test_a_file_that_moved_is_named_where_it_is(
    sandbox: Sandbox, made: MediaChat, client: FilesClient
) -> None:
    file = await client.media(made.chat, made.message_ids[0])
    there = 4 if file.dc_id != 4 else 1
    sandbox.world.shelf.move(file.id, there)
    assert (await client.media(made.chat, made.message_ids[0])).dc_id == there


async def test_a_share_of_files_may_be_misplaced(sandbox: Sandbox) -> None:
    made = media_chat(
        sandbox.world, files=60, sizes=900, kinds=["file"], misplaced=0.5, username="lost"
    )
    async with files_client(sandbox) as client:
        files = [await client.media(made.chat, each) for each in made.message_ids[:20]]
        shelf = sandbox.world.shelf
        wrong = [each for each in files if shelf.dc_of(each.id) != each.dc_id]
        assert 3 < len(wrong) < 17
        for file in wrong[:3]:
            with pytest.raises(errors.FileMigrateError) as moved:
                await client.part(file)
            assert await client.part(file, dc_id=moved.value.new_dc)


# Signing in elsewhere


def exported(dc_id: int) -> functions.auth.ExportAuthorizationRequest:
    return functions.auth.ExportAuthorizationRequest(dc_id)


async def test_an_exported_authorization_signs_in_once_there_and_nowhere_else() -> None:
    world = World()
    home = client_of(world)
    given = await home(exported(4))
    again = await home(exported(4))
    assert given.bytes != again.bytes
    take = functions.auth.ImportAuthorizationRequest
    there = Client(world, api=home.api)

    with pytest.raises(RpcFault, match="AUTH_BYTES_INVALID"):  # another data centre
        await there(take(given.id, given.bytes), dc_id=1)
    with pytest.raises(RpcFault, match="AUTH_BYTES_INVALID"):  # so these are spent
        await there(take(given.id, given.bytes), dc_id=4)
    with pytest.raises(RpcFault, match="AUTH_BYTES_INVALID"):  # another user
        await there(take(given.id + 1, again.bytes), dc_id=4)

    third = await home(exported(4))
    assert third.bytes not in (given.bytes, again.bytes)
    await there(take(third.id, third.bytes), dc_id=4)
    assert there.key.account == world.owner.id
    with pytest.raises(RpcFault, match="AUTH_BYTES_INVALID"):
        await there(take(third.id, third.bytes), dc_id=4)


async def test_who_is_not_signed_in_there_gets_no_file() -> None:
    world = World()
    stranger = Client(world)
    request = functions.upload.GetFileRequest(
        types.InputDocumentFileLocation(1, 1, b"\x01", ""), 0, 4096
    )
    with pytest.raises(RpcFault, match="AUTH_KEY_UNREGISTERED"):
        await stranger(request, dc_id=4)
    with pytest.raises(RpcFault, match="AUTH_KEY_UNREGISTERED"):
        await stranger(exported(4))


async def test_other_data_centres_answer_for_files_only() -> None:
    client = client_of(World())
    request = functions.users.GetUsersRequest([types.InputUserSelf()])
    assert await client(request, dc_id=2)
    with pytest.raises(RpcFault, match="USER_MIGRATE_2"):
        await client(request, dc_id=4)
    assert await client(functions.help.GetConfigRequest(), dc_id=4)


async def test_one_key_there_serves_all_its_files(sandbox: Sandbox, made: MediaChat) -> None:
    async with files_client(sandbox) as client:
        files = [await client.media(made.chat, each) for each in made.message_ids]
        for file in files:
            assert await client.part(file)
    keys = sandbox.keys.of_account(sandbox.world.owner.id)
    assert sorted(key.dc_id for key in keys) == [1, 2, 4]
    assert sandbox.faults.calls("ImportAuthorizationRequest") == 2


async def test_an_export_holds_files_up_to_the_size_it_was_opened_for(
    made: MediaChat, client: FilesClient
) -> None:
    files = [await client.media(made.chat, each) for each in made.message_ids]
    file = next(each for each in files if each.dc_id == 4)
    request = functions.upload.GetFileRequest(location(file), 0, 4096)
    for size_bytes, allowed in ((None, False), (8_999, False), (9_000, True)):
        takeout = await client.ask(
            functions.account.InitTakeoutSessionRequest(
                message_megagroups=True,
                files=size_bytes is not None or None,
                file_max_size=size_bytes,
            )
        )
        inside = functions.InvokeWithTakeoutRequest(takeout.id, request)
        if allowed:
            assert len((await client.ask(inside, dc_id=4)).bytes) == 4096
        else:
            with pytest.raises(errors.TakeoutInvalidError):
                await client.ask(inside, dc_id=4)
    assert await client.part(file)  # and outside of it anyway


async def test_addresses_for_files_only_are_offered_beside_the_others() -> None:
    async with Sandbox(media_only=True) as sandbox, files_client(sandbox) as client:
        made = media_chat(sandbox.world, files=1, sizes=9_000, kinds=["file"], reuploads=0)
        config = await client.ask(functions.help.GetConfigRequest())
        plain = {each.id: each.port for each in config.dc_options if not each.media_only}
        media = {each.id: each.port for each in config.dc_options if each.media_only}
        file = await client.media(made.chat, made.message_ids[0])
        assert plain == sandbox.telegram.ports
        assert media == sandbox.telegram.media_ports
        assert plain.keys() == media.keys() == {1, 2, 4}
        assert not {*plain.values()} & {*media.values()}
        assert await client.part(file)


async def test_who_supports_cdns_may_be_sent_there(sandbox: Sandbox, made: MediaChat) -> None:
    async with files_client(sandbox) as client:
        files = [await client.media(made.chat, each) for each in made.message_ids]
        file = next(each for each in files if each.dc_id == 2)

        async def ask(*, cdn_supported: bool) -> object:
            request = functions.upload.GetFileRequest(
                location(file), 0, 4096, cdn_supported=cdn_supported
            )
            return await client.ask(request)

        sandbox.api.files.cdn = "when supported"
        redirect = await ask(cdn_supported=True)
        assert isinstance(redirect, types.upload.FileCdnRedirect)
        config = await client.ask(functions.help.GetConfigRequest())
        assert redirect.dc_id in {each.id for each in config.dc_options if each.cdn}
        assert isinstance(await ask(cdn_supported=False), types.upload.File)
        sandbox.api.files.cdn = "always"
        assert isinstance(await ask(cdn_supported=False), types.upload.FileCdnRedirect)
