"""What is said of the accounts that fetch: in /status, and when the owners must act."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from bot import texts
from storage.alerts import AlertKind, News
from storage.models import Account, AccountState, AccountWait, Freeze

SIGN_IN = "On the computer, run: chatkeep accounts add"
ALLOW = "🔑 For faster exports: in Telegram with this account, chat “Telegram”, tap Allow."
ENDED = {
    AccountState.REVOKED: (
        "⚠️ Account {name}: Telegram ended its session. On the computer: chatkeep accounts add"
    ),
    AccountState.DUPLICATED: (
        "⚠️ Account {name}: its session was used from two places, so Telegram ended it. On the"
        " computer: chatkeep accounts add"
    ),
    AccountState.DEACTIVATED: "⚠️ Account {name}: Telegram has deactivated it.",
}
MESSAGES_A_PAGE = 100
HISTORY = ("messages.getHistory", "messages.getHistory in takeout")
"""What most of an export's requests are."""
OTHER_LIMITS = {
    "messages.search": "· Telegram allows about {rate} searches a minute",
    "channels.getMessages": "· Telegram allows about {rate} look-ups of messages a minute",
    "messages.getMessages": "· Telegram allows about {rate} look-ups of messages a minute",
    "contacts.resolveUsername": "· Telegram allows about {rate} look-ups of names a minute",
    "messages.getDialogs": "· Telegram allows about {rate} pages of the chat list a minute",
}
"""What else is asked often enough to run into a limit, by Telegram's method."""


def account(
    of: Account, rates: Mapping[str, float], wait: AccountWait | None, now: datetime
) -> list[str]:
    """The lines of /status about an account, such as `Account Olga: ready`.

    `rates`: requests a second that it was found to be allowed, by method.
    """
    name = texts.short_title(of.name)
    if of.state in ENDED:
        return [ENDED[of.state].format(name=name)]
    history = max((rates[method] for method in HISTORY if method in rates), default=None)
    lines = [_standing(name, of.freeze, history)]
    lines += [
        sentence.format(rate=texts.number(max(1, round(rate * 60))))
        for method, sentence in OTHER_LIMITS.items()
        if (rate := rates.get(method)) is not None
    ]
    if wait is not None and wait.until > now:
        lines.append(texts.waiting(wait.reason, wait.until, now))
    if of.asks_permission:
        lines.append(ALLOW)
    return lines


def _standing(name: str, freeze: Freeze | None, requests_per_s: float | None) -> str:
    if freeze is not None and freeze.until is not None:
        return (
            f"❄️ Account {name}: frozen by Telegram since {_day(freeze.since)}. It still reads the"
            f" chats that it is in, and is deleted on {_day(freeze.until)} unless an appeal"
            " succeeds."
        )
    if freeze is not None:
        return (
            f"❄️ Account {name}: frozen by Telegram since {_day(freeze.since)}. It still reads the"
            " chats that it is in."
        )
    if requests_per_s is None:
        return f"Account {name}: ready"
    allowed = texts.number(round(requests_per_s * MESSAGES_A_PAGE))
    return f"Account {name}: ready, Telegram allows about {allowed} messages/s"


def _day(moment: datetime) -> str:
    """`2026-03-12`"""
    return f"{moment:%Y-%m-%d}"


def alert(news: News) -> str:
    """What the owners are told once."""
    name = texts.short_title(news.account)
    match news.kind:
        case AlertKind.REVOKED:
            return (
                f"⚠️ Telegram no longer accepts the session of {name}: it was ended from another"
                f" device or has expired. I export without this account from now on. {SIGN_IN}"
            )
        case AlertKind.DUPLICATED:
            return (
                f"⚠️ The session of {name} was used from two places at once, so Telegram ended it"
                f" for good. Use the next one nowhere else. {SIGN_IN}"
            )
        case AlertKind.DEACTIVATED:
            return (
                f"⚠️ Telegram has deactivated the account {name}. I export without it from now on."
                " What it archived is kept."
            )
        case AlertKind.FROZEN:
            return _frozen_alert(name, news.freeze)
        case AlertKind.THAWED:
            return f"☀️ The account {name} is no longer frozen. I use it as before."
        case AlertKind.PERMISSION:
            return (
                f"🔑 Telegram wants the permission of {name} for a full export. Open Telegram with"
                " this account, chat “Telegram”, tap Allow. Until then I save at normal speed."
            )


def _frozen_alert(name: str, freeze: Freeze | None) -> str:
    said = [f"❄️ Telegram has frozen the account {name}. It still reads the chats that it is in."]
    if freeze is not None and freeze.until is not None:
        said.append(
            f"On {_day(freeze.until)} it is deleted, unless an appeal succeeds: export before"
            " then what only this account sees."
        )
    if freeze is not None and freeze.appeal_url is not None:
        said.append(f"Appeal with this account: {freeze.appeal_url}")
    return "\n".join(said)
