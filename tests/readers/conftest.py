"""Exports for other people's programs to read; `make test-readers` installs those."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.test_many_chats import twelve_chats
from tests.installation import Installation
from tests.readers.programs import Programs
from tests.real_exports import FOLDER as REAL
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.world.loader import load_export
from tests.sandbox.world.world import World
from tests.test_sandbox.everything import everything

ENVIRONMENT = "READERS"
"""The variable that names the environment where the readers are installed."""
NAMES = ("everything", "study-forum", "video-channel")

if ENVIRONMENT not in os.environ:
    collect_ignore_glob = ["test_*.py"]


@pytest.fixture(scope="session")
def programs() -> Programs:
    return Programs(Path(os.environ[ENVIRONMENT]))


@pytest.fixture(scope="session", params=[*NAMES, "world"])
def folders(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The folders of one export each, and of the twelve chats of a made-up account."""
    folder = tmp_path_factory.mktemp(request.param)
    if request.param == "world":
        world = World()
        twelve_chats(world)
        return asyncio.run(_export(folder, world, world.owner, "--all"))
    source = REAL / f"{request.param}.json.gz"
    if request.param == "everything":
        source = folder / "result.json"
        source.write_text(json.dumps(everything()), "utf-8")
    if not source.exists():
        pytest.skip(f"no real export {request.param} on this machine")
    world = World()
    loaded = load_export(world, source)
    chat = str(loaded.chats[0].peer_id)
    return asyncio.run(_export(folder, world, loaded.viewer, chat, zone=loaded.zone))


async def _export(
    folder: Path, world: World, viewer: Any, *words: str, zone: str = "UTC"
) -> list[Path]:
    """Export what is named, from the sandbox to the files that the readers get."""
    async with Sandbox(world) as sandbox:
        chatkeep = Installation(folder, sandbox.environment)
        await chatkeep.sign_in(sandbox.session(viewer))
        done = await chatkeep.run("export", *words, "--media", "none", TIME_ZONE=zone)
    assert done.code == 0, done.err
    return sorted(chatkeep.export_dir.iterdir())
