"use strict";

/* The search field with its count, and the panel with filters and results. */
{
  const { el, t, tn } = CK;
  const AT_ONCE = 50;
  const WAITS_MS = 120; // after a key, before it searches

  const field = el("input.search-field", {
    type: "search",
    autocomplete: "off",
    spellcheck: "false",
  });
  const count = el("span.search-count", { role: "status" });
  const results = el("ol.results");
  const more = el("button.more-results.wide", { hidden: true, onclick: () => showMore() });
  const note = el("div.empty");
  let filters;
  let words = [];
  let found = [];
  let complete = true;
  let shown = 0;
  let current = -1;
  let timer = null;

  function build() {
    field.placeholder = t("Search");
    field.setAttribute("aria-label", t("Search messages"));
    more.textContent = t("Show more");
    filters = {
      from: el("input", {
        "list": "ck-people",
        "placeholder": t("anyone"),
        "aria-label": t("From whom"),
      }),
      since: el("input", { "type": "date", "aria-label": t("Since") }),
      until: el("input", { "type": "date", "aria-label": t("Until") }),
      has: el(
        "select",
        { "aria-label": t("What it has") },
        el("option", { value: "" }, t("anything")),
        CK.searchKinds.map((kind) => el("option", { value: kind }, t(HAS_NAMES[kind]))),
      ),
    };
    const people = el(
      "datalist",
      { id: "ck-people" },
      CK.peers.slice(0, 500).map((peer, index) => el("option", { value: CK.peerName(index) })),
    );
    for (const input of Object.values(filters)) input.addEventListener("input", () => later(0));
    field.addEventListener("input", () => later(WAITS_MS));
    field.addEventListener("focus", () => CK.readAhead(), { once: true });
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      step(event.shiftKey ? -1 : 1);
    });
    return el(
      "div.panel-body.search-panel",
      el("div.search-row", CK.icon("search"), field),
      el(
        "div.search-row.search-steps",
        count,
        CK.iconButton("up", t("Older match"), () => step(1)),
        CK.iconButton("down", t("Newer match"), () => step(-1)),
      ),
      el(
        "div.filters",
        el("label", el("span", t("From")), filters.from),
        el("label", el("span", t("Has")), filters.has),
        el("label", el("span", t("Since")), filters.since),
        el("label", el("span", t("Until")), filters.until),
      ),
      people,
      note,
      results,
      more,
    );
  }

  const HAS_NAMES = {
    photo: "photo",
    video: "video",
    voice: "voice message",
    music: "music",
    file: "file",
    poll: "poll",
    place: "place",
    link: "link",
    reply: "reply",
    edited: "edited message",
    deleted: "deleted message",
  };

  function later(wait) {
    clearTimeout(timer);
    timer = setTimeout(run, wait);
  }

  const DATE = /^(\d{4})(?:-(\d\d?))?(?:-(\d\d?))?$/;

  /** The days that date:2024, date:2024-05 or date:2024-05-03 stands for. */
  function daysOf(value) {
    const [, year, month, day] = DATE.exec(value) || [];
    if (!year) return {};
    const start = Date.UTC(year, (month || 1) - 1, day || 1) / 1000;
    const end = day
      ? start + 86400
      : Date.UTC(month ? year : Number(year) + 1, month || 0, 1) / 1000;
    return { since: start, until: end };
  }

  const secondsOf = (input) => (input.value ? Date.parse(`${input.value}T00:00:00Z`) / 1000 : null);

  function personOf(name) {
    const folded = CK.fold(name.trim().replace(/^@/, ""));
    if (!folded) return null;
    const peers = CK.peers.map((peer) => [CK.fold(peer.name || ""), CK.fold(peer.username || "")]);
    const exact = peers.findIndex((names) => names.includes(folded));
    return exact >= 0
      ? exact
      : peers.findIndex(([one, other]) => one.includes(folded) || other.includes(folded));
  }

  /** What is asked for: the words, and filters typed among them (from:anna has:photo date:2024-05). */
  function query() {
    const asked = {
      from: personOf(filters.from.value),
      has: filters.has.value || null,
      since: secondsOf(filters.since),
      until: secondsOf(filters.until),
    };
    if (asked.until != null) asked.until += 86400;
    asked.text = field.value.replace(
      /(?:^|\s)(from|has|date):(?:"([^"]*)"|(\S+))/gi,
      (all, name, quoted, plain) => {
        const value = quoted || plain;
        if (/from/i.test(name)) asked.from = personOf(value);
        else if (/date/i.test(name)) Object.assign(asked, daysOf(value));
        else if (CK.searchKinds.includes(value.toLowerCase())) asked.has = value.toLowerCase();
        else return all;
        return " ";
      },
    );
    asked.text = asked.text.trim();
    return asked;
  }

  async function run() {
    const asked = query();
    words = CK.wordsOf(asked.text);
    found = [];
    shown = 0;
    current = -1;
    results.replaceChildren();
    note.textContent = "";
    const empty =
      !words.length &&
      asked.from == null &&
      !asked.has &&
      asked.since == null &&
      asked.until == null;
    if (asked.from === -1 || empty) {
      CK.search({ text: "", since: Infinity }, () => {});
      if (!empty) nothing();
      count.textContent = "";
      more.hidden = true;
      return markAgain();
    }
    try {
      await CK.search(asked, (all, done) => {
        found = all;
        complete = done;
        const reordered = CK.lists.length > 1;
        if (reordered && shown && !done) return tell();
        if (reordered && done) {
          results.replaceChildren();
          shown = 0;
        }
        if (shown < AT_ONCE) showMore();
        tell();
      });
    } catch (error) {
      if (!(error instanceof CK.MissingPart)) throw error;
      note.textContent = CK.missingPartText(error.part);
    }
    if (!found.length && complete && !note.textContent) nothing();
    markAgain();
  }

  function nothing() {
    note.textContent = t(
      "Nothing found for “{query}”. Search covers text, captions and file names.",
      { query: field.value || filters.from.value },
    );
  }

  function tell() {
    if (!found.length) count.textContent = complete ? "" : "…";
    else if (current < 0) count.textContent = tn("{n} match", "{n} matches", found.length);
    else
      count.textContent = t("{at} of {all}", {
        at: CK.number(current + 1),
        all: CK.number(found.length),
      });
    more.hidden = shown >= found.length;
  }

  function showMore() {
    const until = Math.min(
      found.length,
      Math.max(AT_ONCE, Math.ceil((shown + 1) / AT_ONCE) * AT_ONCE),
    );
    for (; shown < until; shown++) results.append(resultOf(shown));
    tell();
  }

  function resultOf(at) {
    const [list, n] = found[at];
    const record = list.record(n);
    const snippet = el("span.result-text", CK.name(snippetOf(record)));
    const topic = CK.lists.length > 1 && el("span.result-topic", CK.name(CK.topicTitle(list)));
    const result = el(
      "button.result",
      { onclick: () => go(at) },
      el(
        "span.result-head",
        el(`b.n${CK.colourOf(record.sender)}`, CK.name(CK.peerName(record.sender))),
        el("time", CK.shortDay(record.date)),
      ),
      topic,
      snippet,
    );
    CK.mark(snippet, words);
    return el("li", result);
  }

  /** The text around the first word that was found, or what else of the message has it. */
  function snippetOf(record) {
    const { texts } = CK.parse(record.list.blockOf(record.n));
    const whole = texts[record.n - record.list.blockOf(record.n).start];
    const pieces = whole.split("\u0001").filter(Boolean);
    const piece = pieces.find((one) => words.some((word) => CK.fold(one).includes(word)));
    if (!piece) return CK.summary(record);
    const at = Math.max(
      0,
      Math.min(...words.map((word) => CK.fold(piece).indexOf(word)).filter((place) => place >= 0)),
    );
    const from = at > 40 ? piece.lastIndexOf(" ", at - 20) + 1 || at - 30 : 0;
    return `${from > 0 ? "…" : ""}${piece.slice(from, from + 160).replace(/\s+/g, " ")}`;
  }

  async function go(at) {
    if (at < 0 || at >= found.length) return;
    current = at;
    while (shown <= at) showMore();
    tell();
    for (const result of results.querySelectorAll(".current")) result.classList.remove("current");
    const chosen = results.children[at];
    chosen.classList.add("current");
    chosen.scrollIntoView({ block: "nearest" });
    const [list, n] = found[at];
    await CK.places.jump(list, n);
  }

  const step = (by) => go(current < 0 ? 0 : Math.max(0, Math.min(found.length - 1, current + by)));

  function markAgain() {
    CK.feed.redraw();
  }

  let panel = null;
  CK.searchPanel = {
    get words() {
      return panel && panel.isOpen ? words : [];
    },
    open() {
      if (!panel) {
        panel = CK.panel("search", t("Search"), build());
        panel.onclose = markAgain;
      }
      panel.open();
      field.focus();
      field.select();
      if (words.length) markAgain();
    },
    ask(text) {
      this.open();
      field.value = text;
      later(0);
    },
    step,
  };
}
