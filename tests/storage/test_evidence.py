"""Coverage, holes and receipts as the archive keeps them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from pyroaring import BitMap

from storage.archive import Archive
from storage.jobs import Jobs
from storage.models import ExportRequest
from storage.receipts import Coverage, Fate, Receipt, Stretch
from tests.storage.making import CHAT_ID, full_page, message, page_of

HUNDRED = Stretch(first_id=1, last_id=100)


def receipt(**changes: object) -> Receipt:
    fields: dict[str, object] = {
        "chat_id": CHAT_ID,
        "made_at": datetime(2026, 5, 3, 12, tzinfo=UTC),
        "kept": 90,
        "tallied": 90,
        "gone": 1,
        "wanted": (HUNDRED,),
        "fetched": (HUNDRED,),
        "own_ids": True,
        "deleted": 10,
        "not_visible": 0,
        "failed": 0,
        "unexplained": 0,
        "counted": 89,
    }
    return Receipt(**fields | changes)  # type: ignore[arg-type]


async def test_kept_ids_are_those_of_the_rows(archive: Archive) -> None:
    await archive.keep(1, CHAT_ID, None, page_of(*map(message, (3, 5, 2**31 - 1))))
    await archive.keep(1, 77, None, full_page(1))

    assert list(await archive.evidence.kept_ids(CHAT_ID)) == [3, 5, 2**31 - 1]
    await archive.mark_deleted(CHAT_ID, [5])
    assert list(await archive.evidence.kept_ids(CHAT_ID)) == [3, 5, 2**31 - 1]
    assert await archive.evidence.count_gone(CHAT_ID) == 1


async def test_kept_ids_are_read_in_many_short_reads(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.seen.IDS_A_READ", 100)
    for first_id in (1, 101, 201):
        await archive.keep(1, CHAT_ID, None, full_page(first_id))

    assert await archive.evidence.kept_ids(CHAT_ID) == BitMap(range(1, 301))


async def test_coverage_ends_at_the_checkpoints_of_unfinished_ranges(archive: Archive) -> None:
    first, second, third = await archive.plan(CHAT_ID, 1, 300, part_ids=100)
    await archive.keep(1, CHAT_ID, first.id, full_page(1))
    await archive.keep(1, CHAT_ID, second.id, full_page(101, size=50))
    await archive.keep(1, CHAT_ID, third.id, full_page(201))

    assert await archive.evidence.coverage(CHAT_ID) == Coverage(
        wanted=(Stretch(first_id=1, last_id=300),),
        fetched=(Stretch(first_id=1, last_id=150), Stretch(first_id=201, last_id=300)),
    )


async def test_only_sources_of_every_message_cover_anything(archive: Archive) -> None:
    (part,) = await archive.plan(CHAT_ID, 1, 100, source="topic 7")
    await archive.keep(1, CHAT_ID, part.id, full_page(1))

    assert await archive.evidence.coverage(CHAT_ID) == Coverage(wanted=(), fetched=())


async def test_a_hole_has_one_fate_the_latest(archive: Archive) -> None:
    evidence = archive.evidence
    await evidence.note_holes(CHAT_ID, {Fate.FAILED: [1, 2, 3], Fate.DELETED: [9]})
    await evidence.note_holes(CHAT_ID, {Fate.DELETED: [2], Fate.NOT_VISIBLE: BitMap([3])})
    await evidence.note_holes(77, {Fate.DELETED: [1]})

    assert {fate: list(ids) for fate, ids in (await evidence.holes(CHAT_ID)).items()} == {
        Fate.DELETED: [2, 9],
        Fate.NOT_VISIBLE: [3],
        Fate.FAILED: [1],
    }


async def test_noting_no_hole_changes_nothing(archive: Archive) -> None:
    await archive.evidence.note_holes(CHAT_ID, {Fate.DELETED: [1]})
    await archive.evidence.note_holes(CHAT_ID, {})
    await archive.evidence.note_holes(CHAT_ID, {Fate.FAILED: []})

    assert list((await archive.evidence.holes(CHAT_ID))[Fate.DELETED]) == [1]


async def test_the_newest_receipt_of_a_chat_is_found_as_it_was_made(
    archive: Archive, jobs: Jobs
) -> None:
    first = (await jobs.submit(ExportRequest(chat="one"))).job.id
    second = (await jobs.submit(ExportRequest(chat="two"))).job.id
    assert await archive.evidence.latest_receipt(CHAT_ID) is None
    await archive.evidence.save_receipt(first, receipt(kept=1))
    await archive.evidence.save_receipt(second, receipt(kept=2))
    await archive.evidence.save_receipt(second, receipt(chat_id=77))
    newest = receipt(kept=3, fetched=(), counted=None)
    await archive.evidence.save_receipt(second, newest)

    assert await archive.evidence.latest_receipt(CHAT_ID) == newest
    assert await archive.evidence.latest_receipt(77) == receipt(chat_id=77)
