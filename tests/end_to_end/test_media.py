"""Chats with files from the command line: whole, verified, and never asked for twice."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

from tests.exported_files import exported_files, missing_files, named_files, tree
from tests.faults.kept_files import Recorded
from tests.installation import Installation, exported
from tests.sandbox.faults import GET_FILE
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.world.media_chat import media_chat
from tests.sandbox.world.world import World

Install = Callable[[Sandbox], Installation]
GET_HASHES = "GetFileHashesRequest"


def left_behind(chatkeep: Installation) -> list[Path]:
    """Temporary files of downloads and exports."""
    return [
        path
        for place in (chatkeep.data_dir, chatkeep.export_dir)
        for path in place.rglob("*.part")
        if path.is_file()
    ]


async def test_every_file_of_a_chat_equals_the_truth_and_is_asked_for_once(
    install: Install,
) -> None:
    world = World()
    made = media_chat(
        world, files=60, forwards=0.1, look_alikes=1, emoji=3, sizes=(1_000, 3_000_000)
    )
    async with Sandbox(world) as sandbox:
        chatkeep = install(sandbox)
        await chatkeep.sign_in(sandbox.session())
        words = ("export", "@gallery", "--thumbnails", "--json")

        done = await chatkeep.run(*words)
        folder = Path(done.json["folder"])
        first = tree(folder)
        asked_again = sandbox.api.files.asked_again()
        parts = sandbox.faults.calls(GET_FILE)
        again = await chatkeep.run(*words)

    truth = made.truth(thumbs=True)
    assert done.code == 0, done.err
    assert exported_files(folder) == truth
    assert missing_files(folder) == {}
    assert done.json["media"]["kept"] == len(truth)
    assert done.json["media"]["failed"] == 0
    assert asked_again == {}
    assert named_files(folder) <= set(first)
    assert left_behind(chatkeep) == []
    assert again.code == 0, again.err
    assert sandbox.faults.calls(GET_FILE) == parts
    assert tree(folder) == first
    assert again.json["media"] == done.json["media"] | {"saved_bytes": 0}


async def test_files_that_another_chat_has_already_cost_nothing(install: Install) -> None:
    world = World()
    made = media_chat(world, files=20, reuploads=0, kinds=("photo", "file"))
    copy = world.add_channel("Copies", "copies")
    for message_id in made.message_ids:
        copy.post("", media=made.chat.message(message_id).media)
    async with Sandbox(world) as sandbox:
        chatkeep = install(sandbox)
        await chatkeep.sign_in(sandbox.session())
        await chatkeep.run("export", "@gallery")
        parts = sandbox.faults.calls(GET_FILE)

        done = await chatkeep.run("export", "@copies", "--json")

    assert done.code == 0, done.err
    assert sandbox.faults.calls(GET_FILE) == parts
    assert exported_files(Path(done.json["folder"])) == made.truth()


async def test_what_is_not_asked_for_is_not_fetched_and_says_why(install: Install) -> None:
    world = World()
    made = media_chat(
        world, files=12, reuploads=0, kinds=("photo", "file", "video"), sizes=[2_000, 900_000]
    )
    by_kind = {each.file_id: each for each in made.uploads}
    async with Sandbox(world) as sandbox:
        chatkeep = install(sandbox)
        await chatkeep.sign_in(sandbox.session())

        none = await chatkeep.run("export", "@gallery", "--media", "none", "--json")
        asked = sandbox.faults.calls(GET_FILE)
        nothing = tree(Path(none.json["folder"]))
        small = await chatkeep.run("export", "@gallery", "--max-size", "100K", "--json")
        pdf = await chatkeep.run("export", "@gallery", "--ext", "pdf", "--json")
        rest = await chatkeep.run("export", "@gallery", "--json")

    folder = Path(none.json["folder"])
    assert (none.code, asked) == (0, 0)
    tops = {name.partition("/")[0] for name in nothing}
    assert tops == {"data", "index.html", "messages.jsonl", "reader", "result.json"}
    few = {each.file_id for each in by_kind.values() if each.size_bytes < 102_400}
    assert small.json["media"]["kept"] == len(few)
    assert small.json["media"]["skipped_by"] == {"larger than the limit": len(by_kind) - len(few)}
    papers = {each.file_id for each in by_kind.values() if each.kind == "file"}
    assert pdf.json["media"]["kept"] == len(few | papers)
    assert rest.json["media"]["kept"] == len(by_kind)
    assert exported_files(folder) == made.truth()


async def test_a_size_limit_puts_telegram_desktops_sentence_in_the_place_of_the_path(
    install: Install,
) -> None:
    world = World()
    media_chat(world, files=4, reuploads=0, kinds=("file",), sizes=[2_000, 900_000])
    async with Sandbox(world) as sandbox:
        chatkeep = install(sandbox)
        await chatkeep.sign_in(sandbox.session())

        done = await chatkeep.run("export", "@gallery", "--max-size", "100K", "--json")

    messages = exported(Path(done.json["folder"]))["messages"]
    told = [message["file"] for message in messages if "file" in message]
    too_big = "(File exceeds maximum size. Change data exporting settings to download.)"
    assert told[1::2] == [too_big, too_big]
    assert all(path.startswith("files/") for path in told[::2])


async def test_a_file_that_telegram_has_no_more_is_named_and_stops_nothing(
    install: Install,
) -> None:
    world = World()
    made = media_chat(world, files=10, reuploads=0, kinds=("file",))
    gone = made.uploads[4].file_id
    truth = {key: sha256 for key, sha256 in made.truth().items() if key[0] != gone}
    world.shelf.remove(gone)
    async with Sandbox(world) as sandbox:
        chatkeep = install(sandbox)
        await chatkeep.sign_in(sandbox.session())

        done = await chatkeep.run("export", "@gallery", "--json")
        again = await chatkeep.run("export", "@gallery", "--json")

    folder = Path(done.json["folder"])
    assert done.code == again.code == 1
    assert exported_files(folder) == truth
    assert missing_files(folder) == {(gone, ""): "unavailable"}
    assert [item["id"] for item in done.json["skipped"]] == [made.message_ids[4]]
    assert "its file" in done.json["skipped"][0]["reason"]
    assert done.json["complete"] is False
    assert done.json["media"]["failed"] == 1


async def test_what_was_given_up_is_fetched_when_it_is_tried_again(install: Install) -> None:
    world = World()
    made = media_chat(world, files=6, reuploads=0, kinds=("file",))
    bad = made.uploads[2].file_id
    async with Sandbox(world) as sandbox:
        chatkeep = install(sandbox)
        await chatkeep.sign_in(sandbox.session())
        sandbox.faults.fail(400, "FILE_ID_INVALID", on=GET_FILE, file_id=bad, times=None)
        given_up = await chatkeep.run("export", "@gallery", "--json")
        sandbox.faults.strike_no_more()
        parts = sandbox.faults.calls(GET_FILE)
        left = await chatkeep.run("export", "@gallery", "--json")
        untried = sandbox.faults.calls(GET_FILE)

        done = await chatkeep.run("export", "@gallery", "--retry-failed", "--json")

    folder = Path(done.json["folder"])
    assert (given_up.code, left.code) == (1, 1)
    assert untried == parts
    assert done.code == 0, done.err
    assert exported_files(folder) == made.truth()


async def test_an_exported_file_that_was_overwritten_is_noticed_and_reaches_no_other(
    install: Install, tmp_path: Path
) -> None:
    world = World()
    made = media_chat(world, files=5, reuploads=0, kinds=("file",), sizes=50_000)
    async with Sandbox(world) as sandbox:
        chatkeep = install(sandbox)
        await chatkeep.sign_in(sandbox.session())
        done = await chatkeep.run("export", "@gallery", "--json")
        folder = Path(done.json["folder"])
        victim = min((folder / "files").iterdir())
        victim.chmod(0o600)
        with victim.open("r+b") as file:
            file.write(b"overwritten")
        os.utime(victim)

        other = await chatkeep.run("export", "@gallery", "--to", str(tmp_path / "other"), "--json")
        again = await chatkeep.run("export", "@gallery", "--json")

    assert (done.code, other.code, again.code) == (0, 0, 0), again.err
    assert exported_files(tmp_path / "other") == made.truth()
    assert exported_files(folder) == made.truth()


async def test_the_folder_is_written_again_without_telegram(install: Install) -> None:
    world = World()
    media_chat(world, files=12, reuploads=0.3, emoji=1, sizes=(1_000, 50_000))
    async with Sandbox(world) as sandbox:
        chatkeep = install(sandbox)
        await chatkeep.sign_in(sandbox.session())
        done = await chatkeep.run("export", "@gallery", "--json")
    folder = Path(done.json["folder"])
    before = tree(folder)
    shutil.rmtree(folder)

    again = await chatkeep.run("render", "@gallery")
    photos = await chatkeep.run("render", "@gallery", "--media", "photo", "--to", str(folder / "p"))

    assert (again.code, photos.code) == (0, 0), again.err + photos.err
    written = tree(folder)
    assert {path: written[path] for path in before} == before
    found = {path.split("/")[0] for path in tree(folder / "p")}
    assert {"photos", "live_photos", "result.json"} <= found
    assert not found & {"files", "stickers", "custom_emoji", "link_previews"}


def recorded(chatkeep: Installation, sandbox: Sandbox) -> int:
    """How many parts of files that are not whole are recorded."""
    bitmaps = Recorded.by(chatkeep, sandbox).parts.values()
    return sum(len(bitmap) for bitmap in bitmaps if bitmap is not None)


async def test_an_export_that_is_interrupted_amid_a_file_goes_on_within_it(
    install: Install,
) -> None:
    world = World()
    made = media_chat(world, files=3, reuploads=0, kinds=("file",), sizes=[40_000_000, 9_000])
    large = made.uploads[0].file_id
    async with Sandbox(world) as sandbox:
        chatkeep = install(sandbox)
        await chatkeep.sign_in(sandbox.session())
        held = sandbox.faults.hold(on=GET_FILE, file_id=large, after=30, times=None)
        process = await chatkeep.start("export", "@gallery")
        await held.reached.wait()
        while recorded(chatkeep, sandbox) < 16:  # every 16 MiB at the latest
            await asyncio.sleep(0.05)
        process.send_signal(signal.SIGINT)
        stopped = await chatkeep.finish(process)
        sandbox.faults.strike_no_more()
        held.release()
        before = sum(each.file_id == large for each in sandbox.api.files.asked)
        sandbox.api.files.forget()

        done = await chatkeep.run("export", "@gallery", "--json")

    assert stopped.code == 130
    assert done.code == 0, done.err
    assert exported_files(Path(done.json["folder"])) == made.truth()
    parts = sum(each.file_id == large for each in sandbox.api.files.asked)
    assert before > 16
    assert parts <= 39 - 16  # what was recorded is not asked again
    assert left_behind(chatkeep) == []
