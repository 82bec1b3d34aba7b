"""What /stats says. The words on the pictures are the exporter's, which draws them."""

from __future__ import annotations

from bot.language import Phrase
from bot.texts import CAPTION_LENGTH
from storage.models import JobState

WHICH = Phrase("Which chat? I count its messages and draw when, what and how much is written.")
NO_ARCHIVES = Phrase("There is nothing to draw yet. /export saves a chat.")
DARK, LIGHT = Phrase("🌙 Dark pictures"), Phrase("☀️ Light pictures")
COUNTING = Phrase("Counting and drawing…")
DRAWN = Phrase("Drawn. The pictures come below.")
ALREADY = Phrase("They are being drawn already.")
NOT_SENT = Phrase("Pictures are not sent into this chat. On the computer, run: chatkeep stats")
CLOUD = Phrase("The pictures go through Telegram's cloud, like any file you send.")
DRAWING = {JobState.RUNNING: COUNTING, JobState.DONE: DRAWN}


def caption(told: str | None, *, first: bool) -> str:
    """What stands below an album; `told` is in the person's language already."""
    lines = [CLOUD()] if first else []
    return "\n".join([*lines, *([told] if told else [])])[:CAPTION_LENGTH]
