"""What an export says under a key, of the type that belongs there: the file may be anybody's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

MAX_NUMBER = 2**63 - 1
"""Of TL's `long`."""


class Malformed(ValueError):
    """A value of an export that cannot be what it should be; says which key and what is wrong."""


class Told:
    """An object of an export. A key that is missing and one that is null are the same."""

    def __init__(self, fields: Any, where: str = "") -> None:
        """`where` is what leads to it from its message, for the sentence of an error.

        Raises:
            Malformed: it is no object.
        """
        if not isinstance(fields, dict):
            raise Malformed(f"{where or 'it'} is not an object")
        self._fields = fields
        self._where = where

    def __contains__(self, key: str) -> bool:
        return self._fields.get(key) is not None

    def has(self, key: str) -> bool:
        """Whether the key is there, if with null."""
        return key in self._fields

    def raw(self, key: str) -> Any:
        """Whatever stands there."""
        return self._fields.get(key)

    def text(self, key: str) -> str:
        """A text; empty when there is none."""
        return self.words(key) or ""

    def words(self, key: str) -> str | None:
        """A text, or None."""
        value = self._fields.get(key)
        if value is None or isinstance(value, str):
            return value
        raise self._wrong(key, "a text")

    def number(self, key: str) -> int:
        """A whole number, if written as a text; 0 when there is none."""
        value = self._fields.get(key)
        if value is None:
            return 0
        try:
            if isinstance(value, bool) or (isinstance(value, float) and value != int(value)):
                raise self._wrong(key, "a whole number")
            number = int(value)
        except (ValueError, TypeError, OverflowError):
            raise self._wrong(key, "a whole number") from None
        if abs(number) > MAX_NUMBER:
            raise self._wrong(key, "a number of a size that Telegram has")
        return number

    def count(self, key: str) -> int:
        """A whole number that is not below 0; 0 when there is none."""
        number = self.number(key)
        if number < 0:
            raise self._wrong(key, "a number from 0 up")
        return number

    def degrees(self, key: str, largest: int) -> float:
        """A number between -`largest` and `largest`."""
        value = self._fields.get(key)
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        degrees = float(value or 0) if is_number else largest + 1
        if abs(degrees) <= largest:
            return degrees
        raise self._wrong(key, f"a number between -{largest} and {largest}")

    def flag(self, key: str) -> bool | None:
        """True or None, as TL has its flags."""
        return True if self._fields.get(key) is True else None

    def inner(self, key: str) -> Told:
        """An object within this one; an empty one when there is none."""
        value = self._fields.get(key)
        return Told({} if value is None else value, self.path(key))

    def items(self, key: str) -> Iterator[Told]:
        """The objects of a list."""
        for place, value in enumerate(self.listed(key)):
            yield Told(value, f"{self.path(key)}[{place}]")

    def listed(self, key: str) -> list[Any]:
        """A list; empty when there is none."""
        value = self._fields.get(key)
        if value is None:
            return []
        if isinstance(value, list):
            return value
        raise self._wrong(key, "a list")

    def numbers(self, key: str) -> list[int]:
        """A list of whole numbers."""
        found = self.listed(key)
        if all(type(one) is int and abs(one) <= MAX_NUMBER for one in found):
            return found
        raise self._wrong(key, "a list of whole numbers")

    def names(self, key: str) -> list[str | None]:
        """A list of texts and nulls."""
        found = self.listed(key)
        if all(one is None or isinstance(one, str) for one in found):
            return found
        raise self._wrong(key, "a list of names")

    def path(self, key: str) -> str:
        """What leads to a key from the message."""
        return f"{self._where}.{key}" if self._where else key

    def _wrong(self, key: str, what: str) -> Malformed:
        return Malformed(f"`{self.path(key)}` is not {what}")
