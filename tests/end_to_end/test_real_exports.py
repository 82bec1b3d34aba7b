"""A real chat is served, the phone sends `/export`, and the archive equals the source."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.compare import chat_differences
from tests.installation import Installation, exported
from tests.real_exports import read_export, real_export
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.world.loader import load_export
from tests.sandbox.world.world import World

Install = Callable[[Sandbox], Installation]


@pytest.mark.parametrize("name", ["study-forum", "video-channel"])
async def test_the_archive_of_a_real_chat_equals_its_source(install: Install, name: str) -> None:
    path = real_export(name)
    source = read_export(path)
    world = World()
    loaded = load_export(world, path)
    async with Sandbox(world) as sandbox:
        chatkeep = install(sandbox)
        await chatkeep.sign_in(sandbox.session(loaded.viewer))
        await chatkeep.start("run", TIME_ZONE=loaded.zone)

        asked = await sandbox.phone.say(f"/export {loaded.chats[0].peer_id}")
        summary = await sandbox.phone.wait_for(
            lambda message: message.reply_to is asked and not message.silent, timeout_s=60
        )

    assert f"{len(source['messages']):,} messages" in summary.text
    (folder,) = chatkeep.export_dir.iterdir()
    assert chat_differences(source, exported(folder)) == []
