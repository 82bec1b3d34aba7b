"""What goes wrong with files, strewn over a run by a seed."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from tests.sandbox.faults import GET_FILE, GET_HASHES
from tests.sandbox.sandbox import Sandbox

EMOJI = "GetCustomEmojiDocumentsRequest"


def strew(sandbox: Sandbox, dice: Random, *, among: int, mishaps: int) -> None:
    """Let so many mishaps strike, each one of the next `among` requests for parts or hashes."""
    for _ in range(mishaps):
        dice.choice(MISHAPS)(sandbox, dice.randrange(among))


MISHAPS: tuple[Callable[[Sandbox, int], object], ...] = (
    lambda sandbox, after: sandbox.faults.corrupt_part(after=after),
    lambda sandbox, after: sandbox.faults.corrupt_part(after=after),
    lambda sandbox, after: sandbox.faults.short_part(after=after),
    lambda sandbox, after: sandbox.faults.empty_part(after=after),
    lambda sandbox, after: sandbox.faults.endless_part(after=after),
    lambda sandbox, after: sandbox.faults.premium_wait(1, after=after),
    lambda sandbox, after: sandbox.faults.flood_wait(1, on=GET_FILE, after=after),
    lambda sandbox, after: sandbox.faults.timeout(after=after),
    lambda sandbox, after: sandbox.faults.server_error("INTERNAL", on=GET_FILE, after=after),
    lambda sandbox, after: sandbox.faults.cut_before_answer(on=GET_FILE, after=after),
    lambda sandbox, after: sandbox.faults.cut_amid_answer(on=GET_FILE, after=after),
    lambda sandbox, after: sandbox.faults.slow(0.2, on=GET_FILE, after=after),
    lambda sandbox, after: sandbox.faults.new_salt(on=GET_FILE, after=after),
    lambda sandbox, after: sandbox.faults.wrong_hashes(after=after),
    lambda sandbox, after: sandbox.faults.failing_hashes(after=after),
    lambda sandbox, after: sandbox.faults.slow_hashes(0.3, after=after),
    lambda sandbox, after: sandbox.faults.cut_amid_answer(on=GET_HASHES, after=after),
    lambda sandbox, after: sandbox.faults.amid_file(sandbox.world.references.expire, after=after),
    lambda sandbox, after: sandbox.faults.amid_file(
        sandbox.world.references.expire, on=GET_HASHES, after=after
    ),
)
