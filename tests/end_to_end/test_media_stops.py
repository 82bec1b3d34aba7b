"""What stops downloads for a while or for good, and how they go on."""

from __future__ import annotations

import asyncio
from pathlib import Path

from exporter.config import MediaConfig
from storage.models import ExportRequest, Job, JobState, Phase, Progress
from tests.exported_files import exported_files, missing_files
from tests.exporter.exporting import Exporter, exporter
from tests.sandbox.faults import GET_FILE
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.world.media_chat import media_chat
from tests.sandbox.world.world import World

TOO_MUCH = 2**60
"""No disk has so much free."""
FULL = MediaConfig(min_free_bytes=TOO_MUCH)


async def until(chatkeep: Exporter, job: Job, *, phase: Phase, paused: bool = False) -> Progress:
    """Wait until a running job says that it is so far."""
    while True:
        found = await chatkeep.bench.jobs.get(job.id)
        assert found is not None
        assert not found.state.is_final, found.error
        progress = found.progress
        if progress.phase is phase and (progress.wait_reason is not None) >= paused:
            return progress
        await asyncio.sleep(0.05)


async def end_of(chatkeep: Exporter, job: Job) -> Job:
    while not job.state.is_final:
        await asyncio.sleep(0.05)
        job = await chatkeep.bench.jobs.get(job.id) or job
    return job


async def cancelled(chatkeep: Exporter, *, paused: bool = False) -> tuple[Progress, Job]:
    """Run the gallery's export until its files are coming in, and cancel it there."""
    job = (await chatkeep.bench.jobs.submit(ExportRequest(chat="@gallery"))).job
    async with asyncio.TaskGroup() as group:
        group.create_task(chatkeep.runner.run_one(job.id))
        progress = await until(chatkeep, job, phase=Phase.DOWNLOADING, paused=paused)
        await chatkeep.bench.jobs.cancel(job.id)
    ended = await chatkeep.bench.jobs.get(job.id)
    assert ended is not None
    return progress, ended


async def test_downloads_pause_while_the_disk_is_nearly_full_and_nothing_is_lost(
    tmp_path: Path,
) -> None:
    world = World()
    made = media_chat(world, files=8, reuploads=0, kinds=("photo", "file"))
    async with Sandbox(world) as sandbox:
        async with exporter(sandbox, tmp_path, media=FULL) as chatkeep:
            paused, ended = await cancelled(chatkeep, paused=True)
            asked = sandbox.faults.calls(GET_FILE)
        async with exporter(sandbox, tmp_path) as chatkeep:
            done = await chatkeep.export("@gallery")

    assert paused.messages == 8
    assert paused.wait_until is None
    assert "free" in (paused.wait_reason or "")
    assert asked == 0
    assert ended.state is JobState.CANCELLED
    assert done.new == 0
    assert exported_files(Path(done.folder)) == made.truth()


async def test_a_cancelled_export_keeps_its_files_and_the_next_one_goes_on(
    tmp_path: Path,
) -> None:
    world = World()
    made = media_chat(world, files=30, reuploads=0, kinds=("photo",), sizes=40_000)
    async with Sandbox(world) as sandbox, exporter(sandbox, tmp_path) as chatkeep:
        held = sandbox.faults.hold(on=GET_FILE, after=12, times=None)
        _, ended = await cancelled(chatkeep)
        sandbox.faults.strike_no_more()
        held.release()

        done = await chatkeep.export("@gallery")

    assert ended.state is JobState.CANCELLED
    assert done.new == 0
    assert exported_files(Path(done.folder)) == made.truth()
    kept = [each for each in sandbox.api.files.asked if each.size_bytes]
    assert len(kept) <= 30 + 3 * 5  # those in flight when it was cancelled are asked again


async def test_a_message_deleted_meanwhile_makes_its_file_unavailable(tmp_path: Path) -> None:
    world = World()
    made = media_chat(world, files=5, reuploads=0, kinds=("file",))
    gone = made.message_ids[3], made.uploads[3].file_id

    def vanish() -> None:
        world.references.expire()
        made.chat.delete(gone[0])

    async with Sandbox(world) as sandbox, exporter(sandbox, tmp_path) as chatkeep:
        truth = {key: sha256 for key, sha256 in made.truth().items() if key[0] != gone[1]}
        sandbox.faults.amid_file(vanish, file_id=gone[1])

        done = await chatkeep.export("@gallery")

    folder = Path(done.folder)
    assert exported_files(folder) == truth
    assert missing_files(folder) == {(gone[1], ""): "unavailable"}
    assert [item.id for item in done.skipped] == [gone[0]]


async def test_two_exports_at_once_share_the_files_of_both(tmp_path: Path) -> None:
    world = World()
    made = media_chat(world, files=40, reuploads=0, kinds=("photo", "file"), sizes=60_000)
    copies = world.add_channel("Copies", "copies")
    for message_id in reversed(made.message_ids):
        copies.post("", media=made.chat.message(message_id).media)
    async with Sandbox(world) as sandbox, exporter(sandbox, tmp_path) as chatkeep:
        stop, ended = asyncio.Event(), []
        async with asyncio.TaskGroup() as group:
            group.create_task(chatkeep.runner.serve(stop))
            for word in ("@gallery", "@copies"):
                job = (await chatkeep.bench.jobs.submit(ExportRequest(chat=word))).job
                ended.append(group.create_task(end_of(chatkeep, job)))
            await asyncio.wait(ended)
            stop.set()

    for task in ended:
        job = task.result()
        assert job.summary is not None, job.error
        assert job.summary.complete, job.summary.skipped
        assert exported_files(Path(job.summary.folder)) == made.truth()
    assert sandbox.api.files.asked_again() == {}


async def test_what_one_export_wants_another_of_the_same_chat_cannot_leave_out(
    tmp_path: Path,
) -> None:
    world = World()
    made = media_chat(world, files=320, reuploads=0, kinds=("photo", "file"), sizes=[900])
    async with Sandbox(world) as sandbox, exporter(sandbox, tmp_path) as chatkeep:
        held = sandbox.faults.hold(on=GET_FILE, times=None)  # more wait than the pool looks ahead
        all_of_it = (await chatkeep.bench.jobs.submit(ExportRequest(chat="@gallery"))).job
        async with asyncio.TaskGroup() as group:
            group.create_task(chatkeep.runner.run_one(all_of_it.id))
            await until(chatkeep, all_of_it, phase=Phase.DOWNLOADING)
            nothing = await chatkeep.export("@gallery", media="none")
            sandbox.faults.strike_no_more()
            held.release()
        summary = (await end_of(chatkeep, all_of_it)).summary

    assert nothing.media_kept == 0
    assert summary is not None
    assert summary.complete, summary.skipped
    assert exported_files(Path(summary.folder)) == made.truth()


async def test_the_earlier_group_brings_its_files(tmp_path: Path) -> None:
    world = World()
    group = world.add_basic_group("Family", messages=0)
    made = media_chat(world, files=2, reuploads=0, kinds=("photo",))
    photos = [made.chat.message(number).media for number in made.message_ids]
    group.post("", media=photos[0])
    chat = world.migrate(group)
    chat.post("", media=photos[1])
    async with Sandbox(world) as sandbox, exporter(sandbox, tmp_path) as chatkeep:
        done = await chatkeep.export(chat.peer_id)

    folder = Path(done.folder)
    assert exported_files(folder) == made.truth()
    assert len(list((folder / "photos").iterdir())) == 2
    assert done.media_kept == 2


async def test_comments_bring_their_files_into_their_own_folder(tmp_path: Path) -> None:
    world = World()
    channel = world.add_channel("News", messages=3)
    made = media_chat(world, files=4, reuploads=0, kinds=("photo",))
    photos = [made.chat.message(number).media for number in made.message_ids]
    discussion = world.discuss(channel)
    channel.post("", media=photos[0])
    discussion.comment(2, "look", media=photos[1])
    discussion.comment(3, "and look", media=photos[2])
    async with Sandbox(world) as sandbox, exporter(sandbox, tmp_path) as chatkeep:
        done = await chatkeep.export(channel.peer_id, comments=True)

    truth, ids = made.truth(), [(each.file_id, "") for each in made.uploads]
    folder = Path(done.folder)
    assert exported_files(folder) == {ids[0]: truth[ids[0]]}
    assert exported_files(folder / "comments") == {key: truth[key] for key in ids[1:3]}
    assert done.media_kept == 3
