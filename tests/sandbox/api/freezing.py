"""What a frozen account is told and refused.

https://core.telegram.org/api/auth#frozen-accounts
"""

from __future__ import annotations

from typing import Any

from telethon.tl import functions, types

from tests.sandbox.api.asked import Asked
from tests.sandbox.mtproto.calls import RpcFault
from tests.sandbox.world.channels import Channel
from tests.sandbox.world.people import Freeze
from tests.sandbox.world.view import MARK

ACTIONS = (
    functions.channels.DeleteMessagesRequest,
    functions.channels.JoinChannelRequest,
    functions.channels.SearchPostsRequest,
)
"""The methods whose pages list 420 FROZEN_METHOD_INVALID, such as
https://core.telegram.org/method/channels.joinChannel#possible-errors"""
READING = (
    functions.messages.GetHistoryRequest,
    functions.channels.GetMessagesRequest,
)
"""Of those whose pages list 400 FROZEN_PARTICIPANT_MISSING ("the current account is frozen, and
cannot access the specified peer") what names one chat:
https://core.telegram.org/method/messages.getHistory#possible-errors"""


def check(asked: Asked) -> None:
    """Refuse what a frozen account may not do; it reads on where it is a member.

    Raises:
        RpcFault: as said above.
    """
    freeze = _freeze(asked)
    if freeze is None:
        return
    if isinstance(asked.request, (*ACTIONS, *freeze.refuses)):
        raise RpcFault(420, "FROZEN_METHOD_INVALID")
    if isinstance(asked.request, READING):
        given = getattr(asked.request, "peer", None) or getattr(asked.request, "channel", None)
        chat = asked.world.by_peer_id.get(-(MARK + getattr(given, "channel_id", 0)))
        if isinstance(chat, Channel) and asked.call.auth_key.account not in chat.members:
            raise RpcFault(400, "FROZEN_PARTICIPANT_MISSING")


def told(asked: Asked) -> dict[str, Any]:
    """Its entries of the client configuration, there only while it is frozen:
    https://core.telegram.org/api/config#client-configuration"""
    freeze = _freeze(asked)
    if freeze is None:
        return {}
    return {
        "freeze_since_date": types.JsonNumber(freeze.since),
        "freeze_until_date": types.JsonNumber(freeze.until),
        "freeze_appeal_url": types.JsonString(freeze.appeal_url),
    }


def _freeze(asked: Asked) -> Freeze | None:
    """That of the account that asks, if anybody signed in with the key."""
    account = asked.world.accounts.get(asked.call.auth_key.account or 0)
    return None if account is None else account.freeze
