"""From Telegram's bytes to plain records: the one place where formats and Telegram meet."""

from exporter.telegram.convert.kinds import kind_of, media_of

__all__ = ["kind_of", "media_of"]
