"""The topics of a forum."""

from __future__ import annotations

from dataclasses import dataclass

GENERAL = 1
"""The topic that every forum has; its messages carry no mark of it:
https://core.telegram.org/api/forum#forum-topics"""

COLORS = (0x6FB9F0, 0xFFD67E, 0xCB86DB, 0x8EEE98, 0xFF93B2, 0xFB6F5F)
"""The icon colours that Telegram allows: https://core.telegram.org/api/forum#forum-topics"""


@dataclass(slots=True, kw_only=True)
class Topic:
    """A topic as it stands now."""

    id: int
    """The id of the service message that created it; `GENERAL` for the first."""
    title: str
    creator_id: int
    date: int
    """Unix seconds."""
    icon_color: int = COLORS[0]
    icon_emoji_id: int | None = None
    closed: bool = False
    pinned: bool = False
    hidden: bool = False
