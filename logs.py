"""Logs: structlog for our records and everybody else's, on standard error, without secrets."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterable, MutableMapping
from typing import Any, Literal

import structlog

LogFormat = Literal["auto", "plain", "json"]
QUIET = {
    "aiogram.event": logging.WARNING,
    "aiosqlite": logging.WARNING,
    "alembic": logging.WARNING,
    "sqlalchemy": logging.WARNING,
    "telethon": logging.ERROR,  # each cut connection is a warning there, and a wait on our card
}
"""Libraries that say more than a person wants to read, unless LOG_LEVEL is DEBUG."""


class Redacted:
    """A processor that replaces every secret in a finished line."""

    def __init__(self, renderer: Any, secrets: Iterable[str]) -> None:
        self._renderer = renderer
        self._secrets = sorted(secrets, key=len, reverse=True)

    def __call__(
        self,
        logger: Any,
        name: str,
        event: MutableMapping[str, Any],
    ) -> str:
        line = str(self._renderer(logger, name, event))
        for secret in self._secrets:
            line = line.replace(secret, "[secret]")
        return line


def set_up_logs(level: str, form: LogFormat, secrets: Iterable[str]) -> None:
    """Send every log record of the process to standard error.

    `auto` is coloured text in a terminal and plain text elsewhere.
    """
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *_before(form),
                Redacted(_renderer(form), secrets),
            ],
        )
    )
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name, least in QUIET.items():
        logging.getLogger(name).setLevel(logging.DEBUG if level == "DEBUG" else least)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def _before(form: LogFormat) -> list[Any]:
    return [structlog.processors.format_exc_info] if form == "json" else []


def _renderer(form: LogFormat) -> Any:
    if form == "json":
        return structlog.processors.JSONRenderer()
    return structlog.dev.ConsoleRenderer(
        colors=form == "auto" and sys.stderr.isatty(),
        exception_formatter=structlog.dev.plain_traceback,  # the others print local variables
    )
