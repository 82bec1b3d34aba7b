"use strict";

/* The archive's data: who and what there is (data/meta.js), and the messages in parts that are
 * loaded when they are needed. A part holds blocks, which stay strings until one is looked at. */

const CK = {};
{
  const PARSED_AT_ONCE = 40;
  const EARLIER = "\u0001"; // ends a message's text; further words to search in follow
  const ROWS = "\u0000"; // between the texts of a block

  const SCRIPT = /^data\/[a-z0-9]+\.js(\?v=\w+)?$/;
  const checked = (url) => {
    if (!SCRIPT.test(url)) throw new TypeError(`not a part of this archive: ${url}`);
    return url;
  };
  const policy = window.trustedTypes
    ? window.trustedTypes.createPolicy("ck", { createScriptURL: checked })
    : { createScriptURL: checked };

  const parts = new Map(); // number of the part → its blocks: [[head, texts], …]
  const loading = new Map(); // number of the part → promise
  const parsed = new Map(); // the blocks parsed last, the oldest first

  CK.meta = (json) => {
    CK.archive = JSON.parse(json);
    CK.lists = CK.archive.lists.map((raw, number) => new List(raw, number));
    CK.peers = CK.archive.peers;
    CK.own = new Set(CK.archive.own);
  };

  CK.part = (number, blocks) => {
    parts.set(number, blocks);
  };

  /** Load a part; rejects if its file is not there. */
  function loadPart(number, hash) {
    if (!loading.has(number)) {
      loading.set(
        number,
        new Promise((resolve, reject) => {
          const script = document.createElement("script");
          script.src = policy.createScriptURL(`data/m${number}.js${hash ? `?v=${hash}` : ""}`);
          script.onload = script.onerror = () => {
            script.remove();
            if (parts.has(number)) resolve();
            else reject(new MissingPart(number));
          };
          document.head.append(script);
        }),
      );
    }
    return loading.get(number);
  }

  class MissingPart extends Error {
    constructor(number) {
      super(`data/m${number}.js is missing`);
      this.part = number;
    }
  }
  CK.MissingPart = MissingPart;

  /** Numbers written as the first one and then differences. */
  function summed(values) {
    let sum = 0;
    return values.map((value) => (sum += value));
  }

  /** The messages of a chat or of one topic, numbered from 0 by time. */
  class List {
    constructor(raw, number) {
      this.number = number;
      this.topic = raw.topic;
      this.count = raw.count;
      this.hashes = new Map(raw.parts);
      let start = 0;
      this.blocks = raw.blocks.map(
        ([part, index, count, firstId, firstDate, lastId, lastDate], at) => {
          const block = { list: this, at, part, index, count, start };
          Object.assign(block, { firstId, firstDate, lastId, lastDate });
          start += count;
          return block;
        },
      );
    }

    get lastDate() {
      return this.blocks.length ? this.blocks[this.blocks.length - 1].lastDate : 0;
    }

    blockOf(n) {
      return this.blocks[lastWhere(this.blocks, (block) => block.start <= n)];
    }

    has(n) {
      return n >= 0 && n < this.count && parts.has(this.blockOf(n).part);
    }

    /** Resolves when the message can be read. */
    load(n) {
      return this.loadBlock(this.blockOf(Math.max(0, Math.min(n, this.count - 1))));
    }

    loadBlock(block) {
      return loadPart(block.part, this.hashes.get(block.part));
    }

    /** A message that is loaded. */
    record(n) {
      const block = this.blockOf(n);
      const row = n - block.start;
      const { ids, dates, senders, extras, texts } = parse(block);
      const text = texts[row];
      const end = text.indexOf(EARLIER);
      const x = extras[row] || NOTHING;
      return {
        list: this,
        n,
        id: ids[row],
        date: dates[row],
        sender: senders[row],
        kind: x.kind || "text",
        text: end < 0 ? text : text.slice(0, end),
        x,
      };
    }

    /** The number of the message with this id, or of the nearest one, once that is loaded. */
    async find(id) {
      const at = Math.max(
        0,
        lastWhere(this.blocks, (block) => block.firstId <= id),
      );
      const block = this.blocks[at];
      if (!block) return null;
      await this.loadBlock(block);
      const { ids } = parse(block);
      const row = Math.max(
        0,
        lastWhere(ids, (one) => one <= id),
      );
      const candidates = [block.start + row, block.start + row + 1].filter((n) => n < this.count);
      if (ids[row] === id || candidates.length < 2) {
        return { n: candidates[0], id: ids[row], exact: ids[row] === id };
      }
      await this.load(candidates[1]);
      const after = this.record(candidates[1]).id;
      const nearer = Math.abs(after - id) < Math.abs(ids[row] - id);
      return { n: candidates[nearer ? 1 : 0], id: nearer ? after : ids[row], exact: false };
    }

    /** The number of the first message at this local time or later, once it is loaded. */
    async findDate(seconds) {
      const at = lastWhere(this.blocks, (block) => block.firstDate < seconds);
      if (at < 0) return 0;
      const block = this.blocks[at];
      await this.loadBlock(block);
      const row = lastWhere(parse(block).dates, (date) => date < seconds);
      return Math.min(block.start + row + 1, this.count - 1);
    }

    /** About when a message was written, without loading it. */
    dateNear(n) {
      const block = this.blockOf(Math.max(0, Math.min(n, this.count - 1)));
      if (!block) return 0;
      const share = block.count > 1 ? (n - block.start) / (block.count - 1) : 0;
      return Math.round(block.firstDate + share * (block.lastDate - block.firstDate));
    }
  }

  const NOTHING = Object.freeze({});

  function parse(block) {
    let found = parsed.get(block);
    if (found) {
      parsed.delete(block);
    } else {
      const [head, texts] = parts.get(block.part)[block.index];
      const { i, d, s, x } = JSON.parse(head);
      const rows = texts.split(ROWS);
      found = { ids: summed(i), dates: summed(d), senders: s, extras: x || NOTHING, texts: rows };
      if (parsed.size >= PARSED_AT_ONCE) parsed.delete(parsed.keys().next().value);
    }
    parsed.set(block, found);
    return found;
  }

  /** The last place in a sorted array for which this holds; -1 for none. */
  function lastWhere(values, holds) {
    let low = -1;
    let high = values.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (holds(values[middle])) low = middle;
      else high = middle - 1;
    }
    return low;
  }
  CK.lastWhere = lastWhere;

  /** The texts of a loaded block as they are in its file, and what its messages are. */
  CK.textsOf = (block) => parts.get(block.part)[block.index][1];
  CK.parse = parse;

  /** Where a message of any list is: the list of its topic is not said in the id. */
  CK.locate = async (id, preferred) => {
    const lists = [preferred, ...CK.lists].filter((list) => list && list.count);
    let nearest = null;
    for (const list of new Set(lists)) {
      const { blocks } = list;
      if (id < blocks[0].firstId || id > blocks[blocks.length - 1].lastId) continue;
      const found = await list.find(id);
      if (found.exact) return { list, ...found };
      if (!nearest || Math.abs(found.id - id) < Math.abs(nearest.id - id))
        nearest = { list, ...found };
    }
    if (nearest) return nearest;
    const [list] = lists;
    return list ? { list, ...(await list.find(id)) } : null;
  };
}
