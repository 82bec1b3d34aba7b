"""Requests of data exports, and what is refused in and out of one.

https://core.telegram.org/api/takeout
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import Any

from telethon.tl import functions, types

from tests.sandbox.api.asked import Asked, Handler
from tests.sandbox.mtproto.calls import RpcFault
from tests.sandbox.world.channels import Channel
from tests.sandbox.world.chats import Chat
from tests.sandbox.world.groups import BasicGroup
from tests.sandbox.world.private import PrivateChat
from tests.sandbox.world.takeout import FLAGS

MAX_ID = 2**31 - 1
INSIDE_ONLY = (
    functions.account.FinishTakeoutSessionRequest,
    functions.messages.GetSplitRangesRequest,
    functions.channels.GetLeftChannelsRequest,
    functions.contacts.GetSavedRequest,
)
"""What Telegram answers only inside a takeout. getSplitRanges is described as a part of one:
https://core.telegram.org/api/takeout#exporting-messages. The last two say so themselves:
https://core.telegram.org/method/channels.getLeftChannels#possible-errors,
https://core.telegram.org/method/contacts.getSaved#possible-errors"""
LEFT_PAGE = 100
"""How many channels come at once is not documented."""


def init_takeout_session(asked: Asked) -> types.account.Takeout:
    """https://core.telegram.org/method/account.initTakeoutSession.

    Raises:
        RpcFault: TAKEOUT_INIT_DELAY_X, X being the seconds to wait.
    """
    request, takeout = asked.request, asked.viewer.takeout
    seconds = takeout.wait_s()
    if seconds:
        raise RpcFault(420, f"TAKEOUT_INIT_DELAY_{seconds}")
    flags = frozenset(flag for flag in FLAGS if getattr(request, flag))
    return types.account.Takeout(takeout.open(asked.viewer.id, flags, request.file_max_size))


def finish_takeout_session(asked: Asked) -> bool:
    """https://core.telegram.org/method/account.finishTakeoutSession."""
    asked.viewer.takeout.end()
    return True


def get_split_ranges(asked: Asked) -> list[types.MessageRange]:
    """https://core.telegram.org/method/messages.getSplitRanges: oldest first, without gaps."""
    starts = [1, *asked.viewer.splits]
    ends = [*(start - 1 for start in asked.viewer.splits), MAX_ID]
    return [
        types.MessageRange(min_id=start, max_id=end)
        for start, end in zip(starts, ends, strict=True)
    ]


def get_left_channels(asked: Asked) -> Any:
    """https://core.telegram.org/method/channels.getLeftChannels: `offset` counts channels.

    Raises:
        RpcFault: TAKEOUT_INVALID when the export was opened without channels and supergroups
            (what Telegram answers then is not documented).
    """
    _check_flags(asked, "message_channels", "message_megagroups")
    viewer = asked.viewer
    left = [
        chat
        for chat in asked.world.by_peer_id.values()
        if isinstance(chat, Channel) and viewer.id in chat.left_by
    ]
    page = [chat.as_left(viewer) for chat in left[asked.request.offset :][:LEFT_PAGE]]
    if len(page) == len(left):
        return types.messages.Chats(chats=page)
    return types.messages.ChatsSlice(count=len(left), chats=page)


def get_saved(asked: Asked) -> list[types.SavedPhoneContact]:
    """https://core.telegram.org/method/contacts.getSaved.

    Raises:
        RpcFault: TAKEOUT_INVALID when the export was opened without contacts (what Telegram
            answers then is not documented).
    """
    _check_flags(asked, "contacts")
    return [
        types.SavedPhoneContact(
            phone=each.phone, first_name=each.first_name, last_name=each.last_name, date=each.date
        )
        for each in asked.viewer.saved_contacts
    ]


def _check_flags(asked: Asked, *flags: str) -> None:
    session = asked.viewer.takeout.session
    if session is None or not session.flags.issuperset(flags):
        raise RpcFault(400, "TAKEOUT_INVALID")


def check(asked: Asked) -> None:
    """Refuse what is asked in an export that is over, or outside one and belongs in it.

    Raises:
        RpcFault: 400 TAKEOUT_INVALID: "invalidated by another data export session"; 403
            TAKEOUT_REQUIRED: https://core.telegram.org/method/account.finishTakeoutSession
    """
    number = asked.call.takeout_id
    if number is None:
        if isinstance(asked.request, INSIDE_ONLY):
            raise RpcFault(403, "TAKEOUT_REQUIRED")
        return
    session = asked.viewer.takeout.session
    if session is None or session.id != number:
        raise RpcFault(400, "TAKEOUT_INVALID")


def ids_shown(asked: Asked, chat: Chat, ids: Sequence[int]) -> tuple[int, int]:
    """Which part of the ascending `ids` an export shows: all of them, but

    - nothing of a protected chat, whose messages are missing in takeouts (seen by users of
      several clients, not documented);
    - of invokeWithMessagesRange, the ids in the range for private chats and basic groups;
      channels are numbered otherwise and stand in the last range only.

    Raises:
        RpcFault: TAKEOUT_INVALID when the export was opened without the flag of such chats (what
            Telegram answers then is not documented).
    """
    start, stop = 0, len(ids)
    if asked.call.takeout_id is not None:
        session = asked.viewer.takeout.session
        if session is None or flag_of(chat) not in session.flags:
            raise RpcFault(400, "TAKEOUT_INVALID")
        if isinstance(chat, Channel | PrivateChat) and chat.noforwards:
            return 0, 0
    wanted = asked.call.messages_range
    if wanted is None:
        return start, stop
    low, high = wanted
    if isinstance(chat, Channel):
        return (0, len(ids)) if high == MAX_ID else (0, 0)
    return bisect_left(ids, low), bisect_right(ids, high)


def check_exported(asked: Asked, size_bytes: int) -> None:
    """Refuse a file in an export that was opened without files, or with smaller ones only.

    Raises:
        RpcFault: TAKEOUT_INVALID (what Telegram answers then is not documented; `file_max_size` is
            the "maximum size of files to export").
    """
    session = asked.viewer.takeout.session if asked.call.takeout_id is not None else None
    if session is None:
        return
    if "files" not in session.flags or size_bytes > (session.file_max_size or 0):
        raise RpcFault(400, "TAKEOUT_INVALID")


def flag_of(chat: Chat) -> str:
    """The flag of initTakeoutSession that covers the chat."""
    if isinstance(chat, Channel):
        return "message_channels" if chat.broadcast else "message_megagroups"
    return "message_chats" if isinstance(chat, BasicGroup) else "message_users"


HANDLERS: dict[type, Handler] = {
    functions.account.InitTakeoutSessionRequest: init_takeout_session,
    functions.account.FinishTakeoutSessionRequest: finish_takeout_session,
    functions.messages.GetSplitRangesRequest: get_split_ranges,
    functions.channels.GetLeftChannelsRequest: get_left_channels,
    functions.contacts.GetSavedRequest: get_saved,
}
