"""`chatkeep verify`: prove from the archive alone that a chat is complete."""

from __future__ import annotations

from typing import Annotated

import orjson
from cyclopts import Parameter

from exporter.archived import archived_chat
from exporter.config import ExporterConfig
from exporter.receipt import as_json, is_complete, make_receipt, told
from exporter.workbench import opened
from storage.archive import Archive
from storage.receipts import Receipt

INCOMPLETE = 1

Config = Annotated[ExporterConfig, Parameter(parse=False)]


async def verify(chat: str, *, json: bool = False, config: Config) -> int:
    """Prove that a chat's archive is complete, or say what is missing; without asking Telegram.

    Exit code 0: complete. 1: it is not, or nobody can prove it.

    Parameters
    ----------
    chat
        The chat's id, @name or title, as the archive knows it.
    json
        Print one JSON object for each chat: a group has two if it was a basic group before.
    """
    async with opened(config) as bench:
        known = await archived_chat(bench.archive, chat)
        proven = True
        for chat_id in await bench.archive.lineage(known.id):
            receipt = await verified(bench.archive, chat_id)
            proven = proven and is_complete(receipt)
            title = (await bench.archive.chat(chat_id) or known).title or str(chat_id)
            text = orjson.dumps(as_json(receipt)).decode() if json else told(title, receipt)
            print(text)  # noqa: T201 - the command's result
    return 0 if proven else INCOMPLETE


async def verified(archive: Archive, chat_id: int) -> Receipt:
    """A receipt made anew from the archive's rows, with the count that Telegram gave last."""
    latest = await archive.evidence.latest_receipt(chat_id)
    return await make_receipt(archive, chat_id, counted=latest.counted if latest else None)
