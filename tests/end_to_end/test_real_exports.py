"""A real chat is served and exported, and the archive equals the source."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.compare import chat_differences
from tests.exported_files import exported_files, missing_files
from tests.installation import Installation, exported
from tests.real_exports import read_export, real_export
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.world.loader import load_export
from tests.sandbox.world.world import World

SMALL_BYTES = 30_000_000
"""All files of a chat together; one of the chats has 3.9 TB."""
SIZES = frozenset(
    {"file_size", "photo_file_size", "thumbnail_file_size", "contact_vcard_file_size"}
)

Install = Callable[[Sandbox], Installation]


@pytest.mark.parametrize("name", ["study-forum", "video-channel"])
async def test_the_archive_of_a_real_chat_equals_its_source(install: Install, name: str) -> None:
    path = real_export(name)
    source = read_export(path)
    world = World()
    loaded = load_export(world, path)
    async with Sandbox(world) as sandbox:
        chatkeep = install(sandbox)
        await chatkeep.sign_in(sandbox.session(loaded.viewer))

        done = await chatkeep.run(
            "export", str(loaded.chats[0].peer_id), "--media", "none", TIME_ZONE=loaded.zone
        )

    assert done.code == 0, done.err
    assert chat_differences(source, exported(Path(done.out.strip()))) == []


@pytest.mark.parametrize("name", ["study-forum", "video-channel"])
async def test_a_real_chat_with_small_files_is_archived_from_the_phone(
    install: Install, name: str
) -> None:
    path = real_export(name)
    source = read_export(path)
    scale = SMALL_BYTES / sum(_sizes(source))
    world = World()
    loaded = load_export(world, path, scale_files=scale)
    async with Sandbox(world) as sandbox:
        chatkeep = install(sandbox)
        await chatkeep.sign_in(sandbox.session(loaded.viewer))
        await chatkeep.start("run", TIME_ZONE=loaded.zone)

        asked = await sandbox.phone.say(f"/export {loaded.chats[0].peer_id}")
        card = await sandbox.phone.wait_for(
            lambda message: (
                message.reply_to is asked
                and ("Start it?" in message.text or "is saved" in message.text)
            ),
            timeout_s=60,
        )
        if "Start it?" in card.text:  # more than half of what is free, as far as can be told
            await sandbox.phone.tap(card, "Start")
        summary = await sandbox.phone.wait_for(
            lambda message: message.reply_to is asked and not message.silent, timeout_s=60
        )

    assert f"{len(source['messages']):,} messages" in summary.text
    (folder,) = chatkeep.export_dir.iterdir()
    assert chat_differences(_scaled(source, scale), exported(folder)) == []
    found = exported_files(folder)
    assert len(found) > 1_000
    assert {key: world.shelf.sha256(*key) for key in found} == found
    assert missing_files(folder).keys() == {key for key in missing_files(folder) if key[1]}


def _sizes(value: Any) -> Iterator[int]:
    """The sizes of all files that an export names."""
    if isinstance(value, list):
        for one in value:
            yield from _sizes(one)
    elif isinstance(value, dict):
        for key, one in value.items():
            if key in SIZES:
                yield one
            else:
                yield from _sizes(one)


def _scaled(value: Any, scale: float) -> Any:
    """An export whose files have been made smaller, as the loader does it."""
    if isinstance(value, list):
        return [_scaled(one, scale) for one in value]
    if isinstance(value, dict):
        return {
            key: (max(1, round(one * scale)) if one else 0) if key in SIZES else _scaled(one, scale)
            for key, one in value.items()
        }
    return value
