"""Brings exports of Telegram Desktop into the archive."""
