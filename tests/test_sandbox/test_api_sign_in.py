"""Signing in: code, password, other data centres; and what one may ask before."""

from __future__ import annotations

from typing import Any

import pytest
from telethon import TelegramClient, errors
from telethon.crypto import rsa
from telethon.sessions import StringSession
from telethon.tl import functions, types

from tests.sandbox.mtproto.calls import RpcFault
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.world import World
from tests.sandbox.world.people import Account
from tests.test_sandbox.asking import Client


def send_code(phone: str) -> Any:
    return functions.auth.SendCodeRequest(phone, 1, "hash", types.CodeSettings())


async def code_hash(client: Client, phone: str) -> str:
    sent = await client(send_code(phone))
    return str(sent.phone_code_hash)


def sign_in(account: Account, secret: str, code: str | None = None) -> Any:
    return functions.auth.SignInRequest(account.phone, secret, code or account.login_code)


async def test_a_right_code_signs_in() -> None:
    world = World()
    client = Client(world)
    signed_in = await client(sign_in(world.owner, await code_hash(client, f"+{world.owner.phone}")))
    assert signed_in.user.id == world.owner.id
    assert (await client(functions.users.GetUsersRequest([types.InputUserSelf()])))[0].is_self


@pytest.mark.parametrize("phone", ["", "12", "phone", "+0000000000", "1234567890123456"])
async def test_what_is_no_phone_number_is_refused(phone: str) -> None:
    with pytest.raises(RpcFault, match="PHONE_NUMBER_INVALID"):
        await Client(World())(send_code(phone))


async def test_an_account_of_another_data_centre_is_sent_there() -> None:
    world = World()
    boris = world.add_account("15550100002", name="Boris Second", dc_id=1)
    with pytest.raises(RpcFault, match="PHONE_MIGRATE_1"):
        await Client(world)(send_code(boris.phone))
    assert await Client(world)(send_code(boris.phone), dc_id=1)


async def test_wrong_and_outdated_codes_are_refused() -> None:
    world = World()
    client = Client(world)
    first = await code_hash(client, world.owner.phone)
    with pytest.raises(RpcFault, match="PHONE_CODE_INVALID"):
        await client(sign_in(world.owner, first, "00000"))
    with pytest.raises(RpcFault, match="PHONE_CODE_EMPTY"):
        await client(functions.auth.SignInRequest(world.owner.phone, first, ""))
    second = await code_hash(client, world.owner.phone)
    with pytest.raises(RpcFault, match="PHONE_CODE_EXPIRED"):
        await client(sign_in(world.owner, first))
    client.api.codes.expire()
    with pytest.raises(RpcFault, match="PHONE_CODE_EXPIRED"):
        await client(sign_in(world.owner, second))


async def test_a_phone_without_an_account_has_to_sign_up() -> None:
    client = Client(World())
    secret = await code_hash(client, "15550109999")
    answer = await client(functions.auth.SignInRequest("15550109999", secret, "12345"))
    assert isinstance(answer, types.auth.AuthorizationSignUpRequired)


@pytest.mark.parametrize(
    "request_",
    [
        functions.users.GetUsersRequest([types.InputUserSelf()]),
        functions.updates.GetStateRequest(),
        functions.contacts.ResolveUsernameRequest("somebody"),
        functions.auth.LogOutRequest(),
        functions.account.GetPasswordRequest(),
    ],
    ids=lambda each: type(each).__name__,
)
async def test_without_signing_in_nothing_is_told(request_: Any) -> None:
    with pytest.raises(RpcFault, match="AUTH_KEY_UNREGISTERED"):
        await Client(World())(request_)


async def test_a_revoked_session_is_told_so() -> None:
    world = World()
    client = Client(world, world.owner)
    client.key.revoked = True
    with pytest.raises(RpcFault, match="SESSION_REVOKED"):
        await client(functions.updates.GetStateRequest())


async def test_logging_out_ends_the_session() -> None:
    world = World()
    client = Client(world, world.owner)
    await client(functions.auth.LogOutRequest())
    with pytest.raises(RpcFault, match="AUTH_KEY_UNREGISTERED"):
        await client(functions.updates.GetStateRequest())


async def test_an_authorization_is_carried_to_another_data_centre() -> None:
    world = World()
    client = Client(world, world.owner)
    there = Client(world, api=client.api)
    exported = await client(functions.auth.ExportAuthorizationRequest(1))

    carry = functions.auth.ImportAuthorizationRequest(exported.id, exported.bytes)
    assert (await there(carry, dc_id=1)).user.id == world.owner.id
    with pytest.raises(RpcFault, match="AUTH_BYTES_INVALID"):
        await there(carry, dc_id=1)
    with pytest.raises(RpcFault, match="DC_ID_INVALID"):
        await client(functions.auth.ExportAuthorizationRequest(2))


def real_client(sandbox: Sandbox, session: str | None = None) -> TelegramClient:
    """A Telethon client that knows nothing but where the sandbox is."""
    rsa.add_key(sandbox.telegram.public_key_pem, old=False)
    TelegramClient._config = None
    client = TelegramClient(StringSession(session), 1, "hash", receive_updates=False)
    if session is None:
        client.session.set_dc(2, "127.0.0.1", sandbox.telegram.ports[2])
    return client


async def test_telethon_signs_in_across_data_centres_with_a_password() -> None:
    world = World()
    boris = world.add_account("15550100002", name="Boris Second", dc_id=1, password="пароль")
    async with Sandbox(world) as sandbox:
        client = real_client(sandbox)
        await client.connect()
        try:
            assert not await client.is_user_authorized()
            await client.send_code_request(f"+{boris.phone}")
            with pytest.raises(errors.PhoneCodeInvalidError):
                await client.sign_in(boris.phone, "00000")
            with pytest.raises(errors.SessionPasswordNeededError):
                await client.sign_in(boris.phone, boris.login_code)
            with pytest.raises(errors.PasswordHashInvalidError):
                await client.sign_in(password="wrong")
            signed_in = await client.sign_in(password="пароль")
            assert (signed_in.id, client.session.dc_id) == (boris.id, 1)
        finally:
            await client.disconnect()


async def test_telethon_reads_a_whole_chat_and_its_people() -> None:
    world = World()
    chat = world.add_supergroup("Hikers", "hikers_club", messages=230)
    async with Sandbox(world) as sandbox, real_client(sandbox, sandbox.session()) as client:
        found = [message.id async for message in client.iter_messages("hikers_club", wait_time=0)]
        assert found == chat.message_ids[::-1]
        assert [dialog.name for dialog in await client.get_dialogs()] == ["Hikers"]
        assert len(await client.get_participants("hikers_club")) == len(chat.members)
        by_id = await client.get_messages("hikers_club", ids=[5, 999])
        assert [message and message.id for message in by_id] == [5, None]
