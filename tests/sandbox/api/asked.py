"""One request with all that its handler needs to answer it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.sandbox.api.codes import Codes
from tests.sandbox.api.serving import Serving
from tests.sandbox.mtproto.calls import Call, RpcFault
from tests.sandbox.world.people import Account
from tests.sandbox.world.world import World


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, who asked it, and the world that it is about."""

    world: World
    call: Call
    ports: Callable[[], Mapping[int, int]]
    """The data centres' ports on 127.0.0.1 by their ids."""
    codes: Codes
    serving: Serving

    @property
    def request(self) -> Any:
        return self.call.request

    @property
    def viewer(self) -> Account:
        """The account that the key is signed in for.

        Raises:
            RpcFault: what the key's `ended` says; 401 AUTH_KEY_UNREGISTERED for a key that nobody
                signed in with, SESSION_REVOKED for one that was ended from elsewhere:
                https://core.telegram.org/api/errors#401-unauthorized
        """
        key = self.call.auth_key
        if key.ended is not None:
            raise RpcFault(*key.ended)
        if key.revoked:
            raise RpcFault(401, "SESSION_REVOKED")
        account = None if key.account is None else self.world.accounts.get(key.account)
        if account is None:
            raise RpcFault(401, "AUTH_KEY_UNREGISTERED")
        return account


Handler = Callable[[Asked], Any]
"""Gives a TL object, a list (a bare vector), or the bytes of a boxed answer."""
