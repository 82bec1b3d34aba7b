"""What is imported and rendered is the file that it was, but for what docs/import.md lists."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.compare import chat_differences
from tests.exporter.importing.making import Keeper, saved
from tests.real_exports import read_export, real_export
from tests.sandbox.world.loader import load_export
from tests.sandbox.world.loader.zones import zone_of
from tests.sandbox.world.world import World
from tests.test_sandbox.everything import ZONE, everything

LISTED = [
    "message 28.contact_vcard: missing",
    "message 28.contact_vcard_file_size: missing",
    "message 34.invoice_information: laid out",
    "message 68.cost: '4.99 USD', was '$4.99'",
    "message 68.months: not in the source, 3",
    "message 73.peers: laid out",
    "message 78.cost: '1.99 USD', was '$1.99'",
    "message 95.months: not in the source, 3",
]
"""A card whose file is not there; prices; months beside days, as older exports have them; JSON
within texts, whose white space is another."""


async def test_every_key_that_telegram_desktop_writes_comes_back(
    keeper: Keeper, tmp_path: Path
) -> None:
    source = everything()

    done = await keeper.bring(saved(tmp_path / "export", source))

    found = chat_differences(source, await keeper.render("Everything", ZONE))
    assert [line for line in found if not line.startswith(tuple(map(_begin, LISTED)))] == []
    assert len(found) == len(LISTED)
    assert (done["messages"], done["new"]) == (len(source["messages"]), len(source["messages"]))


def _begin(line: str) -> str:
    return line.removesuffix("laid out").removesuffix("missing")


@pytest.mark.parametrize("name", ["study-forum", "video-channel"])
async def test_a_real_export_comes_back_without_a_difference(
    keeper: Keeper, tmp_path: Path, name: str
) -> None:
    path = real_export(name)
    source = read_export(path)
    zone = zone_of(load_export(World(), path).zone)

    await keeper.bring(saved(tmp_path / "export", source))

    assert chat_differences(source, await keeper.render(source["name"], zone)) == []


async def test_importing_twice_adds_nothing(keeper: Keeper, tmp_path: Path) -> None:
    export = saved(tmp_path / "export", everything())
    await keeper.bring(export)
    before = keeper.tables()

    again = await keeper.bring(export)

    assert (again["new"], again["chats"][0]["edited"]) == (0, 0)
    assert keeper.tables() == before
