"""Errors of the bot. Each text is a sentence for a person: what was wrong and what to do."""

from __future__ import annotations


class BotError(Exception):
    """The bot cannot run: a wrong token, an unreachable Bot API, a second poller."""


class SettingRefused(BotError):
    """A setting cannot be used; the text names it."""


class TokenRefused(SettingRefused):
    """Telegram does not know the token: `BOT_TOKEN` is wrong."""
