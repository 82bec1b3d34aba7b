"use strict";

/* Elements are made here and nowhere from text: what a message says can only become a text node. */
{
  const SVG = "http://www.w3.org/2000/svg";

  /** el("button.tile", {title: "…", onclick: f}, "text", node, null) */
  CK.el = (name, ...children) => {
    const [tag, ...classes] = name.split(".");
    const element = document.createElement(tag);
    if (classes.length) element.className = classes.join(" ");
    for (const child of children.flat()) {
      if (child == null || child === false) continue;
      if (typeof child === "object" && !(child instanceof Node)) give(element, child);
      else element.append(child);
    }
    if (tag === "button" && !element.hasAttribute("type")) element.type = "button";
    return element;
  };

  function give(element, attributes) {
    for (const [name, value] of Object.entries(attributes)) {
      if (value == null || value === false) continue;
      if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
      else element.setAttribute(name, value === true ? "" : value);
    }
  }

  const ICONS = {
    search: "M10 4a6 6 0 104 10.5l5 5M10 4a6 6 0 014 10.5",
    calendar: "M4 6h16v14H4zM4 10h16M8 3v5M16 3v5",
    gallery: "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15 9h1",
    more: "M12 5v.5M12 12v.5M12 19v.5",
    back: "M14 5l-7 7 7 7",
    close: "M6 6l12 12M18 6L6 18",
    up: "M6 15l6-6 6 6",
    down: "M6 9l6 6 6-6",
    next: "M10 5l7 7-7 7",
    play: "M8 5l11 7-11 7z",
    pause: "M8 5v14M16 5v14",
    pin: "M9 4h6l-1 6 3 3H7l3-3zM12 13v7",
    topic: "M4 5h16v11H9l-5 4z",
    place: "M12 21c-5-6-7-8-7-12a7 7 0 0114 0c0 4-2 6-7 12zM12 7a2 2 0 100 4 2 2 0 000-4",
    contact: "M12 4a4 4 0 100 8 4 4 0 000-8M4 21c0-5 4-7 8-7s8 2 8 7",
    call: "M6 3l4 1 1 5-3 1c1 3 3 5 6 6l1-3 5 1 1 4c-1 3-6 3-10 0S3 9 6 3",
    bill: "M6 3h12v18l-3-2-3 2-3-2-3 2zM9 8h6M9 12h6",
    game: "M7 8h10a5 5 0 011 10c-2 0-3-2-4-2h-4c-1 0-2 2-4 2a5 5 0 011-10zM8 11v4M6 13h4M16 12v.5",
    story: "M12 4a8 8 0 100 16 8 8 0 000-16M12 8a4 4 0 100 8 4 4 0 000-8",
    gift: "M4 9h16v4H4zM6 13v7h12v-7M12 9v11M12 9C8 9 7 4 10 4s2 5 2 5 0-5 2-5 2 5-2 5",
    stream: "M3 7h12v10H3zM15 11l6-4v10l-6-4",
    eye: "M2 12c4-7 16-7 20 0-4 7-16 7-20 0M12 9a3 3 0 100 6 3 3 0 000-6",
    reply: "M10 6l-6 6 6 6M4 12h9c4 0 6 2 7 6",
    theme: "M12 3a9 9 0 100 18 9 9 0 000-18M12 3v18",
    link: "M9 15l6-6M8 11l-2 2a4 4 0 005 5l2-2M16 13l2-2a4 4 0 00-5-5l-2 2",
    chart: "M4 20h16M7 16v-5M12 16V6M17 16v-8",
    tick: "M5 12l5 5 9-10",
  };

  CK.icon = (name) => {
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    svg.setAttribute("class", `icon icon-${name}`);
    svg.append(CK.path(ICONS[name]));
    return svg;
  };

  CK.path = (d, classes) => {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", d);
    if (classes) path.setAttribute("class", classes);
    return path;
  };

  /** A button with an icon and a name for those who do not see it. */
  CK.iconButton = (icon, label, onclick, classes = "") =>
    CK.el(
      `button.icon-button${classes}`,
      { "title": label, "aria-label": label, onclick },
      CK.icon(icon),
    );

  const SCHEMES = new Set(["http:", "https:", "tg:", "mailto:", "tel:"]);

  /** A web address as it may be linked, or null. */
  CK.safeUrl = (text) => {
    const url =
      /^[a-z][a-z0-9+.-]*:/i.test(text) && !/^[^/]*\.[a-z]+:\d/i.test(text)
        ? text
        : `https://${text}`;
    try {
      return SCHEMES.has(new URL(url).protocol) ? url : null;
    } catch {
      return null;
    }
  };

  /** A link out of the archive; only its text where the address is none that may be opened. */
  CK.outLink = (address, ...children) => {
    const href = CK.safeUrl(address);
    if (!href) return CK.el("span", ...children);
    return CK.el("a.out-link", { href, target: "_blank", rel: "noopener noreferrer" }, ...children);
  };

  /** The address of a file in the archive's folder, or null. */
  CK.fileUrl = (path) => {
    const names = (path || "").split("/");
    if (names.some((name) => !name || name === "." || name === "..")) return null;
    return names.map(encodeURIComponent).join("/");
  };

  /** A name from Telegram: apart from the writing direction of what is around it. */
  CK.name = (text, tag = "bdi") => CK.el(tag, text);

  CK.peerName = (index) => {
    const peer = CK.peers[index];
    return (peer && peer.name) || CK.t("Deleted account");
  };

  const STRONG = /\p{L}/u;
  const RIGHT_TO_LEFT =
    /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

  /** The direction of a text: that of its first letter. */
  CK.direction = (text) => {
    const letter = STRONG.exec(text);
    return letter && RIGHT_TO_LEFT.test(letter[0]) ? "rtl" : "ltr";
  };

  CK.hasBidiMarks = (text) => /[\u202a-\u202e\u2066-\u2069]/.test(text);
  CK.shownFileName = (name) => name.replace(/[\u202a-\u202e\u2066-\u2069\u200e\u200f]/g, "␣");

  CK.colourOf = (index) => {
    const peer = CK.peers[index];
    return peer ? Math.abs(peer.id % 7) : 0;
  };

  CK.avatar = (index, classes = "") => {
    const peer = CK.peers[index];
    const url = peer && CK.fileUrl(peer.avatar);
    if (url) return CK.el(`img.avatar${classes}`, { src: url, alt: "", decoding: "async" });
    const letters = CK.peerName(index)
      .split(/\s+/)
      .map((word) => [...word].find((letter) => /[\p{L}\p{N}]/u.test(letter)))
      .filter(Boolean);
    const shown = letters.length > 1 ? letters[0] + letters[letters.length - 1] : letters[0] || "?";
    return CK.el(
      `span.avatar.c${CK.colourOf(index)}${classes}`,
      { "aria-hidden": "true" },
      shown.toUpperCase(),
    );
  };
}
