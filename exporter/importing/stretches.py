"""Which ids an import covers, so that they are not fetched any more."""

from __future__ import annotations

from pyroaring import BitMap

from exporter.receipt import OWN_IDS_BELOW
from exporter.telegram.by_id import IDS_A_REQUEST


def stretches_of(ids: BitMap, chat_id: int) -> list[range]:
    """The stretches that the messages of an export cover, in order.

    In a channel or supergroup each id that is missing between them is asked for by id afterwards,
    so they may be covered even though the export lacks some. Where more are missing in a row than
    one such request asks for, the history is the better source: it is fetched. In private chats
    and basic groups missing ids belong to other chats: from the first to the last message, the
    export is believed.
    """
    if not ids:
        return []
    if chat_id >= OWN_IDS_BELOW:
        return [range(ids.min(), ids.max() + 1)]
    found: list[range] = []
    start = before = ids.min()
    for message_id in ids:
        if message_id - before > IDS_A_REQUEST:
            found.append(range(start, before + 1))
            start = message_id
        before = message_id
    return [*found, range(start, before + 1)]
