"use strict";

/* Voice messages, music, round videos and files. */
{
  const { el } = CK;
  const BARS = 48;
  const BAR_BITS = 5;
  const SPEEDS = [1, 1.5, 2];

  /** The one voice or song that plays: it goes on when its message is scrolled away. */
  const audio = new Audio();
  let playing = null; // its path
  let speed = 1;
  const updates = new WeakMap(); // player on screen → what shows how far it is

  function updateAll() {
    for (const element of document.querySelectorAll(".player")) updates.get(element)();
  }
  for (const name of ["play", "pause", "timeupdate", "ended", "loadedmetadata"]) {
    audio.addEventListener(name, updateAll);
  }

  function toggle(file) {
    if (playing !== file.path) {
      playing = file.path;
      audio.src = CK.fileUrl(file.path);
      audio.playbackRate = speed;
      updateAll();
    }
    if (audio.paused) {
      CK.quiet(audio);
      audio.play().catch(() => {});
    } else audio.pause();
  }

  function seek(file, share) {
    if (playing !== file.path) toggle(file);
    const length = Number.isFinite(audio.duration) ? audio.duration : file.duration_s;
    if (length) audio.currentTime = Math.max(0, Math.min(1, share)) * length;
  }

  /** Stop whatever else makes a sound. */
  CK.quiet = (except) => {
    if (except !== audio) audio.pause();
    for (const video of document.querySelectorAll("video")) {
      if (video !== except && !video.muted) video.pause();
    }
  };

  /** The bars of a waveform, from 0 to 1: 5 bits each, packed, the lowest bits first. */
  CK.barsOf = (base64) => {
    if (!base64) return [];
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const count = Math.floor((bytes.length * 8) / BAR_BITS);
    const values = [];
    for (let i = 0; i < count; i++) {
      const bit = i * BAR_BITS;
      const pair = bytes[bit >> 3] | ((bytes[(bit >> 3) + 1] || 0) << 8);
      values.push(((pair >> (bit & 7)) & 31) / 31);
    }
    const size = Math.max(1, count / BARS);
    const bars = [];
    for (let at = 0; at < count; at += size) {
      bars.push(
        Math.max(
          ...values.slice(Math.floor(at), Math.max(Math.floor(at) + 1, Math.floor(at + size))),
        ),
      );
    }
    return bars;
  };

  function waveform(bars) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", `0 0 ${bars.length * 4} 24`);
    svg.setAttribute("preserveAspectRatio", "none");
    svg.setAttribute("aria-hidden", "true");
    const d = bars.map((bar, i) => `M${i * 4 + 1.5} ${23 - bar * 20}V23`).join("");
    svg.append(CK.path(d, "bars"), CK.path(d, "bars played"));
    return svg;
  }

  /** The player of a voice message or song. */
  CK.audioPlayer = (record, kind, file) => {
    const url = CK.fileUrl(file.path);
    if (!url) return CK.fileTile(record, kind, file);
    const music = kind === "audio_file";
    const bars = music ? [] : CK.barsOf(file.waveform);
    const button = el("button.round", { onclick: () => toggle(file) }, CK.icon("play"));
    const track = el(
      "div.track",
      { "role": "slider", "tabindex": 0, "aria-label": CK.t("Position"), "aria-valuemin": 0 },
      bars.length ? waveform(bars) : el("span.line", el("span.line-played")),
    );
    const clock = el("span.clock");
    const faster = el("button.speed", {
      "onclick": nextSpeed,
      "hidden": true,
      "aria-label": CK.t("Speed"),
    });
    const title = music && el("div.file-name", CK.name(songTitle(file)));
    const element = el(
      "div.player",
      button,
      el("div.player-side", title, track, el("div.player-foot", clock, faster)),
    );

    track.addEventListener("click", (event) => {
      const box = track.getBoundingClientRect();
      seek(file, (event.clientX - box.left) / box.width);
    });
    track.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -5, ArrowRight: 5 }[event.key];
      if (!step || playing !== file.path) return;
      event.preventDefault();
      event.stopPropagation();
      audio.currentTime = Math.max(0, audio.currentTime + step);
    });

    function nextSpeed() {
      speed = SPEEDS[(SPEEDS.indexOf(speed) + 1) % SPEEDS.length];
      audio.playbackRate = speed;
      update();
    }

    function update() {
      const mine = playing === file.path;
      const running = mine && !audio.paused;
      const length =
        (mine && Number.isFinite(audio.duration) && audio.duration) || file.duration_s || 0;
      const at = mine ? audio.currentTime : 0;
      button.replaceChildren(CK.icon(running ? "pause" : "play"));
      button.setAttribute("aria-label", running ? CK.t("Pause") : CK.t("Play"));
      track.style.setProperty("--played", length ? `${(at / length) * 100}%` : "0%");
      track.setAttribute("aria-valuemax", Math.round(length));
      track.setAttribute("aria-valuenow", Math.round(at));
      track.setAttribute("aria-valuetext", CK.length(at));
      clock.textContent = at ? `${CK.length(at)} / ${CK.length(length)}` : CK.length(length);
      faster.hidden = !mine;
      faster.textContent = `${speed}×`;
    }

    update();
    updates.set(element, update);
    return element;
  };

  const songTitle = (file) => {
    const title = file.title || file.name || CK.t("Audio");
    return file.performer ? `${file.performer} – ${title}` : title;
  };

  /** A round video: a circle that plays in its place. */
  CK.roundVideo = (record, file) => {
    const src = CK.fileUrl(file.path);
    if (!src) return CK.fileTile(record, "video_message", file);
    const poster = CK.posterOf(file);
    const video = el("video", {
      src: poster ? src : `${src}#t=0.1`,
      poster,
      preload: poster ? "none" : "metadata",
      tabindex: -1,
    });
    video.playsInline = true;
    const mark = el("span.play-mark", CK.icon("play"));
    const clock = el("span.pill.length-pill", CK.length(file.duration_s));
    const button = el(
      "button.round-video",
      {
        "aria-label": CK.t("Video message, {length}", { length: CK.length(file.duration_s) }),
        "onclick": turn,
      },
      video,
      mark,
    );
    function turn() {
      if (video.paused) {
        CK.quiet(video);
        video.play().catch(() => {});
      } else video.pause();
    }
    const update = () => {
      mark.hidden = !video.paused;
      const length = video.duration || file.duration_s;
      clock.textContent = CK.length(video.currentTime ? length - video.currentTime : length);
      button.style.setProperty(
        "--played",
        length ? `${(video.currentTime / length) * 360}deg` : "0deg",
      );
    };
    for (const name of ["play", "pause", "timeupdate", "ended"])
      video.addEventListener(name, update);
    return el("div.round-holder", button, clock);
  };

  const ENDING = /\.([a-z0-9]{1,8})$/i;

  /** A file as a tile: its ending, name and size, and where it is not kept, why. */
  CK.fileTile = (record, kind, file) => {
    const name = file.name || CK.t(NAMES[kind] || "File");
    const ending = (ENDING.exec(name) || ENDING.exec(file.path || "") || [])[1] || "";
    const href = CK.fileUrl(file.bin || file.path);
    const details = [
      file.size_bytes ? CK.size(file.size_bytes) : "",
      href ? "" : CK.whyMissing(file),
    ];
    if (file.bin) details.push(CK.t("saved as .bin, so that it cannot run: rename it to open it"));
    const tile = href
      ? el("a.tile", {
          href,
          target: "_blank",
          rel: "noopener noreferrer",
          download: file.bin ? "" : null,
        })
      : el("div.tile.gone");
    const thumb = CK.fileUrl(file.thumbnail && file.thumbnail.path);
    tile.append(
      thumb
        ? el("img.tile-picture", { src: thumb, alt: "", decoding: "async" })
        : el("span.tile-ending", ending.slice(0, 5) || "?"),
      el(
        "span.tile-side",
        cutName(CK.shownFileName(name)),
        el("span.tile-details", details.filter(Boolean).join(" · ")),
      ),
    );
    return tile;
  };

  const NAMES = {
    voice_message: "Voice message",
    video_message: "Video message",
    audio_file: "Audio",
    video_file: "Video",
    sticker: "Sticker",
  };

  /** A name that is cut in its middle, so that its end stays to be seen. */
  function cutName(name) {
    const kept = Math.min(10, Math.floor(name.length / 2));
    return el(
      "bdi.file-name",
      { title: name, dir: "ltr" },
      el("span.name-start", name.slice(0, name.length - kept)),
      el("span.name-end", name.slice(name.length - kept)),
    );
  }
}
