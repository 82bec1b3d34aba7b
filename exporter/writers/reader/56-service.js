"use strict";

/* Service messages in words. The names of the actions are those of result.json. */
{
  const { el, t, tn, said } = CK;

  const bold = (text) => el("b", CK.name(text == null ? t("Deleted account") : text));

  function names(members) {
    const fragment = document.createDocumentFragment();
    (members || []).forEach((member, at) => fragment.append(at ? ", " : "", bold(member)));
    return fragment;
  }

  /** A link to the message that this one is about. */
  function message(record, id) {
    const target = id || (record.x.reply && record.x.reply.message_id);
    if (!target) return t("a message");
    return el("a", { href: `#${target}` }, t("a message"));
  }

  const same = (sentence) => (_record, _details, who) => said(sentence, { who });
  const titled = (sentence) => (_record, details, who) =>
    said(sentence, { who, title: bold(details.title || "") });
  const withMembers = (sentence) => (_record, details, who) =>
    said(sentence, { who, members: names(details.members) });

  const stars = (count) => tn("{n} star", "{n} stars", Number(count) || 0);
  const amount = (details) =>
    details.price_currency === "TON"
      ? `${details.price_amount_whole}${Number(details.price_amount_nano) ? "+" : ""} TON`
      : stars(details.price_amount_whole);
  const premium = (details) =>
    details.months
      ? tn("Telegram Premium for {n} month", "Telegram Premium for {n} months", details.months)
      : tn("Telegram Premium for {n} day", "Telegram Premium for {n} days", details.days || 0);

  function call(record, details, who) {
    const icon = CK.icon("call");
    const video = record.x.action.extra && record.x.action.extra.video;
    const kind = video ? t("Video call") : t("Call");
    const state =
      details.discard_reason === "missed" || details.is_missed
        ? t("missed")
        : details.discard_reason === "busy"
          ? t("declined")
          : details.duration_seconds
            ? CK.length(details.duration_seconds)
            : t("no answer");
    return [icon, who, ` · ${kind} · ${state}`];
  }

  function groupCall(_record, details, who) {
    if (!details.duration) return said("{who} started a video chat", { who });
    return [
      CK.icon("call"),
      said("{who} ended the video chat ({length})", { who, length: CK.length(details.duration) }),
    ];
  }

  function tasks(record, details, who) {
    const done = (details.completed || []).length;
    const undone = (details.incompleted || []).length;
    const parts = [];
    if (done) parts.push(tn("{n} task done", "{n} tasks done", done));
    if (undone) parts.push(tn("{n} task open again", "{n} tasks open again", undone));
    return said("{who}: {what} in {message}", {
      who,
      what: parts.join(", "),
      message: message(record),
    });
  }

  function topicEdited(record, details, who) {
    const extra = record.x.action.extra || {};
    if (extra.closed != null)
      return said(extra.closed ? "{who} closed the topic" : "{who} reopened the topic", { who });
    if (extra.hidden != null)
      return said(extra.hidden ? "{who} hid the topic" : "{who} showed the topic again", { who });
    if (details.new_title)
      return said("{who} renamed the topic to {title}", { who, title: bold(details.new_title) });
    return said("{who} changed the topic's icon", { who });
  }

  function payment(record, details) {
    const price = el("b", CK.price(details.amount || 0, details.currency || ""));
    if (details.invoice_message_id) {
      return said("Payment of {price} for {message}", {
        price,
        message: message(record, details.invoice_message_id),
      });
    }
    return said("Payment of {price}", { price });
  }

  function starGift(record, details, who) {
    const { extra = {} } = record.x.action;
    const text = details.gift_text && (details.gift_text.text || details.gift_text);
    const title = extra.title
      ? bold(`${extra.title}${extra.number ? ` #${extra.number}` : ""}`)
      : stars(details.stars);
    const line = extra.declined
      ? said("{who} declined an offer for a gift: {gift}", { who, gift: title })
      : extra.offer
        ? said("{who} made an offer for a gift: {gift}", { who, gift: title })
        : said("{who} sent a gift: {gift}", { who, gift: title });
    return text
      ? [CK.icon("gift"), line, el("div.gift-text", CK.name(String(text)))]
      : [CK.icon("gift"), line];
  }

  function suggestedPost(_record, details, who) {
    if (details.rejected) return said("{who} rejected the suggested post", { who });
    const at = details.scheduled_date ? CK.momentOfUnix(details.scheduled_date) : t("now");
    return said("{who} approved the suggested post for {price}, to be published: {moment}", {
      who,
      price: amount(details),
      moment: at,
    });
  }

  function allowed(_record, details) {
    if (details.reason_domain)
      return said("The bot may write since the login on {site}", {
        site: bold(details.reason_domain),
      });
    if (details.reason_app_name)
      return said("The bot may write since {site} was opened", {
        site: bold(details.reason_app_name),
      });
    return t("The bot may write messages");
  }

  const LINES = {
    pin_message: (record, details, who) =>
      said("{who} pinned {message}", { who, message: message(record, details.message_id) }),
    create_group: (record, details, who) => [
      said("{who} created the group {title}", { who, title: bold(details.title || "") }),
      details.members && details.members.length > 1
        ? said(" with {members}", { members: names(details.members) })
        : null,
    ],
    create_channel: titled("{who} created {title}"),
    edit_group_title: titled("{who} changed the name to {title}"),
    edit_group_photo: same("{who} changed the photo"),
    delete_group_photo: same("{who} removed the photo"),
    suggest_profile_photo: same("{who} suggested a profile photo"),
    invite_members: withMembers("{who} added {members}"),
    remove_members: withMembers("{who} removed {members}"),
    join_group_by_link: same("{who} joined by a link"),
    join_group_by_request: same("{who} joined: the request was approved"),
    join_group_via_community: same("{who} joined by way of the community"),
    change_community: same("{who} changed the community of this group"),
    migrate_to_supergroup: () => t("The group became a supergroup"),
    migrate_from_group: (_record, details) =>
      said("Here the group {title} became a supergroup", { title: bold(details.title || "") }),
    new_creator_pending: (_r, details, who) =>
      said("{who} offered the ownership to {members}", { who, members: bold(details.new_creator) }),
    change_creator: (_r, details, who) =>
      said("{who} gave the ownership to {members}", { who, members: bold(details.new_creator) }),
    clear_history: () => t("The history was cleared"),
    take_screenshot: same("{who} took a screenshot"),
    joined_telegram: same("{who} joined Telegram"),
    phone_call: call,
    conference_call: call,
    group_call: groupCall,
    group_call_scheduled: (_r, details, who) =>
      said("{who} planned a video chat for {moment}", {
        who,
        moment: CK.momentOfUnix(details.schedule_date || 0),
      }),
    invite_to_group_call: withMembers("{who} invited {members} to the video chat"),
    proximity_reached: (_r, details) =>
      said("{who} is now within {distance} of {members}", {
        who: bold(details.from),
        members: bold(details.to),
        distance: tn("{n} metre", "{n} metres", details.distance || 0),
      }),
    set_messages_ttl: (_r, details, who) =>
      details.period
        ? said("{who} set messages to be deleted after {period}", {
            who,
            period: CK.period(details.period),
          })
        : said("{who} turned off deleting messages by themselves", { who }),
    edit_chat_theme: (_r, details, who) =>
      details.emoticon
        ? said("{who} changed the theme to {title}", { who, title: details.emoticon })
        : said("{who} changed the theme", { who }),
    set_chat_wallpaper: same("{who} changed the wallpaper"),
    set_same_chat_wallpaper: same("{who} set the same wallpaper"),
    topic_created: titled("{who} created the topic {title}"),
    topic_edit: topicEdited,
    todo_completions: tasks,
    todo_append_tasks: (record, details, who) =>
      said("{who} added tasks to {message}: {items}", {
        who,
        message: message(record),
        items: (details.items || [])
          .map((item) => (item.text && item.text.text) || item.text || "")
          .join(", "),
      }),
    poll_append_answer: (record, details, who) =>
      said("{who} added an answer to {message}: {title}", {
        who,
        message: message(record),
        title: bold(details.option || ""),
      }),
    poll_delete_answer: (record, details, who) =>
      said("{who} removed an answer from {message}: {title}", {
        who,
        message: message(record),
        title: bold(details.option || ""),
      }),
    suggest_birthday: same("{who} suggested a date of birth"),
    no_forwards_toggle: (_r, details, who) =>
      said(
        details.new_value
          ? "{who} forbade to forward and save"
          : "{who} allowed to forward and save",
        { who },
      ),
    no_forwards_request: same("{who} asked to allow to forward and save"),
    score_in_game: (record, details, who) =>
      said("{who} scored {score} in {message}", {
        who,
        score: el("b", CK.number(details.score || 0)),
        message: message(record, details.game_message_id),
      }),
    send_payment: payment,
    refunded_payment: (_r, details) =>
      said("{members} gave back {price}", {
        members: bold(details.peer_name),
        price: CK.price(details.amount || 0, details.currency || ""),
      }),
    allow_sending_messages: allowed,
    attach_menu_bot_allowed: () => t("The bot may write since it was put in the attachment menu"),
    web_app_bot_allowed: () => t("The bot may write since its app was opened"),
    send_webview_data: (_r, details) =>
      said("Data from the button {title} were sent to the bot", {
        title: bold(details.text || ""),
      }),
    requested_peer: same("{who} shared a chat or person with the bot"),
    managed_bot_created: (_r, details, who) =>
      said("{who} created the bot {title}", { who, title: bold(details.bot) }),
    send_passport_values: (_r, details) =>
      said("Passport data were sent: {items}", { items: (details.values || []).join(", ") }),
    send_premium_gift: (_r, details, who) => [
      CK.icon("gift"),
      said("{who} gave {gift}", { who, gift: premium(details) }),
    ],
    gift_code_prize: (_r, details) => [
      CK.icon("gift"),
      said(details.via_giveaway ? "A prize of a giveaway: {gift}" : "A gift code: {gift}", {
        gift: premium(details),
      }),
    ],
    giveaway_launch: same("{who} started a giveaway"),
    giveaway_results: (_r, details) =>
      tn(
        "The giveaway ended with {n} winner",
        "The giveaway ended with {n} winners",
        details.winners || 0,
      ),
    send_stars_gift: (_r, details, who) => [
      CK.icon("gift"),
      said("{who} gave {gift}", { who, gift: stars(details.amount_whole) }),
    ],
    send_ton_gift: (_r, details, who) => [
      CK.icon("gift"),
      said("{who} gave {gift}", { who, gift: details.cost || "TON" }),
    ],
    stars_prize: (_r, details) =>
      said("A prize of a giveaway: {gift}", { gift: stars(details.stars) }),
    send_star_gift: starGift,
    process_suggested_post: suggestedPost,
    suggested_post_success: (_r, details) =>
      said("The suggested post was paid: {price}", { price: amount(details) }),
    suggested_post_refund: () => t("The payment for the suggested post was given back"),
    paid_messages_refund: (_r, details, who) =>
      said("{who} gave back {price} for messages", { who, price: stars(details.stars_count) }),
    paid_messages_price_change: (_r, details, who) =>
      details.price_stars
        ? said("{who} set the price of a message to {price}", {
            who,
            price: stars(details.price_stars),
          })
        : said("{who} made messages free", { who }),
    boost_apply: (_r, details, who) =>
      said("{who} boosted the group {times}", {
        who,
        times: tn("{n} time", "{n} times", details.boosts || 1),
      }),
  };

  /** The content of a service message's pill. */
  CK.serviceLine = (record) => {
    const { action } = record.x;
    const details = (action && action.details) || {};
    if (action && action.name == null && details.information_text)
      return [CK.name(details.information_text)];
    const line = action && LINES[action.name];
    if (!line) return [unknown(record)];
    const who = bold(CK.peerName(record.sender));
    return [line(record, details, who)].flat().filter(Boolean);
  };

  function unknown(record) {
    return `${t("A kind of message this version can't show")} · ${record.id}`;
  }

  CK.unknownLine = unknown;
}
