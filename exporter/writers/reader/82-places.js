"use strict";

/* Where the reader is: going to a message and back, and addresses that end in #number. */
{
  const { el, t } = CK;
  const FLASH_MS = 1800;

  const depth = () => (history.state && history.state.depth) || 0;

  let backButton = null;
  const showBack = () => {
    if (backButton) backButton.hidden = depth() === 0;
  };

  function flash(row) {
    row.classList.remove("flash");
    void row.offsetWidth; // begins the animation anew
    row.classList.add("flash");
    setTimeout(() => row.classList.remove("flash"), FLASH_MS);
  }

  const asHash = (id) => `#${id}`;

  async function show(list, n, options) {
    document.body.classList.remove("at-topics");
    if (CK.feed.list !== list) CK.showList(list);
    const row = await CK.feed.show(list, n, options);
    return row;
  }

  CK.places = {
    buildBack() {
      backButton = el(
        "button.back-to",
        { hidden: true, onclick: () => history.back() },
        CK.icon("reply"),
        t("Back to where I was"),
      );
      return backButton;
    },

    /** Note in the history where the reader is now. */
    note() {
      history.replaceState({ ...history.state, anchor: CK.feed.anchor() }, "");
    },

    /** Go to a message in such a way that one can come back. */
    async jump(list, n, { flash: flashes = true, at = "center" } = {}) {
      this.note();
      const left = CK.layers.makeWay();
      const row = await show(list, n, { at, offset: 40 });
      if (!row) return null;
      const state = { depth: depth() + (left ? 0 : 1) };
      if (left) state.depth = Math.max(1, state.depth);
      history[left ? "replaceState" : "pushState"](state, "", asHash(list.record(n).id));
      showBack();
      if (flashes) flash(row);
      CK.setCurrent(row);
      return row;
    },

    /** Go to a message by its number; says so if it is not there. */
    async toId(id, { push = true } = {}) {
      let found = null;
      try {
        found = await CK.locate(id, CK.feed.list);
      } catch (error) {
        if (!(error instanceof CK.MissingPart)) throw error;
        return CK.toast(CK.missingPartText(error.part));
      }
      if (!found) return CK.toast(t("No messages in this period."));
      if (!found.exact)
        CK.toast(
          t("Message {id} isn't in this archive. Nearest: {nearest}.", { id, nearest: found.id }),
        );
      if (push) return this.jump(found.list, found.n);
      const row = await show(found.list, found.n);
      if (row) flash(row);
      return row;
    },

    /** The newest messages of a list. */
    async openList(list) {
      CK.layers.makeWay();
      document.body.classList.remove("at-topics");
      if (CK.isNarrow()) {
        history.replaceState({ topics: true }, "");
        history.pushState({}, "", location.pathname + location.search);
      }
      CK.showList(list);
      await CK.feed.show(list, list.count - 1, { at: "end" });
      CK.feed.scroller.focus({ preventScroll: true });
    },

    back() {
      if (depth() > 0) history.back();
    },

    /** The address of a message, into the clipboard. */
    async copyLink(id) {
      const address = `${location.href.replace(/#.*$/, "")}${asHash(id)}`;
      try {
        await navigator.clipboard.writeText(address);
        CK.toast(t("Link copied."));
      } catch {
        history.replaceState(history.state, "", asHash(id));
        CK.toast(t("The link is in the address bar."));
      }
    },

    /** Where to begin: at the message of the address, else at the newest one. */
    async start() {
      const id = idInHash();
      if (id != null) return this.toId(id, { push: false });
      const newest = [...CK.lists].sort((one, other) => other.lastDate - one.lastDate)[0];
      if (!newest) return CK.feed.showNothing({ count: 0, blocks: [] });
      if (CK.lists.length > 1 && CK.isNarrow()) document.body.classList.add("at-topics");
      CK.showList(newest);
      return CK.feed.show(newest, newest.count - 1, { at: "end" });
    },
  };

  function idInHash() {
    const match = /^#(-?\d+)$/.exec(location.hash);
    return match ? Number(match[1]) : null;
  }

  window.addEventListener("popstate", async (event) => {
    if (CK.layers.takesBack()) return;
    const state = event.state || {};
    document.body.classList.toggle("at-topics", Boolean(state.topics));
    showBack();
    if (state.anchor) {
      const { list, n, offset } = state.anchor;
      await show(CK.lists[list], n, { at: "offset", offset });
    } else if (!event.state) {
      const id = idInHash();
      if (id != null) await CK.places.toId(id, { push: false });
    }
  });

  document.addEventListener("click", (event) => {
    const link = event.target.closest && event.target.closest('a[href^="#"]');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const id = Number(link.getAttribute("href").slice(1));
    if (!Number.isFinite(id)) return;
    event.preventDefault();
    const row = link.closest(".row");
    if (!link.classList.contains("time")) return void CK.places.toId(id);
    history.replaceState(history.state, "", asHash(id));
    if (row) flash(row);
  });
}
