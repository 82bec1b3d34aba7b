"use strict";

/* The topics of a forum at the side, the one with the newest message first. */
{
  const { el, t, tn } = CK;
  const FILTER_FROM = 8;

  CK.topicTitle = (list) => {
    const topic = (CK.archive.topics || []).find((one) => one.id === list.topic);
    if (topic) return topic.title || t("Topic {id}", { id: topic.id });
    return list.topic == null
      ? CK.archive.chat.title || t("Messages")
      : t("Topic {id}", { id: list.topic });
  };

  const topicOf = (list) => (CK.archive.topics || []).find((one) => one.id === list.topic) || {};
  const entries = new Map(); // list → its entry

  function entryOf(list) {
    const title = CK.topicTitle(list);
    const newest = el("span.topic-line", "\u00a0");
    const entry = el(
      "button.topic",
      { onclick: () => CK.places.openList(list) },
      el(
        `span.avatar.c${Math.abs((list.topic || 0) % 7)}`,
        { "aria-hidden": "true" },
        [...title][0] || "#",
      ),
      el(
        "span.topic-side",
        el(
          "span.topic-head",
          el("span.topic-title", CK.name(title)),
          el("time", list.count ? CK.shortDay(list.lastDate) : ""),
        ),
        el(
          "span.topic-foot",
          newest,
          el(
            "span.topic-count",
            { title: tn("{n} message", "{n} messages", list.count) },
            CK.shortNumber(list.count),
          ),
        ),
      ),
    );
    if (list.count)
      CK.whenSeen(
        entry,
        () => tell(list, newest),
        () => {},
      );
    entries.set(list, entry);
    return entry;
  }

  /** Put the newest message under a topic's name. */
  async function tell(list, newest) {
    try {
      await list.load(list.count - 1);
    } catch (error) {
      if (error instanceof CK.MissingPart) return;
      throw error;
    }
    const record = list.record(list.count - 1);
    newest.replaceChildren(CK.name(CK.peerName(record.sender)), ": ", CK.name(CK.summary(record)));
  }

  CK.buildTopics = () => {
    const sorted = [...CK.lists].sort((one, other) => other.lastDate - one.lastDate);
    const open = sorted.filter((list) => !topicOf(list).closed).map(entryOf);
    const closed = sorted.filter((list) => topicOf(list).closed).map(entryOf);
    const fold = closed.length
      ? el(
          "details.closed-topics",
          el("summary", tn("{n} closed topic", "{n} closed topics", closed.length)),
          closed,
        )
      : null;
    const filter = el("input.topic-filter", {
      "type": "search",
      "placeholder": t("Filter topics"),
      "aria-label": t("Filter topics"),
    });
    filter.addEventListener("input", () => {
      const word = CK.fold(filter.value.trim());
      for (const [list, entry] of entries)
        entry.hidden = !CK.fold(CK.topicTitle(list)).includes(word);
      if (fold && word) fold.open = true;
    });
    return el(
      "nav.topics",
      { "aria-label": t("Topics") },
      el(
        "div.bar",
        CK.chatPicture(),
        el(
          "div.bar-title",
          el("span.title", CK.name(CK.archive.chat.title || "")),
          el("span.subtitle", tn("{n} topic", "{n} topics", CK.lists.length)),
        ),
        CK.iconButton("more", t("Menu"), () => CK.menu.open()),
      ),
      sorted.length >= FILTER_FROM && el("div.topic-filter-row", filter),
      el("div.topic-list", open, fold),
    );
  };

  CK.markTopic = (list) => {
    for (const [one, entry] of entries) {
      if (one === list) entry.setAttribute("aria-current", "true");
      else entry.removeAttribute("aria-current");
    }
  };

  CK.focusTopics = () => {
    document.body.classList.add("at-topics");
    const current = [...entries.values()].find((entry) => entry.hasAttribute("aria-current"));
    (current || [...entries.values()][0])?.focus();
  };
}
