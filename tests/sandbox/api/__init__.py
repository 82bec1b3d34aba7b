"""Telegram's side of the API: what each request is answered with."""

from tests.sandbox.api.telegram_api import TelegramApi

__all__ = ["TelegramApi"]
