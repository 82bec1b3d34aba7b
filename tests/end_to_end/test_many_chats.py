"""Many chats at once from the command line, over real sockets and in processes of its own."""

from __future__ import annotations

import signal
import sqlite3
from collections import Counter
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from tests.installation import Installation, exported, exported_ids, said_by
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.world import World
from tests.sandbox.world.channels import Channel
from tests.sandbox.world.chats import Chat
from tests.sandbox.world.folders import Folder
from tests.sandbox.world.loader import load_export
from tests.sandbox.world.people import SavedContact
from tests.sandbox.world.pictures import picture

Install = Callable[[Sandbox], Installation]


def twelve_chats(world: World) -> dict[str, Chat]:
    """Dialogs of every kind, by their titles."""
    owner, mia = world.owner, world.add_user("Mia Moon", username="mia_moon")
    owner.contacts.add(mia.id)
    telegram = world.add_user("Telegram", number=777000)
    robot = world.add_user("Robot", username="a_robot", bot=True)
    return {
        "Mia Moon": world.add_private_chat(mia, messages=21),
        "Telegram": world.add_private_chat(telegram, messages=2),
        "Robot": world.add_private_chat(robot, messages=3),
        "Saved Messages": world.add_private_chat(owner, messages=4),
        "Family": world.add_basic_group("Family", messages=5),
        "Neighbours": world.add_basic_group("Neighbours", messages=6),
        "Alpine Hikers": world.add_supergroup("Alpine Hikers", "alpine", messages=120),
        "Old flat": world.add_supergroup("Old flat", messages=7),
        "Forum": world.add_forum("Forum", messages=30),
        "News": world.add_channel("News", "news", messages=40),
        "Spam": world.add_channel("Spam", "spam", messages=9),
        "Jokes": world.add_channel("Jokes", messages=8),
    }


def kept(chatkeep: Installation, chats: dict[str, Chat]) -> set[str]:
    """The titles of the chats whose archives are whole; no others may be there."""
    found = set()
    folders = {folder.name for folder in chatkeep.export_dir.iterdir()} - {"account"}
    for title, chat in chats.items():
        if (name := f"{title} {chat.peer_id}") in folders:
            assert exported_ids(chatkeep.export_dir / name) == chat.message_ids, title
            folders.remove(name)
            found.add(title)
    assert not folders
    return found


async def test_all_chats_but_some_are_saved_each_in_its_folder(install: Install) -> None:
    world = World()
    chats = twelve_chats(world)
    async with Sandbox(world) as sandbox:
        chatkeep = install(sandbox)
        await chatkeep.sign_in(sandbox.session())

        done = await chatkeep.run("export", "--all", "--except", "@spam", "jokes")
        again = await chatkeep.run("export", "--all", "--except", "@spam", "jokes", "--json")
        jobs = await chatkeep.run("jobs")

    assert done.code == 0, done.err
    meant = chats.keys() - {"Spam", "Jokes"}
    assert kept(chatkeep, chats) == meant
    total = sum(len(chats[title].message_ids) for title in meant)
    for title in meant:
        count = len(chats[title].message_ids)
        assert f"{title} is saved: {count} messages, {count} new.\n" in done.err
    assert f"10 of 10 chats are saved: {total} messages, {total} new" in done.err
    assert "Left out, as asked: " in done.err
    assert len(done.out.splitlines()) == 10
    assert again.code == 0, again.err
    assert (again.json["messages"], again.json["new"]) == (total, 0)
    assert {each["title"] for each in again.json["left_out"]} == {"Spam", "Jokes"}
    shown = ["all chats", f"{total} messages"]
    assert [line.split("\t")[3:] for line in jobs.out.splitlines()] == [shown] * 2


async def test_folders_and_kinds_say_which_chats_are_meant(install: Install) -> None:
    world = World()
    chats = twelve_chats(world)
    world.owner.archived.add(chats["Old flat"].peer_id)
    world.owner.folders = [
        Folder(
            id=2,
            title="Work",
            include=[chats["News"].peer_id, chats["Robot"].peer_id],
            exclude=[chats["Forum"].peer_id],
            flags=frozenset({"groups", "exclude_archived"}),
        )
    ]
    async with Sandbox(world) as sandbox:
        chatkeep = install(sandbox)
        await chatkeep.sign_in(sandbox.session())

        no_such = await chatkeep.run("export", "--folder", "Wrok")
        no_chat = await chatkeep.run("export", "--all", "--except", "@nobody_at_all")
        assert not chatkeep.export_dir.exists()
        work = await chatkeep.run("export", "--folder", "work", "--except", "Neighbours")
        first = kept(chatkeep, chats)
        kinds = await chatkeep.run("export", "--folder", "Archive", "--kind", "groups,channels")
        second = kept(chatkeep, chats)

    assert no_such.code == 3
    assert "No folder is called “Wrok”. There are: “Work”, “Archive”." in no_such.err
    assert no_chat.code == 3
    assert "No chat is called “@nobody_at_all”" in no_chat.err
    assert (work.code, first) == (0, {"News", "Robot", "Family", "Alpine Hikers"})
    assert (kinds.code, second - first) == (0, {"Old flat"})


async def test_one_chat_that_fails_does_not_stop_the_others(install: Install) -> None:
    world = World()
    chats = twelve_chats(world)
    async with Sandbox(world) as sandbox:
        chatkeep = install(sandbox)
        await chatkeep.sign_in(sandbox.session())
        folder = chatkeep.export_dir / f"News {chats['News'].peer_id}"
        folder.parent.mkdir(mode=0o700)
        folder.write_text("in the way")

        done = await chatkeep.run("export", "--all")
        folder.unlink()
        again = await chatkeep.run("export", "--all")

    assert done.code == 3
    assert "11 of 12 chats are saved" in done.err
    assert (
        done.err.count(f"News failed: {folder} is in the way") == 2
    )  # when it happened, and at the end
    assert again.code == 0, again.err
    assert kept(chatkeep, chats) == chats.keys()


async def test_a_killed_batch_goes_on_and_no_chat_is_lost_or_exported_twice(
    install: Install,
) -> None:
    """Killed as its jobs were just made, then in the middle, then near the end."""
    world = World()
    chats = twelve_chats(world)
    async with Sandbox(world) as sandbox:
        chatkeep = install(sandbox)
        await chatkeep.sign_in(sandbox.session())
        for pages in (1, 6, 10):
            held = sandbox.faults.hold(after=pages, times=None)
            process = await chatkeep.start("export", "--all")
            await held.reached.wait()
            await chatkeep.kill(process)
            held.release()
            sandbox.faults.clear()

        done = await chatkeep.run("export", "--all", "--json")

    assert done.code == 0, done.err
    assert "This is under way already: job 1." in done.err
    assert kept(chatkeep, chats) == chats.keys()
    with sqlite3.connect(chatkeep.database) as database:
        rows = database.execute("SELECT chat_id, state, batch_id FROM jobs WHERE kind = 'export'")
        ended = Counter(rows.fetchall())
    assert ended == Counter((chat.peer_id, "done", 1) for chat in chats.values())
    assert done.json["messages"] == sum(len(chat.message_ids) for chat in chats.values())


async def test_an_interrupted_batch_is_cancelled_whole(install: Install) -> None:
    world = World()
    twelve_chats(world)
    async with Sandbox(world) as sandbox:
        chatkeep = install(sandbox)
        await chatkeep.sign_in(sandbox.session())
        held = sandbox.faults.hold(after=3, times=None)
        process = await chatkeep.start("export", "--all")
        await held.reached.wait()
        process.send_signal(signal.SIGINT)
        stopped = await chatkeep.finish(process)
        held.release()

    assert stopped.code == 130
    assert "Stopped. Run the same command to go on" in stopped.err
    with sqlite3.connect(chatkeep.database) as database:
        states = dict(database.execute("SELECT state, count(*) FROM jobs GROUP BY state"))
    assert states.keys() <= {"cancelled", "done"}
    assert states["cancelled"] > 2


async def test_a_worker_serves_others_between_the_chats_of_a_batch(install: Install) -> None:
    """Both places are taken by chats of a batch when somebody asks for another chat."""
    world = World()
    for number in range(3):
        world.add_channel(f"Channel {number}", messages=10)
    other = world.add_basic_group("Us", messages=20)
    async with Sandbox(world) as sandbox:
        chatkeep = install(sandbox)
        await chatkeep.sign_in(sandbox.session())
        held = [sandbox.faults.hold(on="GetFullChannelRequest") for _ in range(2)]
        await said_by(await chatkeep.start("worker"), "account held")
        batch = await chatkeep.start("export", "--kind", "channels", "--json")
        for each in held:
            await each.reached.wait()

        done = await chatkeep.run("export", "--json", "--", str(other.peer_id))
        for each in held:
            each.release()
        finished = await chatkeep.finish(batch)

    assert done.json["messages"] == len(other.message_ids), done.err
    assert finished.code == 0, finished.err
    assert finished.json["messages"] == 30


async def test_what_is_the_accounts_own_is_written_as_telegram_desktop_does(
    install: Install, tmp_path: Path
) -> None:
    world = World()
    chats = twelve_chats(world)
    owner = world.owner
    owner.user.username, owner.user.about = "olga_o", "Hiking."
    owner.saved_contacts = [SavedContact(phone="15550100042", first_name="Dr", last_name="Who")]
    owner.user.photos = [picture(900 - number) for number in range(3)]
    left = chats.pop("Old flat")
    assert isinstance(left, Channel)
    left.leave(owner)
    async with Sandbox(world) as sandbox:
        chatkeep = install(sandbox)
        await chatkeep.sign_in(sandbox.session())

        done = await chatkeep.run("export", "--kind", "bots", "--personal", "--json")

    assert done.code == 0, done.err
    [account] = done.json["accounts"]
    folder = chatkeep.export_dir / "account" / f"Olga Owner {owner.id}"
    assert account["folder"] == str(folder)
    written = exported(folder)
    assert written["personal_information"] == {
        "user_id": owner.id,
        "first_name": "Olga",
        "last_name": "Owner",
        "phone_number": "+15550100001",
        "username": "@olga_o",
        "bio": "Hiking.",
    }
    assert [contact["first_name"] for contact in written["contacts"]["list"]] == ["Dr", "Mia"]
    assert [chat["name"] for chat in written["left_chats"]["list"]] == ["Old flat"]
    assert len(written["chats"]["list"]) == 11
    pictures = [folder / each["photo"] for each in written["profile_pictures"]]
    shown = [world.shelf.sha256(photo.id) for photo in owner.user.photos]
    assert [sha256(path.read_bytes()).digest() for path in pictures] == shown
    assert (account["files"], account["skipped"]) == (3, 0)
    loaded = load_export(World(), folder / "result.json")
    assert (loaded.viewer.id, loaded.unknown) == (owner.id, frozenset())


async def test_what_is_told_in_data_exports_only_is_noted_as_missing(install: Install) -> None:
    world = World()
    twelve_chats(world)
    world.owner.takeout.delay(3_600)
    async with Sandbox(world) as sandbox:
        chatkeep = install(sandbox)
        await chatkeep.sign_in(sandbox.session())

        done = await chatkeep.run("export", "--kind", "bots", "--personal")

    assert done.code == 0, done.err
    assert "The address book was not told" in done.err
    assert "The channels that were left were not told" in done.err
    written = exported(chatkeep.export_dir / "account" / f"Olga Owner {world.owner.id}")
    assert [contact["first_name"] for contact in written["contacts"]["list"]] == ["Mia"]
    assert "left_chats" not in written


async def test_what_fits_no_many_chats_is_refused_before_anything_is_asked(
    install: Install,
) -> None:
    async with Sandbox(World()) as sandbox:
        chatkeep = install(sandbox)
        for words, says in {
            (): "Which chat? Name one",
            ("@alpine", "--all"): "not both",
            ("--except", "@spam"): "go with --all",
            ("--all", "--to", "here"): "--to is the folder of one chat",
            ("--all", "--topic", "News"): "in one chat only",
            ("--kind", "bots,robots"): "--kind takes a comma list of channels, groups",
        }.items():
            refused = await chatkeep.run("export", *words)
            assert (refused.code, refused.out) == (2, ""), words
            assert says in refused.err
        nobody = await chatkeep.run("export", "--all")

    assert nobody.code == 3
    assert "No Telegram account is signed in" in nobody.err
