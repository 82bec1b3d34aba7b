"""The formats that an archive can be written in."""

from exporter.writers.html import HtmlReader
from exporter.writers.json_export import JsonExport
from exporter.writers.jsonl import JsonLines
from exporter.writers.writer import Around, Beside, Statistic, Writer

__all__ = ["WRITERS", "Around", "Beside", "Statistic", "Writer"]

WRITERS: dict[str, type[Writer]] = {"json": JsonExport, "jsonl": JsonLines, "html": HtmlReader}
"""By the name that a person gives with `--formats`; the reader names the others, so it is last."""
