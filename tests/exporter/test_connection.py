"""Reaching Telegram, or the server that the settings name."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from exporter.errors import AccountUnusable, CommandError, JobError
from exporter.telegram.connection import connected, opened
from exporter.telegram.session import OwnSession, read_session_text
from tests.exporter.reaching import SHORT_S, server_of, signed_in
from tests.sandbox.mtproto.keys import RsaKey
from tests.sandbox.sandbox import Sandbox


async def test_a_connection_asks_for_the_configuration_and_itself_and_nothing_else(
    sandbox: Sandbox,
) -> None:
    async with signed_in(sandbox) as telegram:
        assert telegram.user_id == sandbox.world.owner.id

    assert [call.name for call in sandbox.faults.log] == ["GetConfigRequest", "GetUsersRequest"]


async def test_a_host_name_is_resolved_because_sessions_hold_addresses(sandbox: Sandbox) -> None:
    server = server_of(sandbox, host="localhost")

    async with connected(server, 1, sandbox.session()) as telegram:
        assert read_session_text(telegram.session).server_address == "127.0.0.1"


async def test_an_unknown_host_is_named(sandbox: Sandbox) -> None:
    server = server_of(sandbox, host="telegram.invalid")

    with pytest.raises(JobError, match=r"TELEGRAM_SERVER: the host 'telegram\.invalid'"):
        async with connected(server, 1, sandbox.session()):
            pass


@pytest.mark.parametrize("form", ["public_pem", "public_spki_pem"])
async def test_a_server_key_may_be_pkcs1_or_spki(
    sandbox: Sandbox, form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("telethon.crypto.rsa._server_keys", {})
    key = tmp_path / "server.pem"
    key.write_text(getattr(RsaKey.shared(), form))

    async with opened(server_of(sandbox, key=key), OwnSession()) as telegram:
        assert read_session_text(telegram.session).auth_key


async def test_a_key_file_that_is_missing_or_holds_no_rsa_key_is_named(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    missing, junk, other = (tmp_path / name for name in ("missing.pem", "junk.pem", "other.pem"))
    junk.write_text("no key at all")
    other.write_bytes(
        ed25519.Ed25519PrivateKey.generate()
        .public_key()
        .public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    )

    for path, words in (
        (missing, "cannot be read: No such file"),
        (junk, "holds no RSA public key"),
        (other, "holds no RSA public key"),
    ):
        with pytest.raises(CommandError, match=f"TELEGRAM_SERVER_KEY: .*{path.name} {words}"):
            async with connected(server_of(sandbox, key=path), 1, sandbox.session()):
                pass


async def test_another_servers_key_ends_in_a_sentence(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("telethon.crypto.rsa._server_keys", {})
    key = tmp_path / "server.pem"
    key.write_text(RsaKey.generate().public_pem)

    with pytest.raises(JobError, match=r"could not be reached.*TELEGRAM_SERVER_KEY"):
        async with opened(server_of(sandbox, key=key), OwnSession(), patience_s=0):
            pass


async def test_a_server_that_does_not_listen_ends_in_a_sentence(sandbox: Sandbox) -> None:
    server, session = server_of(sandbox), sandbox.session()
    await sandbox.telegram.data_centres[2].close()

    with pytest.raises(JobError, match=r"Telegram could not be reached .* TELEGRAM_SERVER"):
        async with connected(server, 1, session, patience_s=SHORT_S):
            pass


async def test_a_server_that_says_nothing_ends_in_a_sentence(sandbox: Sandbox) -> None:
    sandbox.faults.no_answer(on="GetConfigRequest", times=None)

    with pytest.raises(JobError, match="Telegram could not be reached"):
        async with signed_in(sandbox, answer_timeout_s=0.05, patience_s=0):
            pass


async def test_a_revoked_session_makes_the_account_unusable(sandbox: Sandbox) -> None:
    session = sandbox.session()
    for key in sandbox.keys.of_account(sandbox.world.owner.id):
        key.revoked = True

    with pytest.raises(AccountUnusable, match=r"Sign in again with `chatkeep accounts add`"):
        async with connected(server_of(sandbox), 1, session):
            pass

    assert sandbox.faults.calls("GetUsersRequest") == 1


async def test_a_session_whose_key_the_server_never_saw_makes_the_account_unusable(
    sandbox: Sandbox,
) -> None:
    stranger = read_session_text(sandbox.session())
    stranger.auth_key.key = bytes(range(256))

    with pytest.raises(AccountUnusable, match="Sign in again"):
        async with connected(server_of(sandbox), 1, stranger.text):
            pass


@pytest.mark.parametrize(
    ("code", "message", "words"),
    [
        (406, "AUTH_KEY_DUPLICATED", "used from two places"),
        (401, "SESSION_REVOKED", "Sign in again"),
        (401, "USER_DEACTIVATED", "deactivated this account"),
        (401, "USER_DEACTIVATED_BAN", "deactivated this account"),
    ],
)
async def test_what_ends_a_session_is_told_apart_and_never_tried_again(
    sandbox: Sandbox, code: int, message: str, words: str
) -> None:
    sandbox.faults.fail(code, message, on="GetUsersRequest")

    with pytest.raises(AccountUnusable, match=words):
        async with signed_in(sandbox):
            pass

    assert sandbox.faults.calls("GetUsersRequest") == 1


async def test_a_wrong_api_hash_names_both_settings(sandbox: Sandbox) -> None:
    sandbox.faults.fail(400, "API_ID_INVALID", on="GetConfigRequest")

    with pytest.raises(JobError, match=r"API_ID and API_HASH.*my\.telegram\.org"):
        async with signed_in(sandbox):
            pass


async def test_a_long_flood_wait_at_the_start_is_told_and_not_waited_out(sandbox: Sandbox) -> None:
    sandbox.faults.flood_wait(300, on="GetUsersRequest")

    with pytest.raises(JobError, match="asks us to wait 5 min"):
        async with signed_in(sandbox):
            pass


async def test_an_account_of_another_data_centre_is_found_where_the_server_says_it_is(
    sandbox: Sandbox,
) -> None:
    account = sandbox.world.add_account("15550100002", dc_id=1)
    moved = read_session_text(sandbox.session(account))
    moved.set_dc(1, "127.0.0.1", 1)  # where it was when the session was saved

    async with connected(server_of(sandbox), 1, moved.text) as telegram:
        assert telegram.user_id == account.id
        assert read_session_text(telegram.session).port == sandbox.telegram.ports[1]


async def test_a_data_centre_that_the_server_does_not_know_is_named(sandbox: Sandbox) -> None:
    elsewhere = read_session_text(sandbox.session())
    elsewhere.set_dc(5, "127.0.0.1", 1)

    with pytest.raises(JobError, match="no data centre 5"):
        async with connected(server_of(sandbox), 1, elsewhere.text):
            pass
