"use strict";

/* A month of days to go to, and a field for a message's number. */
{
  const { el, t } = CK;

  let dialog = null;
  let month = 0; // yyyymm
  let counts = new Map();
  const heading = el("span.calendar-month", { "aria-live": "polite" });
  const grid = el("div.calendar-grid");
  const year = el("select.year");
  const number = el("input.id-field", { inputmode: "numeric", type: "text" });

  const months = () => CK.archive.months.map(([one]) => one);

  function build() {
    counts = new Map(CK.archive.months);
    const years = [...new Set(months().map((one) => Math.floor(one / 100)))];
    year.setAttribute("aria-label", t("Year"));
    year.append(...years.map((one) => el("option", { value: one }, `${one}`)));
    year.addEventListener("change", () => {
      const wanted = Number(year.value);
      const best =
        months().find(
          (one) => Math.floor(one / 100) === wanted && one >= wanted * 100 + (month % 100),
        ) ||
        months()
          .filter((one) => Math.floor(one / 100) === wanted)
          .pop();
      show(best);
    });
    number.placeholder = t("Message number");
    number.setAttribute("aria-label", t("Message number"));
    const toNumber = el(
      "form.to-number",
      {
        onsubmit: (event) => {
          event.preventDefault();
          const id =
            parseInt(number.value.replace(/\D/g, ""), 10) *
            (number.value.trim().startsWith("-") ? -1 : 1);
          if (!Number.isFinite(id)) return;
          dialog.close();
          CK.places.toId(id);
        },
      },
      number,
      el("button.text-button", { type: "submit" }, t("Go")),
    );
    grid.addEventListener("keydown", moveDay);
    return el(
      "div.calendar",
      el(
        "div.calendar-head",
        CK.iconButton("back", t("Earlier month"), () => turn(-1)),
        heading,
        year,
        CK.iconButton("next", t("Later month"), () => turn(1)),
      ),
      grid,
      toNumber,
    );
  }

  function turn(by) {
    const all = months();
    const at = CK.lastWhere(all, (one) => one <= month);
    const next = all[Math.max(0, Math.min(all.length - 1, at + by))];
    if (next) show(next);
  }

  let call = 0;

  async function show(wanted) {
    month = wanted;
    const start = CK.monthStart(month);
    heading.textContent = CK.monthName(start);
    year.value = Math.floor(month / 100);
    const days = new Date(Date.UTC(Math.floor(month / 100), month % 100, 0)).getUTCDate();
    const before = (new Date(start * 1000).getUTCDay() + 6) % 7;
    const weekdays = [...Array(7).keys()].map((day) =>
      el("span.weekday", { "aria-hidden": "true" }, weekday(day)),
    );
    const buttons = [...Array(days).keys()].map((day) => dayButton(start + day * 86400, day + 1));
    if (buttons.length) buttons[0].style.gridColumnStart = before + 1;
    grid.replaceChildren(...weekdays, ...buttons);
    const own = ++call;
    const written = await writtenDays(start, days);
    if (own !== call) return;
    buttons.forEach((button, day) => {
      button.classList.toggle("quiet", !written.has(day));
      if (!written.has(day))
        button.setAttribute(
          "aria-label",
          `${button.getAttribute("aria-label")}, ${t("no messages")}`,
        );
    });
  }

  const weekday = (day) =>
    new Intl.DateTimeFormat(CK.locale, { weekday: "short", timeZone: "UTC" }).format(
      new Date(Date.UTC(2024, 0, 1 + day)),
    );

  /** The days of a month on which something was written, by the blocks that reach into it. */
  async function writtenDays(start, days) {
    const written = new Set();
    if (!counts.has(month)) return written;
    const { list } = CK.feed;
    const end = start + days * 86400;
    for (const block of list.blocks) {
      if (block.lastDate < start || block.firstDate >= end) continue;
      try {
        await list.loadBlock(block);
      } catch (error) {
        if (error instanceof CK.MissingPart) continue;
        throw error;
      }
      for (const date of CK.parse(block).dates) {
        if (date >= start && date < end) written.add(Math.floor((date - start) / 86400));
      }
    }
    return written;
  }

  const dayButton = (seconds, day) =>
    el(
      "button.calendar-day",
      { "aria-label": CK.day(seconds), "onclick": () => go(seconds) },
      `${day}`,
    );

  async function go(seconds) {
    dialog.close();
    const { list } = CK.feed;
    const n = await list.findDate(seconds);
    const date = list.record(n).date;
    if (CK.dayOf(date) !== CK.dayOf(seconds))
      CK.toast(
        t("No messages on {day}. The next ones are of {other}.", {
          day: CK.day(seconds),
          other: CK.day(date),
        }),
      );
    await CK.places.jump(list, n, { flash: false, at: "offset" });
  }

  function moveDay(event) {
    const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 }[event.key];
    if (!by) return;
    event.preventDefault();
    const days = [...grid.querySelectorAll("button")];
    const next = days[days.indexOf(document.activeElement) + by];
    if (next) next.focus();
  }

  CK.calendar = {
    open() {
      if (!CK.archive.months.length || !CK.feed.list) return;
      if (!dialog) dialog = CK.dialog(t("Go to a day or message"), build());
      dialog.open();
      const { list, view } = CK.feed;
      const date = view ? list.record(view.last.from).date : list.lastDate;
      show(CK.monthOf(date));
      (grid.querySelectorAll("button")[new Date(date * 1000).getUTCDate() - 1] || number).focus();
    },
  };
}
