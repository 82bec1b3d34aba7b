"""A data export that the owner has to allow, from the phone's side."""

from __future__ import annotations

from collections.abc import Callable

from tests.installation import Installation
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.world.world import World

Install = Callable[[Sandbox], Installation]


async def test_the_card_says_what_to_tap_and_the_export_goes_on_meanwhile(
    install: Install,
) -> None:
    world = World()
    world.add_supergroup("Alpine Hikers", "alpine", messages=1_500)
    world.owner.takeout.delay(24 * 3600)
    async with Sandbox(world) as sandbox:
        chatkeep = install(sandbox)
        await chatkeep.sign_in(sandbox.session())
        await chatkeep.start("run")
        held = sandbox.faults.hold(on="GetHistoryRequest", after=3)
        await sandbox.phone.say("/export @alpine")
        card = await sandbox.phone.wait_for("tap Allow")
        held.release()
        done = await sandbox.phone.wait_for("is saved", after=card)

    assert "1,500 messages" in done.text
    assert {call.takeout_id for call in sandbox.faults.log} == {None}
