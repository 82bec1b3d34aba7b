"""Ways to Telegram through a proxy."""

from __future__ import annotations

import base64

import pytest

from exporter.errors import CommandError, JobError
from exporter.telegram.connection import connected
from exporter.telegram.proxy import route
from tests.exporter.proxies import Proxy
from tests.exporter.reaching import server_of
from tests.sandbox.sandbox import Sandbox

SECRET = bytes.fromhex("ee5d0000aabbccddeeff00112233dd44")
"""Its first byte looks like the mark of another kind; only the length tells."""


async def connects(sandbox: Sandbox, proxy: str) -> bool:
    server = server_of(sandbox, proxy=proxy)
    async with connected(server, 1, sandbox.session(), patience_s=0) as telegram:
        return telegram.user_id == sandbox.world.owner.id


@pytest.mark.parametrize("scheme", ["socks5", "socks5h", "http"])
async def test_a_connection_goes_through_the_proxy(sandbox: Sandbox, scheme: str) -> None:
    async with Proxy() as proxy:
        assert await connects(sandbox, f"{scheme}://127.0.0.1:{proxy.port}")

    assert proxy.opened == [("127.0.0.1", sandbox.telegram.ports[2])]


@pytest.mark.parametrize("scheme", ["socks5", "http"])
async def test_a_proxys_user_and_password_are_given(sandbox: Sandbox, scheme: str) -> None:
    async with Proxy(user="olga", password="s3:cr@t") as proxy:
        assert await connects(sandbox, f"{scheme}://olga:s3%3Acr%40t@127.0.0.1:{proxy.port}")

    assert proxy.opened


@pytest.mark.parametrize("scheme", ["socks5", "http"])
async def test_a_wrong_proxy_password_ends_in_a_sentence_without_it(
    sandbox: Sandbox, scheme: str
) -> None:
    async with Proxy(user="olga", password="right") as proxy:
        with pytest.raises(JobError, match=r"could not be reached.*TELEGRAM_PROXY") as told:
            await connects(sandbox, f"{scheme}://olga:hidden@127.0.0.1:{proxy.port}")

    assert "hidden" not in str(told.value)
    assert proxy.opened == []


async def test_a_proxy_that_does_not_listen_ends_in_a_sentence(sandbox: Sandbox) -> None:
    async with Proxy() as proxy:
        pass

    with pytest.raises(JobError, match=r"could not be reached.*TELEGRAM_PROXY"):
        await connects(sandbox, f"socks5://127.0.0.1:{proxy.port}")


@pytest.mark.parametrize(
    "link",
    [
        f"tg://proxy?server=127.0.0.1&port={{port}}&secret={SECRET.hex()}",
        f"https://t.me/proxy?server=127.0.0.1&port={{port}}&secret=dd{SECRET.hex()}",
    ],
    ids=["plain", "padded"],
)
async def test_a_connection_goes_through_an_mtproxy(link: str) -> None:
    async with Sandbox(proxy_secret=SECRET) as sandbox:
        port = sandbox.telegram.proxy_port
        for centre in sandbox.telegram.data_centres.values():
            await centre.close()  # the proxy is the only way

        assert await connects(sandbox, link.format(port=port))


@pytest.mark.parametrize("mark", [b"", b"\xdd"])
def test_an_mtproxys_secret_may_be_written_in_base64(mark: bytes) -> None:
    way = route(f"tg://proxy?server=a&port=443&secret={(mark + SECRET).hex()}")

    for encode in (base64.urlsafe_b64encode, base64.b64encode):
        text = encode(mark + SECRET).decode()
        for written in (text, text.rstrip("=")):
            assert route(f"tg://proxy?server=a&port=443&secret={written}") == way


@pytest.mark.parametrize(
    "secret",
    [
        "ee" + SECRET.hex() + b"example.com".hex(),
        "EE" + SECRET.hex() + b"example.com".hex(),
        base64.urlsafe_b64encode(b"\xee" + SECRET + b"example.com").decode().rstrip("="),
    ],
)
def test_an_mtproxy_that_is_disguised_as_https_is_refused(secret: str) -> None:
    with pytest.raises(CommandError, match=r"secret of the kind ee…"):
        route(f"https://t.me/proxy?server=proxy.example.com&port=443&secret={secret}")


@pytest.mark.parametrize(
    ("proxy", "words"),
    [
        ("proxy.example.com:1080", "must look like socks5://"),
        ("ftp://proxy.example.com:1080", "must look like socks5://"),
        ("https://t.me/socks?server=proxy.example.com", "must look like socks5://"),
        ("socks5://proxy.example.com", "needs a host and a port"),
        ("socks5://:1080", "needs a host and a port"),
        ("http://proxy.example.com:99999", "needs a host and a port"),
        ("tg://proxy?port=443&secret=00", "without a server, port or secret"),
        ("tg://proxy?server=a&port=0&secret=00", "without a server, port or secret"),
        ("tg://proxy?server=a&port=443", "without a server, port or secret"),
        ("tg://proxy?server=a&port=443&secret=0011", "secret of the wrong length"),
        ("tg://proxy?server=a&port=443&secret=%21%21%21", "secret of the wrong length"),
        ("tg://proxy?server=a&port=443&secret=aa" + SECRET.hex(), "secret of the wrong length"),
    ],
)
def test_a_proxy_that_cannot_be_one_is_told_apart(proxy: str, words: str) -> None:
    with pytest.raises(CommandError, match=f"TELEGRAM_PROXY.*{words}"):
        route(proxy)
