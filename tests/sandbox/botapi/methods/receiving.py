"""getMe and the ways to receive updates: https://core.telegram.org/bots/api#getting-updates"""

from __future__ import annotations

from typing import Any

from tests.sandbox.botapi.errors import Json, conflict
from tests.sandbox.botapi.fields import Fields
from tests.sandbox.botapi.state import State

LONGEST_POLL_S = 50


async def get_me(state: State, fields: Fields) -> Json:
    return {
        **state.me.to_json(),
        "can_join_groups": True,
        "can_read_all_group_messages": not state.privacy_mode,
        "supports_inline_queries": state.inline_enabled,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


async def get_updates(state: State, fields: Fields) -> list[Json]:
    if state.webhook is not None:
        raise conflict(
            "can't use getUpdates method while webhook is active; use deleteWebhook to delete "
            "the webhook first"
        )
    _choose_kinds(state, fields)
    return await state.updates.get(
        offset=fields.integer("offset"),
        limit=min(max(fields.integer("limit", 100), 1), 100),
        timeout_s=min(max(fields.integer("timeout"), 0), LONGEST_POLL_S),
    )


async def set_webhook(state: State, fields: Fields) -> bool:
    """Only kept, never called: no webhook reaches out of this process."""
    url = fields.text("url")
    _choose_kinds(state, fields)
    if fields.flag("drop_pending_updates"):
        state.updates.drop_all()
    state.webhook = {"url": url} if url else None
    if url:
        state.updates.stop_polling(conflict("terminated by setWebhook request"))
    return True


async def delete_webhook(state: State, fields: Fields) -> bool:
    if fields.flag("drop_pending_updates"):
        state.updates.drop_all()
    state.webhook = None
    return True


async def get_webhook_info(state: State, fields: Fields) -> Json:
    return {
        "url": (state.webhook or {}).get("url", ""),
        "has_custom_certificate": False,
        "pending_update_count": len(state.updates.unconfirmed),
    }


async def log_out(state: State, fields: Fields) -> bool:
    return True


async def close(state: State, fields: Fields) -> bool:
    return True


def _choose_kinds(state: State, fields: Fields) -> None:
    if "allowed_updates" in fields:
        kinds: Any = fields.parsed("allowed_updates", "allowed_updates")
        if isinstance(kinds, list):
            state.updates.allow([str(kind) for kind in kinds])


METHODS = {
    "getMe": get_me,
    "getUpdates": get_updates,
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": get_webhook_info,
    "logOut": log_out,
    "close": close,
}
