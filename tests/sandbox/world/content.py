"""What synthetic messages hold."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """How many of a thousand synthetic messages have each thing."""

    replies: int = 0
    forwards: int = 0
    edits: int = 0
    reactions: int = 0
    entities: int = 0
    photos: int = 0
    documents: int = 0
    """Files, videos, voice messages, round videos, animations, music and stickers alike."""
    polls: int = 0
    others: int = 0
    """Contacts, locations, venues, dice, web pages."""
    service: int = 0
    gaps: int = 0
    """Ids that no message has, as if those were deleted."""

    @property
    def is_text(self) -> bool:
        return self in (TEXT, Content(gaps=self.gaps))


TEXT = Content()
"""Plain text by somebody at some time, and no gaps: quick to make."""

MIXED = Content(
    replies=220,
    forwards=60,
    edits=80,
    reactions=90,
    entities=150,
    photos=120,
    documents=80,
    polls=5,
    others=15,
    service=15,
    gaps=40,
)
"""Roughly what a lively group holds."""
