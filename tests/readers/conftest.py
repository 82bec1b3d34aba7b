"""Exports for other people's programs to read; `make test-readers` installs those."""

from __future__ import annotations

import asyncio
import json
import os
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Exports:
    """Folders with a result.json each."""

    chats: list[Path]
    account: Path
    """Has all these chats in one file."""


@pytest.fixture(scope="session")
def programs() -> Programs:
    return Programs(Path(os.environ[ENVIRONMENT]))


@pytest.fixture(scope="session", params=[*NAMES, "world"])
def exports(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Exports:
    """One chat, or the twelve of a made-up account."""
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
) -> Exports:
    """Export what is named, from the sandbox to the files that the readers get."""
    async with Sandbox(world) as sandbox:
        chatkeep = Installation(folder, sandbox.environment)
        await chatkeep.sign_in(sandbox.session(viewer))
        done = await chatkeep.run("export", *words, "--media", "none", TIME_ZONE=zone)
    assert done.code == 0, done.err
    account = folder / "account"
    whole = await chatkeep.run("render-all", str(account), "--media", "none", TIME_ZONE=zone)
    assert whole.code == 0, whole.err
    return Exports(chats=sorted(chatkeep.export_dir.iterdir()), account=account)
