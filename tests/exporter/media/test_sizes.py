"""Files whose size is not what Telegram says, or of which it says none."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage.media import FileState
from tests.exporter.media.pooling import chat_of, place
from tests.sandbox.sandbox import Sandbox

MIB = 1024 * 1024


@pytest.mark.parametrize("declared", [300_000, 3 * MIB + 5])
@pytest.mark.parametrize(("more", "word"), [(-5_000, "less"), (5_000, "more")])
async def test_a_file_of_another_size_than_declared_fails_and_nothing_is_kept(
    sandbox: Sandbox, tmp_path: Path, declared: int, more: int, word: str
) -> None:
    made = chat_of(sandbox, declared, 200_000)
    file_id = made.uploads[0].file_id
    sandbox.world.shelf.resize(file_id, declared + more)
    sandbox.api.files.hashes_from_bytes = 1 << 40
    async with place(sandbox, tmp_path) as at:
        await at.keep(made.chat)
        await at.fetch(made.chat)

        [(state, why)] = (await at.reasons(made.chat)).values()
        assert state is FileState.FAILED
        assert why == f"Telegram says that it has {declared:,} bytes, and gives {word}"
        assert len(await at.kept(made.chat)) == 1
        assert at.left_over() == []


@pytest.mark.parametrize("size", [0, 1, 300_000, MIB, 3 * MIB, 3 * MIB + 5])
@pytest.mark.parametrize("fault", [None, "short_part", "empty_part", "endless_part"])
async def test_a_file_of_unknown_size_is_followed_to_its_end(
    sandbox: Sandbox, tmp_path: Path, size: int, fault: str | None
) -> None:
    made = chat_of(sandbox, 0)
    file_id = made.uploads[0].file_id
    sandbox.world.shelf.resize(file_id, size)
    if fault:
        getattr(sandbox.faults, fault)()
    async with place(sandbox, tmp_path) as at:
        await at.keep(made.chat)
        fetched = await at.fetch(made.chat)

        assert fetched.kept == 1
        assert await at.kept(made.chat) == made.truth()
        [content] = at.store.contents()
        assert content[1].st_size == size
