"""What a completeness receipt proves, and what it says."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.receipt import (
    as_json,
    difference,
    explanation,
    is_complete,
    is_joined,
    proof,
    proof_of,
    told,
)
from storage.receipts import Receipt, Stretch, ids_of, joined

GROUP = Receipt(
    chat_id=-1001234567890,
    made_at=datetime(2026, 5, 3, tzinfo=UTC),
    kept=1_190,
    tallied=1_190,
    gone=0,
    wanted=(Stretch(first_id=1, last_id=1_200),),
    fetched=(Stretch(first_id=1, last_id=1_200),),
    own_ids=True,
    deleted=10,
    not_visible=0,
    failed=0,
    unexplained=0,
    counted=1_190,
)
PRIVATE = replace(GROUP, chat_id=77, own_ids=False, deleted=0)
RESTORE = "Restore a copy of the database, or export into a new one."
HALF = replace(
    GROUP, fetched=(Stretch(first_id=1, last_id=500), Stretch(first_id=600, last_id=900))
)


def test_a_group_is_complete_when_every_id_is_accounted_for() -> None:
    assert is_complete(GROUP)
    assert proof(GROUP) == "Complete: ids 1 to 1,200 are 1,190 kept, 10 deleted."


@pytest.mark.parametrize(
    ("receipt", "verdict"),
    [
        (
            replace(GROUP, failed=1),
            "Not proven complete: of 1 id up to 1,200 nobody knows. Export again.",
        ),
        (
            replace(GROUP, unexplained=3, failed=1),
            "Not proven complete: of 4 ids up to 1,200 nobody knows. Export again.",
        ),
        (HALF, "Not the whole chat: fetched are the ids 1 to 500, 600 to 900."),
        (
            replace(GROUP, wanted=HALF.fetched, fetched=HALF.fetched),
            "Not the whole chat: fetched are the ids 1 to 500, 600 to 900.",
        ),
        (replace(GROUP, fetched=()), "Not the whole chat: nothing was fetched yet."),
        (
            replace(GROUP, fetched=(Stretch(first_id=2, last_id=1_200),)),
            "Not the whole chat: fetched are the ids 2 to 1,200.",
        ),
        (replace(GROUP, wanted=(), fetched=()), "Only a part of the chat was asked for."),
        (
            replace(PRIVATE, kept=1_189),
            f"Damaged: 1,190 messages were kept, and 1,189 are there. {RESTORE}",
        ),
        (
            replace(PRIVATE, fetched=(Stretch(first_id=1, last_id=9),)),
            "Not the whole chat: fetched are the ids 1 to 9.",
        ),
    ],
)
def test_whatever_is_missing_stands_against_completeness(receipt: Receipt, verdict: str) -> None:
    assert not is_complete(receipt)
    assert proof(receipt) == verdict


def test_a_chat_without_messages_is_complete() -> None:
    empty = replace(GROUP, wanted=(), fetched=(), kept=0, deleted=0, tallied=0, counted=0)

    assert is_complete(empty)
    assert proof(empty) == "Complete: the chat holds no message."


@pytest.mark.parametrize(
    ("receipt", "more", "why"),
    [
        (GROUP, 0, None),
        (replace(GROUP, counted=None), None, None),
        (replace(GROUP, counted=1_180, gone=10), 0, None),
        (
            replace(GROUP, counted=1_195),
            5,
            "every id is accounted for: its count is approximate",
        ),
        (
            replace(GROUP, counted=1_185),
            -5,
            "these were probably deleted there after they were kept",
        ),
        (replace(PRIVATE, counted=1_195), 5, None),
        (replace(HALF, counted=1_195), 5, "not all of the chat was fetched"),
        (replace(GROUP, counted=1_195, failed=1), 5, None),
    ],
)
def test_a_difference_to_telegrams_count_is_explained_where_it_can_be(
    receipt: Receipt, more: int | None, why: str | None
) -> None:
    assert difference(receipt) == more
    assert explanation(receipt) == why


def test_a_difference_that_nobody_can_explain_is_shown() -> None:
    assert proof(replace(PRIVATE, counted=1_195)) == (
        "Complete: all pages join, from the chat's first message to 1,200."
        " Telegram counts 5 more; why is not known."
    )


def test_an_export_of_two_chats_tells_of_the_first_only_what_is_not_proven() -> None:
    before = replace(PRIVATE, counted=1_190)
    assert proof_of([before, GROUP]) == proof(GROUP)
    assert proof_of([None, None]) == ""
    torn = replace(before, fetched=(Stretch(first_id=1, last_id=9),))
    assert proof_of([torn, GROUP]) == f"{proof(torn)} {proof(GROUP)}"


def test_the_whole_receipt_is_told_in_lines() -> None:
    assert told("Study", replace(GROUP, gone=4, counted=1_180)).splitlines() == [
        "Study: Complete: ids 1 to 1,200 are 1,190 kept, 10 deleted.",
        "1,190 messages are kept.",
        "4 of them were deleted at Telegram since.",
        "Ids without a message: 10 deleted, 0 not visible, 0 failed, 0 not asked for.",
        "Joined: wanted were the ids 1 to 1,200; fetched are the ids 1 to 1,200.",
        "Telegram counted 1,180.",
        "Telegram counts 6 fewer; these were probably deleted there after they were kept.",
    ]


def test_programs_get_all_of_it() -> None:
    found = json.loads(orjson.dumps(as_json(GROUP)))

    assert found["complete"] is found["joined"] is True
    assert found["fetched"] == [{"first_id": 1, "last_id": 1_200}]
    assert (found["kept"], found["deleted"], found["difference"]) == (1_190, 10, 0)


@given(st.lists(st.tuples(st.integers(1, 300), st.integers(0, 40))))
def test_stretches_join_to_the_same_ids(parts: list[tuple[int, int]]) -> None:
    given_ = sorted((first, first + length - 1) for first, length in parts)
    whole = {id_ for first, last in given_ for id_ in range(first, last + 1)}
    found = joined(given_)

    assert set(ids_of(found)) == whole
    assert all(a.last_id + 1 < b.first_id for a, b in pairwise(found))


def test_joined_pages_reach_from_the_first_id_to_the_last_wanted() -> None:
    assert is_joined(GROUP)
    assert not is_joined(HALF)
