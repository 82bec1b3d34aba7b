"""A chat in which things happen while it is read."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING

from telethon.tl import types

if TYPE_CHECKING:
    from tests.sandbox.world.chats import Chat

TICK_S = 0.01


@dataclass(slots=True)
class Churn:
    """What happened so far, by message ids in the owner's numbering."""

    arrived: list[int] = field(default_factory=list)
    vanished: set[int] = field(default_factory=set)
    """Old and new messages alike."""
    edited: set[int] = field(default_factory=set)


@asynccontextmanager
async def churning(
    chat: Chat, *, arrive_per_s: float, vanish_per_s: float, edit_per_s: float, seed: int
) -> AsyncIterator[Churn]:
    """Let messages come, go and change inside the block, as many a second as given."""
    churn = Churn()
    dice = Random(seed)
    task = asyncio.create_task(
        _happen(chat, churn, dice, (arrive_per_s, vanish_per_s, edit_per_s)), name="churn"
    )
    try:
        yield churn
    finally:
        task.cancel()
        await asyncio.wait([task])
        if not task.cancelled():
            task.result()


async def _happen(
    chat: Chat, churn: Churn, dice: Random, rates: tuple[float, float, float]
) -> None:
    loop = asyncio.get_running_loop()
    arrive, vanish, edit = rates
    began = loop.time()
    arrived = vanished = edited = 0
    while True:
        passed = loop.time() - began
        while arrived < int(passed * arrive):
            arrived += 1
            churn.arrived.append(chat.post(f"Arrived meanwhile, number {arrived}"))
        while vanished < int(passed * vanish) and (there := chat.message_ids):
            vanished += 1
            gone = dice.choice(there)
            chat.delete(gone)
            churn.vanished.add(gone)
        while edited < int(passed * edit) and (there := chat.message_ids):
            edited += 1
            changed = dice.choice(there)
            if not _is_service(chat, changed):
                chat.edit(changed, f"Changed meanwhile, number {edited}")
                churn.edited.add(changed)
        await asyncio.sleep(TICK_S)


def _is_service(chat: Chat, message_id: int) -> bool:
    return isinstance(chat.message(message_id), types.MessageService)
