"""A member on a phone of their own: let in, refused, approved, served, and sent away."""

from __future__ import annotations

from collections.abc import Callable

from exporter.permission import NOT_OPEN
from tests.installation import Installation
from tests.sandbox.phone import Phone
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.world.world import World

Install = Callable[[Sandbox], Installation]


def sandbox_with(messages: int) -> Sandbox:
    world = World()
    world.add_supergroup("Alpine Hikers", "alpine", messages=messages)
    return Sandbox(world)


async def let_in(sandbox: Sandbox) -> Phone:
    """Let somebody in by a link; their phone."""
    owner, mia = sandbox.phone, sandbox.stranger()
    await owner.say("/allow")
    offered = await owner.wait_for("Or send them a link")
    await owner.tap(offered, "🔗 Make an invite link")
    made = await owner.wait_for("?start=inv_")
    await mia.start(made.text.rpartition("?start=")[2])
    await mia.wait_for("I save Telegram chats")
    return mia


async def test_a_member_asks_is_approved_gets_the_archive_and_is_sent_away(
    install: Install,
) -> None:
    async with sandbox_with(200) as sandbox:
        chatkeep, owner = install(sandbox), sandbox.phone
        await chatkeep.sign_in(sandbox.session())
        await chatkeep.start("run")
        mia = await let_in(sandbox)

        asked = await mia.say("/export @alpine")
        refused = await mia.wait_for(
            lambda message: message.reply_to is asked and not message.silent
        )
        missing = await mia.say("/export @nobody_is_called_so")
        unknown = await mia.wait_for(
            lambda message: message.reply_to is missing and not message.silent
        )
        question = await owner.wait_for("asks to export")
        await owner.tap(question, "Approve")
        ended = await mia.wait_for("200 messages\n200 new")
        await mia.tap(ended, "Get archive")
        sent = await mia.wait_for(lambda message: message.document is not None)
        await owner.say(f"/revoke {mia.person.id}")
        await owner.wait_for("has no rights any more")
        toast = await mia.tap(ended, "Get archive")

        assert NOT_OPEN in refused.text
        assert refused.text.replace("@alpine", "X") == unknown.text.replace(
            "@nobody_is_called_so", "X"
        )
        assert "Alpine" not in refused.text
        assert len([each for each in owner.received if "asks to export" in each.text]) == 1
        assert ended.reply_to is asked
        assert sent.document is not None
        assert toast.text == "You no longer have access."
        assert [message for message in mia.received if message.document] == [sent]


async def test_revoking_stops_a_running_export(install: Install) -> None:
    async with sandbox_with(4_000) as sandbox:
        chatkeep, owner = install(sandbox), sandbox.phone
        await chatkeep.sign_in(sandbox.session())
        held = sandbox.faults.hold(on="GetHistoryRequest", after=5, times=None)
        await chatkeep.start("run")
        mia = await let_in(sandbox)
        await mia.say("/export @alpine")
        question = await owner.wait_for("asks to export")
        await owner.tap(question, "Approve always")
        await held.reached.wait()
        card = await mia.wait_for("Messages")

        await owner.say(f"/revoke {mia.person.id}")
        await owner.wait_for("1 export stopped")
        await mia.wait_for(
            lambda message: message is card and message.text == "You no longer have access.",
        )
        held.release()
        sandbox.faults.clear()
        await owner.say("/jobs")
        shown = await owner.wait_for("Lately")

        assert card.buttons == []
        assert "saved" not in "".join(message.text for message in mia.received[1:])
        assert "cancelled" in shown.text
