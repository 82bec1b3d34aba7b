"""From Telegram's bytes to plain records: the one place where formats and Telegram meet."""

from exporter.telegram.convert.carried import files_of
from exporter.telegram.convert.earlier import with_earlier
from exporter.telegram.convert.kinds import kind_of
from exporter.telegram.convert.message import MALFORMED, convert, parse, to_record
from exporter.telegram.convert.names import Names

__all__ = [
    "MALFORMED",
    "Names",
    "convert",
    "files_of",
    "kind_of",
    "parse",
    "to_record",
    "with_earlier",
]
