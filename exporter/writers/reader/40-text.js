"use strict";

/* Texts with their entities. */
{
  const { el } = CK;

  /** Nodes for a text; `emoji` are the record's custom emoji. */
  CK.styledText = (text, entities, emoji) => {
    const fragment = document.createDocumentFragment();
    if (!entities || !entities.length) {
      fragment.append(text);
      return fragment;
    }
    const known = new Map((emoji || []).map((one) => [one.document_id, one]));
    const sorted = [...entities].sort((a, b) => a.offset - b.offset || b.length - a.length);
    write(fragment, text, 0, text.length, sorted, known);
    return fragment;
  };

  /** Write text[from:to]; an entity that crosses the end of another one is cut in two there. */
  function write(parent, text, from, to, entities, emoji) {
    let at = from;
    const queue = entities;
    while (queue.length) {
      const entity = queue.shift();
      const start = Math.max(entity.offset, at);
      const end = Math.min(entity.offset + entity.length, to);
      if (end <= start) continue;
      if (start > at) parent.append(text.slice(at, start));
      const inner = [];
      while (queue.length && queue[0].offset < end) {
        const next = queue.shift();
        const nextEnd = next.offset + next.length;
        inner.push({ ...next, length: Math.min(nextEnd, end) - next.offset });
        if (nextEnd > end) later(queue, { ...next, offset: end, length: nextEnd - end });
      }
      const element = elementOf(entity, text.slice(start, end), emoji);
      if (!element.dataset.whole) write(element, text, start, end, inner, emoji);
      parent.append(element);
      at = end;
      if (BLOCKS.has(entity.type) && text[at] === "\n") at += 1; // a block ends its line by itself
    }
    if (at < to) parent.append(text.slice(at, to));
  }

  const BLOCKS = new Set(["pre", "blockquote"]);

  function later(queue, entity) {
    const at = queue.findIndex((one) => one.offset >= entity.offset);
    queue.splice(at < 0 ? queue.length : at, 0, entity);
  }

  const TAGS = {
    bold: "strong",
    italic: "em",
    underline: "u",
    strikethrough: "s",
    code: "code",
    diff_insert: "ins",
    diff_delete: "del",
    mention_name: "span.mention",
    bot_command: "span.mention",
  };

  function elementOf(entity, text, emoji) {
    switch (entity.type) {
      case "link":
        return CK.outLink(text);
      case "text_link":
        return linkTo(entity.href);
      case "email":
        return CK.outLink(`mailto:${text}`);
      case "phone":
        return CK.outLink(`tel:${text.replace(/[^\d+]/g, "")}`);
      case "mention":
        return CK.outLink(`https://t.me/${encodeURIComponent(text.slice(1))}`);
      case "hashtag":
      case "cashtag":
        return el("button.tag", { onclick: () => CK.searchPanel.ask(text) });
      case "spoiler":
        return spoiler();
      case "custom_emoji":
        return customEmoji(emoji.get(entity.document_id), text);
      case "pre":
        return pre(entity.language);
      case "blockquote":
        return quote(entity.collapsed);
      case "formatted_date":
        return el("time", { title: CK.momentOfUnix(entity.date) });
      case "diff_replace":
        return el("ins", { title: entity.old_text || "" });
      default:
        return el(TAGS[entity.type] || "span");
    }
  }

  function linkTo(href) {
    const link = CK.outLink(href || "");
    if (link.href) link.title = href;
    return link;
  }

  function spoiler() {
    const label = CK.t("Hidden text: show");
    const element = el("span.spoiler", { "role": "button", "tabindex": 0, "aria-label": label });
    const show = (event) => {
      if (event.type === "keydown" && event.key !== "Enter" && event.key !== " ") return;
      if (element.classList.contains("shown")) return;
      event.preventDefault();
      event.stopPropagation();
      element.classList.add("shown");
      for (const name of ["role", "tabindex", "aria-label"]) element.removeAttribute(name);
    };
    element.addEventListener("click", show);
    element.addEventListener("keydown", show);
    return element;
  }

  function customEmoji(known, text) {
    const url = known && CK.fileUrl(known.path);
    if (!url || !/\.(webp|png|gif|jpg)$/i.test(known.path)) return el("span");
    const image = el("img.emoji", { src: url, alt: text, title: text, decoding: "async" });
    image.dataset.whole = "1";
    return image;
  }

  function pre(language) {
    return el("pre", { "dir": "ltr", "data-language": language || null });
  }

  function quote(collapsed) {
    const element = el("blockquote");
    if (collapsed) {
      element.classList.add("folded");
      element.tabIndex = 0;
      element.title = CK.t("Show all of the quote");
      const unfold = (event) => {
        if (event.type === "click" || event.key === "Enter") element.classList.remove("folded");
      };
      element.addEventListener("click", unfold);
      element.addEventListener("keydown", unfold);
    }
    return element;
  }

  const ONLY_EMOJI =
    /^[\p{Extended_Pictographic}\p{Emoji_Modifier}\p{Regional_Indicator}\u200d\ufe0f\u20e3]+$/u;

  /** How many emoji a text consists of, if it is nothing else and they are few; else 0. */
  CK.loneEmoji = (text) => {
    if (!text || text.length > 36 || !ONLY_EMOJI.test(text)) return 0;
    const count = Intl.Segmenter
      ? [...new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(text)].length
      : [...text].length;
    return count <= 3 ? count : 0;
  };

  /** The text of a message as a block of its own. */
  CK.textBlock = (text, entities, emoji) => {
    const block = el("div.text", { dir: CK.direction(text) });
    block.append(CK.styledText(text, entities, emoji));
    return block;
  };

  /** A `Text` of a record as a line within something else. */
  CK.inlineText = (text, emoji) =>
    text ? el("span.plain", CK.styledText(text.text || "", text.entities, emoji)) : null;
}
