"""What goes wrong with files when a test says so."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from hashlib import sha256
from typing import Any

import pytest
from telethon import errors

from tests.sandbox.faults import GET_FILE, GET_HASHES, Faults
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.world.media_chat import MediaChat, media_chat
from tests.test_sandbox.files_client import KIB, MIB, FilesClient, files_client

PIECE = 128 * KIB


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox() as served:
        yield served


@pytest.fixture
def made(sandbox: Sandbox) -> MediaChat:
    return media_chat(sandbox.world, files=6, sizes=2 * MIB, kinds=["video"], reuploads=0)


@pytest.fixture
async def client(sandbox: Sandbox, made: MediaChat) -> AsyncIterator[FilesClient]:
    async with files_client(sandbox) as connected:
        yield connected


@pytest.fixture
async def file(client: FilesClient, made: MediaChat) -> Any:
    return await client.media(made.chat, made.message_ids[0])


async def test_a_corrupt_part_differs_in_one_piece(
    sandbox: Sandbox, client: FilesClient, file: Any
) -> None:
    sandbox.faults.corrupt_part()
    wrong = await client.part(file)
    right = await client.part(file)

    assert len(wrong) == len(right) == MIB
    assert sum(a != b for a, b in zip(wrong, right, strict=True)) == 1
    hashes = [each.hash for each in await client.hashes(file)]
    assert [sha256(right[n * PIECE : (n + 1) * PIECE]).digest() for n in range(8)] == hashes
    assert sum(sha256(wrong[n * PIECE :][:PIECE]).digest() != hashes[n] for n in range(8)) == 1


async def test_a_part_may_be_too_short_empty_or_too_long(
    sandbox: Sandbox, client: FilesClient, file: Any
) -> None:
    right = await client.part(file)
    sandbox.faults.short_part()
    assert await client.part(file) == right[: MIB * 2 // 3]
    sandbox.faults.empty_part()
    assert await client.part(file) == b""
    sandbox.faults.endless_part()
    assert await client.part(file) == right + right
    assert await client.part(file) == right


async def test_a_fault_may_strike_one_file_or_one_data_centre_for_good(
    sandbox: Sandbox, client: FilesClient, made: MediaChat
) -> None:
    files = [await client.media(made.chat, each) for each in made.message_ids]
    first, other = files[0], next(each for each in files if each.dc_id != files[0].dc_id)

    sandbox.faults.short_part(file_id=first.id, times=None)
    assert [len(await client.part(each)) < MIB for each in (first, other, first)] == [
        True,
        False,
        True,
    ]
    sandbox.faults.strike_no_more()
    sandbox.faults.empty_part(dc_id=other.dc_id, times=None)
    assert await client.part(first)
    assert not await client.part(other)


async def test_waits_and_errors_come_instead_of_a_part(
    sandbox: Sandbox, client: FilesClient, file: Any
) -> None:
    sandbox.faults.premium_wait(3)
    with pytest.raises(errors.FloodPremiumWaitError) as premium:
        await client.part(file)
    assert premium.value.seconds == 3
    sandbox.faults.flood_wait(4, on=GET_FILE)
    with pytest.raises(errors.FloodWaitError):
        await client.part(file)
    sandbox.faults.timeout()
    with pytest.raises(errors.TimedOutError):
        await client.part(file)
    sandbox.faults.server_error(on=GET_FILE)
    with pytest.raises(errors.ServerError):
        await client.part(file)
    assert not sandbox.api.files.asked
    assert await client.part(file)


async def test_hashes_may_be_wrong_fail_or_take_long(
    sandbox: Sandbox, client: FilesClient, file: Any
) -> None:
    right = await client.hashes(file)
    sandbox.faults.wrong_hashes()
    wrong = await client.hashes(file)
    assert [(each.offset, each.limit) for each in wrong] == [
        (each.offset, each.limit) for each in right
    ]
    assert not {each.hash for each in wrong} & {each.hash for each in right}
    sandbox.faults.failing_hashes()
    with pytest.raises(errors.ServerError):
        await client.hashes(file)
    sandbox.faults.slow_hashes(60)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(client.hashes(file), 0.2)
    assert await client.part(file)


async def test_references_expire_amid_a_file(
    sandbox: Sandbox, client: FilesClient, made: MediaChat, file: Any
) -> None:
    sandbox.faults.amid_file(sandbox.world.references.expire, after=1)
    assert await client.part(file)
    with pytest.raises(errors.FileReferenceExpiredError):
        await client.part(file, MIB)
    assert await client.part(await client.media(made.chat, made.message_ids[0]), MIB)


async def test_a_message_vanishes_amid_its_file(
    sandbox: Sandbox, client: FilesClient, made: MediaChat, file: Any
) -> None:
    def vanish() -> None:
        made.chat.delete(made.message_ids[0])
        sandbox.world.references.expire()

    sandbox.faults.amid_file(vanish, after=1)
    assert await client.part(file)
    with pytest.raises(errors.FileReferenceExpiredError):
        await client.part(file, MIB)
    with pytest.raises(AttributeError):  # there is no message, so no media either
        await client.media(made.chat, made.message_ids[0])


async def test_a_line_cut_amid_a_part_is_no_loss(
    sandbox: Sandbox, client: FilesClient, made: MediaChat
) -> None:
    files = [await client.media(made.chat, each) for each in made.message_ids]
    file = next(each for each in files if each.dc_id == 2)
    sandbox.faults.cut_amid_answer(on=GET_FILE)
    data = await asyncio.wait_for(client.telethon.download_media(file, bytes), 20)
    assert sha256(data).digest() == sandbox.world.shelf.sha256(file.id)
    outcomes = [each.outcome for each in sandbox.faults.log if each.name == GET_FILE]
    assert outcomes[0] == "cut amid"


async def test_files_may_end_elsewhere_than_their_messages_say(
    sandbox: Sandbox, client: FilesClient, file: Any
) -> None:
    sandbox.world.shelf.resize(file.id, MIB + 5)
    assert file.size == 2 * MIB
    assert len(await client.whole(file)) == MIB + 5
    sandbox.world.shelf.resize(file.id, 3 * MIB + 5)
    assert len(await client.whole(file)) == 3 * MIB + 5


async def test_parts_of_files_have_a_rate_of_their_own(
    sandbox: Sandbox, client: FilesClient, made: MediaChat, file: Any
) -> None:
    sandbox.line.file_requests_per_second = 1
    assert await client.part(file)
    with pytest.raises(errors.FloodWaitError):
        await client.part(file)
    with pytest.raises(errors.FloodWaitError):
        await client.hashes(file)
    for _ in range(5):
        assert await client.media(made.chat, made.message_ids[0])


def test_faults_of_files_strike_requests_for_files_unless_told_otherwise() -> None:
    faults = Faults()
    faults.corrupt_part()
    faults.wrong_hashes()
    faults.timeout(on=GET_HASHES)
    assert [each.on for each in faults.left] == [GET_FILE, GET_HASHES, GET_HASHES]
    with pytest.raises(ValueError, match="no request of the layer"):
        faults.corrupt_part(on="getFile")


async def test_how_much_is_asked_for_at_once_is_counted(
    sandbox: Sandbox, client: FilesClient, made: MediaChat
) -> None:
    files = [await client.media(made.chat, each) for each in made.message_ids]
    here = [each for each in files if each.dc_id == files[0].dc_id][:2]
    hold = sandbox.faults.hold(on=GET_FILE, times=None)
    asked = [
        asyncio.create_task(client.part(file, offset)) for file in here for offset in (0, MIB, 0)
    ]
    await hold.reached.wait()
    while sandbox.faults.under_way.most_parts[here[0].dc_id] < len(asked):
        await asyncio.sleep(0.01)
    hold.release()
    await asyncio.gather(*asked)

    assert sandbox.faults.under_way.most_parts == {here[0].dc_id: len(asked)}
    assert sandbox.faults.under_way.most_files == {here[0].dc_id: len(here)}
    sandbox.faults.under_way.forget()
    await client.part(here[0])
    assert sandbox.faults.under_way.most_parts == {here[0].dc_id: 1}


async def test_the_record_of_calls_names_the_file(
    sandbox: Sandbox, client: FilesClient, file: Any
) -> None:
    await client.hashes(file)
    assert sandbox.faults.log[-1].name == GET_HASHES
    assert sandbox.faults.log[-1].arguments == {"offset": 0, "file_id": file.id}
