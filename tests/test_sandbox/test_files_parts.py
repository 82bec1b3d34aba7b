"""Parts of files: which ranges may be asked for, and which bytes come."""

from __future__ import annotations

from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from telethon import errors
from telethon.tl import functions

from tests.sandbox.sandbox import Sandbox
from tests.sandbox.world import World
from tests.sandbox.world.files import size_of
from tests.sandbox.world.loader import load_export
from tests.sandbox.world.media_chat import MediaChat, media_chat
from tests.test_sandbox.everything import everything
from tests.test_sandbox.files_client import KIB, MIB, FilesClient, files_client, location
from tests.test_sandbox.test_loader_messages import saved

SIZE = 2 * MIB + 300_001


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox() as served:
        yield served


@pytest.fixture
def made(sandbox: Sandbox) -> MediaChat:
    return media_chat(sandbox.world, files=1, sizes=SIZE, kinds=["video"], reuploads=0)


@pytest.fixture
async def client(sandbox: Sandbox, made: MediaChat) -> AsyncIterator[FilesClient]:
    async with files_client(sandbox) as connected:
        yield connected


@pytest.fixture
async def file(client: FilesClient, made: MediaChat) -> Any:
    return await client.media(made.chat, made.message_ids[0])


async def test_a_file_comes_in_parts_the_last_of_them_short_and_none_beyond_its_end(
    sandbox: Sandbox, client: FilesClient, file: Any
) -> None:
    parts = [await client.part(file, number * MIB) for number in range(4)]

    assert [len(part) for part in parts] == [MIB, MIB, 300_001, 0]
    assert sha256(b"".join(parts)).digest() == sandbox.world.shelf.sha256(file.id)


@pytest.mark.parametrize(
    ("offset", "limit"),
    [(0, 4 * KIB), (512 * KIB, 512 * KIB), (3 * MIB, MIB), (1020 * KIB, 4 * KIB), (0, MIB)],
)
async def test_parts_of_4_kib_that_divide_a_mib_are_served(
    client: FilesClient, file: Any, offset: int, limit: int
) -> None:
    assert len(await client.part(file, offset, limit)) == max(0, min(limit, SIZE - offset))


@pytest.mark.parametrize(
    ("offset", "limit"),
    [(KIB, KIB), (1023 * KIB, KIB), (MIB - 3 * KIB, 3 * KIB), (MIB, 1000 * KIB), (7 * KIB, KIB)],
)
async def test_a_precise_part_may_be_any_kib_within_a_mib(
    client: FilesClient, file: Any, offset: int, limit: int
) -> None:
    whole = await client.whole(file)

    found = await client.part(file, offset, limit, precise=True)

    assert found == whole[offset : offset + limit]


@pytest.mark.parametrize(
    ("offset", "limit", "precise"),
    [
        (0, 0, False),
        (0, -4096, False),
        (0, 4095, False),
        (0, 2 * KIB, False),
        (0, 12 * KIB, False),  # does not divide 1 MiB
        (0, 768 * KIB, False),  # nor does this
        (0, 2 * MIB, False),
        (512 * KIB, MIB, False),  # crosses into the next MiB
        (4 * KIB, MIB, False),
        (0, 0, True),
        (0, 1000, True),
        (0, MIB + KIB, True),
        (MIB - KIB, 2 * KIB, True),
    ],
)
async def test_other_limits_are_refused(
    client: FilesClient, file: Any, offset: int, limit: int, precise: bool
) -> None:
    with pytest.raises(errors.LimitInvalidError):
        await client.part(file, offset, limit, precise=precise)


@pytest.mark.parametrize(
    ("offset", "precise"), [(1, False), (KIB, False), (-4096, False), (1, True), (1000, True)]
)
async def test_other_offsets_are_refused(
    client: FilesClient, file: Any, offset: int, precise: bool
) -> None:
    with pytest.raises(errors.OffsetInvalidError):
        await client.part(file, offset, 4 * KIB, precise=precise)


async def test_smaller_pictures_have_bytes_of_their_own(
    sandbox: Sandbox, client: FilesClient
) -> None:
    made = media_chat(
        sandbox.world, files=1, sizes=90_000, kinds=["photo"], reuploads=0, username="photos"
    )
    photo = await client.media(made.chat, made.message_ids[0])
    sizes = {size.type: size.size for size in photo.sizes if hasattr(size, "size")}

    found = {letter: await client.whole(photo, letter=letter) for letter in sizes}

    assert {letter: len(data) for letter, data in found.items()} == sizes
    assert sizes["y"] == 90_000
    assert len({data[:500] for data in found.values()}) == len(sizes) == 3
    for letter, data in found.items():
        assert sha256(data).digest() == sandbox.world.shelf.sha256(photo.id, letter)
    assert sandbox.world.shelf.sha256(photo.id) == sha256(found["y"]).digest()


async def test_a_documents_still_picture_is_another_file(
    sandbox: Sandbox, client: FilesClient, file: Any
) -> None:
    thumb = await client.whole(file, letter="m")

    assert len(thumb) == file.thumbs[0].size
    assert sha256(thumb).digest() == sandbox.world.shelf.sha256(file.id, "thumb")


async def test_a_size_that_a_file_has_not_is_no_location(client: FilesClient, file: Any) -> None:
    with pytest.raises(errors.LocationInvalidError):
        await client.part(file, letter="w")


async def test_a_photo_is_not_asked_for_without_a_size(
    sandbox: Sandbox, client: FilesClient
) -> None:
    made = media_chat(sandbox.world, files=1, kinds=["photo"], reuploads=0, username="photos")
    photo = await client.media(made.chat, made.message_ids[0])
    with pytest.raises(errors.LocationInvalidError):
        await client.part(photo, letter="")


async def test_a_wrong_access_hash_is_no_location(client: FilesClient, file: Any) -> None:
    file.access_hash += 1
    with pytest.raises(errors.LocationInvalidError):
        await client.part(file)


async def test_a_file_that_is_gone_has_an_invalid_id(
    sandbox: Sandbox, client: FilesClient, file: Any
) -> None:
    sandbox.world.shelf.remove(file.id)
    with pytest.raises(errors.FileIdInvalidError):
        await client.part(file)


async def test_what_was_asked_stands_in_a_record(
    sandbox: Sandbox, client: FilesClient, file: Any
) -> None:
    await client.part(file, 0)
    await client.part(file, 0)
    await client.part(file, 2 * MIB)
    await client.part(file, 3 * MIB)

    asked = sandbox.api.files.asked
    owner = sandbox.world.owner.id
    assert [(each.file_id, each.letter, each.account) for each in asked] == [
        (file.id, "", owner)
    ] * 4
    assert [each.size_bytes for each in asked] == [MIB, MIB, 300_001, 0]
    assert {each.dc_id for each in asked} == {file.dc_id}
    assert sandbox.api.files.bytes_asked == 2 * MIB + 300_001
    assert sandbox.api.files.asked_twice() == {(file.id, "", 0): 2}
    assert location(file).id == file.id


async def test_bytes_that_were_asked_for_again_are_found(
    sandbox: Sandbox, client: FilesClient, file: Any
) -> None:
    await client.part(file, 0)
    await client.part(file, MIB, 512 * KIB)
    assert sandbox.api.files.asked_again() == {}
    await client.part(file, 128 * KIB, 4 * KIB)
    await client.part(file, MIB)
    assert sandbox.api.files.asked_again() == {
        (file.id, ""): [range(128 * KIB, 132 * KIB), range(MIB, MIB + 512 * KIB)]
    }
    sandbox.api.files.forget()
    assert sandbox.api.files.asked_again() == {}


async def test_how_many_files_at_once_are_allowed_is_told(
    sandbox: Sandbox, client: FilesClient
) -> None:
    async def told() -> dict[str, float]:
        answer = await client.ask(functions.help.GetAppConfigRequest(0))
        return {each.key: each.value.value for each in answer.config.value}

    limits = await told()
    assert limits["small_queue_max_active_operations_count"] == 5
    assert limits["large_queue_max_active_operations_count"] == 2
    sandbox.api.files.queue_limits = None
    assert not {each for each in await told() if "queue" in each}


async def test_telethon_saves_whole_files_of_all_data_centres(
    sandbox: Sandbox, client: FilesClient
) -> None:
    made = media_chat(sandbox.world, files=40, sizes=(1_000, 90_000), username="all_kinds")
    saved = {}
    async for message in client.telethon.iter_messages(made.chat.input_peer(client.account)):
        if message.photo or message.document:
            data = await client.telethon.download_media(message, bytes)
            saved[(message.photo or message.document).id, ""] = sha256(data).digest()

    truth = made.truth()
    assert len(saved) > 20
    assert {key: truth[key] for key in saved} == saved
    assert {each.dc_id for each in sandbox.api.files.asked} == {1, 2, 4}


async def test_files_of_a_loaded_export_have_the_sizes_that_it_names(tmp_path: Path) -> None:
    world = World()
    loaded = load_export(world, saved(tmp_path, everything()), scale_files=0.01)
    async with Sandbox(world) as sandbox, files_client(sandbox, loaded.viewer) as client:
        peer = loaded.chats[0].input_peer(loaded.viewer)
        checked = 0
        async for message in client.telethon.iter_messages(peer):
            file = message.photo or message.document
            if file is None or size_of(file) > 5 * MIB or message.web_preview:
                continue
            data = await client.whole(file)
            assert len(data) == size_of(file)
            assert sha256(data).digest() == world.shelf.sha256(file.id)
            checked += 1
        assert checked >= 8
