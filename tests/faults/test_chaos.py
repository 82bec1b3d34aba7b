"""Everything at once, by seed: 10 seeds here, and 200 in `make test-chaos` (`CHAOS_SEEDS=200`)."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.faults.chaos import play
from tests.faults.mixture import Mixture

AT_ONCE = 5
"""Most of the time of an export in trouble is waiting."""
SEEDS = range(1, int(os.environ.get("CHAOS_SEEDS", "10")) + 1)
BATCHES = [SEEDS[start : start + AT_ONCE] for start in range(0, len(SEEDS), AT_ONCE)]


@pytest.mark.parametrize("seeds", BATCHES, ids=lambda seeds: f"{seeds[0]}-{seeds[-1]}")
async def test_chaos_loses_and_doubles_nothing(seeds: Sequence[int], tmp_path: Path) -> None:
    alone = asyncio.Lock()
    async with asyncio.TaskGroup() as group:
        for seed in seeds:
            group.create_task(_play(seed, tmp_path / str(seed), alone))


async def _play(seed: int, folder: Path, alone: asyncio.Lock) -> None:
    mixture = Mixture.of(seed)
    folder.mkdir()
    try:
        await play(mixture, folder, alone=alone)
    except Exception as error:
        error.add_note(f"{mixture}\nAlone: python -m tests.faults.chaos {seed}")
        raise
