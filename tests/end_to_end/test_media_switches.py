"""Every switch of files changes how they come, and nothing of the archive."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.exported_files import exported_files, tree
from tests.installation import Installation
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.world.media_chat import MediaChat, media_chat
from tests.sandbox.world.world import World

SWITCHES = (
    "MAX_THREADS=1",
    "ZERO_COPY_ENABLED=false EXPORT_LINKS=copy",
    "ZERO_COPY_MIN_SIZE_MB=0 ZERO_COPY_CHUNK_SIZE_MB=1 EXPORT_LINKS=copy",
    "ZERO_COPY_MIN_SIZE_MB=0 ZERO_COPY_VERIFY_COPY=false EXPORT_LINKS=copy",
    "ZERO_COPY_ENABLED=false",
    "PARALLEL_MEDIA_PROCESSING=false",
    "MAX_PARALLEL_MEDIA=1",
    "PARALLEL_MEDIA_MEMORY_LIMIT_MB=64",
    "BLOOM_FILTER_SIZE_MULTIPLIER=100",
    "BLOOM_FILTER_MIN_SIZE=1 BLOOM_FILTER_MAX_SIZE=1",
    "HASH_BASED_DEDUPLICATION=false",
    "HASH_CACHE_MAX_SIZE=0",
    "HASH_API_TIMEOUT=0.001",
)
"""Settings as in the environment: off, or as little as they allow."""


def gallery(world: World) -> MediaChat:
    return media_chat(
        world, files=40, reuploads=0.3, look_alikes=1, emoji=2, sizes=(1_000, 2_500_000)
    )


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The archive of the gallery with all settings as they come."""
    return asyncio.run(_archive(tmp_path_factory.mktemp("usual"), ""))


@pytest.mark.parametrize("switch", SWITCHES)
async def test_a_switch_changes_no_byte_of_the_archive(
    usual: dict[str, bytes], tmp_path: Path, switch: str
) -> None:
    assert await _archive(tmp_path, switch) == usual


async def _archive(folder: Path, switch: str) -> dict[str, bytes]:
    world = World()
    made = gallery(world)
    settings = dict(word.split("=") for word in switch.split())
    async with Sandbox(world) as sandbox:
        chatkeep = Installation(folder, sandbox.environment | settings)
        try:
            await chatkeep.sign_in(sandbox.session())
            done = await chatkeep.run("export", "@gallery", "--thumbnails", "--json")
        finally:
            await chatkeep.stop_all()
    assert done.code == 0, done.err
    assert exported_files(Path(done.json["folder"])) == made.truth(thumbs=True)
    return tree(Path(done.json["folder"]))
