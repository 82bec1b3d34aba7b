"""The formats that an archive can be written in."""

from exporter.writers.json_export import JsonExport
from exporter.writers.jsonl import JsonLines
from exporter.writers.writer import Writer

__all__ = ["WRITERS", "Writer"]

WRITERS: dict[str, type[Writer]] = {"json": JsonExport, "jsonl": JsonLines}
"""By the name that a person gives with `--formats`."""
