"""Reading sessions that other programs made."""

from __future__ import annotations

from pathlib import Path

import pytest
from telethon.crypto import AuthKey
from telethon.sessions import SQLiteSession

from exporter.errors import CommandError
from exporter.telegram.session import OwnSession, read_session_file, read_session_text

KEY = bytes(range(256))


def saved_by_telethon(path: Path, *, address: str = "149.154.167.51", key: bytes = KEY) -> Path:
    session = SQLiteSession(str(path))
    session.set_dc(2, address, 443)
    session.auth_key = AuthKey(key) if key else None
    session.save()
    session.close()
    return path


@pytest.mark.parametrize("address", ["149.154.167.51", "2001:67c:4e8:f002::a"])
def test_a_session_string_comes_out_as_it_went_in(address: str) -> None:
    session = OwnSession()
    session.set_dc(2, address, 443)
    session.auth_key = AuthKey(KEY)

    read = read_session_text(f"  {session.text}\n")

    assert (read.dc_id, read.server_address, read.port) == (2, address, 443)
    assert read.auth_key.key == KEY
    assert read.text == session.text


@pytest.mark.parametrize("cut", [0, 1, 100, 352])
def test_a_string_that_is_no_session_or_cut_short_is_refused(cut: int) -> None:
    session = OwnSession()
    session.set_dc(2, "149.154.167.51", 443)
    session.auth_key = AuthKey(KEY)

    for text in (session.text[:cut], "x" + session.text[1:], "1" + "A" * 352, "né" * 176):
        with pytest.raises(CommandError, match="not a Telethon session string"):
            read_session_text(text)


def test_a_session_file_is_read_and_left_as_it_was(tmp_path: Path) -> None:
    path = saved_by_telethon(tmp_path / "my account #1.session")
    before = path.read_bytes()
    path.chmod(0o400)

    session = read_session_file(path)

    assert (session.dc_id, session.server_address, session.port) == (2, "149.154.167.51", 443)
    assert session.auth_key.key == KEY
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


def test_a_host_name_in_a_session_file_becomes_an_address(tmp_path: Path) -> None:
    path = saved_by_telethon(tmp_path / "named.session", address="localhost")

    assert read_session_file(path).server_address == "127.0.0.1"


def test_files_that_hold_no_session_are_told_apart(tmp_path: Path) -> None:
    text, empty = tmp_path / "text.session", tmp_path / "empty.session"
    text.write_text("not a database")
    empty.touch()
    unsigned = saved_by_telethon(tmp_path / "unsigned.session", key=b"")
    unknown = saved_by_telethon(tmp_path / "unknown.session", address="telegram.invalid")

    for path, words in (
        (tmp_path / "missing.session", "There is no session file"),
        (tmp_path, "There is no session file"),
        (text, "cannot be read as a Telethon session"),
        (empty, "cannot be read as a Telethon session"),
        (unsigned, "never signed in"),
        (unknown, r"names the server 'telegram\.invalid'"),
    ):
        with pytest.raises(CommandError, match=words):
            read_session_file(path)
