"""The main job from the command line, over real sockets and in processes of its own."""

from __future__ import annotations

import shutil
import signal
import stat
from collections.abc import Callable
from pathlib import Path

from tests.exported_files import tree
from tests.installation import Installation, exported, exported_ids, said_by
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.world.world import World

Install = Callable[[Sandbox], Installation]


async def test_an_export_keeps_every_message_and_prints_its_result(install: Install) -> None:
    world = World()
    chat = world.add_supergroup("Alpine Hikers", "alpine", messages=250)
    async with Sandbox(world) as sandbox:
        chatkeep = install(sandbox)
        await chatkeep.sign_in(sandbox.session())

        done = await chatkeep.run("export", "@alpine", "--json")

    assert done.code == 0, done.err
    result = done.json
    folder = chatkeep.export_dir / f"Alpine Hikers {chat.peer_id}"
    assert result["folder"] == str(folder)
    assert result["chat"] == {
        "id": chat.peer_id,
        "title": "Alpine Hikers",
        "type": "public_supergroup",
    }
    assert (result["state"], result["complete"], result["skipped"]) == ("done", True, [])
    assert (result["messages"], result["new"]) == (250, 250)
    assert exported_ids(folder) == chat.message_ids
    assert exported(folder)["name"] == "Alpine Hikers"


async def test_a_second_export_asks_only_for_what_is_new(install: Install) -> None:
    world = World()
    chat = world.add_supergroup("Alpine Hikers", "alpine", messages=1_000)
    async with Sandbox(world) as sandbox:
        chatkeep = install(sandbox)
        await chatkeep.sign_in(sandbox.session())
        await chatkeep.run("export", "@alpine")
        first = sandbox.faults.calls("GetHistoryRequest")
        for number in range(7):
            chat.post(f"news {number}")
        chat.title = "Alpine Friends"

        done = await chatkeep.run("export", "@alpine", "--json")

    assert sandbox.faults.calls("GetHistoryRequest") - first <= 3  # the top, a page, its end
    assert (done.json["messages"], done.json["new"]) == (1_007, 7)
    folder = Path(done.json["folder"])
    assert folder.name == f"Alpine Hikers {chat.peer_id}"  # found again by its id
    assert exported_ids(folder) == chat.message_ids
    assert exported(folder)["name"] == "Alpine Friends"


async def test_an_export_goes_where_and_in_the_formats_it_is_told(
    install: Install, tmp_path: Path
) -> None:
    world = World()
    chat = world.add_channel("News", "news", messages=30)
    async with Sandbox(world) as sandbox:
        chatkeep = install(sandbox)
        await chatkeep.sign_in(sandbox.session())

        done = await chatkeep.run(
            "export", "https://t.me/news", "--to", str(tmp_path / "here"), "--formats", "json"
        )

    assert done.code == 0, done.err
    assert done.out == f"{tmp_path / 'here'}\n"
    assert [file.name for file in (tmp_path / "here").iterdir()] == ["result.json"]
    messages = exported(tmp_path / "here")["messages"]
    assert [message["id"] for message in messages] == chat.message_ids


async def test_an_empty_chat_is_a_complete_archive_of_nothing(install: Install) -> None:
    world = World()
    world.add_channel("Silence", "silence", messages=0)
    async with Sandbox(world) as sandbox:
        chatkeep = install(sandbox)
        await chatkeep.sign_in(sandbox.session())

        done = await chatkeep.run("export", "@silence", "--json")

    assert done.code == 0, done.err
    assert (done.json["messages"], done.json["complete"]) == (0, True)
    assert exported_ids(Path(done.json["folder"])) == []


async def test_a_running_worker_does_the_export_of_another_process(install: Install) -> None:
    world = World()
    chat = world.add_supergroup("Alpine Hikers", "alpine", messages=300)
    async with Sandbox(world) as sandbox:
        chatkeep = install(sandbox)
        await chatkeep.sign_in(sandbox.session())
        worker = await chatkeep.start("worker")
        await said_by(worker, "account held")

        done = await chatkeep.run("export", "@alpine", "--json")
        listed = await chatkeep.run("chats", "alp")
        worker.send_signal(signal.SIGTERM)
        ended = await chatkeep.finish(worker)

    assert done.code == 0, done.err
    assert done.json["messages"] == 300
    assert "job done" in ended.err  # by the worker
    assert "job done" not in done.err
    assert ended.code == 0
    assert listed.out.startswith(f"{chat.peer_id}\tpublic_supergroup\tAlpine Hikers\t@alpine")


async def test_who_stops_following_leaves_the_export_to_the_worker(install: Install) -> None:
    world = World()
    world.add_supergroup("Alpine Hikers", "alpine", messages=300)
    async with Sandbox(world) as sandbox:
        chatkeep = install(sandbox)
        await chatkeep.sign_in(sandbox.session())
        held = sandbox.faults.hold(after=2, times=None)
        await said_by(await chatkeep.start("worker"), "account held")
        follower = await chatkeep.start("export", "@alpine")
        await held.reached.wait()
        follower.send_signal(signal.SIGINT)
        stopped = await chatkeep.finish(follower)
        listed = await chatkeep.run("jobs")
        held.release()
        done = await chatkeep.run("export", "@alpine", "--json")

    assert stopped.code == 130
    assert "Job 1 goes on without you: a running Chatkeep does it." in stopped.err
    assert "\trunning\t" in listed.out
    assert done.json["messages"] == 300


async def test_an_export_that_is_interrupted_is_cancelled_and_goes_on_later(
    install: Install,
) -> None:
    world = World()
    world.add_supergroup("Alpine Hikers", "alpine", messages=300)
    async with Sandbox(world) as sandbox:
        chatkeep = install(sandbox)
        await chatkeep.sign_in(sandbox.session())
        held = sandbox.faults.hold(after=2)
        process = await chatkeep.start("export", "@alpine")
        await held.reached.wait()
        process.send_signal(signal.SIGINT)
        stopped = await chatkeep.finish(process)
        held.release()
        listed = await chatkeep.run("jobs")
        done = await chatkeep.run("export", "@alpine", "--json")

    assert stopped.code == 130
    assert "Stopped. Run the same command to go on" in stopped.err
    assert "\tcancelled\t" in listed.out
    assert (done.code, done.json["messages"]) == (0, 300)


async def test_what_strangers_call_a_chat_stays_within_its_line(install: Install) -> None:
    world = World()
    chat = world.add_supergroup("\u202egpj\x1b[2J\n-100\tend", messages=3)
    world.add_private_chat(world.owner, messages=2)
    async with Sandbox(world) as sandbox:
        chatkeep = install(sandbox)
        await chatkeep.sign_in(sandbox.session())

        listed = await chatkeep.run("chats")
        done = await chatkeep.run("export", "--", str(chat.peer_id))
        saved = await chatkeep.run("export", "me")
        again = await chatkeep.run("render", "saved messages")
        none = await chatkeep.run("chats", "no such name")
        jobs = await chatkeep.run("jobs")

    own = world.owner.id
    assert sorted(listed.out.splitlines()) == [
        f"{chat.peer_id}\tprivate_supergroup\t gpj [2J -100 end",
        f"{own}\tsaved_messages\tSaved Messages",
    ]
    assert " gpj [2J -100 end is saved: 3 messages" in done.err
    assert "\x1b" not in done.err
    assert Path(saved.out.strip()).name == f"Saved Messages {own}"
    assert again.out == saved.out
    assert (none.code, none.out, none.err) == (0, "", "No chat's name holds 'no such name'.\n")
    assert len(jobs.out.splitlines()) == 4
    assert "\x1b" not in jobs.out


async def test_a_check_without_accounts_says_so(install: Install) -> None:
    async with Sandbox(World()) as sandbox:
        chatkeep = install(sandbox)
        none = await chatkeep.run("accounts", "check")
        await chatkeep.sign_in(sandbox.session())
        fine = await chatkeep.run("accounts", "check")
        for key in sandbox.keys.of_account(sandbox.world.owner.id):
            key.revoked = True
        ended = await chatkeep.run("accounts", "check")

    assert (none.code, fine.code, ended.code) == (3, 0, 3)
    assert "chatkeep accounts add" in none.err
    assert fine.out == "1\tOlga Owner\t+15550100001\tready\n"
    assert ended.out.startswith("1\tOlga Owner\t+15550100001\tTelegram no longer accepts")


async def test_the_files_are_written_again_without_telegram(install: Install) -> None:
    world = World()
    world.add_supergroup("Alpine Hikers", "alpine", messages=120)
    async with Sandbox(world) as sandbox:
        chatkeep = install(sandbox)
        await chatkeep.sign_in(sandbox.session())
        folder = Path((await chatkeep.run("export", "@alpine", "--json")).json["folder"])
    before = tree(folder)
    shutil.rmtree(folder)

    done = await chatkeep.run("render", "alpine hikers")
    listed = await chatkeep.run("jobs")

    assert done.code == 0, done.err
    assert done.out == f"{folder}\n"
    assert tree(folder) == before
    assert "done\tAlpine Hikers\t120 messages" in listed.out


async def test_what_chatkeep_writes_is_private(install: Install) -> None:
    world = World()
    world.add_supergroup("Alpine Hikers", "alpine", messages=10)
    async with Sandbox(world) as sandbox:
        chatkeep = install(sandbox)
        await chatkeep.sign_in(sandbox.session())
        await chatkeep.run("export", "@alpine")

    for place in (chatkeep.data_dir, chatkeep.export_dir):
        for path in (place, *place.rglob("*")):
            rights = stat.S_IMODE(path.stat().st_mode)
            assert rights == (0o700 if path.is_dir() else 0o600), path
    assert sandbox.session() not in chatkeep.database.read_bytes().decode("latin-1")
