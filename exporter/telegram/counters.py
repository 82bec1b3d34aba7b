"""How many files of which kinds a chat has, as Telegram counts them."""

from __future__ import annotations

from collections.abc import Collection

from telethon.tl.functions.messages import GetSearchCountersRequest

from exporter.telegram.connection import Telegram
from exporter.telegram.resolve import ChatRef
from exporter.telegram.search import FILTERS


async def count_files(
    telegram: Telegram, chat: ChatRef, kinds: Collection[str], *, topic_id: int | None
) -> dict[str, int]:
    """Ask how many messages carry a file of each kind; of a topic, or of all the chat.

    https://core.telegram.org/method/messages.getSearchCounters; what it cannot tell, such as
    stickers, is left out.
    """
    asked = [kind for kind in kinds if kind in FILTERS]
    if not asked:
        return {}
    answer = await telegram.ask(
        GetSearchCountersRequest(
            peer=chat.input_peer,
            filters=[FILTERS[kind]() for kind in asked],
            top_msg_id=topic_id,
        )
    )
    by_filter = {type(counter.filter): counter.count for counter in answer}
    return {kind: by_filter.get(FILTERS[kind], 0) for kind in asked}
