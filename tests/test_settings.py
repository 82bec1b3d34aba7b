"""Settings: where they come from, what they say when they are wrong, and that they stay secret."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from logs import set_up_logs
from settings import Settings, SettingsError, read_settings, split_server
from storage.zones import zone_of
from tests.installation import ROOT, Installation


@pytest.fixture(autouse=True)
def nothing_of_the_machines(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)


def test_the_command_line_wins_over_the_environment_and_that_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("DATA_DIR=/file\nEXPORT_DIR=/file\nTIME_ZONE=+01:00\n")
    monkeypatch.setenv("EXPORT_DIR", "/environment")
    monkeypatch.setenv("TIME_ZONE", "+02:00")

    settings = read_settings(time_zone="+03:00")

    assert settings.data_dir == Path("/file")
    assert settings.export_dir == Path("/environment")
    assert settings.time_zone == "+03:00"


def test_the_example_file_holds_every_setting_and_changes_none(tmp_path: Path) -> None:
    example = (ROOT / ".env.example").read_text()
    lines = [line for line in example.splitlines() if line and not line.startswith("#")]
    (tmp_path / ".env").write_text(example)

    assert [line.split("=")[0].lower() for line in lines] == list(Settings.model_fields)
    assert read_settings() == Settings.model_construct(
        data_dir=tmp_path / "data", export_dir=tmp_path / "exports"
    )


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("API_ID", "abc", "API_ID is wrong: input should be a valid integer"),
        ("API_ID", "-5", "API_ID is wrong"),
        ("API_ID", "2147483648", "API_ID is wrong: input should be less than"),
        ("ADMIN_IDS", "0", "ADMIN_IDS is wrong: must be user ids"),
        ("ADMIN_IDS", "4503599627370496", "ADMIN_IDS is wrong: must be user ids"),
        ("ADMIN_IDS", "9" * 5_000, "ADMIN_IDS is wrong: must be user ids"),
        ("ADMIN_IDS", "12,@me", "ADMIN_IDS is wrong: must be user ids separated by commas"),
        ("FORMATS", "json,pdf", "FORMATS is wrong: must be a comma list of json, jsonl"),
        ("FORMATS", ",", "FORMATS is wrong: must be a comma list of json, jsonl"),
        ("TIME_ZONE", "Mars/Olympus", "TIME_ZONE is wrong: 'Mars/Olympus' is no time zone"),
        ("TIME_ZONE", "../etc/passwd", "TIME_ZONE is wrong"),
        ("TELEGRAM_SERVER", "localhost", "TELEGRAM_SERVER is wrong: must be host:port"),
        ("TELEGRAM_SERVER", "localhost:99999", "TELEGRAM_SERVER is wrong: must be host:port"),
        ("TELEGRAM_SERVER_DC", "two", "TELEGRAM_SERVER_DC is wrong"),
        ("TELEGRAM_SERVER_DC", "256", "TELEGRAM_SERVER_DC is wrong: input should be less than"),
        ("BOT_API_URL", "localhost", "BOT_API_URL is wrong: must start with http"),
        ("BOT_API_URL", "http://localhost:99999", "BOT_API_URL is wrong: must start with http"),
        ("BOT_API_URL", "http://", "BOT_API_URL is wrong: must start with http"),
        ("LOG_LEVEL", "loud", "LOG_LEVEL is wrong"),
        ("LOG_FORMAT", "xml", "LOG_FORMAT is wrong"),
    ],
)
def test_a_wrong_value_is_a_sentence_that_names_the_setting(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str
) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(SettingsError) as caught:
        read_settings()

    assert str(caught.value).startswith(says)
    assert "\n" not in str(caught.value)


def test_a_wrong_secret_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("API_ID", "0123canary")

    with pytest.raises(SettingsError) as caught:
        read_settings()

    assert "canary" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("+05:00", timedelta(hours=5)),
        ("-0330", timedelta(hours=-3, minutes=-30)),
        ("UTC", timedelta(0)),
        ("Asia/Tashkent", timedelta(hours=5)),
    ],
)
def test_a_zone_is_a_name_or_an_offset(text: str, offset: timedelta) -> None:
    assert datetime(2026, 1, 1, tzinfo=UTC).astimezone(zone_of(text)).utcoffset() == offset


def test_a_server_may_be_an_ipv6_address() -> None:
    assert split_server("[::1]:4430") == ("::1", 4430)


def test_secrets_never_reach_a_log(capsys: pytest.CaptureFixture[str]) -> None:
    settings = Settings.model_construct(
        bot_token=SecretStr("777:canary"), session_key=SecretStr("canary-key")
    )
    set_up_logs("INFO", "json", settings.secrets)
    try:
        error = ConnectionError("https://host/bot777:canary/getMe")
        logging.getLogger("aiohttp").error("with canary-key", exc_info=error)
    finally:
        logging.getLogger().handlers.clear()

    said = capsys.readouterr().err
    assert "ConnectionError" in said
    assert "canary" not in said
    assert "canary" not in repr(settings)


@pytest.mark.parametrize(
    ("words", "settings", "named"),
    [
        (("export", "@x"), {}, "API_ID"),
        (("export", "@x"), {"API_ID": "1"}, "API_HASH"),
        (("bot",), {"ADMIN_IDS": "1"}, "BOT_TOKEN"),
        (("bot",), {"BOT_TOKEN": "1:x"}, "ADMIN_IDS"),
        (("run",), {"API_ID": "1", "API_HASH": "x", "ADMIN_IDS": "1"}, "BOT_TOKEN"),
        (("export",), {"API_ID": "1", "API_HASH": "x"}, "CHAT"),
        (("export", "@x", "--formats", "pdf"), {"API_ID": "1", "API_HASH": "x"}, "--formats"),
        (("export", "@x", "--max-size", "big"), {"API_ID": "1", "API_HASH": "x"}, "--max-size"),
    ],
)
async def test_what_a_command_needs_is_named_when_it_is_missing(
    tmp_path: Path, words: tuple[str, ...], settings: dict[str, str], named: str
) -> None:
    done = await Installation(tmp_path, settings).run(*words)

    assert done.code == 2
    assert named in done.err.upper() or named in done.err
    assert "Traceback" not in done.err
    assert done.out == ""


@pytest.mark.parametrize(
    "url",
    [
        "https://chatkeep.example.org/telegram",
        "https://chatkeep.example.org:8443",
        "http://127.0.0.1:8080/telegram",
        "http://[::1]:8080/",
        "http://192.168.1.7/telegram",
        "http://chatkeep:8080/telegram",
    ],
)
def test_a_webhook_may_be_where_telegram_or_ones_own_server_reaches_it(url: str) -> None:
    assert read_settings(webhook_url=url).webhook_url == url


@pytest.mark.parametrize(
    ("url", "hint"),
    [
        ("http://chatkeep.example.org/telegram", "must start with https://"),
        ("https://chatkeep.example.org:8080/telegram", "only to the ports 443, 80, 88, 8443"),
        ("chatkeep.example.org", "must be a URL"),
        ("ftp://chatkeep.example.org", "must be a URL"),
    ],
)
def test_a_webhook_that_telegram_cannot_reach_is_told(url: str, hint: str) -> None:
    with pytest.raises(SettingsError, match=f"WEBHOOK_URL is wrong: .*{hint}"):
        read_settings(webhook_url=url)
