"use strict";

/* What is neither text nor a file: polls, checklists, places, contacts, money, gifts, stories. */
{
  const { el, t, tn } = CK;

  /** An icon, a title and a few lines. */
  const card = (icon, title, ...lines) =>
    el(
      "div.card",
      el("span.card-icon", CK.icon(icon)),
      el(
        "div.card-side",
        el("div.card-title", title),
        lines.filter(Boolean).map((line) => el("div.card-line", line)),
      ),
    );

  function poll(record) {
    const { media } = record.x;
    const voters = media.total_voters || 0;
    const kind = media.quiz
      ? t("Quiz")
      : media.public_voters
        ? t("Public poll")
        : t("Anonymous poll");
    const kindLine = [media.closed ? t("Final results") : kind];
    if (media.multiple_choice) kindLine.push(t("several answers"));
    const answers = (media.answers || []).map((answer) =>
      pollAnswer(record, answer, voters, media.quiz),
    );
    return el(
      "div.poll",
      media.media && CK.attachment(record, media.media, 300),
      el("div.question", CK.inlineText(media.question, record.x.custom_emoji)),
      el("div.card-line", kindLine.join(" · ")),
      el("ul.answers", answers),
      el("div.card-line", voters ? tn("{n} vote", "{n} votes", voters) : t("No votes")),
      media.solution &&
        el("details.solution", el("summary", t("Explanation")), CK.inlineText(media.solution)),
      media.solution_media && CK.attachment(record, media.solution_media, 300),
    );
  }

  function pollAnswer(record, answer, voters, quiz) {
    const count = answer.voters || 0;
    const share = voters ? Math.round((count / voters) * 100) : 0;
    const ticked = answer.chosen || answer.correct;
    const bar = el("span.bar", el("span.bar-filled"));
    bar.firstChild.style.width = `${share}%`;
    const says = answer.correct ? t("right answer") : answer.chosen ? t("chosen") : null;
    const wrong = quiz && answer.chosen && !answer.correct;
    const mark =
      ticked &&
      el(
        "span.answer-mark",
        { title: says },
        CK.icon(wrong ? "close" : "tick"),
        el("span.unseen", says),
      );
    return el(
      `li.answer${wrong ? ".wrong" : ""}${answer.correct ? ".right" : ""}`,
      el("span.share", { title: tn("{n} vote", "{n} votes", count) }, `${share}%`),
      el("span.answer-text", mark, CK.inlineText(answer.text, record.x.custom_emoji)),
      bar,
      answer.media && CK.attachment(record, answer.media, 120),
    );
  }

  function checklist(record) {
    const { media } = record.x;
    const items = media.items || [];
    const done = items.filter((item) => item.completed != null).length;
    const shown = items.map((item) => {
      const ticked = item.completed != null;
      const who =
        ticked &&
        item.completed_by != null &&
        el(
          "span.card-line",
          CK.name(CK.peerName(item.completed_by)),
          ` · ${CK.moment(item.completed)}`,
        );
      return el(
        `li.task${ticked ? ".done" : ""}`,
        el(
          "span.check",
          { "role": "img", "aria-label": ticked ? t("done") : t("open") },
          ticked && CK.icon("tick"),
        ),
        el("span.task-side", CK.inlineText(item.text, record.x.custom_emoji), who),
      );
    });
    return el(
      "div.poll",
      el("div.question", CK.inlineText(media.title, record.x.custom_emoji)),
      el("div.card-line", t("Checklist")),
      el("ul.answers", shown),
      el(
        "div.card-line",
        t("{done} of {all} done", { done: CK.number(done), all: CK.number(items.length) }),
      ),
    );
  }

  const point = (location) =>
    location.latitude == null
      ? t("no coordinates")
      : CK.outLink(
          `https://www.openstreetmap.org/?mlat=${location.latitude}&mlon=${location.longitude}#map=16/${location.latitude}/${location.longitude}`,
          `${location.latitude.toFixed(5)}, ${location.longitude.toFixed(5)}`,
        );

  function contact({ x: { media } }) {
    const name = [media.first_name, media.last_name].filter(Boolean).join(" ") || t("Contact");
    const phone =
      media.phone_number &&
      CK.outLink(`tel:${media.phone_number.replace(/[^\d+]/g, "")}`, media.phone_number);
    const vcard = CK.fileUrl(media.bin || media.vcard_path);
    return card(
      "contact",
      CK.name(name),
      phone && el("bdi", { dir: "ltr" }, phone),
      vcard && el("a", { href: vcard, target: "_blank", rel: "noopener" }, t("Card (vCard)")),
    );
  }

  function place({ x: { media } }) {
    return card(
      "place",
      CK.name(media.title || t("Place")),
      media.address && CK.name(media.address),
      point(media.location || {}),
    );
  }

  function location({ kind, x: { media } }) {
    const live = kind === "live_location" || media.live_period_seconds;
    return card(
      "place",
      live ? t("Live location") : t("Location"),
      point(media),
      live && CK.period(media.live_period_seconds || 0),
    );
  }

  function invoice(record) {
    const { media } = record.x;
    const price = CK.price(media.amount || 0, media.currency || "");
    const state = media.receipt_message_id ? t("paid") : media.test ? t("test") : null;
    return [
      media.bought && CK.attachment(record, media.bought, 420),
      card(
        "bill",
        CK.name(media.title || t("Invoice")),
        media.description && CK.name(media.description),
        [price, state].filter(Boolean).join(" · "),
      ),
    ];
  }

  function game(record) {
    const { media } = record.x;
    return [
      media.photo && CK.picture(record, "photo", media.photo, { largest: 300 }),
      card(
        "game",
        CK.name(media.title),
        media.description && CK.name(media.description),
        media.bot != null && CK.name(CK.peerName(media.bot)),
      ),
    ];
  }

  function story(record) {
    const { media } = record.x;
    const who = CK.name(CK.peerName(media.peer));
    return [
      media.media && CK.attachment(record, media.media, 320),
      card(
        "story",
        media.mention ? CK.said("Story that mentions this chat", {}) : t("Story"),
        who,
        !media.media && t("its content was not sent along"),
      ),
      media.music && CK.attachment(record, media.music, 320),
    ];
  }

  const prize = (media) =>
    media.stars
      ? tn("{n} star", "{n} stars", media.stars)
      : media.months
        ? tn("Telegram Premium for {n} month", "Telegram Premium for {n} months", media.months)
        : null;

  function giveaway({ x: { media } }) {
    const channels = (media.channels || []).map((one) => CK.peerName(one)).join(", ");
    return card(
      "gift",
      t("Giveaway"),
      [tn("{n} prize", "{n} prizes", media.quantity || 0), prize(media)]
        .filter(Boolean)
        .join(" · "),
      media.additional_prize && CK.name(media.additional_prize),
      channels && CK.name(channels),
      media.until_date != null && t("until {moment}", { moment: CK.moment(media.until_date) }),
    );
  }

  function giveawayResults({ x: { media } }) {
    const winners = (media.winners || []).map((one) => CK.peerName(one)).join(", ");
    return card(
      "gift",
      t("Results of a giveaway"),
      [tn("{n} winner", "{n} winners", media.winners_count || 0), prize(media)]
        .filter(Boolean)
        .join(" · "),
      media.additional_prize && CK.name(media.additional_prize),
      winners && CK.name(winners),
      media.unclaimed_count &&
        tn("{n} prize was not claimed", "{n} prizes were not claimed", media.unclaimed_count),
    );
  }

  function paid(record) {
    const { media } = record.x;
    const stars = tn("{n} star", "{n} stars", media.stars || 0);
    return [
      (media.items || []).map((item) => CK.attachment(record, item, 420)),
      card(
        "bill",
        t("Paid media"),
        stars,
        media.previews &&
          tn("{n} picture was not bought", "{n} pictures were not bought", media.previews),
      ),
    ];
  }

  const stream = () => card("stream", t("Live stream"));

  /** A photo or file that is only a part of what a message carries. */
  CK.attachment = (record, file, largest) => {
    const kind = file.kind || ("photo_id" in file ? "photo" : "file");
    if (kind === "photo" || kind === "video_file" || kind === "animation")
      return CK.picture(record, kind, file, { largest });
    if (kind === "audio_file" || kind === "voice_message")
      return CK.audioPlayer(record, kind, file);
    return CK.fileTile(record, kind, file);
  };

  CK.cards = {
    poll,
    contact,
    location,
    venue: place,
    live_location: location,
    invoice,
    game,
    story,
    giveaway,
    todo_list: checklist,
    giveaway_results: giveawayResults,
    paid_media: paid,
    video_stream: stream,
  };
}
