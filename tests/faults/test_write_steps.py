"""`kill -9` just before each kind of step that writes something: nothing is lost, nothing twice."""

from __future__ import annotations

import asyncio
import signal
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.chaos import sign_in
from tests.installation import Installation, exported_ids
from tests.reader_folder import ReaderFolder
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.world.chats import Chat
from tests.sandbox.world.content import Content
from tests.sandbox.world.world import World

Install = Callable[[Sandbox], Installation]
WITNESS = str(Path(__file__).with_name("witness"))
MESSAGES = 450
AT_ONCE = 4
"""Most of a start is the reading of code, on whatever cores there are."""
ESSENTIAL = {
    "COMMIT",
    "INSERT INTO messages",
    "UPDATE ranges",
    "UPDATE jobs",
    "rename to result.json",
    "rename to messages.jsonl",
    "rename to index.html",
}
"""Without these the witness has seen nothing."""


@pytest.mark.timeout(600)  # some fifty starts
async def test_a_kill_before_any_write_step_loses_and_doubles_nothing(install: Install) -> None:
    world = World()
    chat = world.add_supergroup(
        "Alpine Hikers", "alpine", messages=MESSAGES, content=Content(gaps=60)
    )
    async with Sandbox(world) as sandbox:
        steps = await _steps(install, sandbox, chat)
        assert set(steps) >= ESSENTIAL, sorted(steps)
        kills = [
            (name, let_through)
            for name, count in sorted(steps.items())
            for let_through in sorted({0, count // 2})
        ]
        few = asyncio.Semaphore(AT_ONCE)
        async with asyncio.TaskGroup() as group:
            for name, let_through in kills:
                chatkeep = install(sandbox)
                await sign_in(chatkeep, sandbox)
                group.create_task(_killed(chatkeep, chat, name, let_through, few))


async def _steps(install: Install, sandbox: Sandbox, chat: Chat) -> Counter[str]:
    """How often an export that nothing disturbs takes which write step."""
    chatkeep = install(sandbox)
    await sign_in(chatkeep, sandbox)
    notes = chatkeep.folder / "steps"
    done = await chatkeep.run(
        "export", "@alpine", "--json", PYTHONPATH=WITNESS, STEPS_FILE=str(notes)
    )
    assert done.code == 0, done.err
    assert exported_ids(Path(done.json["folder"])) == chat.message_ids
    return Counter(notes.read_text().splitlines())


async def _killed(
    chatkeep: Installation, chat: Chat, name: str, let_through: int, few: asyncio.Semaphore
) -> None:
    """Kill one export before the step, and let another one go on."""
    async with few:
        killed = await chatkeep.run(
            "export", "@alpine", "--json", PYTHONPATH=WITNESS, KILL_AT=f"{let_through} {name}"
        )
        done = await chatkeep.run("export", "@alpine", "--json")
    where = f"killed before {name}, number {let_through}"
    # Requests that meet may be kept in fewer transactions than before: then nothing was killed.
    assert killed.code in (-signal.SIGKILL, 0), f"{where}: {killed.err}"
    assert let_through or killed.code == -signal.SIGKILL, where
    assert done.code == 0, f"{where}: {done.err}"
    assert exported_ids(Path(done.json["folder"])) == chat.message_ids, where
    assert done.json["messages"] == MESSAGES, where
    folder = Path(done.json["folder"])
    assert sorted(ReaderFolder(folder / "index.html").ids) == chat.message_ids, where
    assert not list(folder.rglob(".*")), where
