"""`chatkeep search`, and /find in a running installation."""

from __future__ import annotations

import json
from collections.abc import Callable

from tests.installation import Installation
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.world.world import World

Install = Callable[[Sandbox], Installation]


async def test_messages_are_found_on_the_phone_and_from_the_command_line(
    install: Install,
) -> None:
    world = World()
    hikers = world.add_supergroup("Alpine Hikers", "alpine", messages=300)
    eva = world.add_user("Eva", number=4_200_000_009)
    first = hikers.post("A marmot on the way")
    second = hikers.post("Marmot again", sender=eva)
    async with Sandbox(world) as sandbox:
        chatkeep = install(sandbox)
        await chatkeep.sign_in(sandbox.session())
        await chatkeep.start("run")
        asked = await sandbox.phone.say("/export @alpine")
        await sandbox.phone.wait_for(
            lambda message: message.reply_to is asked and not message.silent
        )
        text, links = "", []
        while "1–2 of 2" not in text:  # once the worker has indexed what it saved
            sent = await sandbox.phone.say("/find marmot")
            told = await sandbox.phone.wait_for(lambda _: True, after=sent)
            text = told.text
            links = [each["url"] for each in told.frames[-1].entities if "url" in each]
        assert links == [f"https://t.me/alpine/{second}", f"https://t.me/alpine/{first}"]
        assert "Eva" in text

        done = await chatkeep.run("search", "marmot", "-way", "--from", "eva", "--json")

    assert done.code == 0, done.err
    assert [json.loads(line)["message_id"] for line in done.out.splitlines()] == [second]
    assert done.err.strip() == "1 of 1 messages shown."
    nothing = await chatkeep.run("search", "unicorn")
    assert (nothing.code, nothing.out) == (1, "")
    assert nothing.err.strip() == "Nothing found for “unicorn”."
