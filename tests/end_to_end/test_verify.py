"""`chatkeep verify`: a proof from the archive alone."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing

from tests.installation import Installation
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.world.world import World

Install = Callable[[Sandbox], Installation]


async def test_an_export_is_proven_complete_offline_and_a_lost_row_is_noticed(
    install: Install,
) -> None:
    world = World()
    study = world.add_supergroup("Study", messages=300)
    study.delete(*range(50, 60))
    async with Sandbox(world) as sandbox:
        chatkeep = install(sandbox)
        await chatkeep.sign_in(sandbox.session())
        done = await chatkeep.run("export", str(study.peer_id))
    assert done.code == 0, done.err
    verdict = "Complete: ids 1 to 300 are 290 kept, 10 deleted."
    assert verdict in done.err

    proven = await chatkeep.run("verify", "Study", API_ID="", API_HASH="")
    assert (proven.code, proven.err) == (0, "")
    assert proven.out.startswith(f"Study: {verdict}\n")
    found = (await chatkeep.run("verify", str(study.peer_id), "--json")).json
    assert (found["kept"], found["deleted"], found["complete"]) == (290, 10, True)

    with closing(sqlite3.connect(chatkeep.database)) as database, database:
        database.execute("DELETE FROM messages WHERE id = 77")
    doubted = await chatkeep.run("verify", "Study")

    assert doubted.code == 1
    assert "of 1 id up to 300 nobody knows. Export again." in doubted.out


async def test_a_chat_that_was_never_exported_cannot_be_verified(install: Install) -> None:
    async with Sandbox() as sandbox:
        refused = await install(sandbox).run("verify", "Nobody")

    assert refused.code == 2
    assert refused.err.strip() == "No chat in the archive is called “Nobody”. Export it first."
