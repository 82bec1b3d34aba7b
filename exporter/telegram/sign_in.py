"""Signing an account in: by phone and code, or with a session that exists already."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from telethon import errors
from telethon.password import compute_check
from telethon.tl import types
from telethon.tl.functions.account import GetPasswordRequest
from telethon.tl.functions.auth import CheckPasswordRequest, SendCodeRequest, SignInRequest

from exporter.errors import CommandError, JobError
from exporter.telegram.connection import Telegram, opened
from exporter.telegram.pacing import Refused
from exporter.telegram.peers import peer_of, usernames_of
from exporter.telegram.server import TelegramServer
from exporter.telegram.session import OwnSession, read_session_file, read_session_text

TRIES = 3
"""How often a code or a password may be mistyped."""

PHONE_PROBLEMS: dict[type[Exception], str] = {
    errors.PhoneNumberInvalidError: "Telegram does not accept the phone number {phone}. Write it"
    " with its country code, such as +491701234567.",
    errors.PhoneNumberBannedError: "Telegram has banned the phone number {phone}.",
    errors.PhoneNumberUnoccupiedError: "There is no Telegram account with the phone number"
    " {phone}. Make one with a Telegram app first.",
    errors.PhoneNumberFloodError: "Codes were asked for too often for {phone}. Try again tomorrow.",
    errors.PhonePasswordFloodError: "A wrong password was given too often for {phone}. Try again"
    " tomorrow.",
    errors.SendCodeUnavailableError: "Telegram has used up its ways to send a code to {phone}. Try"
    " again tomorrow.",
    errors.PhoneCodeExpiredError: "This code has expired: Telegram voids a code that is sent on in"
    " a chat. Start again and type the new one here.",
}
CODE_WAYS: dict[type[Any], str] = {
    types.auth.SentCodeTypeApp: "in Telegram on your other devices",
    types.auth.SentCodeTypeEmailCode: "by e-mail",
    types.auth.SentCodeTypeCall: "in a phone call",
    types.auth.SentCodeTypeFragmentSms: "through fragment.com",
}

Prompt = Callable[[str], Awaitable[str]]
"""Shows a question to the person and returns what was typed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompts:
    """How to ask the person who signs in."""

    ask: Prompt
    ask_secret: Prompt
    """Does not show what is typed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """An account that was signed in, or taken over with its session."""

    user_id: int
    name: str
    phone: str | None
    dc_id: int
    session: str = field(repr=False)
    """As Telethon's StringSession writes it: whoever has it, has the account."""


async def by_phone(server: TelegramServer, phone: str, prompts: Prompts | None) -> SignedIn:
    """Sign in with the code that Telegram sends to the account, and its password if it has one.

    `prompts` is None where there is no terminal to ask in.

    Raises:
        CommandError: the number, the code or the password is wrong, or nobody can be asked.
        JobError: Telegram cannot be reached, does not accept API id and hash, or wants a wait.
    """
    if prompts is None:
        raise CommandError(
            "Signing in by --phone asks for a code, which needs a terminal. Run it in one, or take"
            " over a session with --session FILE or --session-string -."
        )
    number = _clean_phone(phone)
    async with opened(server, OwnSession()) as telegram:
        try:
            user = await _sign_in(telegram, server, number, prompts)
        except Refused as refused:
            problem = PHONE_PROBLEMS.get(type(refused.error))
            if problem is None:
                raise
            raise CommandError(problem.format(phone=f"+{number}")) from refused
        return _signed_in(telegram, user)


async def from_session_file(server: TelegramServer, path: Path) -> SignedIn:
    """Take over a `.session` file of Telethon; the program that used it must not use it again.

    Raises:
        CommandError: it is no such file.
        AccountUnusable: Telegram no longer accepts the session.
        JobError: Telegram cannot be reached or does not accept API id and hash.
    """
    return await _take_over(server, read_session_file(path))


async def from_session_string(server: TelegramServer, text: str) -> SignedIn:
    """Take over a session string of Telethon; errors as in `from_session_file`."""
    return await _take_over(server, read_session_text(text))


async def _take_over(server: TelegramServer, session: OwnSession) -> SignedIn:
    async with opened(server, session) as telegram:
        return _signed_in(telegram, await telegram.who_am_i())


def _signed_in(telegram: Telegram, user: Any) -> SignedIn:
    if user.bot:
        raise CommandError(
            "This session belongs to a bot. Bots cannot read the history of chats: sign in the"
            " account of a person."
        )
    peer = peer_of(user)
    name = (peer and peer.name) or next(iter(usernames_of(user)), None) or str(user.id)
    return SignedIn(
        user_id=user.id,
        name=name,
        phone=f"+{user.phone}" if user.phone else None,
        dc_id=telegram.dc_id,
        session=telegram.session,
    )


async def _sign_in(telegram: Telegram, server: TelegramServer, phone: str, prompts: Prompts) -> Any:
    """Return the User; a data centre that Telegram sends us to is followed by `ask`."""
    sent = await telegram.ask(
        SendCodeRequest(phone, server.api_id, server.api_hash, types.CodeSettings()),
        longest_wait_s=0,
    )
    if isinstance(sent, types.auth.SentCodeSuccess):
        return sent.authorization.user
    if not isinstance(sent, types.auth.SentCode) or isinstance(
        sent.type, types.auth.SentCodeTypeSetUpEmailRequired
    ):
        raise JobError(
            "Telegram wants something first that only its own apps can do (a payment or an e-mail"
            " address). Sign in with one of them, then try again."
        )
    way = CODE_WAYS.get(type(sent.type), "by SMS")
    question = f"Code that Telegram sent {way}: "
    for _ in range(TRIES):
        code = re.sub(r"[\s-]", "", await prompts.ask(question))
        try:
            answer = await telegram.ask(SignInRequest(phone, sent.phone_code_hash, code))
        except Refused as refused:
            if isinstance(refused.error, errors.SessionPasswordNeededError):
                return await _check_password(telegram, prompts)
            if not isinstance(
                refused.error, errors.PhoneCodeInvalidError | errors.PhoneCodeEmptyError
            ):
                raise
            question = "That code is not right. Code: "
            continue
        if isinstance(answer, types.auth.AuthorizationSignUpRequired):
            raise CommandError(
                PHONE_PROBLEMS[errors.PhoneNumberUnoccupiedError].format(phone=f"+{phone}")
            )
        return answer.user
    raise CommandError(f"The code was wrong {TRIES} times. Start again to be sent a new one.")


async def _check_password(telegram: Telegram, prompts: Prompts) -> Any:
    """Prove that the person knows the password (SRP), https://core.telegram.org/api/srp"""
    question = "Password of the two-step verification{hint}: "
    for _ in range(TRIES):
        secret = await telegram.ask(GetPasswordRequest())
        hint = f" (hint: {secret.hint})" if secret.hint else ""
        password = await prompts.ask_secret(question.format(hint=hint))
        try:
            proof = compute_check(secret, password)  # a tenth of a second, for one person
            answer = await telegram.ask(CheckPasswordRequest(proof), longest_wait_s=0)
        except Refused as refused:
            if not isinstance(
                refused.error, errors.PasswordHashInvalidError | errors.SrpIdInvalidError
            ):
                raise
            question = "That password is not right. Password{hint}: "
        else:
            return answer.user
    raise CommandError(f"The password was wrong {TRIES} times. Start again.")


def _clean_phone(phone: str) -> str:
    """Return the digits of a phone number with its country code."""
    digits = re.sub(r"[\s().+-]", "", phone.strip()).removeprefix("00")
    if not re.fullmatch(r"[0-9]{5,16}", digits):
        raise CommandError(
            f"{phone.strip()!r} is not a phone number. Write it with its country code, such as"
            " +491701234567."
        )
    return digits
