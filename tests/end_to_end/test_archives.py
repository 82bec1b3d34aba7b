"""/archives: what lies on the disk, and its deletion after a question."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from tests.installation import Installation, exported_ids
from tests.sandbox.botapi.messages import Message
from tests.sandbox.phone import Phone
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.world.world import World

Install = Callable[[Sandbox], Installation]
MESSAGES = 250


def sandbox_with_a_chat() -> Sandbox:
    world = World()
    world.add_supergroup("Alpine Hikers", "alpine", messages=MESSAGES)
    return Sandbox(world)


async def exported(phone: Phone) -> Message:
    asked = await phone.say("/export @alpine")
    return await phone.wait_for(lambda message: message.reply_to is asked and not message.silent)


async def test_an_archive_is_listed_and_deleted_and_comes_back_without_fetching(
    install: Install,
) -> None:
    async with sandbox_with_a_chat() as sandbox:
        chatkeep, phone = install(sandbox), sandbox.phone
        await chatkeep.sign_in(sandbox.session())
        await chatkeep.start("run")
        await exported(phone)
        (folder,) = chatkeep.export_dir.iterdir()

        await phone.say("/archives")
        listed = await phone.wait_for("On the disk:")
        assert "Alpine Hikers" in listed.text
        assert f"{MESSAGES} messages · " in listed.text
        await phone.tap(listed, "🗑 1")
        await phone.wait_for(
            lambda message: message is listed and "Delete the files" in message.text
        )
        await phone.tap(listed, "Keep")
        await phone.wait_for(lambda message: message is listed and "On the disk:" in message.text)
        assert folder.is_dir()

        await phone.tap(listed, "🗑 1")
        await phone.wait_for(
            lambda message: message is listed and "Delete the files" in message.text
        )
        await phone.tap(listed, "Yes, delete")
        await phone.wait_for("Deleted.")
        assert not folder.exists()
        await phone.say("/archives")
        await phone.wait_for("No archive yet")

        asked = sandbox.faults.calls("GetHistoryRequest")
        await exported(phone)
        assert len(exported_ids(folder)) == MESSAGES
        assert sandbox.faults.calls("GetHistoryRequest") - asked <= 3


async def test_a_folder_that_is_no_export_is_left_alone(install: Install) -> None:
    async with sandbox_with_a_chat() as sandbox:
        chatkeep, phone = install(sandbox), sandbox.phone
        await chatkeep.sign_in(sandbox.session())
        await chatkeep.start("run")
        await exported(phone)
        (folder,) = chatkeep.export_dir.iterdir()
        shutil.rmtree(folder)
        folder.mkdir()
        (folder / "diary.txt").write_text("mine")

        await phone.say("/archives")
        listed = await phone.wait_for("On the disk:")
        await phone.tap(listed, "🗑 1")
        await phone.wait_for(
            lambda message: message is listed and "Delete the files" in message.text
        )
        await phone.tap(listed, "Yes, delete")

        await phone.wait_for("does not look like an export any more")
        assert Path(folder / "diary.txt").read_text() == "mine"
