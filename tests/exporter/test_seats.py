"""Which accounts fetch a chat: all that see a group; one and the same where ids are its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.installation import Installation, exported_ids
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.world.world import World

Install = Callable[[Sandbox], Installation]
HISTORY = "GetHistoryRequest"


def who_asked(sandbox: Sandbox) -> set[int | None]:
    return {call.account for call in sandbox.faults.log if call.name == HISTORY}


async def test_all_accounts_that_see_a_private_group_fetch_it(install: Install) -> None:
    world = World()
    second = world.add_account("15550002222", name="Ben Second")
    chat = world.add_supergroup("Alpine Hikers", messages=8_000)
    async with Sandbox(world) as sandbox:
        chatkeep = install(sandbox)
        for account in (world.owner, second):
            await chatkeep.sign_in(sandbox.session(account))
        done = await chatkeep.run("export", str(chat.peer_id), "--json")
        asked = who_asked(sandbox)

    assert done.code == 0, done.err
    assert asked == {world.owner.id, second.id}
    assert exported_ids(Path(done.json["folder"])) == chat.message_ids


async def test_an_account_that_does_not_see_the_chat_does_not_disturb(install: Install) -> None:
    world = World()
    second = world.add_account("15550002222", name="Ben Second")
    chat = world.add_supergroup("Alpine Hikers", messages=4_000, members=[second])
    async with Sandbox(world) as sandbox:
        chatkeep = install(sandbox)
        for account in (world.owner, second):
            await chatkeep.sign_in(sandbox.session(account))
        done = await chatkeep.run("export", str(chat.peer_id), "--json")
        asked = who_asked(sandbox)

    assert done.code == 0, done.err
    assert asked == {second.id}
    assert exported_ids(Path(done.json["folder"])) == chat.message_ids


async def test_a_session_ended_amid_an_export_is_told_and_the_others_finish(
    install: Install,
) -> None:
    world = World()
    second = world.add_account("15550002222", name="Ben Second")
    chat = world.add_supergroup("Alpine Hikers", "alpine", messages=8_000)
    async with Sandbox(world) as sandbox:
        chatkeep = install(sandbox)
        for account in (world.owner, second):
            await chatkeep.sign_in(sandbox.session(account))
        sandbox.faults.revoke(on=HISTORY, account=world.owner.id, after=10)
        done = await chatkeep.run("export", "@alpine", "--json")
        accounts = await chatkeep.run("accounts", "list")
        await chatkeep.start("bot")
        await sandbox.phone.start()
        alert = await sandbox.phone.wait_for("no longer accepts", timeout_s=60)

    assert done.code == 0, done.err
    assert exported_ids(Path(done.json["folder"])) == chat.message_ids
    assert "revoked" in accounts.out
    assert world.owner.user.name in alert.text


async def test_a_private_chat_is_fetched_by_the_account_that_began_it(install: Install) -> None:
    """Each numbers its messages differently, so that two would mix up one archive."""
    world = World()
    mia = world.add_user("Mia Moon")
    second = world.add_account("15550002222", name="Ben Second")
    world.add_private_chat(mia, messages=150)
    world.add_private_chat(mia, account=second, messages=40)
    async with Sandbox(world) as sandbox:
        chatkeep = install(sandbox)
        await chatkeep.sign_in(sandbox.session(world.owner))
        first = await chatkeep.run("export", "Mia Moon", "--json")
        assert (await chatkeep.run("accounts", "remove", "1")).code == 0
        await chatkeep.sign_in(sandbox.session(second))
        refused = await chatkeep.run("export", "Mia Moon", "--json")
        await chatkeep.sign_in(sandbox.session(world.owner))
        again = await chatkeep.run("export", "Mia Moon", "--json")

    assert first.json["messages"] == again.json["messages"] == 150
    assert refused.code != 0
    assert "was begun with another account" in refused.err + refused.out
