"""The pool against a real sandbox: every file as it is, or named with its reason."""

from __future__ import annotations

import asyncio
from pathlib import Path

import psutil
import pytest

from exporter.config import MediaConfig
from exporter.errors import sentence_of
from exporter.progress import ProgressBoard
from exporter.telegram.resolve import resolve
from storage.media import FileKey, FileState
from tests.exporter.media.pooling import chat_of, place, until
from tests.sandbox.sandbox import HOME_DC, Sandbox
from tests.sandbox.world.media_chat import media_chat

MIB = 1024 * 1024
SERIAL = MediaConfig(parallel=False, min_free_bytes=0)


@pytest.mark.parametrize("parallel", [True, False])
async def test_files_of_all_kinds_arrive_as_they_are(
    sandbox: Sandbox, tmp_path: Path, parallel: bool
) -> None:
    made = media_chat(sandbox.world, files=150, forwards=0.1, emoji=5, misplaced=0.1, look_alikes=1)
    async with place(
        sandbox, tmp_path, config=MediaConfig(parallel=parallel, min_free_bytes=0)
    ) as at:
        await at.keep(made.chat)
        fetched = await at.fetch(made.chat)

        kept, truth = await at.kept(made.chat), made.truth(thumbs=True)
        assert {key: sha for key, sha in kept.items() if key in truth} == truth
        assert fetched.kept == len(kept)
        assert fetched.given_up == 0
        assert fetched.spared_bytes > 0
        assert at.left_over() == []
        assert at.pool.figures().peak == 1 or parallel


@pytest.mark.parametrize(
    "fault",
    [
        "corrupt_part",
        "short_part",
        "empty_part",
        "endless_part",
        "timeout",
        "cut_amid_answer",
        "wrong_hashes",
        "failing_hashes",
    ],
)
@pytest.mark.parametrize("size", [300_000, 5 * MIB + 7])
async def test_a_fault_that_passes_costs_no_file(
    sandbox: Sandbox, tmp_path: Path, fault: str, size: int
) -> None:
    made = chat_of(sandbox, *[size] * 6)
    for after in (0, 2, 5):
        match = {"on": "GetFileRequest"} if fault == "cut_amid_answer" else {}
        getattr(sandbox.faults, fault)(after=after, **match)
    async with place(sandbox, tmp_path) as at:
        await at.keep(made.chat)
        fetched = await at.fetch(made.chat)

        assert await at.kept(made.chat) == made.truth()
        assert fetched.given_up == 0
        assert not sandbox.faults.left
        assert at.left_over() == []


async def test_a_wrong_piece_is_asked_for_again_and_not_its_part(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    made = chat_of(sandbox, 4 * MIB)
    sandbox.faults.corrupt_part(after=1)
    async with place(sandbox, tmp_path) as at:
        await at.keep(made.chat)
        await at.fetch(made.chat)

        assert await at.kept(made.chat) == made.truth()
    assert sorted(each.limit for each in sandbox.api.files.asked) == [128 * 1024] + [MIB] * 4


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("corrupt_part", "contradict the bytes"),
        ("wrong_hashes", "contradict the bytes"),
        ("empty_part", "and gives less"),
        ("endless_part", "and gives more"),
    ],
)
async def test_a_file_that_never_comes_right_fails_with_its_reason_and_stalls_nothing(
    sandbox: Sandbox, tmp_path: Path, fault: str, reason: str
) -> None:
    made = chat_of(sandbox, *[200_000] * 5, 3 * MIB)
    bad = made.uploads[5].file_id
    getattr(sandbox.faults, fault)(times=None, file_id=bad)
    async with place(sandbox, tmp_path) as at:
        await at.keep(made.chat)
        fetched = await at.fetch(made.chat)

        truth = made.truth()
        del truth[(bad, "")]
        assert await at.kept(made.chat) == truth
        assert fetched.given_up == 1
        [(key, (state, why))] = (await at.reasons(made.chat)).items()
        assert (key, state) == (FileKey(bad), FileState.FAILED)
        assert reason in str(why)
        assert at.left_over() == []
        assert len(list(at.store.contents())) == 5


@pytest.mark.parametrize("fault", ["failing_hashes", "slow_hashes"])
async def test_without_hashes_files_arrive_all_the_same(
    sandbox: Sandbox, tmp_path: Path, fault: str
) -> None:
    made = chat_of(sandbox, *[200_000] * 9, 3 * MIB)
    slow = {"seconds": 60} if fault == "slow_hashes" else {}
    getattr(sandbox.faults, fault)(times=None, **slow)
    config = MediaConfig(hash_timeout_s=0.2, min_free_bytes=0)
    async with place(sandbox, tmp_path, config=config) as at:
        await at.keep(made.chat)
        await at.fetch(made.chat)

        assert await at.kept(made.chat) == made.truth()
        figures = at.known.figures
        assert figures.failed + figures.slow > 0


async def test_a_reference_that_expires_amid_a_file_is_renewed_once_for_all_its_parts(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    made = chat_of(sandbox, 24 * MIB)
    async with place(sandbox, tmp_path) as at:
        await at.keep(made.chat)
        sandbox.faults.amid_file(sandbox.world.references.expire, after=6)
        before = sandbox.faults.calls("GetMessagesRequest")
        await at.fetch(made.chat)

        assert await at.kept(made.chat) == made.truth()
    assert sandbox.faults.calls("GetMessagesRequest") == before + 1
    assert not sandbox.api.files.asked_twice()


async def test_expired_references_of_many_files_are_renewed_together(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    made = media_chat(sandbox.world, files=250, reuploads=0, sizes=(1_000, 9_000))
    async with place(sandbox, tmp_path) as at:
        await at.keep(made.chat)
        sandbox.world.references.expire()
        before = sandbox.faults.calls("GetMessagesRequest")
        await at.fetch(made.chat)

        kept, truth = await at.kept(made.chat), made.truth(thumbs=True)
        assert {key: sha for key, sha in kept.items() if key in truth} == truth
    assert sandbox.faults.calls("GetMessagesRequest") - before < 40


async def test_a_file_whose_message_was_deleted_is_unavailable(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    made = chat_of(sandbox, 200_000, 200_001)
    gone = made.uploads[0].file_id
    async with place(sandbox, tmp_path) as at:
        await at.keep(made.chat)
        made.chat.delete(made.message_ids[0])
        sandbox.world.references.expire()
        await at.fetch(made.chat)

        [(key, (state, why))] = (await at.reasons(made.chat)).items()
        assert (key, state) == (FileKey(gone), FileState.UNAVAILABLE)
        assert "has it no more" in str(why)
        assert len(await at.kept(made.chat)) == 1


async def test_a_file_that_telegram_lost_is_unavailable_with_its_words(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    made = chat_of(sandbox, 200_000, 200_001)
    async with place(sandbox, tmp_path) as at:
        await at.keep(made.chat)
        sandbox.world.shelf.remove(made.uploads[0].file_id)
        sandbox.faults.fail(
            400, "FILE_ID_INVALID", on="GetFileRequest", file_id=made.uploads[0].file_id, times=None
        )
        await at.fetch(made.chat)

        [(state, why)] = (await at.reasons(made.chat)).values()
        assert state is FileState.UNAVAILABLE
        assert "file id is invalid" in str(why)
        assert len(await at.kept(made.chat)) == 1


async def test_files_that_lie_elsewhere_are_fetched_there(sandbox: Sandbox, tmp_path: Path) -> None:
    made = chat_of(sandbox, *[200_000] * 4, 3 * MIB, 22 * MIB, misplaced=1)
    async with place(sandbox, tmp_path) as at:
        await at.keep(made.chat)
        await at.fetch(made.chat)

        assert await at.kept(made.chat) == made.truth()
    assert not sandbox.api.files.asked_twice()


async def test_a_cancelled_job_records_its_parts_and_the_next_one_goes_on_there(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    made = chat_of(sandbox, 30 * MIB)
    hold = sandbox.faults.hold(after=20, times=None, on="GetFileRequest")
    async with place(sandbox, tmp_path) as at:
        await at.keep(made.chat)
        order = at.order(made.chat)
        task = asyncio.create_task(at.pool.fetch(order))
        await hold.reached.wait()
        await until(lambda: at.pool.figures().received_bytes >= 20 * MIB)
        task.cancel()
        await asyncio.wait({task})
        assert task.cancelled()
        assert len(at.left_over()) == 1
    hold.release()
    sandbox.faults.clear()

    async with place(sandbox, tmp_path) as at:
        fetched = await at.fetch(made.chat)

        assert await at.kept(made.chat) == made.truth()
        assert fetched.received_bytes == 10 * MIB
        assert at.left_over() == []


async def test_a_file_that_was_stored_and_not_noted_is_not_fetched_again(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    made = chat_of(sandbox, 20 * MIB)
    async with place(sandbox, tmp_path) as at:
        await at.keep(made.chat)
        async with at.database.write() as connection:
            await connection.exec_driver_sql(
                "CREATE TRIGGER stop BEFORE INSERT ON contents"
                " BEGIN SELECT RAISE(ABORT, 'killed here'); END"
            )
        with pytest.raises(ExceptionGroup):
            await at.fetch(made.chat)
        assert len(list(at.store.contents())) == 1
        async with at.database.write() as connection:
            await connection.exec_driver_sql("DROP TRIGGER stop")
        fetched = await at.fetch(made.chat)

        assert await at.kept(made.chat) == made.truth()
        assert (fetched.kept, fetched.received_bytes) == (1, 0)


@pytest.mark.parametrize("harm", ["removed", "cut", "foreign bitmap"])
async def test_a_partial_file_that_is_not_what_was_recorded_is_begun_anew(
    sandbox: Sandbox, tmp_path: Path, harm: str
) -> None:
    made = chat_of(sandbox, 5 * MIB)
    async with place(sandbox, tmp_path) as at:
        await at.keep(made.chat)
        hold = sandbox.faults.hold(after=4, times=None, on="GetFileRequest")
        task = asyncio.create_task(at.pool.fetch(at.order(made.chat)))
        await until(lambda: at.pool.figures().received_bytes >= 4 * MIB)
        task.cancel()
        await asyncio.wait({task})
        hold.release()
        sandbox.faults.clear()
        [name] = at.left_over()
        part = at.store.folder / ".part" / name
        if harm == "removed":
            part.unlink()
        elif harm == "cut":
            part.write_bytes(part.read_bytes()[:MIB])
        else:
            await at.files.parts_kept(FileKey(made.uploads[0].file_id), b"no bitmap")
        await at.fetch(made.chat)

        assert await at.kept(made.chat) == made.truth()


async def test_a_file_that_two_jobs_want_is_fetched_once(sandbox: Sandbox, tmp_path: Path) -> None:
    made = chat_of(sandbox, *[400_000] * 20, 6 * MIB)
    async with place(sandbox, tmp_path) as at:
        await at.keep(made.chat)
        async with asyncio.TaskGroup() as group:
            group.create_task(at.fetch(made.chat))
            group.create_task(at.fetch(made.chat))

        assert await at.kept(made.chat) == made.truth()
    assert not sandbox.api.files.asked_twice()


async def test_cancelling_a_job_leaves_the_files_of_others(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    first = chat_of(sandbox, *[300_000] * 30, title="First")
    second = chat_of(sandbox, *[300_000] * 30, title="Second", seed=2)
    async with place(sandbox, tmp_path) as at:
        await at.keep(first.chat)
        await at.keep(second.chat)
        task = asyncio.create_task(at.fetch(first.chat))
        other = asyncio.create_task(at.fetch(second.chat))
        await until(lambda: at.pool.figures().processed > 4)
        task.cancel()
        await asyncio.wait({task})
        await other

        assert await at.kept(second.chat) == second.truth()
        await at.fetch(first.chat)
        assert await at.kept(first.chat) == first.truth()


async def test_an_account_that_dies_leaves_its_files_to_another(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    other = sandbox.world.add_account("49123456")
    made = chat_of(sandbox, *[300_000] * 8, 4 * MIB, broadcast=True)
    made.chat.members.append(other.id)
    async with place(sandbox, tmp_path, others=[other]) as at:
        await at.keep(made.chat)
        spare = at.account_ids[1]
        await resolve(at.telegrams[spare], at.archive, str(made.chat.peer_id))
        sandbox.faults.revoke(on="GetFileRequest", account=sandbox.world.owner.id, dc_id=HOME_DC)
        await at.fetch(made.chat)

        assert await at.kept(made.chat) == made.truth()
        assert at.lost == [at.account_ids[0]]


async def test_when_the_only_account_dies_the_job_ends_with_its_sentence(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    made = chat_of(sandbox, *[300_000] * 8)
    async with place(sandbox, tmp_path) as at:
        await at.keep(made.chat)
        sandbox.faults.revoke(on="GetFileRequest", dc_id=HOME_DC)
        with pytest.raises(ExceptionGroup) as failed:
            await at.fetch(made.chat)

        assert "no longer accepts this account's session" in str(sentence_of(failed.value))


async def test_a_file_that_never_answers_is_left_for_later_and_then_given_up(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    made = chat_of(sandbox, *[300_000] * 8)
    bad = made.uploads[2].file_id
    sandbox.faults.hold(on="GetFileRequest", file_id=bad, times=None)
    async with place(sandbox, tmp_path, stalled_after_s=0.2) as at:
        await at.keep(made.chat)
        await at.fetch(made.chat)

        assert len(await at.kept(made.chat)) == 7
        [(state, why)] = (await at.reasons(made.chat)).values()
        assert (state, why) == (FileState.FAILED, "Telegram gave nothing of it for 0 s")


async def test_while_telegram_makes_us_wait_no_file_counts_as_stalled(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    made = chat_of(sandbox, *[300_000] * 8)
    sandbox.faults.premium_wait(2, times=3)
    async with place(sandbox, tmp_path, stalled_after_s=0.2) as at:
        await at.keep(made.chat)
        await at.fetch(made.chat)

        assert await at.kept(made.chat) == made.truth()


async def test_small_files_come_first(sandbox: Sandbox, tmp_path: Path) -> None:
    made = chat_of(sandbox, 21 * MIB, *[100_000] * 10)
    async with place(sandbox, tmp_path, config=SERIAL) as at:
        await at.keep(made.chat)
        await at.fetch(made.chat)

        assert await at.kept(made.chat) == made.truth()
    assert [each.file_id for each in sandbox.api.files.asked][-21:] == [
        made.uploads[0].file_id
    ] * 21


async def test_jobs_take_turns(sandbox: Sandbox, tmp_path: Path) -> None:
    first = chat_of(sandbox, *[300_000] * 30, title="First")
    second = chat_of(sandbox, *[300_000] * 10, title="Second", seed=2)
    async with place(sandbox, tmp_path, config=SERIAL) as at:
        await at.keep(first.chat)
        await at.keep(second.chat)
        async with asyncio.TaskGroup() as group:
            group.create_task(at.fetch(first.chat))
            group.create_task(at.fetch(second.chat))
    of_second = {each.file_id for each in second.uploads}
    asked = [each.file_id in of_second for each in sandbox.api.files.asked]
    assert sum(asked[:24]) == 10


async def test_an_order_ends_only_when_nothing_comes_any_more(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    made = chat_of(sandbox, *[100_000] * 12)
    async with place(sandbox, tmp_path) as at:
        order = at.order(made.chat)
        task = asyncio.create_task(at.pool.fetch(order))
        await at.keep(made.chat)
        order.wake()
        await until(lambda: at.pool.figures().processed == 12)
        assert not task.done()
        order.no_more()
        fetched = await task

        assert fetched.kept == 12


async def test_a_store_that_cannot_be_written_ends_the_job_with_a_sentence(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    made = chat_of(sandbox, *[100_000] * 12)
    (tmp_path / "media").write_text("in the way")
    async with place(sandbox, tmp_path) as at:
        await at.keep(made.chat)
        with pytest.raises((ExceptionGroup, OSError)) as failed:
            await at.fetch(made.chat)

        assert sentence_of(failed.value) is not None


async def test_with_little_memory_downloads_are_throttled_and_all_files_arrive(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    made = chat_of(sandbox, *[300_000] * 10, 24 * MIB, 24 * MIB, 24 * MIB)
    limit = psutil.Process().memory_info().rss
    config = MediaConfig(memory_limit_bytes=limit, min_free_bytes=0)
    async with place(sandbox, tmp_path, config=config) as at:
        await at.keep(made.chat)
        await at.fetch(made.chat)

        assert await at.kept(made.chat) == made.truth()
        figures = at.pool.figures()
        assert figures.throttles > 0
        assert figures.processed == 13


async def test_the_board_hears_of_every_file_and_byte(sandbox: Sandbox, tmp_path: Path) -> None:
    made = chat_of(sandbox, *[300_000] * 10, 21 * MIB)
    board = ProgressBoard()
    board.downloads()
    async with place(sandbox, tmp_path) as at:
        await at.keep(made.chat)
        await at.fetch(made.chat, board=board)

    seen = board.snapshot()
    assert (seen.files, seen.files_total) == (11, 11)
    assert (seen.file_bytes, seen.file_bytes_total) == (made.total_bytes, made.total_bytes)
    assert seen.large_files == ()


async def test_equal_bytes_under_other_ids_are_fetched_once_even_at_the_same_time(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    made = chat_of(sandbox, *[400_000] * 60, reuploads=0.5)
    async with place(sandbox, tmp_path) as at:
        await at.keep(made.chat)
        fetched = await at.fetch(made.chat)

        assert await at.kept(made.chat) == made.truth()
        assert fetched.spared_bytes == made.wasted_bytes > 0
        assert fetched.received_bytes == made.total_bytes - made.wasted_bytes


async def test_an_older_message_is_asked_when_the_newest_with_a_file_is_gone(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    made = chat_of(sandbox, *[200_000] * 12, forwards=0.8)
    async with place(sandbox, tmp_path) as at:
        await at.keep(made.chat)
        truth = made.truth()
        newest: dict[int, int] = {}
        for message_id, upload in zip(made.message_ids, made.uploads, strict=True):
            newest[upload.file_id] = message_id
        repeated = [upload.file_id for upload in made.uploads if made.uploads.count(upload) > 1]
        assert repeated
        made.chat.delete(newest[repeated[0]])
        sandbox.world.references.expire()
        await at.fetch(made.chat)

        assert await at.kept(made.chat) == truth
