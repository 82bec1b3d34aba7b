"use strict";

/* Puts the parts together once the page and all of the program have been read. */
{
  const { el, t } = CK;

  CK.start = () => {
    CK.setLanguage(CK.archive.lang);
    CK.startTheme();
    document.title = CK.archive.chat.title || document.title;

    const feed = (CK.feed = new CK.Feed());
    const scrubber = new CK.Scrubber(feed);
    const pill = new CK.DayPill(feed);
    const header = CK.buildHeader();
    const pinned = CK.buildPinned();
    const toNewest = CK.iconButton(
      "down",
      t("Newest message"),
      () => feed.show(feed.list, feed.list.count - 1, { at: "end" }),
      ".to-newest",
    );
    feed.element.append(
      pill.element,
      scrubber.element,
      el("div.corner", CK.places.buildBack(), toNewest),
    );
    feed.scroller.tabIndex = -1;

    feed.onchange = (view) => {
      scrubber.update(view);
      pill.update(view);
      toNewest.hidden = view.atEnd;
    };
    feed.onstill = () => {
      fillReplies();
      CK.keepCurrent();
    };
    CK.showList = (list) => {
      header.show(list);
      CK.markTopic(list);
    };

    const chat = el("main.chat", header, pinned, feed.element);
    CK.shell = el("div.shell", CK.lists.length > 1 ? CK.buildTopics() : null, chat);
    document.getElementById("ck-static")?.remove();
    document.body.append(CK.shell);
    document.body.classList.add("ck");
    CK.listenToKeys();
    return CK.places.start().then(() => pinned && pinned.tell());
  };

  /** Put the answered messages into the rows that stand on screen. */
  async function fillReplies() {
    const { list } = CK.feed;
    for (const row of CK.feed.rows()) {
      for (const shell of row.querySelectorAll("[data-reply]")) {
        const { reply } = list.record(row.from).x;
        const answered = await CK.recordOf(Number(shell.dataset.reply));
        if (shell.dataset.reply) CK.fillReply(shell, answered, reply.quote);
      }
    }
  }

  document.addEventListener("DOMContentLoaded", () => {
    if (CK.archive) CK.start();
  });
}
