"""The formats that an archive can be written in."""

from collections.abc import Mapping
from datetime import tzinfo
from pathlib import Path

from exporter.writers.csv_table import CsvTable
from exporter.writers.json_export import JsonExport
from exporter.writers.jsonl import JsonLines
from exporter.writers.notes import Notes
from exporter.writers.parts import Parts
from exporter.writers.recent import Recent
from exporter.writers.splitting import DEFAULT_NAMES, UNSPLIT, By, Label, Split
from exporter.writers.transcript import Transcript
from exporter.writers.writer import OneFile, Writer

__all__ = ["ONE_FILE", "WRITERS", "Writer", "writer_for"]

ONE_FILE: Mapping[str, type[OneFile]] = {
    "json": JsonExport,
    "jsonl": JsonLines,
    "csv": CsvTable,
    "markdown-one": Transcript,
}
"""Formats that write a chat into one file, and so can write it into several."""

WRITERS: dict[str, type[Writer]] = {**ONE_FILE, "markdown": Notes}
"""By the name that a person gives with `--formats`."""


def writer_for(
    format_name: str,
    folder: Path,
    zone: tzinfo,
    *,
    split: Split = UNSPLIT,
    template: str | None = None,
) -> Writer:
    """The writer of a format that splits a chat as it is wanted, and names the files so.

    Formats that are not among `storage.formats.IN_PARTS` are always whole.
    """
    if format_name == "markdown":
        return Notes(folder, zone, split=split, template=template)
    one = ONE_FILE.get(format_name)
    if one is None or (split.by is By.NOTHING and template is None):
        return WRITERS[format_name](folder, zone)
    recent = Recent()

    def part(name: str, _label: Label) -> OneFile:
        if one is Transcript:
            return Transcript(folder, zone, name=name, recent=recent)
        return one(folder, zone, name=name)

    return Parts(
        folder,
        zone,
        part,
        split=split,
        template=template or Path(one.file_name).stem + DEFAULT_NAMES[split.by],
        usual_name=one.file_name,
    )
