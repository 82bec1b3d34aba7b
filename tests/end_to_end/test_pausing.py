"""An export that is paused and resumed on the phone, whichever side restarts meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.installation import Installation, exported_ids
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.world.world import World

Install = Callable[[Sandbox], Installation]
HISTORY = "GetHistoryRequest"
MESSAGES = 4_000


def sandbox_with_a_chat() -> Sandbox:
    world = World()
    world.add_supergroup("Alpine Hikers", "alpine", messages=MESSAGES)
    return Sandbox(world)


async def test_a_paused_export_keeps_what_it_has_and_goes_on_after_a_restart(
    install: Install,
) -> None:
    async with sandbox_with_a_chat() as sandbox:
        chatkeep, phone = install(sandbox), sandbox.phone
        await chatkeep.sign_in(sandbox.session())
        held = sandbox.faults.hold(after=20, times=None)
        process = await chatkeep.start("run")
        asked = await phone.say("/export @alpine")
        await held.reached.wait()
        card = await phone.wait_for("Messages", timeout_s=30)

        await phone.tap(card, "Pause")
        await phone.wait_for("⏸ Paused at", timeout_s=30)
        await chatkeep.kill(process)
        held.release()
        sandbox.faults.clear()
        fetched = sandbox.faults.calls(HISTORY)
        await chatkeep.start("run")
        await phone.say("/timezone")
        await phone.wait_for("Your time zone is", timeout_s=60)  # a tap is not answered for ever
        await phone.tap(card, "Resume", timeout_s=30)
        ended = await phone.wait_for(
            lambda message: message.reply_to is asked and not message.silent, timeout_s=30
        )

        (folder,) = chatkeep.export_dir.iterdir()
        assert len(exported_ids(folder)) == MESSAGES
        assert sandbox.faults.calls(HISTORY) - fetched < 40, "it went on where it was"
        assert f"{MESSAGES:,} new" in ended.text, "both attempts count"


async def test_a_command_whose_export_is_paused_on_the_phone_says_so_and_ends(
    install: Install,
) -> None:
    async with sandbox_with_a_chat() as sandbox:
        chatkeep, phone = install(sandbox), sandbox.phone
        await chatkeep.sign_in(sandbox.session())
        held = sandbox.faults.hold(after=20, times=None)
        await chatkeep.start("bot")
        command = await chatkeep.start("export", "@alpine", "--json")
        await held.reached.wait()
        await phone.say("/export @alpine")
        card = await phone.wait_for("Messages", timeout_s=30)

        await phone.tap(card, "Pause")
        paused = await chatkeep.finish(command)
        held.release()
        sandbox.faults.clear()
        again = await chatkeep.run("export", "@alpine", "--json")

    assert paused.code == 130
    assert "paused" in paused.err
    assert again.code == 0, again.err
    assert len(exported_ids(Path(again.json["folder"]))) == MESSAGES
