"use strict";

/* Full-text search: the texts of each block are folded once, and then looked through as they are. */
{
  const AT_ONCE_MS = 12;
  const ROWS = "\u0000";

  const ACCENTS = new Map();
  for (const [plain, accented] of Object.entries({
    a: "àáâãäåāăą",
    c: "çćĉċč",
    d: "ďđ",
    e: "èéêëēĕėęě",
    g: "ĝğġģ",
    h: "ĥħ",
    i: "ìíîïĩīĭįı",
    j: "ĵ",
    k: "ķ",
    l: "ĺļľŀł",
    n: "ñńņňŉ",
    o: "òóôõöøōŏő",
    r: "ŕŗř",
    s: "śŝşšș",
    t: "ţťŧț",
    u: "ùúûüũūŭůűų",
    w: "ŵ",
    y: "ýÿŷ",
    z: "źżž",
    е: "ё",
  })) {
    for (const letter of accented) ACCENTS.set(letter, plain);
  }
  const ACCENTED = new RegExp(`[${[...ACCENTS.keys()].join("")}]`, "g");

  /** Lower case, without accents and with е for ё. */
  CK.fold = (text) => text.toLowerCase().replace(ACCENTED, (letter) => ACCENTS.get(letter));

  const folded = new Map(); // block → {text, ends}

  function foldedOf(block) {
    let found = folded.get(block);
    if (!found) {
      found = { text: CK.fold(CK.textsOf(block)), starts: null };
      folded.set(block, found);
    }
    return found;
  }

  /** Where each row's text begins. */
  function startsOf(entry) {
    if (!entry.starts) {
      const starts = [0];
      for (let at = entry.text.indexOf(ROWS); at >= 0; at = entry.text.indexOf(ROWS, at + 1))
        starts.push(at + 1);
      entry.starts = starts;
    }
    return entry.starts;
  }

  const channel = new MessageChannel();
  let turns = [];
  channel.port1.onmessage = () => turns.splice(0).forEach((go) => go());
  /** Let the browser do something else in between. */
  CK.breathe = () =>
    new Promise((resolve) => {
      turns.push(resolve);
      channel.port2.postMessage(0);
    });

  const HAS = {
    photo: (record) => record.kind === "photo",
    video: (record) => CK.isVideo(record.kind),
    voice: (record) => record.kind === "voice_message",
    music: (record) => record.kind === "audio_file",
    file: (record) => record.kind === "file",
    poll: (record) => record.kind === "poll",
    place: (record) => record.kind === "venue" || /location/.test(record.kind),
    link: (record) => Boolean(CK.firstLink(record)),
    reply: (record) => Boolean(record.x.reply),
    edited: (record) => record.x.edited != null,
    deleted: (record) => record.x.deleted_at != null,
  };
  CK.searchKinds = Object.keys(HAS);

  /** The first web address of a message. */
  CK.firstLink = (record) => {
    if (record.x.link_preview) return record.x.link_preview.url;
    for (const { type, offset, length, href } of record.x.entities || []) {
      if (type === "text_link") return href;
      if (type === "link") return record.text.slice(offset, offset + length);
    }
    return null;
  };

  /** The words of a query as they are looked for. */
  CK.wordsOf = (query) => CK.fold(query).split(/\s+/).filter(Boolean);

  /** The rows of a block that have all words and pass the filters, the newest first. */
  function rowsOf(block, words, filter) {
    const rows = words.length ? rowsWith(block, words) : [...Array(block.count).keys()];
    const found = filter
      ? rows.filter((row) => filter(block.list.record(block.start + row)))
      : rows;
    return found.reverse();
  }

  function rowsWith(block, words) {
    const entry = foldedOf(block);
    const { text } = entry;
    const rarest = words.reduce((longest, word) => (word.length > longest.length ? word : longest));
    const rows = [];
    for (let at = text.indexOf(rarest); at >= 0;) {
      const starts = startsOf(entry);
      const row = CK.lastWhere(starts, (start) => start <= at);
      const end = row + 1 < starts.length ? starts[row + 1] : text.length + 1;
      const own = text.slice(starts[row], end - 1);
      if (words.every((word) => word === rarest || own.includes(word))) rows.push(row);
      at = end > text.length ? -1 : text.indexOf(rarest, end);
    }
    return rows;
  }

  /** Blocks of all lists, the newest first. */
  CK.newestBlocks = () =>
    CK.lists
      .flatMap((list) => list.blocks)
      .sort((one, other) => other.lastDate - one.lastDate || other.lastId - one.lastId);

  /** What the filters let through; null for all. */
  function filterOf({ from, since, until, has }) {
    const tests = [];
    if (from != null) tests.push((record) => record.sender === from);
    if (since != null) tests.push((record) => record.date >= since);
    if (until != null) tests.push((record) => record.date < until);
    if (has) tests.push(HAS[has]);
    return tests.length ? (record) => tests.every((test) => test(record)) : null;
  }

  const byDate = (one, other) => other[2] - one[2];

  let running = 0;

  /** Look for a query {text, from?, since?, until?, has?}.
   *
   * `found` gets [[list, n, date], …] of all so far and whether that is all, about each 12 ms. A later
   * call ends an earlier one.
   */
  CK.search = async (query, found) => {
    const own = ++running;
    const words = CK.wordsOf(query.text);
    const filter = filterOf(query);
    const results = [];
    let since = performance.now();
    const several = CK.lists.length > 1; // whose blocks overlap in time
    const tell = (all) => found(several ? [...results].sort(byDate) : results, all);
    for (const block of CK.newestBlocks()) {
      if (query.since != null && block.lastDate < query.since) continue;
      if (query.until != null && block.firstDate >= query.until) continue;
      if (!block.list.has(block.start)) await block.list.loadBlock(block);
      for (const row of rowsOf(block, words, filter)) {
        results.push([block.list, block.start + row, several ? CK.parse(block).dates[row] : 0]);
      }
      if (performance.now() - since > AT_ONCE_MS) {
        tell(false);
        await CK.breathe();
        since = performance.now();
      }
      if (own !== running) return;
    }
    tell(true);
  };

  /** Read all parts ahead of a search, the newest first. */
  CK.readAhead = async () => {
    try {
      for (const block of CK.newestBlocks()) {
        if (!block.list.has(block.start)) await block.list.loadBlock(block);
      }
    } catch (error) {
      if (!(error instanceof CK.MissingPart)) throw error;
    }
  };

  /** Mark the words within an element. */
  CK.mark = (element, words) => {
    if (!words.length) return;
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_ALL, (node) => {
      if (node.nodeType === Node.ELEMENT_NODE && node.matches(".foot, .tile-ending, svg"))
        return NodeFilter.FILTER_REJECT;
      return node.nodeType === Node.TEXT_NODE ? NodeFilter.FILTER_ACCEPT : NodeFilter.FILTER_SKIP;
    });
    const nodes = [];
    while (walker.nextNode()) nodes.push(walker.currentNode);
    for (const node of nodes) markIn(node, words);
  };

  function markIn(node, words) {
    const text = CK.fold(node.data);
    if (text.length !== node.data.length) return;
    const spans = [];
    for (const word of words) {
      for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length))
        spans.push([at, at + word.length]);
    }
    let from = 0;
    const pieces = [];
    for (const [start, end] of spans.sort((a, b) => a[0] - b[0])) {
      if (start < from) continue;
      pieces.push(node.data.slice(from, start), CK.el("mark", node.data.slice(start, end)));
      from = end;
    }
    if (pieces.length) node.replaceWith(...pieces.filter(Boolean), node.data.slice(from));
  }
}
