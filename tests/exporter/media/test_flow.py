"""The window of parts, against a line that is made of numbers."""

from __future__ import annotations

import heapq

import pytest

from exporter.media.flow import LEAST, MOST, Flow

MIB = 1024 * 1024


class Line:
    """Parts that take a latency, and share a bandwidth one after the other."""

    def __init__(self, latency_s: float, bytes_s: float) -> None:
        self.now = 0.0
        self.latency_s, self.bytes_s = latency_s, bytes_s
        self._free_at = 0.0
        self._under_way: list[tuple[float, float]] = []

    def stall(self, seconds: float) -> None:
        """Nothing comes for so long."""
        self.now += seconds
        self._free_at = max(self._free_at, self.now)
        self._under_way = [(max(at, self.now), asked) for at, asked in self._under_way]

    def rate(self, flow: Flow, seconds: float) -> float:
        """Fetch for so long with the flow's window always full; bytes a second."""
        end, came = self.now + seconds, 0
        while self.now < end:
            while len(self._under_way) < flow.window:
                self._free_at = max(self._free_at, self.now) + MIB / self.bytes_s
                heapq.heappush(self._under_way, (self._free_at + self.latency_s, self.now))
            self.now, asked = heapq.heappop(self._under_way)
            came += MIB
            flow.answered(self.now, self.now - asked, MIB, full=True)
        return came / seconds


def fixed(window: int) -> Flow:
    return Flow(start=window, least=window, most=window)


def best(latency_s: float, bytes_s: float) -> float:
    """What the best fixed window reaches."""
    return max(Line(latency_s, bytes_s).rate(fixed(window), 10) for window in range(1, MOST + 1))


@pytest.mark.parametrize("latency_s", [0.005, 0.06, 0.2])
@pytest.mark.parametrize("bytes_s", [5e6, 40e6, 120e6, 1e9])
def test_after_ten_seconds_nine_tenths_of_the_best_window_are_reached(
    latency_s: float, bytes_s: float
) -> None:
    line, flow = Line(latency_s, bytes_s), Flow()
    line.rate(flow, 10)

    assert line.rate(flow, 10) >= 0.9 * best(latency_s, bytes_s)


@pytest.mark.parametrize("latency_s", [0.005, 0.06, 0.2])
def test_the_same_holds_after_a_wait(latency_s: float) -> None:
    line, flow = Line(latency_s, 120e6), Flow()
    line.rate(flow, 10)
    flow.flooded(line.now)
    line.rate(flow, 10)

    assert line.rate(flow, 10) >= 0.9 * best(latency_s, 120e6)


def test_a_busy_moment_is_soon_forgotten() -> None:
    line, flow = Line(0.2, 120e6), Flow()
    line.rate(flow, 10)
    for _ in range(5):
        line.stall(2)
        line.rate(flow, 3)

    assert line.rate(flow, 5) >= 0.9 * best(0.2, 120e6)


@pytest.mark.parametrize("latency_s", [0.005, 0.2])
def test_a_line_that_becomes_longer_or_shorter_is_learned_anew(latency_s: float) -> None:
    line, flow = Line(0.06, 60e6), Flow()
    line.rate(flow, 20)
    line.latency_s = latency_s
    line.rate(flow, 30)

    assert line.rate(flow, 20) >= 0.9 * best(latency_s, 60e6)
    assert flow.window <= 2 * latency_s * 60e6 / MIB + 8


def test_a_wait_halves_the_window_and_never_below_the_least() -> None:
    line, flow = Line(0.2, 1e9), Flow()
    line.rate(flow, 10)
    before = flow.window
    flow.flooded(line.now)

    assert flow.window == before // 2
    for _ in range(10):
        flow.flooded(line.now)
    assert flow.window == LEAST


def test_a_slow_line_is_not_filled_with_waiting_parts() -> None:
    line, flow = Line(0.06, 5e6), Flow()
    line.rate(flow, 60)

    assert flow.window <= 10


def test_rounds_that_were_not_full_change_nothing() -> None:
    flow = Flow()
    before = flow.window
    for number in range(500):
        flow.answered(number * 0.05, 0.05, 40_000, full=False)

    assert flow.window == before


def test_a_fixed_window_stays() -> None:
    line, flow = Line(0.2, 1e9), fixed(1)
    line.rate(flow, 20)
    flow.flooded(line.now)

    assert flow.window == 1
