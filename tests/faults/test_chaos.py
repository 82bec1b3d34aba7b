"""Everything at once, by seed: 10 seeds here, and 200 in `make test-chaos` (`CHAOS_SEEDS=200`)."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.faults.chaos import play
from tests.faults.mixture import Mixture

SEEDS = range(1, int(os.environ.get("CHAOS_SEEDS", "10")) + 1)


@pytest.mark.parametrize("seed", SEEDS)
async def test_chaos_loses_and_doubles_nothing(seed: int, tmp_path: Path) -> None:
    mixture = Mixture.of(seed)
    print(mixture)  # noqa: T201 - shown when it fails

    await play(mixture, tmp_path)
