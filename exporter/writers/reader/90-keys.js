"use strict";

/* All that can be done by key. */
{
  const { el, t } = CK;

  let current = null; // the row that has the focus among the rows

  /** Make a row the one that is reached by Tab. */
  CK.setCurrent = (row, { focus = false } = {}) => {
    if (current && current !== row) current.tabIndex = -1;
    current = row;
    if (!row) return;
    row.tabIndex = 0;
    if (focus) row.focus({ preventScroll: true });
  };

  /** After the list has moved: some row on screen can be reached. */
  CK.keepCurrent = () => {
    if (!current || !current.isConnected) CK.setCurrent(CK.feed.view && CK.feed.view.last);
  };

  function neighbour(row, by) {
    const rows = CK.feed.rows();
    return rows[rows.indexOf(row) + by];
  }

  function move(by) {
    const { feed } = CK;
    const onScreen = feed.visibleRows();
    if (!onScreen.length) return;
    const focused = current && document.activeElement === current && onScreen.includes(current);
    const next = focused
      ? neighbour(current, by)
      : by > 0
        ? onScreen[0]
        : onScreen[onScreen.length - 1];
    if (!next) return;
    CK.setCurrent(next, { focus: true });
    next.scrollIntoView({ block: "nearest" });
  }

  const page = (share) => CK.feed.scroller.scrollBy({ top: CK.feed.scroller.clientHeight * share });
  const record = () => {
    const row = current && current.isConnected ? current : CK.feed.view && CK.feed.view.last;
    return row ? CK.feed.list.record(row.from) : null;
  };

  function toReplied() {
    const { reply } = (record() || { x: {} }).x;
    if (reply && reply.message_id && reply.peer == null) CK.places.toId(reply.message_id);
    else CK.toast(t("This message answers none here."));
  }

  const KEYS = [
    [["/"], "/ · Ctrl F", "Search", () => CK.searchPanel.open()],
    [["Enter"], "Enter · Shift Enter", "Older or newer match", null],
    [["j", "ArrowDown"], "j · ↓", "Next message", () => move(1)],
    [["k", "ArrowUp"], "k · ↑", "Previous message", () => move(-1)],
    [
      ["Home"],
      "Home",
      "First message",
      () => CK.feed.show(CK.feed.list, 0, { at: "offset", offset: 12 }),
    ],
    [
      ["End"],
      "End",
      "Newest message",
      () => CK.feed.show(CK.feed.list, CK.feed.list.count - 1, { at: "end" }),
    ],
    [["PageDown", " "], "PgDn · Space", "A screen on", () => page(0.85)],
    [["PageUp"], "PgUp", "A screen back", () => page(-0.85)],
    [["g"], "g", "Go to a day or message", () => CK.calendar.open()],
    [["t"], "t", "Topics", () => CK.lists.length > 1 && CK.focusTopics()],
    [["m"], "m", "Gallery", () => CK.gallery.open()],
    [["r"], "r", "Go to the answered message", toReplied],
    [["Backspace"], "Backspace", "Back to where I was", () => CK.places.back()],
    [["c"], "c", "Copy the link to the message", () => record() && CK.places.copyLink(record().id)],
    [["?"], "?", "This list", () => CK.showHelp()],
    [["Escape"], "Esc", "Close", () => CK.layers.closeTop()],
  ];

  const byKey = new Map(KEYS.flatMap(([keys, , , act]) => keys.map((key) => [key, act])));

  /** The Latin key at the same place: so that letters work with any layout. */
  const latin = (event) =>
    /^Key[A-Z]$/.test(event.code) && !/^[a-z]$/i.test(event.key)
      ? event.code.slice(3).toLowerCase()
      : event.key;

  function pressed(event) {
    const { target } = event;
    const ctrl = event.ctrlKey || event.metaKey;
    if (ctrl && latin(event).toLowerCase() === "f" && !event.shiftKey && !event.altKey) {
      if (target.classList.contains("search-field")) return; // the second time it is the browser's own
      event.preventDefault();
      return CK.searchPanel.open();
    }
    if (ctrl || event.altKey) return;
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName);
    if (document.querySelector("dialog[open]")) return; // has its own keys
    if (typing && event.key !== "Escape") return;
    const pressable = target.closest("button, a, summary, video, [role=button], [role=slider]");
    if (pressable && (event.key === " " || event.key === "Enter")) return;
    if (event.key === "Enter" && CK.searchPanel.words.length) {
      event.preventDefault();
      return CK.searchPanel.step(event.shiftKey ? -1 : 1);
    }
    const act = byKey.get(latin(event));
    if (!act) return;
    event.preventDefault();
    act();
  }

  CK.listenToKeys = () => document.addEventListener("keydown", pressed);

  CK.showHelp = () => {
    const rows = KEYS.map(([, shown, what]) =>
      el(
        "div.key-row",
        el(
          "dt",
          shown.split(" · ").map((key) => el("kbd", key)),
        ),
        el("dd", t(what)),
      ),
    );
    CK.dialog(t("Keys"), el("dl.keys", rows)).open();
  };
}
