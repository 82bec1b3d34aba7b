"""Requests about news. Nothing ever happens here but by request, so there never is any."""

from __future__ import annotations

import time

from telethon.tl import functions, types

from tests.sandbox.api.asked import Asked, Handler
from tests.sandbox.api.inputs import channel_of


def get_state(asked: Asked) -> types.updates.State:
    """https://core.telegram.org/method/updates.getState."""
    top = asked.viewer.box.top
    return types.updates.State(pts=top + 1, qts=0, date=int(time.time()), seq=1, unread_count=0)


def get_difference(asked: Asked) -> types.updates.DifferenceEmpty:
    """https://core.telegram.org/method/updates.getDifference."""
    _ = asked.viewer
    return types.updates.DifferenceEmpty(date=int(time.time()), seq=1)


def get_channel_difference(asked: Asked) -> types.updates.ChannelDifferenceEmpty:
    """https://core.telegram.org/method/updates.getChannelDifference."""
    chat = channel_of(asked, asked.request.channel)
    return types.updates.ChannelDifferenceEmpty(pts=chat.pages.pts, final=True)


def update_status(asked: Asked) -> bool:
    """https://core.telegram.org/method/account.updateStatus."""
    _ = asked.viewer
    return True


HANDLERS: dict[type, Handler] = {
    functions.updates.GetStateRequest: get_state,
    functions.updates.GetDifferenceRequest: get_difference,
    functions.updates.GetChannelDifferenceRequest: get_channel_difference,
    functions.account.UpdateStatusRequest: update_status,
}
