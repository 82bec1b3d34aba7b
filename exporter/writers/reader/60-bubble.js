"use strict";

/* The bubble of a message, from its name down to its time. */
{
  const { el, t, tn } = CK;

  const isOwn = (record) =>
    Boolean(record.x.outgoing) || CK.own.has((CK.peers[record.sender] || {}).id);
  CK.isOwn = isOwn;

  /** Whether people are told apart by name and picture here. */
  CK.hasManyPeople = () => !/personal|bot|channel|saved/.test(CK.archive.chat.type || "");

  function nameLine(record) {
    const peer = CK.peers[record.sender];
    const title = record.x.extra && record.x.extra.from_rank;
    return el(
      `div.sender.n${CK.colourOf(record.sender)}`,
      el("span.sender-name", CK.name(CK.peerName(record.sender))),
      peer && peer.bot && el("span.badge", t("bot")),
      title && el("span.rank", CK.name(String(title))),
    );
  }

  function forwardLine(forward) {
    const name =
      forward.peer != null ? CK.peerName(forward.peer) : forward.name || t("Deleted account");
    const peer = forward.peer != null ? CK.peers[forward.peer] : null;
    const shown = el("b", CK.name(forward.author ? `${name} (${forward.author})` : name));
    const link =
      peer && peer.username && forward.message_id
        ? CK.outLink(
            `https://t.me/${encodeURIComponent(peer.username)}/${forward.message_id}`,
            shown,
          )
        : shown;
    const values = { name: link, day: CK.shortDay(forward.date) };
    return el(
      "div.forwarded",
      CK.said(
        forward.imported ? "Imported from {name}, {day}" : "Forwarded from {name}, {day}",
        values,
      ),
    );
  }

  function viaLine(record) {
    const peer = CK.peers[record.x.via_bot];
    const name = peer && peer.username ? `@${peer.username}` : CK.peerName(record.x.via_bot);
    return el("div.forwarded", CK.said("via {name}", { name: CK.name(name) }));
  }

  /** The answered message: filled in at once if it is loaded, else when the list stands still. */
  function replyQuote(record) {
    const { reply } = record.x;
    if (!reply || (reply.message_id === record.list.topic && !reply.quote)) return null;
    const elsewhere = reply.peer != null && !reply.story_id;
    const name = el("span.quote-name");
    const line = el("span.quote-line");
    const side = el("span.quote-side", name, line);
    const shell =
      reply.message_id && !elsewhere
        ? el("a.reply", { href: `#${reply.message_id}` }, side)
        : el("div.reply", side);
    if (reply.story_id) {
      name.append(CK.name(CK.peerName(reply.peer)));
      line.append(t("Story"));
    } else if (elsewhere || reply.origin) {
      const origin = reply.origin || {};
      const who =
        origin.peer != null ? CK.peerName(origin.peer) : origin.name || CK.peerName(reply.peer);
      name.append(CK.name(who));
      if (reply.peer != null) name.append(" · ", CK.name(CK.peerName(reply.peer)));
      line.append(CK.name(reply.quote ? reply.quote.text : t("a message of another chat")));
    } else {
      shell.dataset.reply = reply.message_id;
      if (reply.quote) line.append(CK.name(reply.quote.text));
      else line.append("…");
    }
    return shell;
  }

  /** Put into a reply what it answers. */
  CK.fillReply = (shell, answered, quoted) => {
    const name = shell.querySelector(".quote-name");
    const line = shell.querySelector(".quote-line");
    delete shell.dataset.reply;
    if (!answered) {
      if (!quoted) line.replaceChildren(t("A message that isn't in this archive"));
      return;
    }
    shell.classList.add(`n${CK.colourOf(answered.sender)}`);
    name.replaceChildren(CK.name(CK.peerName(answered.sender)));
    if (!quoted) line.replaceChildren(CK.name(CK.summary(answered)));
    const { media } = answered.x;
    const picture =
      media && (answered.kind === "photo" ? media.path : media.thumbnail && media.thumbnail.path);
    const url = CK.fileUrl(picture);
    if (url && !media.spoiler)
      shell.prepend(el("img.quote-thumb", { src: url, alt: "", decoding: "async" }));
  };

  const KINDS = {
    photo: "Photo",
    video_file: "Video",
    animation: "GIF",
    video_message: "Video message",
    voice_message: "Voice message",
    audio_file: "Audio",
    sticker: "Sticker",
    file: "File",
    contact: "Contact",
    location: "Location",
    live_location: "Live location",
    venue: "Place",
    game: "Game",
    invoice: "Invoice",
    poll: "Poll",
    todo_list: "Checklist",
    dice: "Dice",
    story: "Story",
    giveaway: "Giveaway",
    giveaway_results: "Results of a giveaway",
    paid_media: "Paid media",
    video_stream: "Live stream",
  };

  /** A message in one line. */
  CK.summary = (record) => {
    if (record.kind === "service") {
      const line = el("span", CK.serviceLine(record));
      return line.textContent;
    }
    const text = record.text.slice(0, 200).replace(/\s+/g, " ");
    const { media = {} } = record.x;
    const kind = KINDS[record.kind];
    const title = { poll: (media.question || {}).text, todo_list: (media.title || {}).text }[
      record.kind
    ];
    const named =
      title ||
      (record.kind === "sticker"
        ? media.sticker_emoji
        : record.kind === "file"
          ? media.name
          : record.kind === "dice"
            ? media.emoji
            : media.title && String(media.title));
    if (!kind)
      return text || (record.kind === "unsupported" ? CK.unknownLine(record) : t("Message"));
    return [t(kind), text || (typeof named === "string" ? named : "")].filter(Boolean).join(" · ");
  };

  function linkPreview(record) {
    const preview = record.x.link_preview;
    const file = preview.file;
    const wide = file && CK.isVideo(file.kind);
    const picture =
      file && (wide || file.kind !== "photo")
        ? CK.attachment(record, file, 380)
        : preview.photo &&
          CK.picture(record, "photo", preview.photo, { largest: preview.description ? 300 : 380 });
    return el(
      "div.preview",
      preview.site_name && el("div.preview-site", CK.name(preview.site_name)),
      preview.title && el("div.preview-title", CK.outLink(preview.url, CK.name(preview.title))),
      preview.author && el("div.card-line", CK.name(preview.author)),
      preview.description &&
        el("div.preview-text", { dir: CK.direction(preview.description) }, preview.description),
      picture,
    );
  }

  function buttons(record) {
    const rows = record.x.buttons.map((row) =>
      el(
        "div.button-row",
        row.map((button) => {
          const url =
            (button.type === "url" || button.type === "web_view" || button.type === "auth") &&
            button.data;
          const shown = el("span.bot-button", CK.name(button.text));
          if (!url || !CK.safeUrl(url)) return shown;
          shown.append(" ↗\ufe0e");
          return CK.outLink(url, shown);
        }),
      ),
    );
    return el("div.buttons", rows);
  }

  function reactions(record) {
    const emoji = new Map((record.x.custom_emoji || []).map((one) => [one.document_id, one]));
    return record.x.reactions
      .filter((one) => one.count || one.recent)
      .map((one) => {
        const who = (one.recent || []).map((recent) => CK.peerName(recent.peer)).join(", ");
        const url = one.document_id && CK.fileUrl((emoji.get(one.document_id) || {}).path);
        const shown =
          one.emoji ||
          (one.type === "paid"
            ? "⭐"
            : url && /\.(webp|png|gif)$/i.test(url)
              ? el("img.emoji", { src: url, alt: t("custom emoji") })
              : "❔");
        return el(
          "span.reaction",
          { title: who || null },
          el("span", shown),
          el("span.reaction-count", CK.shortNumber(one.count || (one.recent || []).length)),
        );
      });
  }

  /** When, and how it has been seen: at the end of the bubble. */
  function footer(record) {
    const { x } = record;
    return el(
      "span.foot",
      x.deleted_at != null &&
        el("span.deleted", t("deleted on Telegram, {day}", { day: CK.shortDay(x.deleted_at) })),
      x.pinned &&
        el(
          "span.foot-icon",
          { "role": "img", "aria-label": t("pinned"), "title": t("pinned") },
          CK.icon("pin"),
        ),
      x.views != null &&
        el(
          "span.foot-item",
          { title: tn("{n} view", "{n} views", x.views) },
          CK.icon("eye"),
          CK.shortNumber(x.views),
        ),
      x.comments
        ? el(
            "span.foot-item",
            { title: tn("{n} comment", "{n} comments", x.comments) },
            CK.icon("topic"),
            CK.shortNumber(x.comments),
          )
        : null,
      x.author && el("span.foot-author", CK.name(x.author)),
      x.edited != null && editedLabel(record),
      el(
        "a.time",
        {
          href: `#${record.id}`,
          title:
            CK.moment(record.date) +
            (x.edited != null ? ` · ${t("edited {moment}", { moment: CK.moment(x.edited) })}` : ""),
        },
        CK.time(record.date),
      ),
    );
  }

  function editedLabel(record) {
    const versions = CK.versionsOf(record);
    if (!versions.length) return el("span.edited", t("edited"));
    return el(
      "button.edited.plain-button",
      { onclick: () => CK.showVersions(record) },
      t("edited"),
    );
  }

  CK.bubbleParts = {
    nameLine,
    forwardLine,
    viaLine,
    replyQuote,
    linkPreview,
    buttons,
    reactions,
    footer,
  };
}
