"""Looking again at an archived chat, from the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.installation import Installation, exported
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.world.world import World

Install = Callable[[Sandbox], Installation]


async def test_a_refresh_finds_edits_and_deletions_which_a_plain_export_leaves(
    install: Install,
) -> None:
    world = World()
    chat = world.add_supergroup("Alpine Hikers", "alpine", messages=250)
    kept, gone = [chat.post(text) for text in ("We meet at nine", "Forget it")]
    async with Sandbox(world) as sandbox:
        chatkeep = install(sandbox)
        await chatkeep.sign_in(sandbox.session())
        await chatkeep.run("export", "@alpine")
        chat.edit(kept, "We meet at ten")
        chat.delete(gone)

        plain = await chatkeep.run("export", "@alpine", "--json")
        again = await chatkeep.run("export", "@alpine", "--refresh", "20", "--json")
        same = await chatkeep.run("export", "@alpine", "--refresh", "all", "--json")

    assert changes_in(plain.json) == (252, 0, 0, 0)
    assert changes_in(again.json) == (252, 0, 1, 1)
    assert changes_in(same.json) == (252, 0, 0, 0)
    folder = Path(same.json["folder"])
    written = {message["id"]: message for message in exported(folder)["messages"]}
    assert written[kept]["text"] == "We meet at ten"
    assert written[gone]["text"] == "Forget it"
    assert [id_ for id_, message in written.items() if "deleted_unixtime" in message] == [gone]
    assert [line["id"] for line in lines_of(folder) if "deleted_at" in line] == [gone]


async def test_without_keep_deleted_it_is_hidden_and_at_a_refresh_removed(
    install: Install,
) -> None:
    world = World()
    chat = world.add_supergroup("Alpine Hikers", "alpine", messages=50)
    gone = chat.post("Forget it")
    async with Sandbox(world) as sandbox:
        chatkeep = install(sandbox)
        await chatkeep.sign_in(sandbox.session())
        await chatkeep.run("export", "@alpine")
        chat.delete(gone)
        await chatkeep.run("export", "@alpine", "--refresh", "all")
        chatkeep.settings["KEEP_DELETED"] = "false"

        hidden = await chatkeep.run("export", "@alpine", "--json")
        chatkeep.settings["KEEP_DELETED"] = "true"
        shown = await chatkeep.run("export", "@alpine", "--json")
        chatkeep.settings["KEEP_DELETED"] = "false"
        await chatkeep.run("export", "@alpine", "--refresh", "all")
        chatkeep.settings["KEEP_DELETED"] = "true"
        removed = await chatkeep.run("export", "@alpine", "--json")

    assert [done.json["messages"] for done in (hidden, shown, removed)] == [50, 51, 50]
    ids = [message["id"] for message in exported(Path(removed.json["folder"]))["messages"]]
    assert ids == chat.message_ids


def changes_in(result: dict[str, Any]) -> tuple[int, int, int, int]:
    return result["messages"], result["new"], result["edited"], result["deleted"]


def lines_of(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "messages.jsonl").read_text().splitlines()]
