"""From what Telegram Desktop exported back to TL messages, as far as an export tells."""

from exporter.telegram.desktop.message import Brought, Converter
from exporter.telegram.desktop.people import People

__all__ = ["Brought", "Converter", "People"]
