"""An archive comes into the chat, in zips that each open, and is not packed again unchanged."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable
from pathlib import Path
from random import Random
from zipfile import ZipFile

from tests.installation import Installation
from tests.sandbox.botapi.messages import Message
from tests.sandbox.phone import Phone
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.world.world import World

Install = Callable[[Sandbox], Installation]
MESSAGES = 300
MIB = 1024 * 1024


def sandbox_with_a_chat() -> Sandbox:
    world = World()
    world.add_supergroup("Alpine Hikers", "alpine", messages=MESSAGES)
    return Sandbox(world)


async def exported(chatkeep: Installation, phone: Phone) -> Message:
    """Export the chat from the phone; the message that tells the end."""
    asked = await phone.say("/export @alpine")
    return await phone.wait_for(
        lambda message: message.reply_to is asked and not message.silent, timeout_s=120
    )


def documents(phone: Phone) -> list[Message]:
    return [message for message in phone.received if message.document is not None]


async def arrived(phone: Phone, amount: int) -> list[Message]:
    """Wait until so many documents have come."""
    await phone.wait_for(lambda _: len(documents(phone)) >= amount, timeout_s=60)
    return documents(phone)


def content_of(sandbox: Sandbox, message: Message) -> bytes:
    assert message.document is not None
    return sandbox.bot_api.state.files[message.document["file_id"]]


def unpacked(sandbox: Sandbox, sent: list[Message]) -> dict[str, bytes]:
    """What the zips hold, each opened by itself."""
    found: dict[str, bytes] = {}
    for message in sent:
        with ZipFile(io.BytesIO(content_of(sandbox, message))) as opened:
            assert opened.testzip() is None
            found |= {name: opened.read(name) for name in opened.namelist()}
    return found


def files_in(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


async def test_a_large_archive_comes_in_parts_that_each_open(install: Install) -> None:
    async with sandbox_with_a_chat() as sandbox:
        chatkeep, phone = install(sandbox), sandbox.phone
        await chatkeep.sign_in(sandbox.session())
        process = await chatkeep.start("run")
        ended = await exported(chatkeep, phone)
        (folder,) = chatkeep.export_dir.iterdir()
        dice = Random(1)
        (folder / "files").mkdir(exist_ok=True)
        for number in range(12):  # as large as a chat's files would be
            (folder / "files" / f"film_{number}.mp4").write_bytes(dice.randbytes(10 * MIB))

        toast = await phone.tap(ended, "Get archive")
        sent = await arrived(phone, 3)
        await asyncio.sleep(0.5)
        await chatkeep.kill(process)

        assert toast.text == "Packing the archive…"
        names = [message.document["file_name"] for message in sent if message.document]
        assert names == [f"Alpine Hikers ({n} of 3).zip" for n in (1, 2, 3)]
        assert unpacked(sandbox, sent) == files_in(folder)
        assert "goes through Telegram's cloud" in sent[0].text
        assert "Part 2 of 3: each opens by itself." in sent[1].text
        assert "cloud" not in sent[1].text
        assert [message.silent for message in sent] == [True, True, False]
        assert not list((chatkeep.data_dir / "outbox").rglob("*.zip")), "nothing lies about"


async def test_what_was_sent_and_has_not_changed_is_neither_packed_nor_uploaded_again(
    install: Install,
) -> None:
    async with sandbox_with_a_chat() as sandbox:
        chatkeep, phone = install(sandbox), sandbox.phone
        await chatkeep.sign_in(sandbox.session())
        await chatkeep.start("run")
        ended = await exported(chatkeep, phone)
        await phone.tap(ended, "Get archive")
        await arrived(phone, 1)
        await phone.wait_for(lambda message: "Packed." in message.text)

        await phone.tap(ended, "Get archive")
        first, second = await arrived(phone, 2)

        assert first.document is not None
        assert second.document is not None
        assert second.document["file_id"] == first.document["file_id"]


async def test_a_kill_amid_a_delivery_sends_the_rest_and_nothing_twice(install: Install) -> None:
    async with sandbox_with_a_chat() as sandbox:
        chatkeep, phone = install(sandbox), sandbox.phone
        await chatkeep.sign_in(sandbox.session())
        process = await chatkeep.start("run")
        ended = await exported(chatkeep, phone)
        (folder,) = chatkeep.export_dir.iterdir()
        dice = Random(1)
        for number in range(12):
            (folder / f"film_{number}.mp4").write_bytes(dice.randbytes(10 * MIB))
        sandbox.bot_api.faults.slow(30, on="sendDocument", after=1)
        await phone.tap(ended, "Get archive")
        await arrived(phone, 1)
        while len(sandbox.bot_api.faults.asked("sendDocument")) < 1:
            await asyncio.sleep(0.05)
        await asyncio.sleep(0.3)
        await chatkeep.kill(process)
        sandbox.bot_api.faults.clear()

        await chatkeep.start("run")
        sent = await arrived(phone, 3)

        assert unpacked(sandbox, sent) == files_in(folder)
        assert len(sent) == 3


async def test_a_vanished_export_is_explained(install: Install) -> None:
    async with sandbox_with_a_chat() as sandbox:
        chatkeep, phone = install(sandbox), sandbox.phone
        await chatkeep.sign_in(sandbox.session())
        await chatkeep.start("run")
        ended = await exported(chatkeep, phone)
        (folder,) = chatkeep.export_dir.iterdir()
        folder.rename(folder.with_name("elsewhere"))

        await phone.tap(ended, "Get archive")

        await phone.wait_for("is not there any more")
        assert documents(phone) == []


async def test_without_delivery_there_is_no_button(install: Install) -> None:
    async with sandbox_with_a_chat() as sandbox:
        chatkeep, phone = install(sandbox), sandbox.phone
        await chatkeep.sign_in(sandbox.session())
        await chatkeep.start("run", DELIVER_IN_CHAT="false")
        ended = await exported(chatkeep, phone)

        assert ended.buttons == [["Export again", "Schedule"]]
