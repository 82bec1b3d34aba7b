"""What the tests of imports start from."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.exporter.importing.making import Keeper, keeper_at


@pytest.fixture
def keeper(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Keeper:
    """An empty archive."""
    return keeper_at(tmp_path / "keeper", capsys.readouterr)
