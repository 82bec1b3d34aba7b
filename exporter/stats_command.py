"""`chatkeep stats CHAT`: what a chat's archive amounts to, in figures and pictures."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import orjson

from exporter import options
from exporter.archived import archived_chat
from exporter.commands import Config
from exporter.rendering import folder_of
from exporter.slice import archived_slice
from exporter.stats.counting import count
from exporter.stats.figures import Figures
from exporter.stats.languages import language
from exporter.stats.pictures import draw
from exporter.stats.reader import FOLDER
from exporter.stats.table import show
from exporter.workbench import opened
from storage.models import ExportRequest


async def stats(
    chat: str,
    *,
    since: str | None = None,
    until: str | None = None,
    to: Path | None = None,
    dark: bool = False,
    lang: Literal["en", "ru"] | None = None,
    json: bool = False,
    config: Config,
) -> int:
    """Count an archived chat's messages, and draw when, what and how much is written.

    Parameters
    ----------
    chat
        The chat's id, @name, link or title, as the archive knows it.
    since
        Only messages from this day or moment on: 2026-05-03, 2026-05-03T14:30, yesterday, 7d.
    until
        Only messages up to the end of this day, or up to this moment.
    to
        Draw into exactly this folder instead of the one in the chat's.
    dark
        Light figures on dark ground.
    lang
        The language of pictures and table; without it that of the owner's phone.
    json
        Print one JSON object.
    """
    request = ExportRequest(
        chat=chat.strip(),
        since=options.words(since),
        until=options.words(until),
    )
    options.check_slice(request, config.zone)
    target = options.folder(to)
    async with opened(config) as bench:
        found = await archived_chat(bench.archive, request.chat)
        now = datetime.now(UTC)
        wanted = await archived_slice(request, found, bench.archive, config.zone, now=now)
        figures = await count(bench.archive, found, wanted, config)
        folder = target or folder_of(request, found, config) / FOLDER
        look = "dark" if dark else "light"
        threads = bench.database.threads
        spoken = lang or await bench.archive.reading_language(None)
        pictures = await draw(
            figures,
            folder,
            looks=(look,),
            spoken=spoken,
            kind="png",
            config=config,
            threads=threads,
        )
    paths = [picture.paths[look] for picture in pictures]
    if json:
        print(orjson.dumps(_as_json(figures, paths)).decode())  # noqa: T201 - the command's result
    else:
        show(figures, language(spoken), paths)
    return 0


def _as_json(figures: Figures, paths: list[Path]) -> dict[str, Any]:
    return {**asdict(figures), "pictures": [str(path) for path in paths]}
