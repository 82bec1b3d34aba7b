"""Every switch of files changes how they come, and nothing of the archive."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from exporter.config import MIB, CopyConfig, FilterSizes, MediaConfig
from tests.exported_files import exported_files, tree
from tests.exporter.exporting import exporter
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.world.media_chat import MediaChat, media_chat
from tests.sandbox.world.world import World

COPIES = CopyConfig(links=False, zero_copy_from_bytes=0)

SWITCHES: dict[str, dict[str, Any]] = {
    "PARALLEL_MEDIA_PROCESSING=false": {"media": MediaConfig(parallel=False)},
    "MAX_PARALLEL_MEDIA=1": {"media": MediaConfig(at_once=1)},
    "PARALLEL_MEDIA_MEMORY_LIMIT_MB=64": {"media": MediaConfig(memory_limit_bytes=64 * MIB)},
    "HASH_API_TIMEOUT=0.001": {"media": MediaConfig(hash_timeout_s=0.001)},
    "HASH_BASED_DEDUPLICATION=false": {"media": MediaConfig(dedup=False)},
    "HASH_CACHE_MAX_SIZE=0": {"media": MediaConfig(hot_contents=0)},
    "EXPORT_LINKS=copy": {"media": MediaConfig(copy=COPIES)},
    "EXPORT_LINKS=copy, ZERO_COPY_VERIFY_COPY=false": {
        "media": MediaConfig(copy=replace(COPIES, verify=False))
    },
    "EXPORT_LINKS=copy, ZERO_COPY_ENABLED=false": {
        "media": MediaConfig(copy=CopyConfig(links=False, zero_copy=False))
    },
    "MAX_THREADS=1": {"threads": 1},
    "BLOOM_FILTER_MAX_SIZE=1": {"filter_sizes": FilterSizes(smallest=1, largest=1)},
}


def gallery(world: World) -> MediaChat:
    return media_chat(
        world, files=40, reuploads=0.3, look_alikes=1, emoji=2, sizes=(1_000, 2_500_000)
    )


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The archive of the gallery with all settings as they come."""
    return asyncio.run(_archive(tmp_path_factory.mktemp("usual")))


@pytest.mark.parametrize("switch", SWITCHES)
async def test_a_switch_changes_no_byte_of_the_archive(
    usual: dict[str, bytes], tmp_path: Path, switch: str
) -> None:
    assert await _archive(tmp_path, **SWITCHES[switch]) == usual


async def _archive(folder: Path, **changes: Any) -> dict[str, bytes]:
    world = World()
    made = gallery(world)
    async with Sandbox(world) as sandbox, exporter(sandbox, folder, **changes) as chatkeep:
        done = await chatkeep.export("@gallery", thumbnails=True)
    assert done.complete, done.skipped
    assert exported_files(Path(done.folder)) == made.truth(thumbs=True)
    return tree(Path(done.folder))
