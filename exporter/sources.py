"""Where the messages of a chat come from: all of it, or a part that Telegram can pick out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from storage.models import Page

if TYPE_CHECKING:
    from exporter.telegram.connection import Telegram
    from exporter.telegram.resolve import ChatRef


class Source(Protocol):
    """Pages of one chat. It holds nothing of its own: many ask it at once, in any order."""

    @property
    def key(self) -> str | None:
        """Its name in the table of ranges; None gives every message of the chat.

        Only what None has covered is proof that nothing is missing, and counts for all others.
        """

    async def page(self, telegram: Telegram, chat: ChatRef, next_id: int, last_id: int) -> Page:
        """Fetch the messages from `next_id` on, a page full, none past `last_id`; oldest first.

        The page's `next_id` lies past `last_id` when nothing is left of the stretch.

        Raises:
            JobError: the account may not read the chat, or Telegram's answers make no sense.
        """
