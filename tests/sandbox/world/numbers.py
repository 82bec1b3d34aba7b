"""Numbers that depend on nothing but what is put in: the same seed gives the same world."""

from __future__ import annotations

import hashlib

MASK = (1 << 64) - 1


def mix(a: int, b: int) -> int:
    """64 well-mixed bits of two numbers (the finaliser of splitmix64), cheap enough per message."""
    z = (a * 0x9E3779B97F4A7C15 + b * 0xD1B54A32D192ED03 + 0x2545F4914F6CDD1D) & MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


def digest(*parts: object, size: int = 8) -> bytes:
    """`size` bytes (at most 64) that depend on the parts' text alone."""
    text = "\x1f".join(str(part) for part in parts)
    return hashlib.blake2b(text.encode(), digest_size=size).digest()


def signed(*parts: object) -> int:
    """A number like Telegram's access hashes: 64 bits, signed, never zero."""
    return int.from_bytes(digest(*parts), "little", signed=True) or 1
