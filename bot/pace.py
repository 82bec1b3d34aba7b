"""How often a chat is bothered: when a card may be edited and a message sent there.

Telegram publishes no figures beyond about one message a second in a chat
(https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this);
too many edits have cost people waits of hours. So cards move seldom, and a 429 is obeyed.
Times here are seconds of a clock that never jumps (`time.monotonic`).
"""

from __future__ import annotations

from dataclasses import dataclass

SLOWEST = 8.0
"""A chat that keeps refusing sees progress this much less often at most."""
LONG_REFUSAL_S = 30.0
FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 60.0
UNREACHABLE_PAUSE_S = 60.0
LONGEST_UNREACHABLE_S = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """The shortest time between two requests for cards in one chat, in seconds."""

    floor_s: float = 3.0
    """Nothing moves more often, not even for a change of state."""
    first_minute_s: float = 3.0
    """Between two edits that only show progress, while the job is younger than a minute;"""
    first_ten_minutes_s: float = 10.0
    later_s: float = 30.0

    def progress_s(self, age_s: float) -> float:
        """`age_s`: how long the job has run."""
        if age_s < 60:
            return self.first_minute_s
        return self.first_ten_minutes_s if age_s < 600 else self.later_s


@dataclass(slots=True, kw_only=True)
class ChatPace:
    """When one chat may be spoken to again."""

    pace: Pace
    tried_at: float = float("-inf")
    """The last time that a card was sent or edited here, or Telegram refused to."""
    edits_from: float = float("-inf")
    sends_from: float = float("-inf")
    slower: float = 1.0
    failures: int = 0

    def next_edit(self, *, changed_state: bool, age_s: float) -> float:
        """When a card here may be edited."""
        gap_s = self.pace.floor_s
        if not changed_state:
            gap_s = max(gap_s, self.pace.progress_s(age_s)) * self.slower
        return max(self.edits_from, self.tried_at + gap_s)

    def edits_refused_for_long(self, now: float) -> bool:
        """Then a message of its own does not wait for the card."""
        return self.edits_from - now > LONG_REFUSAL_S

    def landed(self, now: float, *, card: bool) -> None:
        """A request succeeded; `card`: it sent or edited a card."""
        self.failures = 0
        if card:
            self.tried_at = now
            self.slower = max(1.0, self.slower * 0.9)

    def refused(self, now: float, retry_after_s: float, *, edit: bool) -> None:
        """A 429. One on an edit leaves messages alone only if it is a long one."""
        self.slower = min(SLOWEST, self.slower * 2)
        if edit:
            self.tried_at = now
        self.edits_from = max(self.edits_from, now + retry_after_s)
        if not edit or retry_after_s <= LONG_REFUSAL_S:
            self.sends_from = max(self.sends_from, now + retry_after_s)

    def failed(self, now: float, *, for_good: bool = False) -> None:
        """The network failed, or the chat cannot be reached (`for_good`, as far as we know)."""
        first, longest = (
            (UNREACHABLE_PAUSE_S, LONGEST_UNREACHABLE_S)
            if for_good
            else (FIRST_PAUSE_S, LONGEST_PAUSE_S)
        )
        pause_s = min(longest, first * 2.0 ** min(self.failures, 12))
        self.failures += 1
        self.edits_from = self.sends_from = now + pause_s
