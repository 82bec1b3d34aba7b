"""Signing in with a phone number and a code, https://core.telegram.org/api/auth."""

from __future__ import annotations

import re
from typing import Any

from telethon.tl import functions, types

from tests.sandbox.api.asked import Asked, Handler
from tests.sandbox.mtproto.calls import RpcFault
from tests.sandbox.world.people import Account, tl_user


def send_code(asked: Asked) -> types.auth.SentCode:
    """https://core.telegram.org/method/auth.sendCode.

    Any API id and hash will do; API_ID_INVALID is a fault that a test scripts.

    Raises:
        RpcFault: PHONE_NUMBER_INVALID; PHONE_MIGRATE_X when the account lives on another data
            centre: https://core.telegram.org/api/datacenter#user-migration
    """
    phone = _phone(asked)
    account = _account(asked, phone)
    if account is not None and account.dc_id != asked.call.dc_id:
        raise RpcFault(303, f"PHONE_MIGRATE_{account.dc_id}")
    return types.auth.SentCode(
        type=types.auth.SentCodeTypeApp(length=5),
        phone_code_hash=asked.codes.send(phone),
        next_type=types.auth.CodeTypeSms(),
        timeout=120,
    )


def resend_code(asked: Asked) -> types.auth.SentCode:
    """https://core.telegram.org/method/auth.resendCode."""
    _check_hash(asked)
    return types.auth.SentCode(
        type=types.auth.SentCodeTypeSms(length=5), phone_code_hash=asked.codes.send(_phone(asked))
    )


def sign_in(asked: Asked) -> Any:
    """https://core.telegram.org/method/auth.signIn.

    Raises:
        RpcFault: PHONE_CODE_EMPTY, PHONE_CODE_INVALID, PHONE_CODE_EXPIRED;
            SESSION_PASSWORD_NEEDED: https://core.telegram.org/api/srp
    """
    phone = _phone(asked)
    account = _account(asked, phone)
    given = asked.request.phone_code
    if not given:
        raise RpcFault(400, "PHONE_CODE_EMPTY")
    _check_hash(asked)
    if account is None:
        return types.auth.AuthorizationSignUpRequired()
    if given != account.login_code:
        raise RpcFault(400, "PHONE_CODE_INVALID")
    asked.codes.sent.pop(asked.request.phone_code_hash)
    if account.password is not None:
        asked.codes.password_wanted[asked.call.auth_key.key_id] = account.id
        raise RpcFault(401, "SESSION_PASSWORD_NEEDED")
    return authorized(asked, account)


def authorized(asked: Asked, account: Account) -> types.auth.Authorization:
    """Sign the key in."""
    asked.call.auth_key.account = account.id
    return types.auth.Authorization(user=tl_user(account.user, account))


def log_out(asked: Asked) -> types.auth.LoggedOut:
    """https://core.telegram.org/method/auth.logOut."""
    _ = asked.viewer
    asked.call.auth_key.account = None
    return types.auth.LoggedOut()


def export_authorization(asked: Asked) -> types.auth.ExportedAuthorization:
    """https://core.telegram.org/method/auth.exportAuthorization.

    Raises:
        RpcFault: DC_ID_INVALID, also for the data centre that one is at.
    """
    viewer = asked.viewer
    dc_id = asked.request.dc_id
    if dc_id == asked.call.dc_id or dc_id not in asked.ports():
        raise RpcFault(400, "DC_ID_INVALID")
    return types.auth.ExportedAuthorization(
        id=viewer.id, bytes=asked.codes.export(viewer.id, dc_id)
    )


def import_authorization(asked: Asked) -> types.auth.Authorization:
    """https://core.telegram.org/method/auth.importAuthorization: "logs in a user using a key
    transmitted from his native data-center".

    Raises:
        RpcFault: AUTH_BYTES_INVALID for bytes that were used before, or are another user's or for
            another data centre.
    """
    exported = asked.codes.exported.pop(asked.request.bytes, None)
    if exported != (asked.request.id, asked.call.dc_id):
        raise RpcFault(400, "AUTH_BYTES_INVALID")
    return authorized(asked, asked.world.accounts[asked.request.id])


def _phone(asked: Asked) -> str:
    """Digits only; international numbers have at most 15 (ITU E.164)."""
    phone = re.sub(r"[+()\s-]", "", asked.request.phone_number)
    if not re.fullmatch(r"[1-9]\d{6,14}", phone):
        raise RpcFault(406, "PHONE_NUMBER_INVALID")
    return phone


def _account(asked: Asked, phone: str) -> Account | None:
    return next((each for each in asked.world.accounts.values() if each.phone == phone), None)


def _check_hash(asked: Asked) -> None:
    sent = asked.codes.sent.get(asked.request.phone_code_hash)
    if sent is None or sent.expired or sent.phone != _phone(asked):
        raise RpcFault(400, "PHONE_CODE_EXPIRED")


HANDLERS: dict[type, Handler] = {
    functions.auth.SendCodeRequest: send_code,
    functions.auth.ResendCodeRequest: resend_code,
    functions.auth.SignInRequest: sign_in,
    functions.auth.LogOutRequest: log_out,
    functions.auth.ExportAuthorizationRequest: export_authorization,
    functions.auth.ImportAuthorizationRequest: import_authorization,
}
