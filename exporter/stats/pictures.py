"""Has pictures drawn by a process of its own, and puts them where they belong."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import structlog

from exporter.config import ExporterConfig
from exporter.errors import JobError
from exporter.stats.figures import Figures
from exporter.stats.languages import language
from exporter.stats.orders import Order, write_order
from exporter.stats.telling import Chart, charts_of, tell
from storage.threads import Threads
from storage.wording import Sentence

PROGRAM = "exporter.stats.drawing"
ENVIRONMENT: Mapping[str, str] = {"OPENBLAS_NUM_THREADS": "1", "PYTHONSAFEPATH": "1"}
"""Nothing here is for more than one thread; and no module of the folder one stands in is taken."""
PASSED_ON = ("HOME", "LANG", "PATH", "PYTHONPATH", "TMPDIR")
"""All else of the environment, secrets among it, stays here."""
CACHE = "matplotlib"
"""In DATA_DIR: the list of fonts that matplotlib makes at its first start."""
UNFINISHED = ".stats.part"

log = structlog.get_logger(__name__)


class NotDrawn(JobError):
    """The process that draws failed; the log has what it said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture that was drawn."""

    chart: Chart
    paths: Mapping[str, Path]
    """By look: light, dark."""
    title: str
    alt: str
    """What it shows, in words."""


async def draw(
    figures: Figures,
    folder: Path,
    *,
    looks: tuple[str, ...],
    spoken: str | None,
    kind: str,
    config: ExporterConfig,
    threads: Threads,
) -> list[Picture]:
    """Draw all that there is to show into a folder, in place of what was drawn there before.

    `looks`: light, dark or both; `spoken`: the language's code; `kind`: png or svg.

    Raises:
        NotDrawn: something is wrong with this installation.
        JobError: there are no messages.
        OSError: the disk is full, or the folder cannot be written.
    """
    charts = charts_of(figures)
    if not charts:
        raise JobError(Sentence("There are no messages to count."))
    words = language(spoken)
    unfinished = folder / UNFINISHED
    order = Order(
        figures=figures,
        charts=charts,
        looks=looks,
        language=words.code,
        format=kind,
        folder=str(unfinished),
    )
    try:
        await threads.run(_make_room, unfinished)
        await _drawn(order, config)
        await threads.run(_put, unfinished, folder, kind)
    finally:
        await threads.run(partial(shutil.rmtree, unfinished, ignore_errors=True))
    pictures = []
    for chart in charts:
        told = tell(chart, figures, words)
        paths = {look: folder / order.name_of(chart, look) for look in looks}
        pictures.append(Picture(chart=chart, paths=paths, title=told.title, alt=told.alt))
    return pictures


async def _drawn(order: Order, config: ExporterConfig) -> None:
    """Run the process that draws; cancelled, it is ended."""
    environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        PROGRAM,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        env={**environment, **ENVIRONMENT, "MPLCONFIGDIR": str(config.data_dir / CACHE)},
    )
    try:
        _, said = await process.communicate(write_order(order))
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
    if process.returncode:
        log.error("pictures were not drawn", said=said.decode(errors="replace")[-2000:])
        raise NotDrawn(
            Sentence("The pictures could not be drawn. The log on the computer says why.")
        )


def _make_room(unfinished: Path) -> None:
    shutil.rmtree(unfinished, ignore_errors=True)  # of an attempt that died
    unfinished.mkdir(mode=0o700, parents=True)


def _put(unfinished: Path, folder: Path, kind: str) -> None:
    """Move what was drawn into place, and remove pictures that there is nothing to show on now."""
    drawn = sorted(unfinished.iterdir())
    for chart in Chart:
        for old in folder.glob(f"{chart}*.{kind}"):
            if not (unfinished / old.name).exists():
                old.unlink()
    for path in drawn:
        path.replace(folder / path.name)
