"""`kill -9` while an export of Telegram Desktop comes in, from the command line."""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from tests.exporter.importing.making import chat_of, saved, tables_of, text
from tests.faults.test_write_steps import WITNESS
from tests.installation import Installation
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.world.world import World

Install = Callable[[Sandbox], Installation]
STEPS = ("COMMIT", "INSERT INTO messages", "INSERT INTO contents")
"""Each of these is taken several times."""


async def test_a_kill_before_any_step_leaves_what_the_next_import_goes_on_with(
    install: Install, tmp_path: Path
) -> None:
    export = _export(tmp_path / "export")
    async with Sandbox(World()) as sandbox:  # nobody asks it anything
        pass
    whole = install(sandbox)
    notes = tmp_path / "steps"
    done = await whole.run("import", str(export), PYTHONPATH=WITNESS, STEPS_FILE=str(notes))
    assert done.code == 0, done.err
    steps = Counter(notes.read_text().splitlines())

    for name in STEPS:
        assert steps[name] > 1, steps
        chatkeep = install(sandbox)
        kill_at = f"{steps[name] // 2} {name}"
        killed = await chatkeep.run("import", str(export), PYTHONPATH=WITNESS, KILL_AT=kill_at)
        again = await chatkeep.run("import", str(export))

        assert killed.code == -signal.SIGKILL, killed.err
        assert again.code == 0, again.err
        assert tables_of(chatkeep.database) == tables_of(whole.database), name


def _export(folder: Path) -> Path:
    """Two chats of some batches, with a file now and then."""
    first = [
        text(number, "", photo=f"photos/{number}.jpg", width=4, height=3)
        if number % 300 == 0
        else text(number)
        for number in range(1, 1_300)
    ]
    second = chat_of(text(1), text(2), id=701, name="Garden news", type="public_channel")
    export = saved(folder, {"chats": {"list": [chat_of(*first), second]}})
    (folder / "photos").mkdir()
    for number in range(300, 1_300, 300):
        (folder / f"photos/{number}.jpg").write_bytes(os.urandom(2_000))
    return export
