"""What a running export says of itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from exporter.progress import ProgressBoard
from storage.encoding import to_progress, to_text
from storage.models import FileProgress, Phase


def test_files_are_counted_against_what_is_wanted() -> None:
    board = ProgressBoard()
    board.wants(10, 1_000)
    board.file_done(100)
    board.file_done(200)
    board.wants(12, 5_000)

    progress = board.snapshot()

    assert (progress.files, progress.files_total) == (2, 14)
    assert (progress.file_bytes, progress.file_bytes_total) == (300, 5_300)


def test_a_large_file_counts_while_it_comes_in() -> None:
    board = ProgressBoard()
    board.wants(2, 90_000_000)
    board.large(7, "film.mp4", 30_000_000, 60_000_000)

    coming = board.snapshot()
    board.large_over(7)
    board.file_done(60_000_000)
    kept = board.snapshot()

    film = FileProgress(name="film.mp4", done_bytes=30_000_000, size_bytes=60_000_000)
    assert (coming.file_bytes, coming.large_files) == (30_000_000, (film,))
    assert (kept.file_bytes, kept.large_files) == (60_000_000, ())
    assert to_progress(to_text(coming)).large_files == (film,)


def test_more_files_than_were_known_never_make_more_than_all() -> None:
    board = ProgressBoard()
    board.wants(1, 10)
    board.file_done(10)
    board.file_done(50)

    progress = board.snapshot()

    assert (progress.files, progress.files_total) == (2, 2)
    assert (progress.file_bytes, progress.file_bytes_total) == (60, 60)


def test_a_pause_of_the_downloads_is_told_unless_telegram_makes_us_wait() -> None:
    board = ProgressBoard()
    board.downloads()
    board.pauses("The disk is nearly full")
    paused = board.snapshot()
    soon = datetime.now(UTC) + timedelta(seconds=30)
    with board.account(1) as heard:
        heard(soon, "Telegram asks us to wait")
        waiting = board.snapshot()
        heard(None, None)
        board.pauses(None)
        going = board.snapshot()

    assert paused.phase is Phase.DOWNLOADING
    assert (paused.wait_until, paused.wait_reason) == (None, "The disk is nearly full")
    assert (waiting.wait_until, waiting.wait_reason) == (soon, "Telegram asks us to wait")
    assert (going.wait_until, going.wait_reason) == (None, None)


def test_an_export_waits_while_all_its_accounts_do_until_the_first_goes_on() -> None:
    board = ProgressBoard()
    soon = datetime.now(UTC) + timedelta(seconds=30)
    later = soon + timedelta(seconds=30)
    with board.account(1) as first:
        with board.account(1) as again, board.account(2) as second:
            first(later, "Telegram asks us to wait")
            again(later, "Telegram asks us to wait")
            one_waits = board.snapshot()
            second(soon, "No connection to Telegram; trying again")
            both_wait = board.snapshot()
        one_is_left = board.snapshot()
    over = board.snapshot()

    assert one_waits.wait_until is None
    assert both_wait.wait_until == soon
    assert both_wait.wait_reason == "No connection to Telegram; trying again"
    assert one_is_left.wait_until == later
    assert over.wait_until is None


def test_a_later_attempt_counts_on_from_the_earlier_one() -> None:
    before = ProgressBoard()
    before.names("Alpine Hikers")
    before.fetches(held=0, total=100)
    before.keeps(40, edited=2)
    earlier = before.snapshot()

    board = ProgressBoard(earlier)
    waiting = board.snapshot()
    board.fetches(held=40, total=100)
    board.keeps(60)
    later = board.snapshot()

    assert (waiting.title, waiting.messages, waiting.phase) == ("Alpine Hikers", 40, Phase.STARTING)
    assert (later.messages, later.new, later.edited) == (100, 100, 2)
    assert later.worked_s >= earlier.worked_s
