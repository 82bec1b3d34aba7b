"""Choices that depend on a number alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from tests.sandbox.world.numbers import mix

T = TypeVar("T")


class Dice:
    """A row of choices; the same number always gives the same row."""

    __slots__ = ("_bits", "_turn")

    def __init__(self, bits: int) -> None:
        self._bits = bits
        self._turn = 0

    def roll(self) -> int:
        """64 bits."""
        self._turn += 1
        return mix(self._bits, self._turn)

    def happens(self, per_mille: int) -> bool:
        return per_mille > 0 and self.roll() % 1000 < per_mille

    def between(self, low: int, high: int) -> int:
        """Both ends included."""
        return low + self.roll() % (high - low + 1)

    def pick(self, among: Sequence[T]) -> T:
        return among[self.roll() % len(among)]
