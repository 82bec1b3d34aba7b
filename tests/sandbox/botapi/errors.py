"""What the Bot API answers when it refuses.

The texts are those of Telegram's own server, telegram-bot-api (Client.cpp) and TDLib below it, as
bots see them.
"""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


class BotApiError(Exception):
    """A refusal: goes to the bot as `{"ok": false, …}` with `code` as the HTTP status."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters
        """`retry_after` or `migrate_to_chat_id`,
        https://core.telegram.org/bots/api#responseparameters"""

    def answer(self) -> Json:
        answer: Json = {"ok": False, "error_code": self.code, "description": self.description}
        if self.parameters:
            answer["parameters"] = self.parameters
        return answer


def bad_request(reason: str) -> BotApiError:
    return BotApiError(400, f"Bad Request: {reason}")


def forbidden(reason: str) -> BotApiError:
    return BotApiError(403, f"Forbidden: {reason}")


def conflict(reason: str) -> BotApiError:
    return BotApiError(409, f"Conflict: {reason}")


def too_many_requests(retry_after_s: int) -> BotApiError:
    return BotApiError(
        429, f"Too Many Requests: retry after {retry_after_s}", retry_after=retry_after_s
    )
