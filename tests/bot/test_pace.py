"""When a chat is spoken to again."""

from __future__ import annotations

import pytest

from bot.pace import ChatPace, Pace


def private() -> ChatPace:
    pace = ChatPace(pace=Pace())
    pace.landed(100.0, card=True)
    return pace


@pytest.mark.parametrize(("age_s", "gap_s"), [(0, 3), (59, 3), (60, 10), (599, 10), (600, 30)])
def test_progress_is_shown_less_often_the_longer_it_takes(age_s: float, gap_s: float) -> None:
    assert private().next_edit(changed_state=False, age_s=age_s) == 100 + gap_s


def test_a_change_of_state_waits_only_for_the_floor() -> None:
    assert private().next_edit(changed_state=True, age_s=10_000) == 103


def test_a_429_is_obeyed_and_slows_the_chat_down() -> None:
    pace = private()

    pace.refused(104.0, 7, edit=True)

    assert pace.next_edit(changed_state=True, age_s=0) == 111
    assert pace.sends_from == 111
    pace.landed(111.0, card=True)
    assert pace.next_edit(changed_state=True, age_s=0) == 114
    assert pace.next_edit(changed_state=False, age_s=0) > 116


def test_edits_refused_for_hours_do_not_hold_up_the_summary() -> None:
    pace = private()

    pace.refused(100.0, 14_400, edit=True)

    assert pace.edits_refused_for_long(101.0)
    assert pace.sends_from < 101


def test_a_failing_network_is_tried_less_and_less_often_until_it_works() -> None:
    pace = private()
    pauses = []
    for _ in range(9):
        pace.failed(200.0)
        pauses.append(pace.sends_from - 200.0)

    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    pace.landed(300.0, card=False)
    pace.failed(300.0)
    assert pace.sends_from == 301
