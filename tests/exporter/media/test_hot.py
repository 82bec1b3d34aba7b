"""The known contents in memory."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from exporter.media.hot import KIND, MOST_HASHES, Hot, key_of, save
from storage.media import Content
from storage.snapshots import write_snapshot


def content(number: int, *, like: int | None = None) -> Content:
    """A content; one that begins as another one has the same key."""
    first = sha256(str(number if like is None else like).encode()).digest()
    return Content(
        sha256=sha256(f"content {number}".encode()).digest(),
        size_bytes=2_000_000,
        mtime_ns=number,
        hashes=first * 8 + sha256(f"rest {number}".encode()).digest() * 8,
    )


def test_what_was_needed_last_stays() -> None:
    hot = Hot(3)
    one, two, three, four = map(content, range(4))
    for each in (one, two, three):
        hot.put(each)
    assert hot.find(key_of(one)) == [one]
    hot.put(four)

    assert hot.find(key_of(two)) == []
    assert [hot.find(key_of(each)) for each in (one, three, four)] == [[one], [three], [four]]


def test_contents_that_begin_alike_are_held_side_by_side() -> None:
    hot = Hot(3)
    one, other = content(1), content(2, like=1)
    hot.put(one)
    hot.put(other)
    assert hot.find(key_of(one)) == [one, other]

    hot.drop(one.sha256)
    assert hot.find(key_of(one)) == [other]


def test_a_content_is_held_once_with_what_was_said_last() -> None:
    hot = Hot(3)
    hot.put(content(1))
    told = Content(sha256=content(1).sha256, size_bytes=5, mtime_ns=7, hashes=bytes(32))
    hot.put(told)

    assert len(hot) == 1
    assert hot.find(key_of(content(1))) == []
    assert hot.find(key_of(told)) == [told]


@pytest.mark.parametrize("hashes", [b"", bytes(32 * (MOST_HASHES + 1))])
def test_contents_without_hashes_and_those_of_large_files_are_not_held(hashes: bytes) -> None:
    hot = Hot(3)
    hot.put(Content(sha256=bytes(32), size_bytes=1, mtime_ns=1, hashes=hashes))

    assert len(hot) == 0


@given(
    capacity=st.integers(min_value=0, max_value=5),
    puts=st.lists(st.integers(min_value=0, max_value=9), max_size=40),
)
def test_it_never_holds_more_than_it_may_and_always_the_last(
    capacity: int, puts: list[int]
) -> None:
    hot = Hot(capacity)
    for number in puts:
        hot.put(content(number, like=number % 2))
    last = list(dict.fromkeys(reversed(puts)))[:capacity]

    found = {each.mtime_ns for like in (0, 1) for each in hot.find(key_of(content(like)))}
    assert found == set(last)
    assert len(hot) == len(last)


def test_a_snapshot_brings_all_back_in_its_order(tmp_path: Path) -> None:
    hot, later = Hot(3), Hot(2)
    for number in range(3):
        hot.put(content(number))
    hot.find(key_of(content(0)))
    save(tmp_path / "hot", hot.snapshot())
    later.load(tmp_path / "hot")

    assert later.snapshot() == hot.snapshot()[1:]
    assert later.find(key_of(content(0))) == [content(0)]


def test_no_snapshot_is_no_contents_and_no_word(tmp_path: Path) -> None:
    hot = Hot(3)
    with capture_logs() as logs:
        hot.load(tmp_path / "none")

    assert len(hot) == 0
    assert logs == []


@pytest.mark.parametrize(
    "held",
    [None, 5, [None], [[b"short", 1, 2, b""]], [[bytes(32), "1", 2, b""]], [[bytes(32), 1, 2]]],
)
def test_a_foreign_snapshot_is_passed_over_in_whole_with_a_line_in_the_log(
    tmp_path: Path, held: object
) -> None:
    write_snapshot(tmp_path / "hot", KIND, {"held": held})
    hot = Hot(3)
    with capture_logs() as logs:
        hot.load(tmp_path / "hot")

    assert len(hot) == 0
    assert len(logs) == 1


def test_a_snapshot_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with capture_logs() as logs:
        save(tmp_path / "file" / "hot", [])

    assert len(logs) == 1
