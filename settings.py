"""Every setting, read once: command line, then environment, then `.env`, then the default.

Each setting is required only by the command that needs it. A wrong or missing one is one
sentence that names the variable.
"""

from __future__ import annotations

import re
from datetime import tzinfo
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import tzlocal
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from storage.formats import USUAL, formats_of
from storage.zones import zone_of

LARGEST_API_ID = 2**31 - 1
"""TL sends it as an `int`."""
LARGEST_DC = 255
"""A session has one byte for it."""
WEBHOOK_PORTS = (443, 80, 88, 8443)
"""https://core.telegram.org/bots/api#setwebhook"""
LARGEST_USER_ID = 2**52 - 1
"""https://core.telegram.org/api/bots/ids"""


class SettingsError(Exception):
    """A setting is missing or wrong; the text is a sentence that names it."""


class Settings(BaseSettings):
    """The settings by name; `.env.example` describes each in a line."""

    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", env_ignore_empty=True, extra="ignore"
    )

    api_id: Annotated[int | None, Field(gt=0, le=LARGEST_API_ID)] = None
    api_hash: SecretStr | None = None
    bot_token: SecretStr | None = None
    admin_ids: Annotated[frozenset[int], NoDecode] = frozenset()
    data_dir: Path = Path("data")
    export_dir: Path = Path("exports")
    database_url: SecretStr | None = None
    time_zone: str | None = None
    formats: str = ",".join(USUAL)
    keep_deleted: bool = True
    plan_above_gb: Annotated[float, Field(gt=0, le=1_000_000)] = 10
    session_key: SecretStr | None = None
    telegram_server: str | None = None
    telegram_server_dc: Annotated[int, Field(gt=0, le=LARGEST_DC)] = 2
    telegram_server_key: Path | None = None
    telegram_proxy: SecretStr | None = None
    takeout: Literal["auto", "off"] = "auto"
    bot_proxy: SecretStr | None = None
    bot_api_url: str | None = None
    bot_api_local: bool = False
    webhook_url: str | None = None
    webhook_listen: str = "127.0.0.1:8080"
    deliver_in_chat: bool = True
    bloom_filter_size_multiplier: Annotated[float, Field(ge=1, le=100)] = 1.1
    bloom_filter_min_size: Annotated[int, Field(gt=0, le=1_000_000_000)] = 10_000
    bloom_filter_max_size: Annotated[int, Field(gt=0, le=1_000_000_000)] = 10_000_000
    max_threads: Annotated[int, Field(ge=0, le=1024)] = 0
    zero_copy_enabled: bool = True
    zero_copy_min_size_mb: Annotated[int, Field(ge=0, le=1_000_000)] = 10
    zero_copy_verify_copy: bool = True
    zero_copy_chunk_size_mb: Annotated[int, Field(gt=0, le=2047)] = 64
    export_links: Literal["auto", "copy"] = "auto"
    parallel_media_processing: bool = True
    max_parallel_media: Annotated[int, Field(ge=0, le=64)] = 0
    parallel_media_memory_limit_mb: Annotated[int, Field(ge=64, le=1_000_000)] = 2048
    hash_based_deduplication: bool = True
    hash_cache_max_size: Annotated[int, Field(ge=0, le=100_000_000)] = 10_000
    hash_api_timeout: Annotated[float, Field(gt=0, le=600)] = 5.0
    min_free_disk_mb: Annotated[int, Field(ge=0, le=1_000_000_000)] = 500
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] | None = None
    """By default INFO for services and WARNING for commands that end."""
    log_format: Literal["auto", "plain", "json"] = "auto"

    @field_validator("admin_ids", mode="before")
    @classmethod
    def _split_ids(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        words = [word.strip() for word in value.split(",") if word.strip()]
        if not all(re.fullmatch(r"[0-9]{1,16}", word) for word in words) or not all(
            0 < int(word) <= LARGEST_USER_ID for word in words
        ):
            raise ValueError("must be user ids separated by commas, such as 123456,789012")
        return frozenset(int(word) for word in words)

    @field_validator("data_dir", "export_dir", "telegram_server_key", mode="after")
    @classmethod
    def _absolute(cls, value: Path | None) -> Path | None:
        return None if value is None else value.expanduser().absolute()

    @field_validator("log_level", mode="before")
    @classmethod
    def _upper(cls, value: object) -> object:
        return value.upper() if isinstance(value, str) else value

    @field_validator("time_zone", mode="after")
    @classmethod
    def _known_zone(cls, value: str | None) -> str | None:
        if value is not None:
            zone_of(value)
        return value

    @field_validator("formats", mode="after")
    @classmethod
    def _known_formats(cls, value: str) -> str:
        return ",".join(formats_of(value))

    @field_validator("telegram_server", "webhook_listen", mode="after")
    @classmethod
    def _host_and_port(cls, value: str | None) -> str | None:
        if value is not None:
            split_server(value)
        return value

    @field_validator("bot_api_url", mode="after")
    @classmethod
    def _is_url(cls, value: str | None) -> str | None:
        if value is not None and not _is_web_address(value):
            raise ValueError("must start with http:// or https:// and name a host")
        return value

    @field_validator("webhook_url", mode="after")
    @classmethod
    def _is_reachable(cls, value: str | None) -> str | None:
        if value is not None:
            check_webhook(value)
        return value

    @property
    def zone(self) -> tzinfo:
        """The zone of dates in result.json; by default this machine's, with its history."""
        return zone_of(self.time_zone) if self.time_zone else tzlocal.get_localzone()

    @property
    def usual_formats(self) -> tuple[str, ...]:
        """What is written where nobody chose anything."""
        return formats_of(self.formats)

    @property
    def database(self) -> str:
        """The database's URL; by default SQLite in `DATA_DIR`."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite+aiosqlite:///{self.data_dir / 'chatkeep.db'}"

    @property
    def server(self) -> tuple[str, int] | None:
        """Host and port of `TELEGRAM_SERVER`, or None for Telegram itself."""
        return split_server(self.telegram_server) if self.telegram_server else None

    @property
    def secrets(self) -> tuple[str, ...]:
        """The texts that must never appear in a log."""
        return tuple(
            value.get_secret_value()
            for name in type(self).model_fields
            if isinstance(value := getattr(self, name), SecretStr) and value.get_secret_value()
        )

    def required(self, name: str, hint: str) -> Any:
        """Return the setting's value, or say that this command needs it.

        Raises:
            SettingsError: it is missing.
        """
        value = getattr(self, name.lower())
        if value is None or value == frozenset():
            raise SettingsError(f"{name} is missing: {hint} Put it in .env or the environment.")
        return value.get_secret_value() if isinstance(value, SecretStr) else value


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port beyond 65,535, brackets without an address
        return False


def check_webhook(url: str) -> None:
    """
    Raises:
        ValueError: Telegram posts to no such URL.
    """
    if not _is_web_address(url):
        raise ValueError("must be a URL such as https://chatkeep.example.org/telegram")
    parts = urlsplit(url)
    if _is_near(parts.hostname or ""):
        return  # only a Bot API server of one's own gets there, and it takes any port and http
    if parts.scheme != "https":
        raise ValueError("must start with https://, or name an address of your own network")
    if (parts.port or 443) not in WEBHOOK_PORTS:
        ports = ", ".join(map(str, WEBHOOK_PORTS))
        raise ValueError(f"Telegram posts only to the ports {ports}, not to {parts.port}")


def _is_near(host: str) -> bool:
    """Whether a host is this machine or in one's own network, as far as its name tells."""
    try:
        return ip_address(host).is_private
    except ValueError:
        return "." not in host


def split_server(text: str) -> tuple[str, int]:
    """Split `host:port` or `[v6]:port`.

    Raises:
        ValueError: it is neither.
    """
    match = re.fullmatch(r"(?:\[(?P<v6>[^\]\s]+)\]|(?P<host>[^:\s/]+)):(?P<port>\d{1,5})", text)
    if match is None or not 0 < int(match["port"]) < 65536:
        raise ValueError("must be host:port, such as 127.0.0.1:4430")
    return match["v6"] or match["host"], int(match["port"])


def read_settings(**options: object) -> Settings:
    """Read the settings; `options` are those given on the command line.

    Raises:
        SettingsError: one has a wrong value, or `.env` cannot be read.
    """
    try:
        return Settings(**{name: value for name, value in options.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = str(first["loc"][0]).upper()
        reason = first["msg"].removeprefix("Value error, ")
        raise SettingsError(f"{name} is wrong: {reason[:1].lower()}{reason[1:]}.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"The file .env cannot be read: {error}.") from None
