"use strict";

/* Which messages make a row together, and the row as an element. */
{
  const { el, t } = CK;
  const parts = CK.bubbleParts;
  const JOINED_WITHIN_S = 15 * 60;
  const PICTURES = new Set(["photo", "video_file", "animation"]);

  const SEARCHED = ".bubble > .text, .poll, .card, .tile, .file-name, .preview, .service";

  const bare = (record) => record.kind === "service" || record.kind === "unsupported";

  /** The album or message that the nth message belongs to; null while a neighbour is not loaded. */
  CK.itemAt = (list, n) => {
    const record = list.record(n);
    const album = record.x.album_id;
    let from = n;
    let to = n;
    if (album) {
      while (from > 0) {
        if (!list.has(from - 1)) return missing(from - 1);
        if (list.record(from - 1).x.album_id !== album) break;
        from -= 1;
      }
      while (to < list.count - 1) {
        if (!list.has(to + 1)) return missing(to + 1);
        if (list.record(to + 1).x.album_id !== album) break;
        to += 1;
      }
    }
    if (from > 0 && !list.has(from - 1)) return missing(from - 1);
    if (to < list.count - 1 && !list.has(to + 1)) return missing(to + 1);
    return { list, from, to };
  };

  const missing = (n) => ({ missing: n });

  function goTogether(one, other) {
    return (
      one.sender === other.sender &&
      !bare(one) &&
      !bare(other) &&
      CK.isOwn(one) === CK.isOwn(other) &&
      other.date - one.date <= JOINED_WITHIN_S &&
      CK.dayOf(one.date) === CK.dayOf(other.date)
    );
  }

  /** The element of an item. */
  CK.buildRow = (item) => {
    const { list, from, to } = item;
    const records = [];
    for (let n = from; n <= to; n++) records.push(list.record(n));
    const [record] = records;
    const before = from > 0 ? list.record(from - 1) : null;
    const after = to < list.count - 1 ? list.record(to + 1) : null;
    const newDay = !before || CK.dayOf(before.date) !== CK.dayOf(record.date);
    const row = el("article.row", {
      "tabindex": -1,
      "aria-posinset": from + 1,
      "aria-setsize": list.count,
    });
    row.setAttribute("aria-label", label(record));
    row.from = from;
    row.to = to;
    if (newDay)
      row.append(el("button.day", { onclick: () => CK.calendar.open() }, CK.day(record.date)));
    if (bare(record)) row.append(servicePill(record));
    else {
      const first = newDay || !before || !goTogether(before, record);
      const last = !after || !goTogether(record, after);
      row.append(line(records, first, last));
      if (first) row.classList.add("first");
    }
    const { words } = CK.searchPanel;
    if (words.length) row.querySelectorAll(SEARCHED).forEach((part) => CK.mark(part, words));
    return row;
  };

  const label = (record) =>
    `${CK.peerName(record.sender)}, ${CK.moment(record.date)}${CK.isOwn(record) ? `, ${t("own message")}` : ""}`;

  function servicePill(record) {
    const { action } = record.x;
    const content =
      record.kind === "service"
        ? CK.serviceLine(record)
        : [record.x.problem || CK.unknownLine(record)];
    const photo =
      action && action.photo && CK.picture(record, "photo", action.photo, { largest: 140 });
    const pill = el(
      "div.service",
      content,
      el("a.time", { href: `#${record.id}`, title: CK.moment(record.date) }, CK.time(record.date)),
    );
    if (record.x.deleted_at != null)
      pill.append(
        el(
          "span.deleted",
          t("deleted on Telegram, {day}", { day: CK.shortDay(record.x.deleted_at) }),
        ),
      );
    return el(
      "div.service-line",
      pill,
      photo,
      record.x.reactions && el("div.reactions", parts.reactions(record)),
    );
  }

  function line(records, first, last) {
    const [record] = records;
    const own = CK.isOwn(record);
    const many = CK.hasManyPeople();
    const shape = bubble(records, first);
    if (last) shape.classList.add("last");
    const side = many && !own && el("div.side", last && CK.avatar(record.sender));
    return el(`div.line${own ? ".own" : ""}`, side, shape);
  }

  function bubble(records, first) {
    const [record] = records;
    const { x, kind } = record;
    const own = CK.isOwn(record);
    const captions = records.filter((one) => one.text);
    const body = contentOf(records);
    const lone =
      kind === "text" && records.length === 1 && !x.link_preview && CK.loneEmoji(record.text);
    const naked = lone || kind === "sticker" || kind === "dice" || kind === "video_message";
    const shape = el(`div.bubble${own ? ".out" : ""}${naked ? ".naked" : ""}`);
    const named = first && !own && (CK.hasManyPeople() || isChannel() || CK.own.size === 0);
    if (named) shape.append(parts.nameLine(record));
    if (x.forward) shape.append(parts.forwardLine(x.forward));
    if (x.via_bot != null) shape.append(parts.viaLine(record));
    const reply = parts.replyQuote(record);
    if (reply) shape.append(reply);
    const above = shape.childElementCount > 0;
    const text = captions.length && !body.withText ? captionBlock(captions) : null;
    if (lone) text.classList.add("big-emoji");
    const inverted = text && x.extra && x.extra.invert_media && body.elements.length;
    if (inverted) shape.append(text);
    shape.append(...body.elements);
    if (text && !inverted) shape.append(text);
    if (x.link_preview) shape.append(parts.linkPreview(record));
    if (x.extra && x.extra.factcheck) shape.append(factCheck(x.extra.factcheck));
    if (body.width)
      frameBubble(shape, body.width, above || inverted, (text && !inverted) || x.link_preview);
    finish(shape, record, records, text && text === shape.lastElementChild ? text : null);
    shape.dir = captions.length
      ? CK.direction(captions[0].text)
      : document.documentElement.dir || "ltr";
    return x.buttons ? el("div.stack", shape, parts.buttons(record)) : shape;
  }

  const isChannel = () => /channel/.test(CK.archive.chat.type || "");

  /** A bubble around pictures is as wide as they are. */
  function frameBubble(shape, width, above, below) {
    shape.classList.add("framing");
    if (above) shape.classList.add("above");
    if (below) shape.classList.add("below");
    shape.style.maxWidth = `${Math.max(width, below ? 240 : 0) + 6}px`;
  }

  /** The time, and the reactions in the same row; over the picture where there is no text. */
  function finish(shape, record, records, text) {
    const deleted = records.find((one) => one.x.deleted_at != null);
    const foot = parts.footer(deleted || records[records.length - 1]);
    const given = record.x.reactions ? parts.reactions(record) : [];
    if (deleted) shape.classList.add("gone-since");
    if (given.length) shape.append(el("div.reactions", given, foot));
    else if (text) {
      if (CK.hasBidiMarks(record.text)) text.classList.add("own-line");
      text.append(foot);
    } else {
      const over = shape.classList.contains("framing") && !shape.classList.contains("below");
      shape.append(el(`div.foot-line${over ? ".over" : ""}`, foot));
    }
  }

  function captionBlock(captions) {
    const blocks = captions.map((one) =>
      CK.textBlock(one.text, one.x.entities, one.x.custom_emoji),
    );
    return blocks.length === 1 ? blocks[0] : el("div.text", blocks);
  }

  function factCheck(check) {
    const text = check.text && (check.text.text || check.text);
    return typeof text === "string"
      ? el("div.preview", el("div.preview-site", t("Fact check")), el("div.preview-text", text))
      : null;
  }

  /** The media of the messages of an item: {elements, width?, withText?}. */
  function contentOf(records) {
    if (records.length > 1) return albumOf(records);
    const [record] = records;
    const { kind, x } = record;
    const media = x.media || {};
    if (PICTURES.has(kind)) {
      const shown = media.width ? media : media.thumbnail || media;
      return {
        elements: [CK.picture(record, kind, media)],
        width: CK.boxOf(shown.width, shown.height).width,
      };
    }
    return {
      elements: [
        singleOf(record, kind, media),
        ...(x.inside || []).map((one) => CK.attachment(record, one, 420)),
      ]
        .flat(2)
        .filter(Boolean),
    };
  }

  function singleOf(record, kind, media) {
    switch (kind) {
      case "text":
        return null;
      case "sticker":
        return CK.sticker(record);
      case "dice":
        return CK.dice(record);
      case "video_message":
        return CK.roundVideo(record, media);
      case "voice_message":
      case "audio_file":
        return CK.audioPlayer(record, kind, media);
      case "file":
        return CK.fileTile(record, kind, media);
      default:
        return CK.cards[kind]
          ? CK.cards[kind](record)
          : el("div.card-line", CK.unknownLine(record));
    }
  }

  function albumOf(records) {
    if (!records.every((one) => PICTURES.has(one.kind))) {
      const elements = records.flatMap((one) => [
        one.kind === "text"
          ? null
          : PICTURES.has(one.kind)
            ? CK.picture(one, one.kind, one.x.media || {}, { largest: 320 })
            : singleOf(one, one.kind, one.x.media || {}),
        one.text ? CK.textBlock(one.text, one.x.entities, one.x.custom_emoji) : null,
      ]);
      return { elements: elements.flat(2).filter(Boolean), withText: true };
    }
    const ratios = records.map(({ x: { media = {} } }) =>
      media.width && media.height ? media.width / media.height : 1,
    );
    const grid = el("div.album");
    let at = 0;
    for (const { shares, ratio } of CK.albumRows(ratios)) {
      const row = el("div.album-row");
      row.style.aspectRatio = `${ratio}`;
      for (const share of shares) {
        const one = records[at++];
        const frame = CK.picture(one, one.kind, one.x.media || {}, { fill: true });
        frame.style.flexGrow = 100 * share; // less than 1 in all would not fill the row
        row.append(frame);
      }
      grid.append(row);
    }
    return { elements: [grid], width: 420 };
  }
}
