"""Many chats at once from the phone, with bot and worker in a process of their own."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable

from tests.bot.running import cancel
from tests.end_to_end.test_many_chats import kept, twelve_chats
from tests.installation import Installation
from tests.sandbox.botapi.messages import Message
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.world import World
from tests.sandbox.world.folders import Folder

Install = Callable[[Sandbox], Installation]
PATIENCE_S = 90.0


async def screen_of(sandbox: Sandbox, command: str, shows: str) -> Message:
    """The screen that a command opens, once the chats are listed."""
    await sandbox.phone.say(command)
    return await sandbox.phone.wait_for(
        lambda message: shows in message.text and "Start" in str(message.buttons),
        timeout_s=PATIENCE_S,
    )


def loud(message: Message) -> bool:
    """The message that tells the end."""
    return not message.silent


async def test_a_folder_is_exported_from_the_phone_by_one_card(install: Install) -> None:
    world = World()
    chats = twelve_chats(world)
    world.owner.folders = [
        Folder(id=2, title="Work", include=[chats[name].peer_id for name in ("News", "Robot")])
    ]
    async with Sandbox(world) as sandbox:
        chatkeep = install(sandbox)
        await chatkeep.sign_in(sandbox.session())
        await chatkeep.start("run")

        screen = await screen_of(sandbox, "/export folder work except @a_robot", "1 of 2 chats")
        await sandbox.phone.tap(screen, "Start")
        ended = await sandbox.phone.wait_for(loud, after=screen, timeout_s=PATIENCE_S)

    assert "1 of 1 chat saved\n40 messages · 40 new" in ended.text
    assert "1 chat left out, as you asked:" in ended.text
    assert kept(chatkeep, chats) == {"News"}
    cards = [each for each in sandbox.phone.received if each not in (screen, ended)]
    assert len(cards) == 1


async def test_a_killed_service_goes_on_with_a_batch_and_no_chat_is_lost_or_done_twice(
    install: Install,
) -> None:
    world = World()
    chats = twelve_chats(world)
    async with Sandbox(world) as sandbox:
        chatkeep = install(sandbox)
        await chatkeep.sign_in(sandbox.session())
        service = await chatkeep.start("run")
        screen = await screen_of(sandbox, "/export all", "12 chats")
        held = sandbox.faults.hold(after=4, times=None)
        await sandbox.phone.tap(screen, "Start")
        await held.reached.wait()
        await chatkeep.kill(service)
        held.release()
        sandbox.faults.clear()

        await chatkeep.start("run")
        ended = await sandbox.phone.wait_for(loud, after=screen, timeout_s=PATIENCE_S)

    assert "12 of 12 chats saved" in ended.text
    assert kept(chatkeep, chats) == chats.keys()
    with sqlite3.connect(chatkeep.database) as database:
        query = "SELECT kind, state, count(*), count(DISTINCT chat_id) FROM jobs GROUP BY 1, 2"
        rows = sorted(database.execute(query).fetchall())
    assert rows == [
        ("batch", "done", 1, 0),
        ("dialogs", "done", 1, 0),
        ("export", "done", 12, 12),
    ]


async def test_what_failed_is_repeated_alone(install: Install) -> None:
    world = World()
    chats = twelve_chats(world)
    async with Sandbox(world) as sandbox:
        chatkeep = install(sandbox)
        await chatkeep.sign_in(sandbox.session())
        in_the_way = chatkeep.export_dir / f"News {chats['News'].peer_id}"
        in_the_way.parent.mkdir(mode=0o700)
        in_the_way.write_text("")
        await chatkeep.start("run")
        screen = await screen_of(sandbox, "/export channels", "3 of 12 chats")
        await sandbox.phone.tap(screen, "Start")
        first = await sandbox.phone.wait_for(loud, after=screen, timeout_s=PATIENCE_S)
        in_the_way.unlink()

        await sandbox.phone.tap(first, "Retry failed")
        second = await sandbox.phone.wait_for(loud, after=first, timeout_s=PATIENCE_S)

    assert "2 of 3 chats saved" in first.text
    assert f"1 chat stopped:\n\u2068News\u2069: {str(in_the_way)[:40]}" in first.text
    assert "1 of 1 chat saved\n40 messages" in second.text
    assert kept(chatkeep, chats) == {"News", "Spam", "Jokes"}


async def test_a_batch_cancelled_on_the_phone_stops_all_of_its_chats(install: Install) -> None:
    world = World()
    chats = twelve_chats(world)
    async with Sandbox(world) as sandbox:
        chatkeep = install(sandbox)
        await chatkeep.sign_in(sandbox.session())
        await chatkeep.start("run")
        screen = await screen_of(sandbox, "/export all", "12 chats")
        held = sandbox.faults.hold(after=4, times=None)
        await sandbox.phone.tap(screen, "Start")
        await held.reached.wait()
        card = await sandbox.phone.wait_for("of 12", after=screen, timeout_s=PATIENCE_S)

        await cancel(sandbox.phone, card)
        await sandbox.phone.wait_for(
            lambda message: message is card and "✖️" in message.text, timeout_s=PATIENCE_S
        )
        held.release()
        sandbox.faults.clear()
        await sandbox.phone.say("/export @alpine")
        ended = await sandbox.phone.wait_for(loud, after=card, timeout_s=PATIENCE_S)
        while "running" in (states := states_of_parts(chatkeep)):
            await asyncio.sleep(0.05)

    assert "120 messages" in ended.text
    assert "Alpine Hikers" in kept_names(chatkeep)
    assert states.keys() <= {"cancelled", "done"}
    assert sum(states.values()) == len(chats)


def states_of_parts(chatkeep: Installation) -> dict[str, int]:
    """How many jobs of the batch are in each state."""
    with sqlite3.connect(chatkeep.database) as database:
        query = "SELECT state, count(*) FROM jobs WHERE batch_id IS NOT NULL GROUP BY state"
        return dict(database.execute(query).fetchall())


def kept_names(chatkeep: Installation) -> str:
    return " ".join(folder.name for folder in chatkeep.export_dir.iterdir())
