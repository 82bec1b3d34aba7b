"""What an export would fetch: on the command line, and on the phone before a large one."""

from __future__ import annotations

from collections.abc import Callable

from tests.installation import Installation, exported_ids
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.world.content import MIXED
from tests.sandbox.world.world import World

Install = Callable[[Sandbox], Installation]


async def test_a_plan_is_told_and_nothing_is_fetched(install: Install) -> None:
    world = World()
    world.add_supergroup("Alpine Hikers", "alpine", messages=250, content=MIXED)
    async with Sandbox(world) as sandbox:
        chatkeep = install(sandbox)
        await chatkeep.sign_in(sandbox.session())

        told = await chatkeep.run("plan", "@alpine", "--media", "photo")
        plan = await chatkeep.run("plan", "@alpine", "--media", "photo", "--json")
        wrong = await chatkeep.run("plan", "@nobody_here")

    assert told.code == plan.code == 0, told.err
    assert told.out.startswith("Alpine Hikers (public_supergroup)\nMessages to fetch: about ")
    assert plan.json["chat"]["title"] == "Alpine Hikers"
    assert list(plan.json["files"]) == ["photo"]
    assert plan.json["fetch_bytes"] > 0
    assert (wrong.code, wrong.out) == (3, "")
    assert "Nothing on Telegram is called @nobody_here" in wrong.err
    assert not list(chatkeep.export_dir.glob("*"))


async def test_the_phone_chooses_plans_and_starts(install: Install) -> None:
    world = World()
    chat = world.add_supergroup("Alpine Hikers", "alpine", messages=300)
    async with Sandbox(world) as sandbox:
        chatkeep, phone = install(sandbox), sandbox.phone
        await chatkeep.sign_in(sandbox.session())
        await chatkeep.start("run")
        asked = await phone.say("/plan @alpine")
        screen = await phone.wait_for("All messages")

        await phone.tap(screen, "Plan")
        await phone.wait_for("About 300 messages")
        await phone.tap(screen, "Start")
        await phone.wait_for(lambda message: message.reply_to is asked and not message.silent)

        (folder,) = chatkeep.export_dir.iterdir()
        assert exported_ids(folder) == chat.message_ids
