"""Status cards: which message in which chat shows a job, and what it showed last."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, not_, select, update

from storage.database import Database
from storage.encoding import to_job
from storage.models import Card, CardPlace, Job
from storage.tables import cards, jobs

REPLACEMENTS = 1
"""How often a card whose message has gone is sent anew."""


class Cards:
    """The table `cards`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def open(self) -> list[tuple[Card, Job]]:
        """Cards with something left to show or to say, with their jobs, the oldest first.

        A card stays open until it is final and `summarised` was told. The card of a job that
        joined another comes with its own job row, whose state says so.
        """
        return await self._select(not_(and_(cards.c.final, cards.c.summarised)))

    async def find(self, bot_id: int, chat_id: int, message_id: int) -> Card | None:
        """The card that this message is."""
        found = await self._select(
            and_(
                cards.c.bot_id == bot_id,
                cards.c.chat_id == chat_id,
                cards.c.message_id == message_id,
            )
        )
        return found[0][0] if found else None

    async def for_job(self, job_id: int, chat_id: int) -> Card | None:
        """The card that shows a job in a chat."""
        found = await self._select(and_(cards.c.job_id == job_id, cards.c.chat_id == chat_id))
        return found[0][0] if found else None

    async def has_any(self, job_id: int) -> bool:
        """Whether a job is shown in some chat."""
        return bool(await self._select(cards.c.job_id == job_id))

    async def sent(self, card_id: int, message_id: int) -> None:
        """The card was sent as this message."""
        await self._update(card_id, {"message_id": message_id})

    async def shown(self, card_id: int, *, revision: int, final: bool) -> None:
        """The message shows this revision now."""
        await self._update(card_id, {"revision": revision, "final": final})

    async def summarised(self, card_id: int, message_id: int | None) -> None:
        """The completion message was sent; None when this job is due none."""
        await self._update(card_id, {"summarised": True, "summary_message_id": message_id})

    async def ask(self, card_id: int, *, asking: bool) -> None:
        """The card asks whether its job is really to be cancelled, or asks no more."""
        await self._update(card_id, {"asking": asking})

    async def lost(self, card_id: int) -> None:
        """Its message has gone. One replacement is due; after that the card counts as final."""
        given_up = cards.c.losses >= REPLACEMENTS
        await self._update(
            card_id,
            {
                "message_id": None,
                "losses": cards.c.losses + 1,
                "final": case((given_up, True), else_=cards.c.final),
            },
        )

    async def _update(self, card_id: int, values: Mapping[str, Any]) -> None:
        async with self._database.write(durable=True) as connection:
            await connection.execute(update(cards).where(cards.c.id == card_id).values(values))

    async def _select(self, where: ColumnElement[bool]) -> list[tuple[Card, Job]]:
        async with self._database.read() as connection:
            rows = await connection.execute(select(cards).where(where).order_by(cards.c.id))
            found = [_to_card(row) for row in rows]
            wanted = select(jobs).where(jobs.c.id.in_({card.job_id for card in found}))
            by_id = {row.id: to_job(row) for row in await connection.execute(wanted)}
        return [(card, by_id[card.job_id]) for card in found]


def _to_card(row: Row[Any]) -> Card:
    return Card(
        id=row.id,
        job_id=row.job_id,
        place=CardPlace(
            bot_id=row.bot_id,
            chat_id=row.chat_id,
            reply_to=row.reply_to,
        ),
        message_id=row.message_id,
        revision=row.revision,
        final=row.final,
        summary_message_id=row.summary_message_id,
        asking=row.asking,
    )
