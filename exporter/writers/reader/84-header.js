"use strict";

/* The bar above the chat, the pinned messages below it, the menu, and the pages it opens. */
{
  const { el, t, tn } = CK;

  CK.chatPicture = () => {
    const { chat } = CK.archive;
    const index = CK.peers.findIndex((peer) => peer.id === chat.id);
    const url = CK.fileUrl(chat.avatar);
    if (url) return el("img.avatar.large", { src: url, alt: "" });
    if (index >= 0) return CK.avatar(index, ".large");
    return el(
      `span.avatar.large.c${Math.abs(chat.id % 7)}`,
      { "aria-hidden": "true" },
      [...(chat.title || "?")][0],
    );
  };

  CK.buildHeader = () => {
    const forum = CK.lists.length > 1;
    const title = el("h1.title");
    const subtitle = el("span.subtitle");
    const header = el(
      "header.bar",
      forum && CK.iconButton("back", t("Topics"), () => CK.focusTopics(), ".only-narrow"),
      !forum && CK.chatPicture(),
      el("div.bar-title", title, subtitle),
      CK.iconButton("search", t("Search"), () => CK.searchPanel.open()),
      CK.iconButton("calendar", t("Go to a day or message"), () => CK.calendar.open()),
      CK.iconButton("gallery", t("Gallery"), () => CK.gallery.open()),
      CK.iconButton("more", t("Menu"), () => CK.menu.open(), forum ? ".only-narrow" : ""),
    );
    header.show = (list) => {
      title.replaceChildren(CK.name(forum ? CK.topicTitle(list) : CK.archive.chat.title || ""));
      const { blocks } = list;
      const span = blocks.length
        ? `${CK.shortDay(blocks[0].firstDate)} – ${CK.shortDay(list.lastDate)}`
        : "";
      subtitle.replaceChildren(
        [tn("{n} message", "{n} messages", list.count), span].filter(Boolean).join(" · "),
      );
    };
    return header;
  };

  /** The pinned messages, the newest first; each click goes to the next older one. */
  CK.buildPinned = () => {
    const ids = [...(CK.archive.pinned || [])].sort((one, other) => other - one);
    if (!ids.length) return null;
    let at = 0;
    const line = el("span.pinned-line", "…");
    const label = el("span.pinned-label");
    const go = el(
      "button.pinned-go",
      { onclick: next },
      CK.icon("pin"),
      el("span.pinned-side", label, line),
    );
    const all = ids.length > 1 && el("button.text-button", { onclick: () => showAll() }, t("All"));
    const element = el("div.pinned", go, all);

    async function tell() {
      label.textContent =
        ids.length > 1
          ? t("Pinned message {at} of {all}", { at: at + 1, all: ids.length })
          : t("Pinned message");
      const record = await recordOf(ids[at]);
      line.replaceChildren(
        CK.name(record ? CK.summary(record) : t("A message that isn't in this archive")),
      );
    }

    function next() {
      const id = ids[at];
      at = (at + 1) % ids.length;
      tell();
      CK.places.toId(id);
    }

    async function showAll() {
      const items = el("ol.results");
      const dialog = CK.dialog(t("Pinned messages"), items);
      dialog.open();
      for (const id of ids) {
        const record = await recordOf(id);
        if (!record) continue;
        const open = () => {
          dialog.close();
          CK.places.jump(record.list, record.n);
        };
        items.append(
          el(
            "li",
            el(
              "button.result",
              { onclick: open },
              el(
                "span.result-head",
                el("b", CK.name(CK.peerName(record.sender))),
                el("time", CK.shortDay(record.date)),
              ),
              el("span.result-text", CK.name(CK.summary(record))),
            ),
          ),
        );
      }
    }

    element.tell = tell;
    return element;
  };

  async function recordOf(id) {
    try {
      const found = await CK.locate(id, CK.feed.list);
      return found && found.exact ? found.list.record(found.n) : null;
    } catch (error) {
      if (error instanceof CK.MissingPart) return null;
      throw error;
    }
  }
  CK.recordOf = recordOf;

  CK.menu = {
    open() {
      const { formats = [], comments, stats } = CK.archive;
      const dialog = CK.dialog(
        t("Menu"),
        el(
          "div.menu",
          el("fieldset.themes", el("legend", t("Appearance")), CK.themeChoice()),
          stats && stats.length
            ? el(
                "button.menu-item",
                { onclick: () => (dialog.close(), CK.showStats()) },
                CK.icon("chart"),
                t("Statistics"),
              )
            : null,
          comments &&
            el("a.menu-item", { href: CK.fileUrl(comments) }, CK.icon("topic"), t("Comments")),
          el(
            "button.menu-item",
            { onclick: () => (dialog.close(), CK.showHelp()) },
            CK.icon("more"),
            t("Keys"),
          ),
          formats.length
            ? el(
                "div.menu-files",
                el("span.menu-label", t("This archive also holds")),
                formats.map((name) => el("span.menu-file", CK.name(name))),
              )
            : null,
        ),
      );
      dialog.open();
    },
  };

  CK.showStats = () => {
    const pictures = CK.archive.stats.map(({ title, light, dark, alt }) =>
      el(
        "figure.chart",
        el("img.on-light", { src: CK.fileUrl(light), alt: alt || title, loading: "lazy" }),
        el("img.on-dark", { src: CK.fileUrl(dark || light), alt: alt || title, loading: "lazy" }),
      ),
    );
    CK.dialog(t("Statistics"), el("div.charts", pictures)).open();
  };
}
