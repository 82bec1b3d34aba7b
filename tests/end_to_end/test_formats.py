"""Formats from the command line: which are usual, how they are split, and what is refused."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable

from tests.exported_files import tree
from tests.installation import Installation
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.world import World

Install = Callable[[Sandbox], Installation]


async def test_an_archive_is_written_in_whatever_formats_and_parts_are_asked_for(
    install: Install,
) -> None:
    world = World()
    chat = world.add_supergroup("Alpine Hikers", "alpine", messages=250)
    async with Sandbox(world) as sandbox:
        chatkeep = install(sandbox)
        await chatkeep.sign_in(sandbox.session())
        first = await chatkeep.run("export", "@alpine", "--json", FORMATS="csv,markdown-one")
        assert first.code == 0, first.err

    folder = chatkeep.export_dir / f"Alpine Hikers {chat.peer_id}"
    assert set(tree(folder)) == {"messages.csv", "messages.md"}
    with (folder / "messages.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [int(row["id"]) for row in csv.DictReader(file)] == chat.message_ids

    words = ("render", "alpine", "--formats", "json", "--split", "100", "--name", "{chat} {part}")
    split = await chatkeep.run(*words)

    assert split.code == 0, split.err
    parts = [f"Alpine Hikers {number:03}.json" for number in (1, 2, 3)]
    assert sorted(path.name for path in folder.glob("*.json")) == parts
    ids = [
        message["id"]
        for name in parts
        for message in json.loads((folder / name).read_text("utf-8"))["messages"]
    ]
    assert ids == chat.message_ids

    whole = await chatkeep.run("render", "alpine", "--formats", "json")

    assert whole.code == 0, whole.err
    assert [path.name for path in folder.glob("*.json")] == ["result.json"]


async def test_what_cannot_be_split_or_named_so_is_refused_before_anything_is_asked(
    install: Install,
) -> None:
    async with Sandbox(World()) as sandbox:
        chatkeep = install(sandbox)
        for words, says in {
            ("--split", "weekly"): "--split takes a size (50MB)",
            ("--name", "{title}"): "not {title}.",
            ("--split", "day", "--name", "{chat}"): "every file needs a name of its own",
        }.items():
            refused = await chatkeep.run("export", "@alpine", "--formats", "json", *words)
            assert (refused.code, refused.out) == (2, ""), words
            assert says in refused.err
