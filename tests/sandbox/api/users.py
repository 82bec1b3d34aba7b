"""Requests about users."""

from __future__ import annotations

from typing import Any

from telethon.tl import functions, types

from tests.sandbox.api.asked import Asked, Handler
from tests.sandbox.api.inputs import user_of
from tests.sandbox.world.people import tl_user


def get_users(asked: Asked) -> list[Any]:
    """https://core.telegram.org/method/users.getUsers: unknown ones come back empty."""
    viewer = asked.viewer
    found = []
    for given in asked.request.id:
        user = user_of(asked, given)
        found.append(
            tl_user(user, viewer) if user else types.UserEmpty(id=getattr(given, "user_id", 0))
        )
    return found


HANDLERS: dict[type, Handler] = {functions.users.GetUsersRequest: get_users}
