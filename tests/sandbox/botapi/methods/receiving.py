"""getMe and the ways to receive updates: https://core.telegram.org/bots/api#getting-updates"""

from __future__ import annotations

from typing import Any

from tests.sandbox.botapi.errors import Json, conflict
from tests.sandbox.botapi.fields import Fields
from tests.sandbox.botapi.state import State
from tests.sandbox.botapi.webhook import Webhook, told

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
    """An empty URL removes the webhook."""
    if not fields.text("url"):
        return await delete_webhook(state, fields)
    set_to = told(fields, local=state.local_server)
    _choose_kinds(state, fields)
    await _leave_webhook(state, fields)
    state.updates.stop_polling(conflict("terminated by setWebhook request"))
    state.webhook = Webhook(set_to, state.updates)
    state.webhook.start()
    return True


async def delete_webhook(state: State, fields: Fields) -> bool:
    await _leave_webhook(state, fields)
    return True


async def _leave_webhook(state: State, fields: Fields) -> None:
    if fields.flag("drop_pending_updates"):
        state.updates.drop_all()
    webhook, state.webhook = state.webhook, None
    if webhook is not None:
        await webhook.stop()


async def get_webhook_info(state: State, fields: Fields) -> Json:
    if state.webhook is not None:
        return state.webhook.info()
    return {
        "url": "",
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
