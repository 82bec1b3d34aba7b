"""The keys that go with a service action."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from exporter.records import Action
from exporter.telegram.convert.names import Names

Details: TypeAlias = dict[str, Any]
Converter: TypeAlias = Callable[[Any, Names], Action]


def given(**details: Any) -> Details:
    """Details without empty texts: Telegram Desktop leaves out such a key."""
    return {key: value for key, value in details.items() if value != ""}
