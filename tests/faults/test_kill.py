"""`kill -9` at any moment: the next start goes on at the checkpoint, and every message is once."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

from exporter.fetch import MOST_IN_FLIGHT
from exporter.keeping import PAGES_AHEAD
from exporter.telegram.pages import NEW_A_PAGE
from tests.installation import Installation, exported_ids
from tests.sandbox.phone import Phone
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.world.world import World

Install = Callable[[Sandbox], Installation]
MESSAGES = 24_000
IN_FLIGHT = MOST_IN_FLIGHT + 2 * PAGES_AHEAD
"""Pages that a kill can lose: asked for, waiting for the disk, and being kept."""
HISTORY = "GetHistoryRequest"


async def test_ten_kills_of_an_export_lose_and_double_nothing(install: Install) -> None:
    world = World()
    chat = world.add_supergroup("Alpine Hikers", "alpine", messages=MESSAGES)
    async with Sandbox(world) as sandbox:
        chatkeep = install(sandbox)
        await chatkeep.sign_in(sandbox.session())
        checkpoints = [0]
        for _ in range(10):
            held = sandbox.faults.hold(on=HISTORY, after=20)
            process = await chatkeep.start("export", "@alpine")
            await held.reached.wait()
            await chatkeep.kill(process)
            held.release()
            sandbox.faults.clear()
            checkpoints.append(_checkpoint(chatkeep))

        done = await chatkeep.run("export", "@alpine", "--json")
        asked = sandbox.faults.calls(HISTORY)

    assert done.code == 0, done.err
    assert checkpoints == sorted(set(checkpoints)), "each kill left a later checkpoint"
    assert checkpoints[-1] < MESSAGES, "each kill came before the end"
    assert exported_ids(Path(done.json["folder"])) == chat.message_ids
    pages = -(-MESSAGES // NEW_A_PAGE)
    tops = 11 + 1
    assert asked <= pages + tops + 10 * IN_FLIGHT
    assert done.json["messages"] == MESSAGES


async def test_a_killed_service_goes_on_by_itself_and_the_phone_sees_one_summary(
    install: Install,
) -> None:
    world = World()
    chat = world.add_supergroup("Alpine Hikers", "alpine", messages=2_000)
    async with Sandbox(world) as sandbox:
        chatkeep = install(sandbox)
        await chatkeep.sign_in(sandbox.session())
        held = sandbox.faults.hold(on=HISTORY, after=6)
        process = await chatkeep.start("run")
        asked = await sandbox.phone.say("/export @alpine")
        await held.reached.wait()
        card = await sandbox.phone.wait_for("Alpine Hikers")
        await chatkeep.kill(process)
        held.release()
        sandbox.faults.clear()

        await chatkeep.start("run")
        summary = await sandbox.phone.wait_for("saved", after=card, timeout_s=30)
        await sandbox.phone.wait_for(lambda message: message.id == card.id and not message.buttons)

    assert "2,000" in summary.text
    assert summary.reply_to is asked
    assert _received(sandbox.phone) == [card.id, summary.id]
    (folder,) = chatkeep.export_dir.iterdir()
    assert exported_ids(folder) == chat.message_ids


def _received(phone: Phone) -> list[int]:
    return [message.id for message in phone.received]


def _checkpoint(chatkeep: Installation) -> int:
    """How many ids all ranges together are fetched."""
    with sqlite3.connect(chatkeep.database) as database:
        (fetched,) = database.execute("SELECT sum(next_id - first_id) FROM ranges").fetchone()
    database.close()
    return int(fetched)
