"""Which ids an import covers, and which ids are made up."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyroaring import BitMap

from exporter.importing.stretches import stretches_of
from exporter.telegram.desktop.numbers import (
    file_id,
    is_made_up_group,
    made_up_group,
    made_up_user,
    peer_id_of,
)
from tests.exporter.importing.making import Keeper, chat_of, saved, text

CHANNEL, GROUP, PERSON = -(10**12) - 700, -44, 101


@pytest.mark.parametrize(
    ("ids", "chat_id", "covered"),
    [
        ([], CHANNEL, []),
        ([5], CHANNEL, [range(5, 6)]),
        ([1, 101], CHANNEL, [range(1, 102)]),
        ([1, 102], CHANNEL, [range(1, 2), range(102, 103)]),
        ([1, 2, 300, 350, 900], CHANNEL, [range(1, 3), range(300, 351), range(900, 901)]),
        ([1, 900], GROUP, [range(1, 901)]),
        ([7, 900_000], PERSON, [range(7, 900_001)]),
    ],
)
def test_gaps_that_are_no_longer_than_a_request_by_id_are_covered(
    ids: list[int], chat_id: int, covered: list[range]
) -> None:
    assert stretches_of(BitMap(ids), chat_id) == covered


@pytest.mark.parametrize(
    ("given", "peer_id"),
    [
        ("user5", 5),
        ("chat5", -5),
        ("channel5", -1_000_000_000_005),
        (5, 5),
        (1 << 32 | 5, -5),
        (2 << 32 | 5, -1_000_000_000_005),
        (3 << 32 | 5, None),
        ("user", None),
        ("user-5", None),
        ("user٥", None),
        ("user" + "9" * 20, None),
        (-5, None),
        (True, None),
        (None, None),
        ([], None),
    ],
)
def test_peers_are_read_as_old_and_new_exports_write_them(
    given: object, peer_id: int | None
) -> None:
    assert peer_id_of(given) == peer_id


def test_made_up_ids_are_the_same_again_and_none_of_telegrams() -> None:
    names = [f"name {number}" for number in range(1_000)]
    files, users = [file_id(name) for name in names], [made_up_user(name) for name in names]
    groups = [made_up_group(-(10**12) - number) for number in (1, 997_852_516_352)]

    assert [file_id(name) for name in names] == files
    assert len(set(files)) == len(set(users)) == 1_000
    assert all(-(2**63) <= one < 0 for one in files)
    assert all(2**52 <= one < 2**53 for one in users)
    assert all(-999_999_999_999 <= one <= -500_000_000_000 for one in groups)
    assert all(is_made_up_group(one) for one in groups)
    assert not any(map(is_made_up_group, (-5_000_000_000, CHANNEL, PERSON)))


async def test_a_later_edit_of_another_export_replaces_what_was_imported(
    keeper: Keeper, tmp_path: Path
) -> None:
    edited = {"edited": "2024-05-02T12:00:00", "edited_unixtime": "1714651200"}
    first = chat_of(text(1, "Nine"), text(2, "Two"))
    later = chat_of(text(1, "Ten", **edited), text(2, "Changed, but not edited"), text(3))

    await keeper.bring(saved(tmp_path / "first", first))
    done = await keeper.bring(saved(tmp_path / "later", later))
    await keeper.bring(saved(tmp_path / "first", first))

    written = (await keeper.render("Garden club"))["messages"]
    assert [one["text"] for one in written] == ["Ten", "Two", "Hello"]
    assert (done["new"], done["chats"][0]["edited"]) == (1, 1)
    assert keeper.rows("SELECT id, edited FROM message_versions") == [(1, None)]
    assert keeper.rows("SELECT id, import_id FROM messages") == [(1, 2), (2, 1), (3, 2)]


async def test_login_codes_are_hidden_before_they_are_kept(keeper: Keeper, tmp_path: Path) -> None:
    told = text(1, "Login code: 12345. Do not give it to anyone.", from_id="user777000")
    service = chat_of(told, type="personal_chat", id=777000, name="Telegram")

    await keeper.bring(saved(tmp_path / "codes", service), owner="101")

    (tl,) = keeper.rows("SELECT tl FROM messages")[0]
    assert b"Login code" in tl
    assert b"12345" not in tl
