"""Parts of a chat from the command line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.installation import Installation, exported_ids
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.world.world import World

Install = Callable[[Sandbox], Installation]


async def test_days_of_a_topic_are_exported_and_written_again_without_telegram(
    install: Install,
) -> None:
    world = World()
    chat = world.add_forum("Alpine Hikers", "alpine", topics=["Routes", "Gear"], messages=2_000)
    topic = max(chat.topics)
    async with Sandbox(world) as sandbox:
        chatkeep = install(sandbox)
        await chatkeep.sign_in(sandbox.session())
        wanted = ("--since", "2020-01-01T10:00", "--until", "2020-01-02", "--topic", "gear")

        done = await chatkeep.run("export", "@alpine", *wanted, "--json")
        wrong = await chatkeep.run("export", "@alpine", "--since", "some day")

    assert done.code == 0, done.err
    folder = Path(done.json["folder"])
    assert folder.parent == chatkeep.export_dir / f"Alpine Hikers {chat.peer_id}"
    found = exported_ids(folder)
    # A message each 97 seconds since the year began.
    days = range(36_000 // 97 + 1, (2 * 86_400 - 1) // 97 + 1)
    assert found == [number for number in days if chat.topic_of(number) == topic]
    assert found
    assert wrong.code == 2
    assert "--since takes a day (2026-05-03)" in wrong.err

    again = await chatkeep.run("render", "alpine", "--since", "2020-01-02", "--topic", "Gear")

    assert again.code == 0, again.err
    second_day = range(86_400 // 97 + 1, (2 * 86_400 - 1) // 97 + 1)
    written = exported_ids(Path(again.out.strip()))
    assert written == [number for number in found if number in second_day]
