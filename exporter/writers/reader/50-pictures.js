"use strict";

/* Photos, videos, animations and stickers. */
{
  const { el } = CK;
  const LARGEST = 420;
  const SMALLEST = 100;

  const WHY_MISSING = {
    too_big: "larger than the limit of this export",
    unavailable: "gone from Telegram",
    not_included: "not asked for in this export",
    failed: "could not be fetched",
  };

  /** Why the bytes of a file are not there, in words. */
  CK.whyMissing = (file) =>
    file.ttl_seconds
      ? CK.t("it destroyed itself")
      : CK.t(WHY_MISSING[file.missing] || "not in this archive");

  /** The size at which a picture is shown. */
  CK.boxOf = (width, height, largest = LARGEST) => {
    if (!width || !height) return { width: 240, height: 180 };
    const scale = Math.min(1, largest / width, largest / height);
    return {
      width: Math.max(SMALLEST, Math.round(width * scale)),
      height: Math.max(SMALLEST, Math.round(height * scale)),
    };
  };

  CK.isVideo = (kind) => kind === "video_file" || kind === "animation" || kind === "video_message";

  const MOVING = /\.(mp4|webm|mov|m4v|mkv)$/i;

  /** The pictures and videos of a record that a viewer can show, each {kind, file}. */
  CK.pictures = (record) => {
    const { kind, x } = record;
    const { media } = x;
    const found = [];
    const add = (file, of) => {
      if (file && file.path)
        found.push({ kind: of || file.kind || (file.photo_id ? "photo" : "file"), file });
    };
    if (kind === "photo" || CK.isVideo(kind)) add(media, kind);
    else if (kind === "paid_media") (media.items || []).forEach((one) => add(one));
    else if (kind === "story") add(media.media);
    else if (kind === "poll") {
      add(media.media);
      (media.answers || []).forEach((answer) => add(answer.media));
    } else if (kind === "game") add(media.photo);
    if (x.link_preview) add(x.link_preview.photo, "photo");
    if (x.action) add(x.action.photo, "photo");
    (x.inside || []).forEach((one) => add(one));
    return found.filter((one) => one.kind === "photo" || CK.isVideo(one.kind));
  };

  /** What a person who does not see a picture is told. */
  CK.altOf = (kind, record) => {
    const values = { name: CK.peerName(record.sender), day: CK.shortDay(record.date) };
    if (kind === "photo") return CK.t("Photo, {name}, {day}", values);
    if (kind === "animation") return CK.t("GIF, {name}, {day}", values);
    return CK.t("Video, {name}, {day}", values);
  };

  /** A poster for a video: its cover, else Telegram's thumbnail. */
  CK.posterOf = (file) =>
    CK.fileUrl(file.cover && file.cover.path) || CK.fileUrl(file.thumbnail && file.thumbnail.path);

  /** A photo or video in a frame of its proportions; a click opens the viewer. */
  CK.picture = (record, kind, file, { largest = LARGEST, fill = false } = {}) => {
    const url = CK.fileUrl(file.path);
    const of = file.width ? file : file.thumbnail || file;
    const box = CK.boxOf(of.width, of.height, largest);
    const alt = CK.altOf(kind, record);
    const open = (event) => {
      if (frame.classList.contains("hidden-picture")) {
        event.preventDefault();
        frame.classList.remove("hidden-picture");
        frame.setAttribute("aria-label", alt);
      } else CK.viewer.open(record, file);
    };
    const frame = url
      ? el("button.frame", { "aria-label": alt, "onclick": open })
      : el("div.frame.gone", { "role": "img", "aria-label": `${alt}: ${CK.whyMissing(file)}` });
    if (!fill) {
      frame.style.width = `${box.width}px`;
      frame.style.aspectRatio = `${box.width} / ${box.height}`;
    }
    if (url)
      frame.append(
        ...(kind === "photo" ? [image(url, alt)] : [moving(url, kind, file, alt)].flat()),
      );
    else frame.append(...gone(file, box));
    if (CK.isVideo(kind))
      frame.append(
        el("span.pill.length-pill", kind === "animation" ? "GIF" : CK.length(file.duration_s)),
      );
    if (file.live) frame.append(el("span.pill.length-pill", CK.t("Live")));
    if (file.spoiler && url) {
      frame.classList.add("hidden-picture");
      frame.setAttribute("aria-label", CK.t("Hidden picture: show"));
    }
    return frame;
  };

  function image(src, alt) {
    const picture = el("img", { src, alt, decoding: "async" });
    picture.onerror = () =>
      picture.replaceWith(el("span.why", CK.t("This file is not beside this page.")));
    return picture;
  }

  function moving(src, kind, file, alt) {
    const poster = CK.posterOf(file);
    if (kind === "animation" && MOVING.test(file.path)) return loop(src, poster);
    if (poster) return [image(poster, alt), el("span.play-mark", CK.icon("play"))];
    if (kind === "animation") return image(src, alt);
    const video = el("video", { src: `${src}#t=0.1`, preload: "metadata", tabindex: -1 });
    video.muted = true;
    return [video, el("span.play-mark", CK.icon("play"))];
  }

  /** A soundless video that plays while the pointer is on it, or by itself if that is welcome. */
  function loop(src, poster) {
    const video = el("video", { src, poster, loop: true, preload: "metadata", tabindex: -1 });
    video.muted = true;
    video.playsInline = true;
    const play = () => video.play().catch(() => {});
    video.addEventListener("mouseenter", play);
    video.addEventListener("mouseleave", () => video.pause());
    if (!CK.calm() && CK.whenSeen) CK.whenSeen(video, play, () => video.pause());
    return video;
  }

  /** Whether moving things are not wanted. */
  CK.calm = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;

  const seen = new WeakMap();
  const watcher = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      const [enter, leave] = seen.get(target);
      (isIntersecting ? enter : leave)();
    }
  });
  CK.whenSeen = (element, enter, leave) => {
    seen.set(element, [enter, leave]);
    watcher.observe(element);
  };

  function gone(file, box) {
    const poster = CK.posterOf(file);
    const note = el("span.why", CK.whyMissing(file));
    if (box.width < 160) note.classList.add("small");
    return poster ? [el("img.faded", { src: poster, alt: "", decoding: "async" }), note] : [note];
  }

  /** A sticker, or a die with its value. */
  CK.sticker = (record) => {
    const file = record.x.media || {};
    const alt = CK.t("Sticker {emoji}", { emoji: file.sticker_emoji || "" });
    const box = CK.boxOf(file.width, file.height, 180);
    const holder = el("div.sticker");
    holder.style.width = `${box.width}px`;
    holder.style.aspectRatio = `${box.width} / ${box.height}`;
    const url = CK.fileUrl(file.path);
    const still = CK.fileUrl(file.thumbnail && file.thumbnail.path);
    if (url && /\.webm$/i.test(file.path)) holder.append(playOnce(url, still, alt));
    else if (url && /\.(webp|png|gif|jpe?g)$/i.test(file.path)) holder.append(image(url, alt));
    else if (still) holder.append(image(still, alt));
    else
      holder.append(
        el("span.big-emoji", { "role": "img", "aria-label": alt }, file.sticker_emoji || "🖼"),
      );
    return holder;
  };

  function playOnce(src, poster, label) {
    const video = el("video", { src, poster, "preload": "metadata", "aria-label": label });
    video.muted = true;
    video.playsInline = true;
    const play = () => video.play().catch(() => {});
    video.addEventListener("mouseenter", play);
    return el("button.plain-button", { "aria-label": label, "onclick": play }, video);
  }

  CK.dice = (record) => {
    const { emoji, value } = record.x.media;
    const label = CK.t("{emoji} showed {value}", { emoji, value });
    return el(
      "div.dice",
      { "role": "img", "aria-label": label },
      el("span.big-emoji", emoji),
      el("span.pill", `${value}`),
    );
  };

  /** The layout of an album: rows of items, each item with its share of the row's width. */
  CK.albumRows = (ratios) => {
    const sizes = ROWS[ratios.length] || rowsFor(ratios.length);
    let at = 0;
    const rows = sizes.map((size) => {
      const shares = ratios
        .slice(at, at + size)
        .map((ratio) => Math.max(0.6, Math.min(1.8, ratio)));
      at += size;
      return { shares, ratio: shares.reduce((sum, one) => sum + one, 0) };
    });
    const height = rows.reduce((sum, row) => sum + 1 / row.ratio, 0);
    for (const row of rows) row.ratio *= Math.max(1, height);
    return rows;
  };

  const ROWS = {
    1: [1],
    2: [2],
    3: [1, 2],
    4: [2, 2],
    5: [2, 3],
    6: [3, 3],
    7: [2, 2, 3],
    8: [2, 3, 3],
    9: [3, 3, 3],
    10: [2, 2, 3, 3],
  };
  function rowsFor(count) {
    const rows = new Array(Math.floor(count / 3)).fill(3);
    if (count % 3) rows.unshift(count % 3);
    return rows;
  }
}
