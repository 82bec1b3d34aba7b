"""Parts of files and their hashes, from any data centre."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import replace

import pytest

from exporter.errors import JobError
from exporter.telegram.connection import Telegram
from exporter.telegram.file_server import (
    FileGone,
    FileMoved,
    FileServer,
    HashesUnavailable,
    PieceHash,
    QueueLimits,
    StaleReference,
)
from tests.exporter.reaching import SHORT_S, signed_in
from tests.exporter.served import MIB, Served, location_of, serve
from tests.sandbox.sandbox import HOME_DC, Sandbox
from tests.sandbox.world.files import PIECE

ASKED = "GetFileRequest"
HASHES = "GetFileHashesRequest"
LONG_S = 60.0


async def fetched(telegram: Telegram, file: Served) -> bytes:
    """The whole file, all parts of it under way at once."""
    async with asyncio.TaskGroup() as group:
        parts = [
            group.create_task(telegram.files.part(file.dc_id, file.location, offset, MIB))
            for offset in file.offsets
        ]
    return b"".join(part.result() for part in parts)


def whole(file: Served) -> bytes:
    return b"".join(file.blob.parts())


@pytest.mark.parametrize("dc_id", [1, 2, 4])
async def test_a_file_comes_from_its_data_centre_with_many_parts_under_way(
    sandbox: Sandbox, dc_id: int
) -> None:
    file = serve(sandbox, dc_id, 20 * MIB + 12_345)
    async with signed_in(sandbox) as telegram:
        assert await fetched(telegram, file) == whole(file)

    assert {each.dc_id for each in sandbox.api.files.asked} == {dc_id}
    assert not sandbox.api.files.asked_twice()


async def test_beyond_the_end_there_are_no_bytes(sandbox: Sandbox) -> None:
    file = serve(sandbox, HOME_DC, 2 * MIB)
    async with signed_in(sandbox) as telegram:
        assert await telegram.files.part(file.dc_id, file.location, 2 * MIB, MIB) == b""


async def test_any_stretch_of_whole_kibibytes_within_a_mebibyte_may_be_asked_for(
    sandbox: Sandbox,
) -> None:
    file = serve(sandbox, HOME_DC, 3 * MIB)
    async with signed_in(sandbox) as telegram:
        part = await telegram.files.part(file.dc_id, file.location, MIB + 5 * 1024, 11 * 1024)

    assert part == file.blob.read(MIB + 5 * 1024, 11 * 1024)


async def test_requests_for_parts_do_not_wait_for_each_other(sandbox: Sandbox) -> None:
    file = serve(sandbox, HOME_DC, 16 * MIB)
    hold = sandbox.faults.hold(on=ASKED)
    async with signed_in(sandbox) as telegram:
        async with asyncio.TaskGroup() as group:
            first = group.create_task(telegram.files.part(file.dc_id, file.location, 0, MIB))
            await hold.reached.wait()
            for offset in range(MIB, 16 * MIB, MIB):
                part = await telegram.files.part(file.dc_id, file.location, offset, MIB)
                assert part == file.part(offset)
            assert not first.done()
            hold.release()
        assert first.result() == file.part(0)


async def test_no_rate_is_made_of_a_wait_for_parts(sandbox: Sandbox) -> None:
    file = serve(sandbox, HOME_DC, 4 * MIB)
    async with signed_in(sandbox) as telegram:
        await fetched(telegram, file)
        sandbox.faults.flood_wait(1, on=ASKED, times=2)
        assert await fetched(telegram, file) == whole(file)

        assert telegram.rate_of("upload.getFile dc2") is None
        assert telegram.files.floods(HOME_DC) == 1
        assert telegram.files.floods(4) == 0


async def test_a_premium_wait_is_waited_out(sandbox: Sandbox) -> None:
    file = serve(sandbox, HOME_DC)
    sandbox.faults.fail(420, "FLOOD_PREMIUM_WAIT_1", on=ASKED)
    async with signed_in(sandbox) as telegram:
        assert await fetched(telegram, file) == whole(file)

        assert telegram.files.floods(HOME_DC) == 1


async def test_a_wait_for_parts_stops_nothing_but_parts_of_that_data_centre(
    sandbox: Sandbox,
) -> None:
    here, there = serve(sandbox, HOME_DC), serve(sandbox, 4)
    async with signed_in(sandbox) as telegram:
        await fetched(telegram, there)
        sandbox.faults.flood_wait(3600, on=ASKED)
        told = asyncio.Event()
        with telegram.telling(lambda until, _: told.set() if until else None):
            waiting = asyncio.create_task(fetched(telegram, here))
            await told.wait()

            assert await fetched(telegram, there) == whole(there)
            assert await telegram.files.hashes(here.dc_id, here.location, 0, timeout_s=LONG_S)
            assert (await telegram.who_am_i()).id == telegram.user_id
            assert not waiting.done()
            waiting.cancel()
            await asyncio.wait({waiting})


@pytest.mark.parametrize(
    ("code", "message"),
    [(500, "INTERNAL"), (-503, "Timeout"), (500, "TIMEOUT"), (-500, "No workers running")],
)
async def test_a_server_in_trouble_is_asked_again(
    sandbox: Sandbox, code: int, message: str
) -> None:
    file = serve(sandbox, 4)
    sandbox.faults.fail(code, message, on=ASKED)
    async with signed_in(sandbox) as telegram:
        assert await fetched(telegram, file) == whole(file)

    assert sandbox.faults.calls(ASKED) == 2


@pytest.mark.parametrize("dc_id", [HOME_DC, 4])
async def test_connections_cut_amid_parts_cost_only_what_was_under_way(
    sandbox: Sandbox, dc_id: int
) -> None:
    file = serve(sandbox, dc_id, 12 * MIB)
    sandbox.faults.cut_amid_answer(on=ASKED, after=2, times=2)
    sandbox.faults.cut_before_answer(on=ASKED, after=4, times=2)
    async with signed_in(sandbox) as telegram:
        assert await fetched(telegram, file) == whole(file)

    assert sandbox.faults.calls("ExportAuthorizationRequest") == (dc_id != HOME_DC)


async def test_all_connections_cut_at_once_are_opened_again(sandbox: Sandbox) -> None:
    file = serve(sandbox, 4, 8 * MIB)
    async with signed_in(sandbox) as telegram:
        await fetched(telegram, file)
        hold = sandbox.faults.hold(on=ASKED, times=8)
        again = asyncio.create_task(fetched(telegram, file))
        await hold.reached.wait()
        sandbox.telegram.data_centres[4].cut()
        hold.release()

        assert await again == whole(file)


async def test_a_connection_without_any_answer_is_given_up_for_another(sandbox: Sandbox) -> None:
    file = serve(sandbox, HOME_DC)
    sandbox.faults.no_answer(on=ASKED)
    async with signed_in(sandbox, answer_timeout_s=SHORT_S) as telegram:
        assert await fetched(telegram, file) == whole(file)


# What a file's own state is


async def test_a_file_elsewhere_names_its_data_centre(sandbox: Sandbox) -> None:
    file = serve(sandbox, 4)
    async with signed_in(sandbox) as telegram:
        with pytest.raises(FileMoved) as moved:
            await telegram.files.part(HOME_DC, file.location, 0, MIB)
        with pytest.raises(FileMoved):
            await telegram.files.hashes(HOME_DC, file.location, 0, timeout_s=LONG_S)

    assert moved.value.dc_id == 4


async def test_an_expired_reference_is_stale_and_a_new_one_is_good(sandbox: Sandbox) -> None:
    file = serve(sandbox, 4)
    sandbox.world.references.expire()
    async with signed_in(sandbox) as telegram:
        with pytest.raises(StaleReference):
            await telegram.files.part(file.dc_id, file.location, 0, MIB)
        with pytest.raises(StaleReference):
            await telegram.files.hashes(file.dc_id, file.location, 0, timeout_s=LONG_S)
        anew = location_of(sandbox, file.file_id)

        assert await telegram.files.part(file.dc_id, anew, 0, MIB) == file.part(0)


@pytest.mark.parametrize(
    "message",
    [
        "FILE_REFERENCE_EMPTY",
        "FILE_REFERENCE_INVALID",
        "FILE_REFERENCE_0_EXPIRED",
        "FILEREF_UPGRADE_NEEDED",
    ],
)
async def test_every_word_for_a_stale_reference_is_understood(
    sandbox: Sandbox, message: str
) -> None:
    file = serve(sandbox, HOME_DC)
    sandbox.faults.fail(400, message, on=ASKED)
    async with signed_in(sandbox) as telegram:
        with pytest.raises(StaleReference):
            await telegram.files.part(file.dc_id, file.location, 0, MIB)


async def test_a_location_that_was_never_known_has_to_be_asked_for(sandbox: Sandbox) -> None:
    async with signed_in(sandbox) as telegram:
        with pytest.raises(StaleReference):
            await telegram.files.part(HOME_DC, b"", 0, MIB)
        with pytest.raises(StaleReference):
            await telegram.files.hashes(HOME_DC, b"", 0, timeout_s=LONG_S)

    assert sandbox.faults.calls(ASKED) == 0


async def test_a_file_that_telegram_has_no_more_is_gone_with_its_reason(sandbox: Sandbox) -> None:
    file = serve(sandbox, HOME_DC)
    sandbox.world.shelf.remove(file.file_id)
    async with signed_in(sandbox) as telegram:
        with pytest.raises(FileGone, match="file id is invalid"):
            await telegram.files.part(file.dc_id, file.location, 0, MIB)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (400, "LOCATION_INVALID"),
        (400, "CHANNEL_PRIVATE"),
        (403, "CHAT_FORBIDDEN"),
        (400, "NEW_ONE"),
    ],
)
async def test_any_other_refusal_is_about_that_file_alone(
    sandbox: Sandbox, code: int, message: str
) -> None:
    file = serve(sandbox, HOME_DC)
    sandbox.faults.fail(code, message, on=ASKED)
    async with signed_in(sandbox) as telegram:
        with pytest.raises(FileGone):
            await telegram.files.part(file.dc_id, file.location, 0, MIB)
        assert await fetched(telegram, file) == whole(file)


async def test_a_data_centre_that_nobody_lists_is_that_files_trouble_alone(
    sandbox: Sandbox,
) -> None:
    file = serve(sandbox, 4)
    async with signed_in(sandbox) as telegram:
        files = FileServer(replace(telegram.files.home, alone=False))
        with pytest.raises(FileGone, match="lists no data centre 77"):
            await files.part(77, file.location, 0, MIB)
        with pytest.raises(HashesUnavailable, match="lists no data centre 77"):
            await files.hashes(77, file.location, 0, timeout_s=LONG_S)


async def test_a_part_that_the_server_finds_too_long_is_asked_for_in_pieces(
    sandbox: Sandbox,
) -> None:
    file = serve(sandbox, HOME_DC, 2 * MIB - 5_000)
    sandbox.faults.fail(400, "LIMIT_INVALID", on=ASKED, times=3)
    async with signed_in(sandbox) as telegram:
        assert await telegram.files.part(file.dc_id, file.location, MIB, MIB) == file.part(MIB)


async def test_a_server_that_finds_every_part_too_long_makes_the_file_fail(
    sandbox: Sandbox,
) -> None:
    file = serve(sandbox, HOME_DC)
    sandbox.faults.fail(400, "LIMIT_INVALID", on=ASKED, times=None)
    async with signed_in(sandbox) as telegram:
        with pytest.raises(FileGone, match="Telegram refused"):
            await telegram.files.part(file.dc_id, file.location, 0, MIB)


async def test_a_cdn_is_declined_and_said_so_when_telegram_insists(sandbox: Sandbox) -> None:
    file = serve(sandbox, HOME_DC)
    sandbox.api.files.cdn = "when supported"
    async with signed_in(sandbox) as telegram:
        assert await fetched(telegram, file) == whole(file)
        sandbox.api.files.cdn = "always"
        with pytest.raises(FileGone, match="content delivery network"):
            await telegram.files.part(file.dc_id, file.location, 0, MIB)


# Hashes


async def test_hashes_are_those_of_the_pieces_of_a_window(sandbox: Sandbox) -> None:
    file = serve(sandbox, 4, MIB + PIECE + 7)
    async with signed_in(sandbox) as telegram:
        first = await telegram.files.hashes(file.dc_id, file.location, 0, timeout_s=LONG_S)
        second = await telegram.files.hashes(file.dc_id, file.location, MIB, timeout_s=LONG_S)

    assert [*first, *second] == [
        PieceHash(
            offset=offset,
            limit=min(PIECE, file.blob.size_bytes - offset),
            sha256=hashlib.sha256(file.blob.read(offset, PIECE)).digest(),
        )
        for offset in range(0, file.blob.size_bytes, PIECE)
    ]


async def test_a_file_without_hashes_has_none(sandbox: Sandbox) -> None:
    file = serve(sandbox, HOME_DC)
    sandbox.api.files.hashes_from_bytes = 2 * MIB
    async with signed_in(sandbox) as telegram:
        assert await telegram.files.hashes(file.dc_id, file.location, 0, timeout_s=LONG_S) == ()


async def test_hashes_that_do_not_come_in_time_are_done_without(sandbox: Sandbox) -> None:
    file = serve(sandbox, 4)
    hold = sandbox.faults.hold(on=HASHES)
    async with signed_in(sandbox) as telegram:
        with pytest.raises(HashesUnavailable, match=r"no hashes within 0\.05 s"):
            await telegram.files.hashes(file.dc_id, file.location, 0, timeout_s=0.05)
        hold.release()
        assert await fetched(telegram, file) == whole(file)


@pytest.mark.parametrize("seconds", [3, 3600])
async def test_hashes_are_done_without_while_telegram_wants_longer_waits(
    sandbox: Sandbox, seconds: int
) -> None:
    file = serve(sandbox, HOME_DC)
    sandbox.faults.flood_wait(seconds, on=HASHES)
    async with signed_in(sandbox) as telegram:
        for _ in range(2):
            with pytest.raises(HashesUnavailable):
                await telegram.files.hashes(file.dc_id, file.location, 0, timeout_s=2.0)
        assert await fetched(telegram, file) == whole(file)

    assert sandbox.faults.calls(HASHES) == 1


async def test_hashes_that_are_refused_are_done_without(sandbox: Sandbox) -> None:
    file = serve(sandbox, HOME_DC)
    sandbox.faults.fail(400, "LOCATION_INVALID", on=HASHES)
    async with signed_in(sandbox) as telegram:
        with pytest.raises(HashesUnavailable):
            await telegram.files.hashes(file.dc_id, file.location, 0, timeout_s=LONG_S)


async def test_the_time_to_get_into_a_data_centre_is_not_the_hashes(sandbox: Sandbox) -> None:
    file = serve(sandbox, 4)
    sandbox.faults.slow(1.1, on="ExportAuthorizationRequest")
    async with signed_in(sandbox) as telegram:
        assert await telegram.files.hashes(file.dc_id, file.location, 0, timeout_s=1.0)


# Limits


async def test_the_server_says_how_many_files_may_be_under_way(sandbox: Sandbox) -> None:
    async with signed_in(sandbox) as telegram:
        assert await telegram.files.limits() == QueueLimits(small=5, large=2)
        assert await telegram.files.limits() == QueueLimits()

    assert sandbox.faults.calls("GetAppConfigRequest") == 1


async def test_without_its_word_the_usual_limits_hold(sandbox: Sandbox) -> None:
    sandbox.faults.fail(400, "INPUT_METHOD_INVALID", on="GetAppConfigRequest")
    async with signed_in(sandbox) as telegram:
        assert await telegram.files.limits() == QueueLimits(small=5, large=2)


# The end


@pytest.mark.parametrize("dc_id", [HOME_DC, 4])
async def test_what_is_under_way_at_the_close_ends_with_a_sentence(
    sandbox: Sandbox, dc_id: int
) -> None:
    file = serve(sandbox, dc_id, 6 * MIB)
    hold = sandbox.faults.hold(on=ASKED, times=None)
    async with signed_in(sandbox) as telegram:
        parts = [
            asyncio.create_task(telegram.files.part(dc_id, file.location, offset, MIB))
            for offset in file.offsets
        ]
        await hold.reached.wait()
    ended = await asyncio.gather(*parts, return_exceptions=True)
    sandbox.faults.clear()
    hold.release()

    assert {type(each) for each in ended} == {JobError}
    assert sandbox.telegram.data_centres[dc_id].connections == 0


async def test_nothing_is_opened_before_a_file_is_asked_for(sandbox: Sandbox) -> None:
    async with signed_in(sandbox):
        assert sandbox.telegram.data_centres[HOME_DC].connections == 1
        assert sandbox.telegram.data_centres[4].connections == 0
