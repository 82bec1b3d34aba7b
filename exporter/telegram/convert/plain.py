"""Objects of the library as plain data, for what few messages have and nothing looks at closely."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from math import isfinite
from typing import Any

from telethon.tl import TLObject, types

from exporter.records import Json
from exporter.telegram.convert.names import marked_id
from exporter.telegram.layers import Vanished


def plain(value: Any) -> Json:
    """A value of the library as plain data: peers by marked id, objects by their fields.

    Bytes and access hashes are left out: they are of use to the account alone, and for a while.
    """
    if isinstance(value, types.PeerUser | types.PeerChat | types.PeerChannel):
        return marked_id(value)
    if isinstance(value, TLObject):
        return {"_": type(value).__name__, **plain_fields(vars(value))}
    if isinstance(value, Vanished):
        return {"_": value.name, **plain_fields(value.fields)}
    if isinstance(value, list):
        return [plain(one) for one in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return value if isinstance(value, str | int) or _is_number(value) else None


def _is_number(value: Any) -> bool:
    """Whether a double is one that JSON can say."""
    return isinstance(value, float) and isfinite(value)


def plain_fields(fields: Mapping[str, Any]) -> dict[str, Json]:
    """The fields of an object, without those that say nothing."""
    told = {name: plain(one) for name, one in fields.items() if name != "access_hash"}
    return {name: one for name, one in told.items() if one is not None}
