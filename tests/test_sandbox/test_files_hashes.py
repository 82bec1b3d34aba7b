"""Hashes of a file's pieces, as upload.getFileHashes gives them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from hashlib import sha256
from typing import Any

import pytest
from telethon import errors

from tests.sandbox.sandbox import Sandbox
from tests.sandbox.world.files import FORK_AT
from tests.sandbox.world.media_chat import MediaChat, media_chat
from tests.test_sandbox.files_client import KIB, MIB, FilesClient, files_client

PIECE = 128 * KIB
SIZE = 2 * MIB + 300_001


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox() as served:
        yield served


@pytest.fixture
def made(sandbox: Sandbox) -> MediaChat:
    return media_chat(sandbox.world, files=1, sizes=SIZE, kinds=["file"], reuploads=0)


@pytest.fixture
async def client(sandbox: Sandbox, made: MediaChat) -> AsyncIterator[FilesClient]:
    async with files_client(sandbox) as connected:
        yield connected


@pytest.fixture
async def file(client: FilesClient, made: MediaChat) -> Any:
    return await client.media(made.chat, made.message_ids[0])


async def test_eight_pieces_of_128_kib_come_at_a_time(client: FilesClient, file: Any) -> None:
    hashes = await client.hashes(file)
    assert [(each.offset, each.limit) for each in hashes] == [
        (number * PIECE, PIECE) for number in range(8)
    ]


async def test_hashes_cover_the_whole_file_and_no_more(client: FilesClient, file: Any) -> None:
    whole = await client.whole(file)
    covered = 0
    for offset in range(0, 4 * MIB, MIB):
        for each in await client.hashes(file, offset):
            assert each.offset == covered
            assert each.hash == sha256(whole[covered : covered + each.limit]).digest()
            covered += each.limit
    assert covered == SIZE


async def test_the_first_piece_is_that_which_holds_the_offset(
    client: FilesClient, file: Any
) -> None:
    hashes = await client.hashes(file, 3 * PIECE + 5)
    assert [each.offset for each in hashes] == [number * PIECE for number in range(3, 11)]


async def test_there_are_none_beyond_the_end(client: FilesClient, file: Any) -> None:
    assert await client.hashes(file, SIZE + PIECE) == []


async def test_a_negative_offset_is_refused(client: FilesClient, file: Any) -> None:
    with pytest.raises(errors.OffsetInvalidError):
        await client.hashes(file, -1)


async def test_hash_calls_stand_in_a_record_of_their_own(
    sandbox: Sandbox, client: FilesClient, file: Any
) -> None:
    await client.hashes(file, MIB)
    (asked,) = sandbox.api.files.hashes_asked
    assert (asked.file_id, asked.letter, asked.offset, asked.dc_id) == (
        file.id,
        "",
        MIB,
        file.dc_id,
    )
    assert not sandbox.api.files.asked


async def test_small_files_may_have_none(sandbox: Sandbox, client: FilesClient, file: Any) -> None:
    sandbox.api.files.hashes_from_bytes = SIZE + 1
    assert await client.hashes(file) == []
    sandbox.api.files.hashes_from_bytes = SIZE
    assert len(await client.hashes(file)) == 8


async def test_re_uploads_have_equal_hashes_under_other_ids(
    sandbox: Sandbox, client: FilesClient
) -> None:
    made = media_chat(
        sandbox.world, files=2, sizes=SIZE, kinds=["video"], reuploads=0.5, username="again"
    )
    first, second = [await client.media(made.chat, each) for each in made.message_ids]

    assert made.wasted_bytes == SIZE
    assert first.id != second.id
    assert [bytes(each) for each in await client.hashes(first)] == [
        bytes(each) for each in await client.hashes(second)
    ]
    assert await client.whole(first) == await client.whole(second)
    assert await client.whole(first, letter="m") == await client.whole(second, letter="m")


async def test_look_alikes_differ_only_after_the_first_mib(
    sandbox: Sandbox, client: FilesClient
) -> None:
    made = media_chat(
        sandbox.world, files=1, sizes=9_000, look_alikes=1, reuploads=0, username="alike"
    )
    first, second = [await client.media(made.chat, each) for each in made.message_ids[-2:]]

    assert first.size == second.size == 5_000_000
    assert [each.hash for each in await client.hashes(first)] == [
        each.hash for each in await client.hashes(second)
    ]
    later = [await client.hashes(each, FORK_AT) for each in (first, second)]
    assert not {each.hash for each in later[0]} & {each.hash for each in later[1]}
    wholes = [await client.whole(each) for each in (first, second)]
    assert wholes[0][:FORK_AT] == wholes[1][:FORK_AT]
    assert [sha256(each).digest() for each in wholes] == [
        sandbox.world.shelf.sha256(each.id) for each in (first, second)
    ]
