"use strict";

/* All photos, videos, files, voice messages and links of the chat, the newest first. */
{
  const { el, t } = CK;
  const COLUMNS = 3;
  const HEADING = 36;
  const TILE = 64;
  const BEYOND = 400; // px rendered beyond the screen
  const AT_ONCE_MS = 12;

  const TABS = {
    photos: {
      title: "Photos",
      holds: (record) =>
        CK.pictures(record).some(({ kind }) => kind === "photo") && !record.x.link_preview,
    },
    videos: { title: "Videos", holds: (record) => CK.isVideo(record.kind) },
    files: {
      title: "Files",
      holds: (record) => record.kind === "file" || record.kind === "audio_file",
    },
    voice: {
      title: "Voice",
      holds: (record) => record.kind === "voice_message" || record.kind === "video_message",
    },
    links: { title: "Links", holds: (record) => Boolean(CK.firstLink(record)) },
  };

  const scroller = el("div.gallery-scroller", { tabindex: -1 });
  const canvas = el("div.gallery-canvas");
  const status = el("div.unseen", { role: "status" });
  const tabs = el("div.tabs", { role: "tablist" });
  let name = "photos";
  let lines = []; // {top, height, month} or {top, height, entries}
  let height = 0;
  let run = 0;
  let count = 0;

  function build() {
    for (const [key, { title }] of Object.entries(TABS)) {
      const tab = el(
        "button.tab",
        {
          "role": "tab",
          "id": `ck-tab-${key}`,
          "aria-controls": "ck-gallery",
          "onclick": () => choose(key),
        },
        t(title),
      );
      tab.addEventListener("keydown", (event) => {
        const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
        if (!step) return;
        event.preventDefault();
        event.stopPropagation();
        const keys = Object.keys(TABS);
        const next = keys[(keys.indexOf(key) + step + keys.length) % keys.length];
        choose(next);
        tabs.children[keys.indexOf(next)].focus();
      });
      tabs.append(tab);
    }
    scroller.append(canvas);
    scroller.addEventListener("scroll", draw, { passive: true });
    scroller.id = "ck-gallery";
    scroller.setAttribute("role", "tabpanel");
    new ResizeObserver(() => layOut()).observe(scroller);
    return el("div.panel-body.gallery", tabs, status, scroller);
  }

  let entries = [];
  let drawn = [-1, -1];

  async function choose(key) {
    name = key;
    const own = ++run;
    for (const [at, tab] of [...tabs.children].entries()) {
      const mine = Object.keys(TABS)[at] === key;
      tab.setAttribute("aria-selected", mine);
      tab.tabIndex = mine ? 0 : -1;
      if (mine) scroller.setAttribute("aria-labelledby", tab.id);
    }
    entries = [];
    count = 0;
    scroller.scrollTop = 0;
    layOut();
    try {
      await gather(own);
    } catch (error) {
      if (!(error instanceof CK.MissingPart)) throw error;
      canvas.append(el("div.empty", CK.missingPartText(error.part)));
    }
  }

  async function gather(own) {
    let since = performance.now();
    for (const block of CK.newestBlocks()) {
      if (!block.list.has(block.start)) await block.list.loadBlock(block);
      for (let n = block.start + block.count - 1; n >= block.start; n--) {
        const record = block.list.record(n);
        if (record.kind !== "text" || name === "links") {
          if (TABS[name].holds(record))
            entries.push({ list: block.list, n, month: CK.monthOf(record.date) });
        }
      }
      if (performance.now() - since > AT_ONCE_MS) {
        if (entries.length - count > 60 || !count) layOut();
        await CK.breathe();
        since = performance.now();
      }
      if (own !== run) return;
    }
    layOut();
    if (!entries.length)
      canvas.replaceChildren(el("div.empty", t("There is nothing of this kind.")));
    status.textContent = CK.number(entries.length);
  }

  const isGrid = () => name === "photos" || name === "videos";

  /** Give each line its place: all heights are known. */
  function layOut() {
    if (CK.lists.length > 1) entries.sort((one, other) => other.month - one.month);
    const cell = Math.floor((scroller.clientWidth || 330) / COLUMNS);
    lines = [];
    height = 0;
    let month = null;
    const put = (line, size) => {
      lines.push({ ...line, top: height, height: size });
      height += size;
    };
    for (const entry of entries) {
      if (entry.month !== month) put({ month: (month = entry.month) }, HEADING);
      const line = lines[lines.length - 1];
      if (isGrid() && line.entries && line.entries.length < COLUMNS) line.entries.push(entry);
      else put({ entries: [entry] }, isGrid() ? cell : TILE);
    }
    count = entries.length;
    canvas.style.height = `${height}px`;
    drawn = [-1, -1];
    draw();
  }

  function draw() {
    const top = scroller.scrollTop - BEYOND;
    const bottom = scroller.scrollTop + scroller.clientHeight + BEYOND;
    const from = Math.max(
      0,
      CK.lastWhere(lines, (line) => line.top <= top),
    );
    const to = CK.lastWhere(lines, (line) => line.top <= bottom);
    if (from === drawn[0] && to === drawn[1]) return;
    drawn = [from, to];
    canvas.replaceChildren(...lines.slice(from, to + 1).map(elementOf));
  }

  function elementOf(line) {
    const element = line.month
      ? el("h3.month", CK.monthName(CK.monthStart(line.month)))
      : el(isGrid() ? "div.cells" : "div.gallery-line", line.entries.map(cellOf));
    element.style.top = `${line.top}px`;
    element.style.height = `${line.height}px`;
    return element;
  }

  function cellOf({ list, n }) {
    if (!list.has(n)) return null;
    const record = list.record(n);
    if (isGrid()) return pictureCell(record);
    return el(
      "div.gallery-item",
      itemOf(record),
      CK.iconButton("next", t("Show in chat"), () => CK.places.jump(list, n)),
    );
  }

  function pictureCell(record) {
    const pictures = CK.pictures(record);
    const { kind, file } = pictures[0] || { kind: record.kind, file: record.x.media || {} };
    const cell = CK.picture(record, kind, file, { fill: true });
    cell.classList.add("cell");
    return cell;
  }

  function itemOf(record) {
    const { media } = record.x;
    if (name === "links") return linkItem(record);
    if (record.kind === "file") return CK.fileTile(record, record.kind, media);
    if (record.kind === "video_message")
      return el(
        "button.result",
        { onclick: () => CK.viewer.open(record, media) },
        t("Video message, {length}", { length: CK.length(media.duration_s) }),
        el("span.card-line", `${CK.peerName(record.sender)} · ${CK.shortDay(record.date)}`),
      );
    return CK.audioPlayer(record, record.kind, media);
  }

  function linkItem(record) {
    const address = CK.firstLink(record);
    const preview = record.x.link_preview;
    return el(
      "div.link-item",
      CK.outLink(address, el("span.file-name", CK.name((preview && preview.title) || address))),
      el("span.card-line", CK.name(address)),
    );
  }

  let panel = null;
  CK.gallery = {
    open() {
      if (!panel) panel = CK.panel("gallery", t("Gallery"), build());
      panel.open();
      choose(name);
      tabs.querySelector("[aria-selected=true]").focus();
    },
  };
}
