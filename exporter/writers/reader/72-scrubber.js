"use strict";

/* The scrollbar of the whole chat, by message instead of by pixel, and the pill with the day. */
{
  const { el } = CK;
  const PILL_STAYS_MS = 1500;

  class Scrubber {
    constructor(feed) {
      this.feed = feed;
      this.thumb = el("span.thumb");
      this.bubble = el("span.scrub-date", { hidden: true });
      this.element = el(
        "div.scrubber",
        {
          "role": "slider",
          "tabindex": 0,
          "aria-orientation": "vertical",
          "aria-label": CK.t("Place in the chat"),
          "aria-valuemin": 1,
        },
        this.thumb,
        this.bubble,
      );
      this.element.addEventListener("pointerdown", (event) => this.start(event));
      this.element.addEventListener("keydown", (event) => this.key(event));
    }

    get count() {
      return this.feed.list ? this.feed.list.count : 0;
    }

    /** Show where the list stands. */
    update({ first, last, atEnd }) {
      const { count } = this;
      const span = Math.max(1, count - (last.to - first.from + 1));
      const at = atEnd ? 1 : Math.min(1, first.from / span);
      this.element.hidden = last.to - first.from + 1 >= count;
      if (!this.dragging) this.put(at);
      const n = Math.min(count, first.from + 1);
      this.element.setAttribute("aria-valuemax", count);
      this.element.setAttribute("aria-valuenow", n);
      this.element.setAttribute("aria-valuetext", CK.day(this.feed.list.dateNear(first.from)));
    }

    put(share) {
      this.element.style.setProperty("--at", share);
    }

    start(event) {
      event.preventDefault();
      this.element.focus({ preventScroll: true });
      this.element.setPointerCapture(event.pointerId);
      this.dragging = true;
      this.bubble.hidden = false;
      const move = (moved) => this.drag(moved.clientY);
      const end = () => {
        this.element.removeEventListener("pointermove", move);
        this.dragging = false;
        this.bubble.hidden = true;
        this.update(this.feed.view);
      };
      this.element.addEventListener("pointermove", move);
      this.element.addEventListener("pointerup", end, { once: true });
      this.element.addEventListener("pointercancel", end, { once: true });
      this.drag(event.clientY);
    }

    drag(y) {
      this.y = y;
      const box = this.element.getBoundingClientRect();
      const share = Math.max(0, Math.min(1, (y - box.top - 22) / (box.height - 44)));
      const n = Math.round(share * (this.count - 1));
      this.put(share);
      this.bubble.textContent = CK.monthName(this.feed.list.dateNear(n));
      this.target = n;
      if (this.waiting) return;
      this.waiting = requestAnimationFrame(async () => {
        const target = this.target;
        await this.feed.show(this.feed.list, target, {
          at: target === this.count - 1 ? "end" : "offset",
          offset: 60,
        });
        this.waiting = null;
        if (this.target !== target && this.dragging) this.drag(this.y);
      });
    }

    key(event) {
      const { count } = this;
      if (!this.feed.view) return;
      const { first } = this.feed.view;
      const step = Math.max(1, Math.round(count / 50));
      const target = {
        Home: 0,
        End: count - 1,
        PageUp: first.from - step,
        PageDown: first.from + step,
        ArrowUp: first.from - 1,
        ArrowDown: first.to + 1,
      }[event.key];
      if (target == null) return;
      event.preventDefault();
      event.stopPropagation();
      const n = Math.max(0, Math.min(count - 1, target));
      this.feed.show(this.feed.list, n, { at: n === count - 1 ? "end" : "offset", offset: 12 });
    }
  }

  class DayPill {
    constructor(feed) {
      this.feed = feed;
      this.element = el("button.day.floating", {
        "aria-hidden": "true",
        "tabindex": -1,
        "onclick": () => CK.calendar.open(),
      });
    }

    update({ first, underPill, atEnd }) {
      const day = CK.day(this.feed.list.record(underPill.from).date);
      if (this.day !== day) this.element.textContent = this.day = day;
      const covered = [first, underPill].some((row) => row.firstElementChild.matches(".day"));
      this.element.classList.toggle("shown", !covered && !atEnd);
      clearTimeout(this.hiding);
      this.hiding = setTimeout(() => this.element.classList.remove("shown"), PILL_STAYS_MS);
    }
  }

  CK.Scrubber = Scrubber;
  CK.DayPill = DayPill;
}
