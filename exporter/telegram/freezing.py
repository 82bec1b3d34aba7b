"""Whether Telegram has frozen an account, as its client configuration tells.

https://core.telegram.org/api/auth#frozen-accounts: a frozen account stays signed in and reads the
chats that it is in. It is deleted in the end, unless an appeal succeeds before.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from telethon.tl.functions.help import GetAppConfigRequest
from telethon.tl.types import JsonNumber, JsonString

from exporter.telegram.connection import Telegram
from storage.encoding import moment
from storage.models import Freeze

LONGEST_WAIT_S = 5.0
"""A job waits for the answer."""


async def freeze_of(telegram: Telegram) -> Freeze | None:
    """Ask whether the account is frozen; None: it is not.

    Raises:
        JobError: as `Telegram.ask`.
    """
    answer = await telegram.ask(GetAppConfigRequest(hash=0), longest_wait_s=LONGEST_WAIT_S)
    entries = getattr(getattr(answer, "config", None), "value", ())
    told = {entry.key: entry.value for entry in entries}
    since = _moment(told.get("freeze_since_date"))
    if since is None:
        return None
    url = told.get("freeze_appeal_url")
    return Freeze(
        since=since,
        until=_moment(told.get("freeze_until_date")),
        appeal_url=url.value or None if isinstance(url, JsonString) else None,
    )


def _moment(value: Any) -> datetime | None:
    """Seconds since 1970; 0 stands for none."""
    return moment(int(value.value) or None) if isinstance(value, JsonNumber) else None
