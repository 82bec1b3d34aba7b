"""Requests about the server itself; they need no signed-in account."""

from __future__ import annotations

import time

from telethon.tl import functions, types

from tests.sandbox.api import freezing
from tests.sandbox.api.asked import Asked, Handler
from tests.sandbox.api.serving import Cdn


def get_config(asked: Asked) -> types.Config:
    """Where the data centres are, https://core.telegram.org/method/help.getConfig.

    Some may be for files only (`media_only`) or for a CDN's: https://core.telegram.org/api/datacenter
    """
    now = int(time.time())
    options = [
        types.DcOption(id=dc_id, ip_address="127.0.0.1", port=port, static=True)
        for dc_id, port in sorted(asked.ports().items())
    ]
    options += [
        types.DcOption(id=dc_id, ip_address="127.0.0.1", port=port, static=True, media_only=True)
        for dc_id, port in sorted(asked.serving.media_ports.items())
    ]
    if asked.serving.cdn != "never":
        options.append(types.DcOption(id=Cdn.DC_ID, ip_address="127.0.0.1", port=9, cdn=True))
    return types.Config(
        date=now,
        expires=now + 3600,
        test_mode=False,
        this_dc=asked.call.dc_id,
        dc_options=options,
        dc_txt_domain_name="apv3.stel.com",
        chat_size_max=200,
        megagroup_size_max=200_000,
        forwarded_count_max=100,
        online_update_period_ms=210_000,
        offline_blur_timeout_ms=5_000,
        offline_idle_timeout_ms=30_000,
        online_cloud_timeout_ms=300_000,
        notify_cloud_delay_ms=30_000,
        notify_default_delay_ms=1_500,
        push_chat_period_ms=60_000,
        push_chat_limit=2,
        edit_time_limit=172_800,
        revoke_time_limit=2_147_483_647,
        revoke_pm_time_limit=2_147_483_647,
        rating_e_decay=2_419_200,
        stickers_recent_limit=200,
        channels_read_media_period=604_800,
        call_receive_timeout_ms=20_000,
        call_ring_timeout_ms=90_000,
        call_connect_timeout_ms=30_000,
        call_packet_timeout_ms=10_000,
        me_url_prefix="https://t.me/",
        caption_length_max=1024,
        message_length_max=4096,
        webfile_dc_id=4,
    )


def get_nearest_dc(asked: Asked) -> types.NearestDc:
    """https://core.telegram.org/method/help.getNearestDc."""
    dc_id = asked.call.dc_id
    return types.NearestDc(country="NL", this_dc=dc_id, nearest_dc=dc_id)


def get_app_config(asked: Asked) -> types.help.AppConfig:
    """What clients are told of limits, https://core.telegram.org/api/config#client-configuration."""
    limits = {
        "topics_pinned_limit": 5,
        "forum_upgrade_participants_min": 0,
        "upload_premium_speedup_download": 10,
    }
    if asked.serving.queue_limits is not None:
        small, large = asked.serving.queue_limits
        limits["small_queue_max_active_operations_count"] = small
        limits["large_queue_max_active_operations_count"] = large
    entries = {key: types.JsonNumber(value=number) for key, number in limits.items()}
    entries |= freezing.told(asked)
    return types.help.AppConfig(
        hash=1,
        config=types.JsonObject(
            value=[types.JsonObjectValue(key=key, value=value) for key, value in entries.items()]
        ),
    )


HANDLERS: dict[type, Handler] = {
    functions.help.GetConfigRequest: get_config,
    functions.help.GetNearestDcRequest: get_nearest_dc,
    functions.help.GetAppConfigRequest: get_app_config,
}
