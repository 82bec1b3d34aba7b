"""Signing accounts in, and taking over their sessions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from telethon.crypto import AuthKey
from telethon.sessions import SQLiteSession

from exporter.errors import AccountUnusable, CommandError, JobError
from exporter.telegram.connection import connected
from exporter.telegram.session import read_session_text
from exporter.telegram.sign_in import (
    Prompts,
    SignedIn,
    by_phone,
    from_session_file,
    from_session_string,
)
from tests.exporter.reaching import server_of
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.world.people import Account

PHONE = "+1 (555) 010-0007"
DIGITS = "15550100007"


class Person:
    """Somebody who types the given answers, and remembers the questions."""

    def __init__(self, *typed: str, password: tuple[str, ...] = ()) -> None:
        self.asked: list[str] = []
        self._codes = iter(typed)
        self._passwords = iter(password)

    @property
    def prompts(self) -> Prompts:
        return Prompts(ask=self._answer, ask_secret=self._answer_in_secret)

    async def _answer(self, question: str) -> str:
        return self._next(question, self._codes)

    async def _answer_in_secret(self, question: str) -> str:
        return self._next(question, self._passwords)

    def _next(self, question: str, answers: Iterator[str]) -> str:
        self.asked.append(question)
        return next(answers)


async def works(sandbox: Sandbox, signed_in: SignedIn) -> bool:
    async with connected(server_of(sandbox), 1, signed_in.session) as telegram:
        return telegram.user_id == signed_in.user_id


def wrong_code(account: Account) -> str:
    return "11111" if account.login_code != "11111" else "22222"


async def test_an_account_signs_in_with_the_code_that_telegram_sends(sandbox: Sandbox) -> None:
    account = sandbox.world.add_account(DIGITS, name="Mia Moon")
    person = Person(f" {account.login_code[:2]}-{account.login_code[2:]} ")

    signed_in = await by_phone(server_of(sandbox), PHONE, person.prompts)

    assert (signed_in.user_id, signed_in.name, signed_in.phone, signed_in.dc_id) == (
        account.id,
        "Mia Moon",
        f"+{DIGITS}",
        2,
    )
    assert person.asked == ["Code that Telegram sent in Telegram on your other devices: "]
    assert await works(sandbox, signed_in)


async def test_an_account_of_another_data_centre_is_followed_there(sandbox: Sandbox) -> None:
    account = sandbox.world.add_account(DIGITS, dc_id=1)
    person = Person(account.login_code)

    signed_in = await by_phone(server_of(sandbox), PHONE, person.prompts)

    assert signed_in.dc_id == 1
    assert read_session_text(signed_in.session).port == sandbox.telegram.ports[1]
    assert await works(sandbox, signed_in)


async def test_a_data_centre_that_nobody_knows_is_named(sandbox: Sandbox) -> None:
    sandbox.faults.fail(303, "PHONE_MIGRATE_5", on="SendCodeRequest")

    with pytest.raises(JobError, match="no data centre 5"):
        await by_phone(server_of(sandbox), PHONE, Person().prompts)


async def test_two_servers_in_one_process_keep_their_data_centres_apart() -> None:
    for _ in range(2):
        async with Sandbox() as sandbox:
            account = sandbox.world.add_account(DIGITS, dc_id=1)
            person = Person(account.login_code)
            signed_in = await by_phone(server_of(sandbox), PHONE, person.prompts)
            assert read_session_text(signed_in.session).port == sandbox.telegram.ports[1]


async def test_a_mistyped_code_is_asked_for_again(sandbox: Sandbox) -> None:
    account = sandbox.world.add_account(DIGITS)
    person = Person(wrong_code(account), "", account.login_code)

    assert (await by_phone(server_of(sandbox), PHONE, person.prompts)).user_id == account.id

    assert person.asked[1:] == ["That code is not right. Code: "] * 2
    assert sandbox.faults.calls("SendCodeRequest") == 1


async def test_a_code_is_not_asked_for_without_end(sandbox: Sandbox) -> None:
    account = sandbox.world.add_account(DIGITS)
    person = Person(*[wrong_code(account)] * 9)

    with pytest.raises(CommandError, match="wrong 3 times"):
        await by_phone(server_of(sandbox), PHONE, person.prompts)

    assert len(person.asked) == 3


async def test_the_password_of_two_step_verification_is_proved(sandbox: Sandbox) -> None:
    account = sandbox.world.add_account(DIGITS, password="correct horse")
    person = Person(account.login_code, password=("wrong", "correct horse"))

    signed_in = await by_phone(server_of(sandbox), PHONE, person.prompts)

    assert person.asked[1:] == [
        "Password of the two-step verification: ",
        "That password is not right. Password: ",
    ]
    assert await works(sandbox, signed_in)


async def test_a_password_is_not_asked_for_without_end(sandbox: Sandbox) -> None:
    account = sandbox.world.add_account(DIGITS, password="correct horse")
    person = Person(account.login_code, password=("a", "b", "c", "d"))

    with pytest.raises(CommandError, match="password was wrong 3 times"):
        await by_phone(server_of(sandbox), PHONE, person.prompts)


async def test_without_a_terminal_the_other_ways_are_named_and_no_code_is_sent(
    sandbox: Sandbox,
) -> None:
    with pytest.raises(CommandError, match=r"--session FILE or --session-string -"):
        await by_phone(server_of(sandbox), PHONE, None)

    assert sandbox.faults.calls("SendCodeRequest") == 0


@pytest.mark.parametrize("phone", ["", "abc", "12", "+49 170 abc"])
async def test_what_is_no_phone_number_is_not_sent(sandbox: Sandbox, phone: str) -> None:
    with pytest.raises(CommandError, match="is not a phone number"):
        await by_phone(server_of(sandbox), phone, Person().prompts)

    assert sandbox.faults.calls("SendCodeRequest") == 0


@pytest.mark.parametrize(
    ("code", "message", "words"),
    [
        (400, "PHONE_NUMBER_INVALID", r"does not accept the phone number \+15550100007"),
        (400, "PHONE_NUMBER_BANNED", r"banned the phone number \+15550100007"),
        (400, "PHONE_NUMBER_FLOOD", "too often"),
        (406, "PHONE_PASSWORD_FLOOD", "too often"),
        (400, "API_ID_INVALID", "API_ID and API_HASH"),
        (420, "FLOOD_WAIT_77264", "asks us to wait 21 h 27 min"),
    ],
)
async def test_why_no_code_is_sent_is_told(
    sandbox: Sandbox, code: int, message: str, words: str
) -> None:
    sandbox.faults.fail(code, message, on="SendCodeRequest")

    with pytest.raises(JobError, match=words):
        await by_phone(server_of(sandbox), PHONE, Person().prompts)

    assert sandbox.faults.calls("SendCodeRequest") == 1


async def test_an_expired_code_is_told(sandbox: Sandbox) -> None:
    account = sandbox.world.add_account(DIGITS)
    sandbox.faults.fail(400, "PHONE_CODE_EXPIRED", on="SignInRequest")

    with pytest.raises(CommandError, match="code has expired"):
        await by_phone(server_of(sandbox), PHONE, Person(account.login_code).prompts)


async def test_a_number_without_an_account_is_told(sandbox: Sandbox) -> None:
    with pytest.raises(CommandError, match=r"no Telegram account with the phone number"):
        await by_phone(server_of(sandbox), PHONE, Person("12345").prompts)


async def test_a_session_string_is_taken_over(sandbox: Sandbox) -> None:
    owner = sandbox.world.owner

    taken = await from_session_string(server_of(sandbox), sandbox.session() + "\n")

    assert (taken.user_id, taken.name, taken.phone) == (owner.id, "Olga Owner", f"+{owner.phone}")
    assert "session" not in repr(taken)
    assert await works(sandbox, taken)


async def test_a_session_file_is_taken_over(sandbox: Sandbox, tmp_path: Path) -> None:
    source = read_session_text(sandbox.session())
    file = SQLiteSession(str(tmp_path / "olga"))
    file.set_dc(source.dc_id, source.server_address, source.port)
    file.auth_key = AuthKey(source.auth_key.key)
    file.close()

    taken = await from_session_file(server_of(sandbox), tmp_path / "olga.session")

    assert taken.user_id == sandbox.world.owner.id
    assert await works(sandbox, taken)


async def test_a_session_that_telegram_ended_is_not_taken_over(sandbox: Sandbox) -> None:
    session = sandbox.session()
    for key in sandbox.keys.of_account(sandbox.world.owner.id):
        key.revoked = True

    with pytest.raises(AccountUnusable, match="no longer accepts"):
        await from_session_string(server_of(sandbox), session)


async def test_a_bots_session_is_refused(sandbox: Sandbox) -> None:
    sandbox.world.owner.user.bot = True

    with pytest.raises(CommandError, match="belongs to a bot"):
        await from_session_string(server_of(sandbox), sandbox.session())
