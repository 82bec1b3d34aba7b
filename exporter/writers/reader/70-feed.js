"use strict";

/* The list of messages: only what is on screen and about a screen around it is in the document.
 *
 * Two containers meet at a seam within a long runway. Rows before the seam hang above it and grow
 * upwards, rows after it grow downwards: adding or removing rows at either far end moves nothing on
 * screen, and scrollTop is left alone while somebody scrolls. There is no element as high as the
 * whole chat: browsers end at 17 to 33 million pixels. */
{
  const { el } = CK;
  const RUNWAY = 2000000;
  const NEAR_END = 20000;
  const REACH = 700; // px beyond the screen that are filled, at least
  const TRIMMED_PAST = 2.2; // of that
  const STEP = 16; // rows at a time, at least
  const PADDING = 12;
  const STANDS_STILL_MS = 140;
  const USUAL_HEIGHT = 70;

  class Feed {
    constructor() {
      this.above = el("div.above");
      this.below = el("div.below");
      this.seam = el("div.seam", this.above, this.below);
      this.runway = el("div.runway", { "role": "feed", "aria-label": CK.t("Messages") }, this.seam);
      this.scroller = el("div.scroller", this.runway);
      this.note = el("div.feed-note", { role: "alert", hidden: true });
      this.element = el("div.feed", this.scroller, this.note);
      this.onchange = () => {};
      this.view = null; // what is on screen, see `look`
      this.onstill = () => {};
      this.list = null;
      this.calls = 0;
      this.scroller.addEventListener("scroll", () => this.update(), { passive: true });
      new ResizeObserver(() => this.resized()).observe(this.scroller);
    }

    /** Show a list at a message: in the middle ("center"), as the last one ("end"), or `offset` px down. */
    async show(list, n, { at = "center", offset = 0 } = {}) {
      const call = ++this.calls;
      if (!list.count) return this.showNothing(list);
      const target = Math.max(0, Math.min(n, list.count - 1));
      const item = await this.loaded(list, target);
      if (call !== this.calls || !item) return null;
      if (list === this.list && this.rowOf(target)) {
        this.place(this.rowOf(target), at, offset);
      } else {
        this.clear(list);
        this.first = item.from;
        this.next = item.from;
        this.addBelow(1);
        this.place(this.below.firstElementChild, at, offset);
      }
      this.update();
      this.place(this.rowOf(target), at, offset);
      this.update();
      return this.rowOf(target);
    }

    /** The item of a message, once it and its neighbours are loaded. */
    async loaded(list, n) {
      try {
        await list.load(n);
        let item = CK.itemAt(list, n);
        while (item.missing != null) {
          await list.load(item.missing);
          item = CK.itemAt(list, n);
        }
        return item;
      } catch (error) {
        this.failed(error);
        return null;
      }
    }

    showNothing(list) {
      this.clear(list);
      this.first = this.next = 0;
      this.below.append(el("div.empty", CK.t("No messages in this period.")));
    }

    clear(list) {
      this.list = list;
      this.view = null;
      this.note.hidden = true;
      this.stopped = null;
      this.above.replaceChildren();
      this.below.replaceChildren();
      this.setRunway(RUNWAY);
      this.setSeam(RUNWAY / 2);
    }

    setSeam(y) {
      this.seamY = y;
      this.seam.style.top = `${y}px`;
    }

    place(row, at, offset) {
      const view = this.scroller.clientHeight;
      const box = row.getBoundingClientRect();
      const now = box.top - this.viewTop();
      const fits = box.height < view - 2 * PADDING;
      const wanted = {
        center: fits ? (view - box.height) / 2 : PADDING + 40,
        end: view - box.height - PADDING,
        offset,
      }[at];
      this.scroller.scrollTop += now - wanted;
    }

    viewTop() {
      return this.scroller.getBoundingClientRect().top;
    }

    rows() {
      return [...this.above.children, ...this.below.children];
    }

    rowOf(n) {
      if (n < this.first || n >= this.next) return null;
      const rows = this.rows();
      return rows[CK.lastWhere(rows, (row) => row.from <= n)] || null;
    }

    /** Fill what is near, drop what is far, and keep the ends of the runway where the chat ends. */
    update() {
      if (!this.list || !this.list.count || this.updating) return;
      this.updating = true;
      this.fill();
      this.trim();
      this.bound();
      this.updating = false;
      this.look();
      this.onchange(this.view);
      clearTimeout(this.still);
      this.still = setTimeout(() => this.onstill(), STANDS_STILL_MS);
    }

    measure() {
      const view = this.scroller.getBoundingClientRect();
      const seam = this.seam.getBoundingClientRect().top - view.top;
      return {
        height: view.height,
        reach: Math.max(REACH, view.height),
        top: seam - this.above.getBoundingClientRect().height,
        bottom: seam + this.below.getBoundingClientRect().height,
      };
    }

    fill() {
      for (;;) {
        const { height, reach, top, bottom } = this.measure();
        const lackBelow = height + reach - bottom;
        const lackAbove = top + reach;
        const added =
          (lackBelow > 0 && this.addBelow(stepFor(lackBelow))) |
          (lackAbove > 0 && this.addAbove(stepFor(lackAbove)));
        if (!added) return;
      }
    }

    addBelow(count) {
      const rows = [];
      while (rows.length < count && this.next < this.list.count) {
        const item = this.itemIfLoaded(this.next);
        if (!item) break;
        rows.push(CK.buildRow(item));
        this.next = item.to + 1;
      }
      this.below.append(...rows);
      if (this.next < this.list.count) this.prefetch(this.next, 1);
      return rows.length;
    }

    addAbove(count) {
      const rows = [];
      while (rows.length < count && this.first > 0) {
        const item = this.itemIfLoaded(this.first - 1);
        if (!item) break;
        rows.unshift(CK.buildRow(item));
        this.first = item.from;
      }
      this.above.prepend(...rows);
      if (this.first > 0) this.prefetch(this.first - 1, -1);
      return rows.length;
    }

    itemIfLoaded(n) {
      if (!this.list.has(n)) return this.want(n);
      const item = CK.itemAt(this.list, n);
      return item.missing == null ? item : this.want(item.missing);
    }

    want(n) {
      const block = this.list.blockOf(n);
      if (this.stopped === block.part) return null;
      const { list } = this;
      list.load(n).then(
        () => list === this.list && this.update(),
        (error) => list === this.list && this.failed(error, block.part),
      );
      return null;
    }

    /** Load the next part while there is still half a part to show. */
    prefetch(n, direction) {
      const { blocks } = this.list;
      const ahead = blocks[this.list.blockOf(n).at + 8 * direction];
      if (ahead && !this.list.has(ahead.start)) this.list.loadBlock(ahead).catch(() => {});
    }

    failed(error, part) {
      if (!(error instanceof CK.MissingPart)) throw error;
      if (part) this.stopped = part;
      this.note.replaceChildren(CK.missingPartText(error.part));
      this.note.hidden = false;
    }

    trim() {
      const { height, reach, top, bottom } = this.measure();
      if (top < -TRIMMED_PAST * reach) this.trimTop(this.viewTop() - reach);
      if (bottom > height + TRIMMED_PAST * reach) this.trimBottom(this.viewTop() + height + reach);
    }

    /** Remove the rows that end above this line of the screen. */
    trimTop(limit) {
      const rows = this.rows();
      const kept = rows.findIndex((row) => row.getBoundingClientRect().bottom > limit);
      if (kept <= 0) return;
      const stays = rows[kept];
      if (stays.parentNode === this.below) {
        const moved = stays.getBoundingClientRect().top - this.seam.getBoundingClientRect().top;
        this.setSeam(this.seamY + moved);
      }
      rows.slice(0, kept).forEach((row) => row.remove());
      this.first = stays.from;
    }

    /** Remove the rows that begin below this line of the screen. */
    trimBottom(limit) {
      const rows = this.rows();
      const kept = CK.lastWhere(rows, (row) => row.getBoundingClientRect().top < limit);
      if (kept < 0 || kept === rows.length - 1) return;
      const stays = rows[kept];
      if (stays.parentNode === this.above) {
        const moved = stays.getBoundingClientRect().bottom - this.seam.getBoundingClientRect().top;
        this.setSeam(this.seamY + moved);
      }
      rows.slice(kept + 1).forEach((row) => row.remove());
      this.next = stays.to + 1;
    }

    /** Let the runway begin and end where the chat does; else see that there is room. */
    bound() {
      const { height, top, bottom } = this.measure();
      const length = bottom - top;
      const start = this.scroller.scrollTop + top;
      const whole = this.first === 0 && this.next === this.list.count;
      let moved = 0;
      if (whole && length + 2 * PADDING < height) moved = height - PADDING - length - start;
      else if (this.first === 0) moved = PADDING - start;
      else if (start < NEAR_END || start + length > RUNWAY - NEAR_END) moved = RUNWAY / 2 - start;
      moved = Math.round(moved);
      if (moved) this.shift(moved);
      const ends = this.next === this.list.count || !this.list.has(this.next);
      this.setRunway(ends ? Math.max(start + moved + length + PADDING, height) : RUNWAY);
    }

    setRunway(height) {
      const rounded = Math.ceil(height);
      if (rounded === this.runwayHeight) return;
      this.runwayHeight = rounded;
      this.runway.style.height = `${rounded}px`;
    }

    /** Move everything along the runway, and the view with it. */
    shift(by) {
      const { scrollTop } = this.scroller;
      if (by > 0) this.setRunway(RUNWAY);
      this.setSeam(this.seamY + by);
      this.scroller.scrollTop = scrollTop + by;
    }

    /** See what is on screen: before anything is changed by it, since each look after a change costs a layout. */
    look() {
      const rows = this.rows();
      const { top, bottom } = this.scroller.getBoundingClientRect();
      const firstAt = (line) => {
        const row =
          rows[
            Math.max(
              0,
              CK.lastWhere(rows, (one) => one.getBoundingClientRect().top <= line),
            )
          ];
        return row && row.from != null ? row : null;
      };
      const first = firstAt(top);
      if (!first) return;
      this.view = {
        first,
        last: firstAt(bottom - PADDING),
        underPill: firstAt(top + 30),
        offset: first.getBoundingClientRect().top - top,
        atEnd: this.isAtEnd(),
      };
    }

    isAtEnd() {
      const { scrollTop, clientHeight, scrollHeight } = this.scroller;
      return (
        this.next === (this.list ? this.list.count : 0) &&
        scrollTop + clientHeight >= scrollHeight - 4
      );
    }

    resized() {
      const before = this.view;
      this.update();
      if (!before || !before.first.isConnected) return;
      if (before.atEnd) this.scroller.scrollTop = this.scroller.scrollHeight;
      else
        this.scroller.scrollTop +=
          before.first.getBoundingClientRect().top - this.viewTop() - before.offset;
      this.update();
    }

    visibleRows() {
      const rows = this.rows();
      return this.view
        ? rows.slice(rows.indexOf(this.view.first), rows.indexOf(this.view.last) + 1)
        : [];
    }

    /** Where the reader is, to come back to it. */
    anchor() {
      if (!this.list || !this.view || !this.view.first.isConnected) return null;
      const { first, offset } = this.view;
      return { list: this.list.number, n: first.from, offset };
    }

    /** Build the rows on screen anew. */
    redraw() {
      const anchor = this.anchor();
      if (!anchor) return;
      const { list } = this;
      this.clear(list);
      this.show(list, anchor.n, { at: "offset", offset: anchor.offset });
    }
  }

  const stepFor = (pixels) => Math.max(STEP, Math.min(128, Math.ceil(pixels / USUAL_HEIGHT)));

  CK.Feed = Feed;
}
