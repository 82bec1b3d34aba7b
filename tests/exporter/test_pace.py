"""Learning the rate that Telegram allows, in made-up time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from exporter.telegram.pace import QUIET_S, Pace
from tests.exporter.limited import Limit, drive

TODAY = datetime(2026, 5, 1, 12, tzinfo=UTC)
MINUTE = 60.0


def later_run(pace: Pace, *, now: float, pause_s: float = 1.0) -> Pace:
    """The pace as another process finds it after `pause_s`."""
    learned = pace.learned(now, TODAY)
    return Pace(learned, today=TODAY + timedelta(seconds=pause_s))


def test_nothing_is_held_back_while_no_limit_is_met() -> None:
    pace = Pace(today=TODAY)
    run = drive(pace, Limit(rate=10_000), seconds=10, at_once=16, latency_s=0.06)

    assert run.waits == []
    assert len(run.let_through) >= 16 * (10 / 0.06 - 2)
    assert pace.learned(10, TODAY) is None


@pytest.mark.parametrize("at_once", [4, 16])
@pytest.mark.parametrize("allowed", [10.0, 30.0, 100.0])
def test_a_run_of_two_minutes_reaches_95_percent_of_what_is_allowed(
    allowed: float, at_once: int
) -> None:
    run = drive(Pace(today=TODAY), Limit(rate=allowed), seconds=2 * MINUTE, at_once=at_once)

    reachable = min(allowed, at_once / 0.06)
    assert run.rate(0, 2 * MINUTE) >= 0.95 * reachable
    assert len(run.waits) <= 5


@pytest.mark.parametrize("allowed", [1.0, 10.0, 100.0])
def test_after_a_run_with_waits_the_next_meets_none_and_is_as_fast(allowed: float) -> None:
    limit = Limit(rate=allowed)
    pace = Pace(today=TODAY)
    first = drive(pace, limit, seconds=2 * MINUTE)
    begin = 2 * MINUTE + 1
    second = drive(later_run(pace, now=2 * MINUTE), limit, seconds=10 * MINUTE, begin=begin)

    assert first.waits
    assert second.waits == []
    assert second.rate(begin, begin + 10 * MINUTE) >= 0.99 * first.rate(MINUTE, 2 * MINUTE)


@pytest.mark.parametrize("seconds", [1.0, 2.0, 3.0, 5.0, 8.0])
@pytest.mark.parametrize("allowed", [2.0, 10.0, 30.0])
def test_after_a_run_too_short_to_learn_the_next_meets_at_most_two_waits(
    allowed: float, seconds: float
) -> None:
    limit = Limit(rate=allowed)
    pace = Pace(today=TODAY)
    drive(pace, limit, seconds=seconds)
    second = drive(later_run(pace, now=seconds), limit, seconds=10 * MINUTE, begin=seconds + 1)

    assert len(second.waits) <= 2


def test_a_limit_that_falls_is_found_again() -> None:
    limit = Limit(rate=20)
    pace = Pace(today=TODAY)
    drive(pace, limit, seconds=MINUTE)
    limit.rate = 5
    run = drive(pace, limit, seconds=3 * MINUTE, begin=MINUTE)

    assert run.rate(2 * MINUTE, 4 * MINUTE) >= 0.9 * 5
    assert len(run.waits) <= 4


def test_a_limit_that_rises_is_found_after_hours_of_quiet() -> None:
    limit = Limit(rate=5)
    pace = Pace(today=TODAY)
    drive(pace, limit, seconds=MINUTE)
    limit.rate = 20
    soon = drive(later_run(pace, now=MINUTE), limit, seconds=5 * MINUTE, begin=2 * MINUTE)
    quiet = later_run(pace, now=MINUTE, pause_s=QUIET_S)
    late = drive(quiet, limit, seconds=5 * MINUTE, begin=10 * MINUTE)

    assert soon.rate(3 * MINUTE, 7 * MINUTE) < 5
    assert late.rate(13 * MINUTE, 15 * MINUTE) >= 0.9 * 20


def test_a_client_that_had_nothing_to_ask_for_a_while_takes_no_lower_rate_for_allowed() -> None:
    limit = Limit(rate=10)
    pace = Pace(today=TODAY)
    drive(pace, limit, seconds=5)
    for begin in (5.0, 7.0, 9.0, 11.0):  # each time busy elsewhere for 1.5 s of two
        drive(pace, limit, seconds=0.5, begin=begin)
    drive(pace, limit, seconds=MINUTE, begin=13)

    assert pace.settled
    assert pace.rate is not None
    assert pace.rate >= 0.95 * 10


def test_requests_refused_together_count_as_one_wait() -> None:
    pace = Pace(today=TODAY)
    for n in range(20):
        pace.sent(n / 100)
    for _ in range(10):
        pace.admitted()
    pace.refused(0.3, 5, sent_at=0.1)
    once = pace.rate
    for n in range(9):
        pace.refused(0.3 + n / 1000, 5, sent_at=0.11 + n / 100)

    assert pace.rate == once
    assert pace.blocked_for(0.3) == pytest.approx(5.008)


def test_a_first_request_that_is_refused_says_nothing_about_the_rate() -> None:
    pace = Pace(today=TODAY)
    pace.sent(0.0)
    pace.refused(0.1, 3, sent_at=0.0)

    assert pace.rate is None
    assert pace.ready_in(0.1) == pytest.approx(3)
    assert pace.ready_in(3.2) == 0


def test_the_rate_never_falls_so_low_that_a_request_waits_for_minutes() -> None:
    limit = Limit(rate=1 / 600)
    pace = Pace(today=TODAY)
    run = drive(pace, limit, seconds=6 * 3600)

    assert pace.rate is not None
    assert pace.rate >= 1 / 30
    assert len(run.let_through) >= 30
