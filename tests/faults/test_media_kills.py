"""`kill -9` amid files: at the end each one is right or named, and nothing recorded is asked again.

`MEDIA_FILES=5000` plays a whole gallery.
"""

from __future__ import annotations

import asyncio
import os
from asyncio.subprocess import Process
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

import pytest

from tests.exported_files import exported_files, missing_files
from tests.faults.file_mishaps import strew
from tests.faults.kept_files import PART, Recorded, contents, left_behind, stored, without_hashes
from tests.faults.mixture import MISHAPS as PAGE_MISHAPS
from tests.installation import Installation
from tests.sandbox.faults import GET_FILE
from tests.sandbox.mtproto.line import Line
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.world.media_chat import MediaChat, media_chat
from tests.sandbox.world.synthetic import date_of
from tests.sandbox.world.uploads import Upload, post
from tests.sandbox.world.world import World

Install = Callable[[Sandbox], Installation]
FILES = int(os.environ.get("MEDIA_FILES", "150"))
KILLS = 6
FULL_RUN_S = 600 + FILES
LARGE = 24_000_000
RECORDED_BY = 20
"""So many parts of a large file come, and they are recorded: every 16 MiB at the latest."""
SIZES: Sequence[int] = (900, 40_000, 131_072, 200_000, 1_048_576, 3_000_001)
GOES_ON_S = 10 + FILES / 50


def gallery(
    world: World, seed: int, *, sizes: Sequence[int] = SIZES, files: int = FILES
) -> MediaChat:
    """Files of all kinds on three data centres, with repeats, twins and emoji."""
    return media_chat(
        world,
        files=files,
        reuploads=0.3,
        forwards=0.05,
        look_alikes=1,
        emoji=3,
        misplaced=0.05,
        sizes=sizes,
        seed=seed,
    )


async def killed_at_random(
    chatkeep: Installation, sandbox: Sandbox, dice: Random, words: Sequence[str], *, calls: int
) -> Recorded:
    """Start an export, and kill it when it has asked for some parts."""
    goal = sandbox.faults.calls(GET_FILE) + dice.randint(1, calls)
    process = await chatkeep.start(*words)
    await _reached(sandbox, process, goal)
    await asyncio.sleep(dice.random() * 0.1)
    await chatkeep.kill(process)
    return await _recorded(chatkeep, sandbox)


async def killed_amid_a_file(
    chatkeep: Installation, sandbox: Sandbox, words: Sequence[str], file_id: int, later: int
) -> Recorded:
    """Start an export, and kill it once it has kept files and recorded parts of this one anew.

    It cannot end before: the rest of the file is held back, and all of the one that comes `later`.
    """
    key = file_id, ""
    before = len(Recorded.by(chatkeep, sandbox).parts.get(key) or ())
    holds = [
        sandbox.faults.hold(on=GET_FILE, file_id=file_id, after=RECORDED_BY, times=None),
        sandbox.faults.hold(on=GET_FILE, file_id=later, times=None),
    ]
    process = await chatkeep.start(*words)
    while True:
        now = Recorded.by(chatkeep, sandbox).parts
        if len(now.get(key) or ()) > before and None in now.values():
            break
        assert process.returncode is None, "it ended before"
        await asyncio.sleep(0.01)
    await chatkeep.kill(process)
    sandbox.faults.strike_no_more()
    for hold in holds:
        hold.release()
    return await _recorded(chatkeep, sandbox)


async def _recorded(chatkeep: Installation, sandbox: Sandbox) -> Recorded:
    """What a killed run left, once the sandbox is done with what it had asked for."""
    while sandbox.faults.under_way.parts:
        await asyncio.sleep(0.01)
    return Recorded.by(chatkeep, sandbox)


async def _reached(sandbox: Sandbox, process: Process, goal: int) -> None:
    reached = asyncio.create_task(sandbox.faults.wait_for_calls(GET_FILE, goal))
    ended = asyncio.create_task(process.wait())
    both = {reached, ended}
    await asyncio.wait(both, timeout=GOES_ON_S, return_when=asyncio.FIRST_COMPLETED)
    for each in both:
        each.cancel()
    await asyncio.wait(both)


def _strew(sandbox: Sandbox, dice: Random, *, among: int, mishaps: int) -> None:
    """Mishaps of files, and one of each kind with pages of messages."""
    strew(sandbox, dice, among=among, mishaps=mishaps)
    for mishap in PAGE_MISHAPS:
        mishap(sandbox.faults, dice.randrange(FILES // 100 + 1))


def _large_files(made: MediaChat) -> tuple[int, int]:
    """Add two files of many parts, with bytes that no other one has."""
    for number in (1, 2):
        upload = Upload(kind="file", file_id=1 << 61 | number, size_bytes=LARGE, date=date_of(99))
        made.message_ids.append(post(made.chat, upload))
        made.uploads.append(upload)
    return 1 << 61 | 1, 1 << 61 | 2


@pytest.mark.timeout(FULL_RUN_S)
async def test_kills_at_any_moment_lose_no_file_and_nothing_recorded_is_asked_again(
    install: Install,
) -> None:
    dice = Random(1)
    world = World()
    made = gallery(world, 1, files=48)
    first, second = _large_files(made)
    words = ("export", "@gallery", "--thumbnails", "--json")
    async with Sandbox(world, line=Line(latency_s=0.005, bandwidth_bytes_s=25_000_000)) as sandbox:
        chatkeep = install(sandbox)
        await chatkeep.sign_in(sandbox.session())
        records = [
            await killed_amid_a_file(chatkeep, sandbox, words, first, later=second),
            await killed_amid_a_file(chatkeep, sandbox, words, second, later=first),
        ]
        records += [
            await killed_at_random(chatkeep, sandbox, dice, words, calls=30) for _ in range(KILLS)
        ]
        done = await chatkeep.run(*words)

    assert done.code == 0, done.err
    folder = Path(done.json["folder"])
    truth = made.truth(thumbs=True)
    assert exported_files(folder) == truth
    assert missing_files(folder) == {}
    for record in records:
        assert record.asked_again(sandbox) == []
    assert without_hashes(chatkeep) == 0, "each is known when it is uploaded again"
    assert left_behind(chatkeep) == []
    assert stored(chatkeep) == contents(chatkeep) == set(truth.values())


@pytest.mark.timeout(FULL_RUN_S)
@pytest.mark.parametrize("seed", [1, 2])
async def test_kills_amid_every_fault_of_files_end_with_each_file_right_or_named(
    install: Install, seed: int
) -> None:
    dice = Random(seed)
    world = World(seed=seed)
    made = gallery(world, seed)
    words = ("export", "@gallery", "--json", "--thumbnails", "--retry-failed")
    async with Sandbox(world, line=Line(latency_s=0.002)) as sandbox:
        chatkeep = install(sandbox)
        await chatkeep.sign_in(sandbox.session())
        truth = made.truth(thumbs=True)
        papers = {
            each.file_id: each
            for each in made.uploads
            if each.kind == "file" and each.size_bytes % PART  # else nobody sees that it is longer
        }
        gone, longer = dice.sample([*papers.values()], 2)
        world.shelf.remove(gone.file_id)
        world.shelf.resize(longer.file_id, longer.size_bytes + 5_000)
        for each in (gone, longer):
            del truth[each.file_id, ""]
        records = []
        for _ in range(KILLS):
            _strew(sandbox, dice, among=FILES // KILLS, mishaps=FILES // 8)
            records.append(
                await killed_at_random(chatkeep, sandbox, dice, words, calls=FILES // KILLS)
            )
            sandbox.faults.strike_no_more()
        _strew(sandbox, dice, among=FILES, mishaps=FILES // 5)
        done = await chatkeep.run(*words)

    assert done.code == 1, done.err
    folder = Path(done.json["folder"])
    assert exported_files(folder) == truth
    reasons = missing_files(folder)
    assert reasons == {(gone.file_id, ""): "unavailable", (longer.file_id, ""): "failed"}
    assert len(done.json["skipped"]) == done.json["media"]["failed"] == len(reasons)
    for record in records:
        assert record.asked_again(sandbox) == []
    assert left_behind(chatkeep) == []
    assert stored(chatkeep) == contents(chatkeep) == set(truth.values())
