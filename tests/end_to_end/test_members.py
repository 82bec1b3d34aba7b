"""The list of members, from the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from tests.installation import Installation
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.world.world import World

Install = Callable[[Sandbox], Installation]


async def test_members_are_listed_when_asked_for_and_written_again_offline(
    install: Install,
) -> None:
    world = World()
    chat = world.add_supergroup("Alpine Hikers", "alpine", messages=50)
    async with Sandbox(world) as sandbox:
        chatkeep = install(sandbox)
        await chatkeep.sign_in(sandbox.session())
        plain = await chatkeep.run("export", "@alpine", "--json")
        file = Path(plain.json["folder"]) / "members.jsonl"
        assert not file.exists()

        done = await chatkeep.run("export", "@alpine", "--members", "--json")

        assert (done.code, done.json["notes"]) == (0, [])
        first = file.read_bytes()
        chat.members_hidden = True
        chat.members.insert(0, world.add_user("Somebody else").id)
        hidden = await chatkeep.run("export", "@alpine", "--members", "--json")
        assert hidden.json["notes"] == [
            "Telegram shows the members of this chat to its admins only: the list has 1."
        ]
        assert hidden.json["complete"]

    listed = [json.loads(line)["user"]["id"] for line in first.splitlines()]
    assert sorted(listed) == sorted(chat.members[1:])
    now = file.read_bytes()
    file.unlink()
    again = await chatkeep.run("render", "@alpine")
    assert again.code == 0, again.err
    assert file.read_bytes() == now
