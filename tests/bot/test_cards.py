"""What cards and endings show for each state of a job."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiogram.types import MessageEntity
from hypothesis import given
from hypothesis import strategies as st

from bot import cards, texts
from bot.keyboards import Do, Tap
from storage.models import (
    ExportRequest,
    FileProgress,
    Job,
    JobKind,
    JobState,
    Phase,
    Progress,
    Skipped,
    Wish,
)
from tests.bot.running import summary

NOW = datetime(2026, 5, 3, 12, 0, tzinfo=UTC)
FIRST = cards.Queue(ahead=0, running=False)
EXPORTS = Path("/srv/exports")


def job(state: JobState = JobState.RUNNING, **rest: object) -> Job:
    plain = Job(
        id=7,
        kind=JobKind.EXPORT,
        state=state,
        request=ExportRequest(chat="@alpine"),
        fence=1,
        created_at=NOW,
    )
    return replace(plain, **rest)  # type: ignore[arg-type]


def fetching(**rest: object) -> Progress:
    plain = Progress(
        phase=Phase.FETCHING, title="Alpine Hikers", messages=52_300, total=100_540, rate=35.0
    )
    return replace(plain, **rest)  # type: ignore[arg-type]


def shown(job_: Job, *, queue: cards.Queue = FIRST) -> str:
    return cards.card(job_, queue=queue, now=NOW).text


def told(job_: Job) -> str:
    text = cards.ending(job_, export_dir=EXPORTS)
    assert text is not None
    return text.render()[0]


def test_a_running_export_shows_how_far_it_is() -> None:
    running = job(progress=fetching(eta=NOW + timedelta(minutes=23)))

    assert shown(running).split("\n") == [
        "\u2068Alpine Hikers\u2069",
        "▰▰▰▰▰▱▱▱▱▱ 52%",
        "Messages 52,300 of 100,540",
        "2,100 messages/min",
        "Ends in 23\u00a0min",
    ]


def test_the_title_is_bold_and_the_end_is_a_time() -> None:
    frame = cards.card(
        job(progress=fetching(eta=NOW + timedelta(minutes=23))),
        queue=FIRST,
        now=NOW,
    )

    bold, end = frame.entities
    assert (bold.type, bold.offset, bold.length) == ("bold", 0, 15)
    assert end.type == "date_time"
    assert end.unix_time == int((NOW + timedelta(minutes=23)).timestamp())


def test_a_wait_is_told_with_its_length() -> None:
    waiting = fetching(
        wait_until=NOW + timedelta(seconds=120),
        wait_reason="Telegram asks us to wait",
        eta=NOW + timedelta(minutes=5),
    )

    last_line = shown(job(progress=waiting)).split("\n")[-1]

    assert last_line == "⏳ Telegram asks us to wait 2\u00a0min. It goes on by itself."


def test_a_wait_that_is_over_is_not_told() -> None:
    over = fetching(wait_until=NOW - timedelta(seconds=1), wait_reason="Telegram asks us to wait")

    assert "wait" not in shown(job(progress=over))


def test_a_data_export_to_be_allowed_is_told_with_what_to_tap() -> None:
    asking = fetching(permission=True, eta=NOW + timedelta(minutes=23))

    assert shown(job(progress=asking)).split("\n")[-2:] == [
        texts.PERMISSION(),
        "Ends in 23\u00a0min",
    ]


def test_a_wait_is_a_change_of_state_and_a_message_more_is_not() -> None:
    def key(progress: Progress) -> str:
        return cards.card(job(progress=progress), queue=FIRST, now=NOW).key

    assert key(fetching()) == key(fetching(messages=60_000))
    assert key(fetching()) != key(fetching(wait_until=NOW + timedelta(seconds=5)))
    assert key(fetching()) != key(fetching(phase=Phase.RENDERING))
    assert key(fetching()) != key(fetching(permission=True))


@pytest.mark.parametrize(
    ("ahead", "expected"),
    [(1, "Next in the queue."), (2, "Second in the queue."), (12, "Number 12 in the queue.")],
)
def test_a_queued_export_shows_its_place(ahead: int, expected: str) -> None:
    queue = cards.Queue(ahead=ahead, running=True)

    assert shown(job(JobState.QUEUED), queue=queue) == f"\u2068@alpine\u2069\n{expected}"


def test_without_an_exporter_the_card_says_so_after_a_moment() -> None:
    fresh = job(JobState.QUEUED, created_at=NOW - timedelta(seconds=1))
    old = job(JobState.QUEUED, created_at=NOW - timedelta(seconds=11))

    assert "Starting…" in shown(fresh)
    assert "Waiting for the exporter to start." in shown(old)


def test_a_cancelled_export_says_what_stays() -> None:
    cancelled = job(JobState.CANCELLED, progress=fetching())

    assert shown(cancelled).endswith("Cancelled. 52,300 messages stay saved.")
    assert cards.ending(cancelled, export_dir=EXPORTS) is None


def test_a_failure_is_told_with_its_sentence() -> None:
    failed = job(JobState.FAILED, progress=fetching(), error="The disk is full: 40 MB free.")

    assert told(failed).split("\n") == [
        "❌ \u2068Alpine Hikers\u2069 stopped",
        "The disk is full: 40 MB free.",
        "52,300 messages stay saved.",
    ]


def test_the_summary_names_the_messages_in_digits_and_what_changed() -> None:
    done = job(JobState.DONE, summary=summary(100_540, new=4312, edited=27, rate=48.0))

    assert told(done).split("\n") == [
        "✅ \u2068Alpine Hikers\u2069 is saved",
        "100,540 messages",
        "4,312 new · 27 edited",
        "in 2\u00a0min · 2,880 messages/min",
        "exports/Alpine Hikers -1001234567890",
    ]


def test_the_summary_names_what_was_skipped() -> None:
    skipped = tuple(Skipped(id=n, reason="Telegram answered nonsense") for n in range(1, 26))
    done = job(JobState.DONE, summary=summary(10, skipped=skipped))

    lines = told(done).split("\n")

    assert "25 items were skipped:" in lines
    assert lines[-2:] == ["20: Telegram answered nonsense", "and 5 more"]


def test_the_summary_counts_files_and_says_which_were_not_asked_for() -> None:
    done = job(
        JobState.DONE,
        summary=summary(
            10,
            media_kept=949,
            media_bytes=3_200_000_000,
            media_skipped_by={"larger than the limit": 12, "not asked for": 1},
        ),
    )

    lines = told(done).replace(texts.NO_BREAK, " ").split("\n")

    assert lines[3:6] == [
        "949 files, 3.2 GB",
        "12 files larger than the limit",
        "1 file not asked for",
    ]


def test_large_files_are_named() -> None:
    film = FileProgress(name="film.mp4", done_bytes=43, size_bytes=100)
    running = job(
        progress=fetching(phase=Phase.DOWNLOADING, files_total=1, large_files=(film,)),
    )

    assert shown(running).split("\n")[-1] == "\u2068film.mp4\u2069 43%"


def test_a_pause_for_the_disk_is_a_change_of_state_and_says_why() -> None:
    going = job(progress=fetching(phase=Phase.DOWNLOADING))
    paused = job(
        progress=fetching(phase=Phase.DOWNLOADING, wait_reason="The disk of /srv is nearly full.")
    )

    assert shown(paused).endswith("⏸ The disk of /srv is nearly full.")
    keys = [cards.card(each, queue=FIRST, now=NOW).key for each in (going, paused)]
    assert keys[0] != keys[1]


def test_an_incomplete_export_does_not_look_complete() -> None:
    done = job(JobState.DONE, summary=summary(10, complete=False))

    assert told(done).startswith("⚠️ ")
    assert "Not complete" in told(done)


def test_an_export_that_lacks_only_files_says_that_all_messages_are_there() -> None:
    gone = (Skipped(id=5, reason="its photo: Telegram has it no more"),)
    lost = summary(10, complete=False, media_failed=1, skipped=gone)
    both = summary(10, complete=False, media_failed=1, skipped=(*gone, Skipped(id=6, reason="?")))

    told_of_one = told(job(JobState.DONE, summary=lost))

    assert "⚠️ 1 file could not be had. All messages are there." in told_of_one
    assert "Not complete" not in told_of_one
    assert "Not complete" in told(job(JobState.DONE, summary=both))


AHEAD = cards.Queue(ahead=2, running=True)


@pytest.mark.parametrize(
    ("at", "asking", "queue", "buttons"),
    [
        (job(JobState.QUEUED), False, FIRST, [Do.PAUSE, Do.CANCEL]),
        (job(JobState.QUEUED), False, AHEAD, [Do.FRONT, Do.CANCEL]),
        (job(JobState.RUNNING), False, FIRST, [Do.PAUSE, Do.CANCEL]),
        (job(JobState.RUNNING, wish=Wish.PAUSE), False, FIRST, [Do.RESUME, Do.CANCEL]),
        (job(JobState.PAUSED), False, FIRST, [Do.RESUME, Do.CANCEL]),
        (job(JobState.RUNNING), True, FIRST, [Do.REALLY_CANCEL, Do.KEEP]),
    ],
)
def test_the_buttons_are_what_can_be_done_now_about_this_job_at_this_turn(
    at: Job, asking: bool, queue: cards.Queue, buttons: list[Do]
) -> None:
    frame = cards.card(replace(at, turn=5), queue=queue, now=NOW, asking=asking)

    assert frame.keyboard is not None
    (row,) = frame.keyboard.inline_keyboard
    taps = [Tap.unpack(button.callback_data or "") for button in row]
    assert taps == [Tap(do=do, job_id=7, turn=5) for do in buttons]


def test_a_paused_card_says_where_it_rests() -> None:
    resting = job(JobState.PAUSED, progress=fetching())

    assert shown(resting).endswith(
        "⏸ Paused at 52,300 of 100,540 messages. All that was saved stays."
    )


def test_nothing_can_be_tapped_when_cancelling_or_done() -> None:
    for state in (job(wish=Wish.CANCEL), job(JobState.DONE, summary=summary(1))):
        assert cards.card(state, queue=FIRST, now=NOW).keyboard is None


@given(title=st.text(max_size=200), reason=st.text(max_size=5000))
def test_no_title_and_no_reason_breaks_a_message(title: str, reason: str) -> None:
    failed = job(JobState.FAILED, progress=fetching(title=title or None), error=reason)

    frame = cards.card(failed, queue=FIRST, now=NOW)

    assert len(frame.text) <= 700
    assert all(_inside(entity, frame.text) for entity in frame.entities)


def _inside(entity: MessageEntity, text: str) -> bool:
    length = len(text.encode("utf-16-le", "surrogatepass")) // 2
    return 0 <= entity.offset < entity.offset + entity.length <= length
