"""From Telegram's bytes to plain records: the one place where formats and Telegram meet."""

from exporter.telegram.convert.kinds import kind_of, media_of
from exporter.telegram.convert.message import MALFORMED, convert, parse, to_record
from exporter.telegram.convert.names import Names

__all__ = ["MALFORMED", "Names", "convert", "kind_of", "media_of", "parse", "to_record"]
