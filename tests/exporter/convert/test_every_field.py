"""What a message says is in its record: each field of the layer is shown or left out knowingly.

A field is shown if another value of it makes another line of `messages.jsonl`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from telethon.tl import TLObject, types

from exporter.telegram.convert.actions import ACTIONS, ANSWERS
from exporter.telegram.convert.kinds import MEDIA_KINDS
from exporter.writers.jsonl import line_of
from tests.exporter.convert.anything import Anything
from tests.exporter.convert.making import GROUP_ID, WINTER, in_group, record_of, service

SEEDS = 6
OTHER_PEER = types.PeerUser(999)


def messages() -> Iterator[Any]:
    """Messages with everything that can be in one, in several ways."""
    for seed in range(SEEDS):
        anything = Anything(seed, full=True, depth=3)
        message = anything.make(types.Message)
        message.message, message.date, message.media = "Apfel 🍏", WINTER, None
        message.reactions, message.rich_message = reactions(), None
        yield message
        for kind in MEDIA_KINDS:
            yield in_group(5, "Apfel 🍏", media=anything.make(kind))
        for kind in (*ACTIONS, *ANSWERS):
            answered = types.MessageReplyHeader(reply_to_msg_id=4)
            yield service(5, anything.make(kind), reply_to=answered)


def reactions() -> Any:
    heart, paid = types.ReactionEmoji("❤"), types.ReactionPaid()
    return types.MessageReactions(
        results=[types.ReactionCount(heart, 2, chosen_order=1), types.ReactionCount(paid, 9)],
        recent_reactions=[types.MessagePeerReaction(types.PeerUser(101), WINTER, heart, my=True)],
        top_reactors=[types.MessageReactor(9, top=True, my=True, peer_id=types.PeerUser(102))],
    )


def fields_of(value: Any) -> Iterator[tuple[Any, str, Any]]:
    """Every field in an object with a value that is no object: whose it is, its name, the value."""
    if isinstance(value, list):
        for one in value:
            yield from fields_of(one)
    elif isinstance(value, TLObject):
        for name, one in list(vars(value).items()):
            if not name.startswith("_"):
                if altered(one) is not None:
                    yield value, name, one
                yield from fields_of(one)


def altered(value: Any) -> Any:
    """Another value of the same type; None for objects and for nothing."""
    if isinstance(value, list):
        other = altered(value[0]) if value else None
        return None if other is None else [other, *value[1:]]
    alter = ALTER.get(type(value))
    return None if alter is None else alter(value)


ALTER: dict[type, Callable[[Any], Any]] = {
    bool: lambda value: not value,
    int: lambda value: value + 1,
    float: lambda value: value + 1,
    str: lambda value: value + "x",
    bytes: lambda value: value + b"x",
    datetime: lambda value: value + timedelta(days=1),
    types.PeerUser: lambda _: OTHER_PEER,
    types.PeerChat: lambda _: OTHER_PEER,
    types.PeerChannel: lambda _: OTHER_PEER,
}


def line(message: Any) -> bytes:
    return line_of(record_of(message), GROUP_ID)


LEFT_OUT = {
    "of use to the account alone, and for a while": """
        Document: access_hash file_reference
        Game: access_hash id
        GeoPoint: access_hash
        Message: media_unread reactions_are_possible report_delivery_until_date
        MessageActionPaymentRefunded: payload
        MessageActionPaymentSentMe: payload
        MessageActionStarGift: prepaid_upgrade_hash
        MessageMediaInvoice: shipping_address_requested start_param
        MessageReplies: channel_id comments max_id read_max_id recent_repliers replies_pts
        PaymentCharge: provider_charge_id
        Photo: access_hash file_reference
        Poll: creator hash id
        PollResults: can_view_stats has_unread_votes min
        InputGroupCall: *
        InputGroupCallInviteMessage: *
        InputGroupCallSlug: *
        PhoneCallDiscardReasonMigrateConferenceCall: slug
    """,
    "where the files are, and other qualities of them; tests of files hold those": """
        Document: date dc_id
        DocumentAttributeCustomEmoji: *
        DocumentAttributeFilename: *
        DocumentAttributeImageSize: *
        DocumentAttributeSticker: *
        DocumentAttributeVideo: *
        MaskCoords: *
        MessageMediaDocument: nopremium round video
        Photo: date dc_id has_stickers
        PhotoCachedSize: *
        PhotoEmpty: *
        PhotoPathSize: *
        PhotoSize: type
        PhotoSizeEmpty: *
        PhotoSizeProgressive: *
        VideoSize: *
        VideoSizeEmojiMarkup: *
        VideoSizeStickerMarkup: *
        WebDocument: access_hash mime_type size
        WebDocumentNoProxy: mime_type size
    """,
    "how an application shows it": """
        EmojiGameOutcome: seed
        MessageEntityFormattedDate: day_of_week long_date long_time relative short_date short_time
        MessageExtendedMediaPreview: *
        MessageMediaWebPage: force_large_media force_small_media manual safe
        PeerColor: *
        PeerColorCollectible: *
        ReplyKeyboardHide: *
        StarGiftBackground: *
        ThemeSettings: *
        WallPaper: *
        WallPaperNoFile: *
        WallPaperSettings: *
        WebPage: display_url embed_height embed_type embed_width has_large_media hash id
        WebPage: video_cover_photo
    """,
    "of what the message only names: the page, story, gift, bot or poll behind it": """
        BotApp: access_hash description hash id short_name title
        MediaAreaCoordinates: *
        MediaAreaStarGift: *
        MediaAreaVenue: *
        MediaAreaWeather: *
        Page: *
        Poll: countries_iso2 hide_results_until_close revoting_disabled shuffle_answers
        Poll: subscribers_only
        PrivacyValueAllowChatParticipants: *
        RequestedPeerChat: title
        RequestedPeerUser: first_name last_name username
        StarGift: auction auction_slug auction_start_date availability_remains
        StarGift: availability_resale birthday first_sale_date gifts_per_round last_sale_date
        StarGift: limited_per_user locked_until_date peer_color_available per_user_remains
        StarGift: convert_stars per_user_total released_by require_premium resell_min_stars
        StarGift: sold_out upgrade_stars upgrade_variants
        StarGiftAttributeBackdrop: *
        StarGiftAttributeModel: crafted
        StarGiftAttributeOriginalDetails: *
        StarGiftUnique: burned craft_chance_permille crafted host_id offer_min_stars released_by
        StarGiftUnique: require_premium resale_ton_only theme_available theme_peer value_amount
        StarGiftUnique: value_currency value_usd_amount
        StoryFwdHeader: *
        StoryItem: albums close_friends contacts from_id id min noforwards out pinned public
        StoryItem: selected_contacts
        StoryItemDeleted: *
        StoryItemSkipped: *
        StoryViews: *
        WebPageAttributeStarGiftAuction: *
        WebPageAttributeStickerSet: *
        WebPageEmpty: *
        WebPageNotModified: *
        WebPagePending: *
    """,
    "a passport's, which only the bot that asked can decipher": """
        SecureCredentialsEncrypted: *
        SecureData: *
        SecureFile: *
        SecurePlainEmail: *
        SecurePlainPhone: *
        SecureValue: hash
    """,
    "of messages that no history has: planned ones, drafts, quick replies": """
        Message: legacy quick_reply_shortcut_id schedule_repeat_period video_processing_pending
        MessageReplyHeader: reply_to_ephemeral reply_to_scheduled
    """,
    "known from the chat, or the other side of another field": """
        Message: peer_id post
        MessageFwdHeader: saved_out
        MessageMediaPhoto: live_photo
        MessagePeerReaction: my
        MessageReplyHeader: forum_topic
        MessageService: peer_id
        ReactionCount: chosen_order
    """,
    "shown where other fields are not there, or are of another kind": """
        MessageActionBotAllowed: domain from_request
        MessageActionConferenceCall: active
        MessageActionPaymentSent: recurring_init
        MessageActionPaymentSentMe: recurring_init
        MessageActionStarGift: to_id upgraded
        MessageActionSuggestedPostApproval: schedule_date
        MessageEntityBankCard: length offset
        MessageEntityCashtag: length offset
        ReactionCustomEmoji: document_id
        StarGift: limited
    """,
}
"""The fields that no line shows, by the reason. `*`: all of that class."""


def left_out() -> set[str]:
    found = set()
    for text in LEFT_OUT.values():
        for written in text.strip().splitlines():
            owner, names = written.split(":")
            found |= {f"{owner.strip()}.{name}" for name in names.split()}
    return found


def shown_and_met() -> tuple[set[str], set[str]]:
    """The fields whose value makes a difference, and all that there are."""
    shown: set[str] = set()
    met: set[str] = set()
    for message in messages():
        before = line(message)
        for owner, name, value in fields_of(message):
            field = f"{type(owner).__name__}.{name}"
            met.add(field)
            if field not in shown:
                setattr(owner, name, altered(value))
                if line(message) != before:
                    shown.add(field)
                setattr(owner, name, value)
    return shown, met


def test_every_field_is_shown_or_left_out_knowingly() -> None:
    shown, met = shown_and_met()
    known = left_out()
    whole = {name.removesuffix(".*") for name in known if name.endswith(".*")}
    unshown = {field for field in met - shown if field.split(".")[0] not in whole}

    assert unshown == {field for field in known if not field.endswith(".*")}
