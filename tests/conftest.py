"""What many tests share."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

from tests.installation import Installation

if TYPE_CHECKING:
    from tests.sandbox.sandbox import Sandbox

hypothesis.settings.register_profile(
    "untimed", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("untimed")  # a test is as right on a slow machine


@pytest.fixture
async def install(tmp_path: Path) -> AsyncIterator[Callable[[Sandbox], Installation]]:
    """Return a function that sets up an installation which uses a sandbox."""
    made: list[Installation] = []

    def set_up(sandbox: Sandbox) -> Installation:
        folder = tmp_path / f"installation-{len(made)}"
        folder.mkdir()
        made.append(Installation(folder, sandbox.environment))
        return made[-1]

    yield set_up
    for installation in made:
        await installation.stop_all()
