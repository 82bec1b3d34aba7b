"""All archived chats as one result.json, as Telegram Desktop's export of all data has them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.exported_files import tree
from tests.installation import Installation, exported
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.world import World
from tests.sandbox.world.chats import Chat
from tests.sandbox.world.loader import load_export
from tests.sandbox.world.media_chat import media_chat
from tests.sandbox.world.pictures import picture

Install = Callable[[Sandbox], Installation]


def some_chats(world: World) -> list[Chat]:
    owner, mia = world.owner, world.add_user("Mia Moon", username="mia_moon")
    owner.user.photos = [picture(900)]
    return [
        world.add_private_chat(mia, messages=7),
        world.add_private_chat(owner, messages=4),
        world.add_supergroup("Alpine Hikers", "alpine", messages=12),
        media_chat(world, files=6, sizes=2_000).chat,
    ]


def prefixed(value: Any, below: str, known: set[str]) -> Any:
    """The same with each path of a file below a folder."""
    if isinstance(value, dict):
        return {key: prefixed(one, below, known) for key, one in value.items()}
    if isinstance(value, list):
        return [prefixed(one, below, known) for one in value]
    return below + value if isinstance(value, str) and value in known else value


async def test_every_archived_chat_is_in_the_file_as_in_its_own_and_its_files_lie_below(
    install: Install,
) -> None:
    world = World()
    chats = some_chats(world)
    async with Sandbox(world) as sandbox:
        chatkeep = install(sandbox)
        await chatkeep.sign_in(sandbox.session())
        done = await chatkeep.run("export", "--all", "--personal", "--formats", "json")
        assert done.code == 0, done.err
    target = chatkeep.export_dir.parent / "whole"

    first = await chatkeep.run("render-all", str(target))
    before = tree(target)
    second = await chatkeep.run("render-all", str(target))

    assert first.code == second.code == 0, first.err
    assert first.out == f"{target}\n"
    assert "messages of 4 chats written." in first.err
    assert tree(target) == before
    written = exported(target)
    assert set(written) == {
        "about",
        "personal_information",
        "profile_pictures",
        "chats",
    }
    assert written["personal_information"]["user_id"] == world.owner.id
    assert (target / written["profile_pictures"][0]["photo"]).is_file()
    listed = written["chats"]["list"]
    assert {each["id"] for each in listed} == {abs(chat.peer_id) % 10**12 for chat in chats}
    for number, each in enumerate(listed, start=1):
        [folder] = [
            path
            for path in chatkeep.export_dir.iterdir()
            if path.name.endswith(str(each["id"])) and path.name != "account"
        ]
        own, below = exported(folder), f"chats/chat_{number:03}/"
        files = {path for path in tree(folder) if "/" in path}
        assert each == prefixed(own, below, files)
        placed = {path.removeprefix(below) for path in before if path.startswith(below)}
        assert placed == files


async def test_it_is_read_as_telegram_desktops_own(install: Install) -> None:
    world = World()
    chats = some_chats(world)
    async with Sandbox(world) as sandbox:
        chatkeep = install(sandbox)
        await chatkeep.sign_in(sandbox.session())
        await chatkeep.run("export", "--all", "--media", "none")
    target = chatkeep.export_dir.parent / "whole"

    done = await chatkeep.run("render-all", str(target), "--media", "none")

    assert done.code == 0, done.err
    assert [path for path in tree(target) if not path.startswith(".")] == ["result.json"]
    loaded = load_export(World(), target / "result.json")
    assert (loaded.viewer.id, loaded.unknown) == (world.owner.id, frozenset())
    assert sorted(len(chat.message_ids) for chat in loaded.chats) == sorted(
        len(chat.message_ids) for chat in chats
    )


async def test_what_cannot_be_written_is_said(install: Install) -> None:
    async with Sandbox(World()) as sandbox:
        chatkeep = install(sandbox)
        nothing = await chatkeep.run("render-all", "here")
        nobody = await chatkeep.run("render-all", "here", "--account", "Carl")

    assert (nothing.code, nobody.code) == (2, 2)
    assert "No chat is archived yet" in nothing.err
    assert "No account is called 'Carl'" in nobody.err
