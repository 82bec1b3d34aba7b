"""What is said of the accounts that fetch: in /status, and when the owners must act."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from babel.dates import format_date

from bot import texts
from bot.language import Phrase, _, spoken
from storage.alerts import AlertKind, News
from storage.models import Account, AccountState, AccountWait, Freeze
from storage.paces import HISTORY

SIGN_IN = Phrase("On the computer, run: chatkeep accounts add")
ALLOW = Phrase("🔑 For faster exports: in Telegram with this account, chat “Telegram”, tap Allow.")
ENDED = {
    AccountState.REVOKED: Phrase(
        "⚠️ Account {name}: Telegram ended its session. On the computer: chatkeep accounts add"
    ),
    AccountState.DUPLICATED: Phrase(
        "⚠️ Account {name}: its session was used from two places, so Telegram ended it. On the"
        " computer: chatkeep accounts add"
    ),
    AccountState.DEACTIVATED: Phrase("⚠️ Account {name}: Telegram has deactivated it."),
}
MESSAGES_A_PAGE = 100
OTHER_LIMITS = {
    "messages.search": Phrase("· Telegram allows about {n} searches a minute"),
    "channels.getMessages": Phrase("· Telegram allows about {n} look-ups of messages a minute"),
    "messages.getMessages": Phrase("· Telegram allows about {n} look-ups of messages a minute"),
    "contacts.resolveUsername": Phrase("· Telegram allows about {n} look-ups of names a minute"),
    "messages.getDialogs": Phrase("· Telegram allows about {n} pages of the chat list a minute"),
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
        return [ENDED[of.state](name=name)]
    history = max((rates[method] for method in HISTORY if method in rates), default=None)
    lines = [_standing(name, of.freeze, history)]
    lines += [
        words(n=texts.number(max(1, round(rate * 60))))
        for method, words in OTHER_LIMITS.items()
        if (rate := rates.get(method)) is not None
    ]
    if wait is not None and wait.until > now:
        lines.append(texts.waiting(wait.reason, wait.until, now))
    if of.asks_permission:
        lines.append(ALLOW())
    return lines


def _standing(name: str, freeze: Freeze | None, requests_per_s: float | None) -> str:
    if freeze is not None:
        return _frozen(name, freeze)
    if requests_per_s is None:
        return _("Account {name}: ready", name=name)
    return texts.count(
        round(requests_per_s * MESSAGES_A_PAGE),
        "Account {name}: ready, Telegram allows about {n} message/s",
        "Account {name}: ready, Telegram allows about {n} messages/s",
        name=name,
    )


def _frozen(name: str, freeze: Freeze) -> str:
    if freeze.until is None:
        return _(
            "❄️ Account {name}: frozen by Telegram since {since}. It still reads the chats that it"
            " is in.",
            name=name,
            since=_day(freeze.since),
        )
    return _(
        "❄️ Account {name}: frozen by Telegram since {since}. It still reads the chats that it is"
        " in, and is deleted on {until} unless an appeal succeeds.",
        name=name,
        since=_day(freeze.since),
        until=_day(freeze.until),
    )


def _day(moment: datetime) -> str:
    return format_date(moment.date(), "d MMM y", locale=spoken().locale)


def alert(news: News) -> str:
    """What the owners are told once."""
    name = texts.short_title(news.account)
    match news.kind:
        case AlertKind.REVOKED:
            words = _(
                "⚠️ Telegram no longer accepts the session of {name}: it was ended from another"
                " device or has expired. I export without this account from now on.",
                name=name,
            )
            return f"{words} {SIGN_IN}"
        case AlertKind.DUPLICATED:
            words = _(
                "⚠️ The session of {name} was used from two places at once, so Telegram ended it"
                " for good. Use the next one nowhere else.",
                name=name,
            )
            return f"{words} {SIGN_IN}"
        case AlertKind.DEACTIVATED:
            return _(
                "⚠️ Telegram has deactivated the account {name}. I export without it from now on."
                " What it archived is kept.",
                name=name,
            )
        case AlertKind.FROZEN:
            return _frozen_alert(name, news.freeze)
        case AlertKind.THAWED:
            return _("☀️ The account {name} is no longer frozen. I use it as before.", name=name)
        case AlertKind.PERMISSION:
            return _(
                "🔑 Telegram wants the permission of {name} for a full export. Open Telegram with"
                " this account, chat “Telegram”, tap Allow. Until then I save at normal speed.",
                name=name,
            )


def _frozen_alert(name: str, freeze: Freeze | None) -> str:
    lines = [
        _(
            "❄️ Telegram has frozen the account {name}. It still reads the chats that it is in.",
            name=name,
        )
    ]
    if freeze is not None and freeze.until is not None:
        lines.append(
            _(
                "On {until} it is deleted, unless an appeal succeeds: export before then what only"
                " this account sees.",
                until=_day(freeze.until),
            )
        )
    if freeze is not None and freeze.appeal_url is not None:
        lines.append(_("Appeal with this account: {url}", url=freeze.appeal_url))
    return "\n".join(lines)
