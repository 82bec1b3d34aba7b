"""`chatkeep db upgrade`, without the rest of the command line."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from storage.commands import StorageParts, app, sentence
from storage.migrate import Upgraded
from tests.storage.making import url_of


def test_upgrade_says_what_it_did_in_one_line(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command, bound, ignored = app.parse_args(["upgrade"], exit_on_error=False)
    assert "parts" in ignored

    for _ in range(2):
        asyncio.run(command(*bound.args, **bound.kwargs, parts=StorageParts(url=url_of(path))))

    assert capsys.readouterr().out.splitlines() == [
        f"The database {path} was made, at revision 0004.",
        f"The database {path} is up to date, at revision 0004.",
    ]


def test_an_upgrade_names_both_revisions_and_the_copy() -> None:
    done = Upgraded(path=Path("/d/c.db"), before="0001", after="0002", backup=Path("/d/c.backup"))

    assert sentence(done) == (
        "The database /d/c.db was upgraded from revision 0001 to 0002."
        " A copy from before is /d/c.backup."
    )
