// The skeleton of a trace as the server's columns have it: views over the bytes, nothing made for each span.
//
// A stream of chunks, little-endian, each aligned to 8 bytes: "MTC1" or the like is the first chunk's magic. A chunk
// begins with its kind and the length of what follows (two u32). Kind 1 is a page of spans, kind 2 ends the trace.

import { assemble } from "./assemble.js";

const PAGE = 1;
const END = 2;
const MAGIC = 0x3143544d; // "MTC1"
const HEADER = 16;

export class ColumnsError extends Error {}

/**
 * @param {ArrayBuffer} buffer the whole answer
 * @param {string} id of the trace
 * @returns {import("./trace.js").Trace}
 */
export function decodeTraceColumns(buffer, id) {
  const { pages, count, base } = readPages(buffer);
  const rows = joinPages(pages, count);
  linkParents(rows);
  const trace = { id, startTime: base / 1000, source: null, warnings: [], detail: null };
  Object.assign(trace, assemble(rows));
  trace.services = rows.services;
  trace.names = rows.names;
  const { order } = trace;
  trace.logOffset = new Int32Array(order.length + 1);
  trace.logTime = new Float64Array(rows.logTime.length);
  let filled = 0;
  for (let at = 0; at < order.length; at++) {
    const row = order[at];
    if (row < count) {
      for (let l = rows.logOffset[row]; l < rows.logOffset[row + 1]; l++) trace.logTime[filled++] = rows.logTime[l];
    }
    trace.logOffset[at + 1] = filled;
  }
  trace.spanID = (at) => {
    const row = order[at];
    return row < count ? idText(rows.idHigh[row], rows.idLow[row]) : (rows.missing[row - count] ?? "");
  };
  trace.someAttribute = () => false;
  return trace;
}

export function idText(high, low) {
  return hex(high) + hex(low);
}

function hex(word) {
  return word.toString(16).padStart(8, "0");
}

function readPages(buffer) {
  const view = new DataView(buffer);
  if (buffer.byteLength < HEADER || view.getUint32(0, true) !== MAGIC) {
    throw new ColumnsError("this is not a trace in columns");
  }
  const base = Number(view.getBigUint64(8, true));
  const pages = [];
  let count = 0;
  let ended = false;
  for (let at = HEADER; at + 8 <= buffer.byteLength && !ended; ) {
    const kind = view.getUint32(at, true);
    const length = view.getUint32(at + 4, true);
    at += 8;
    if (at + length > buffer.byteLength) throw new ColumnsError("a page of the trace was cut off");
    if (kind === PAGE) {
      const page = readPage(buffer, view, at);
      pages.push(page);
      count += page.count;
    }
    ended = kind === END;
    at += length;
  }
  if (!ended) throw new ColumnsError("the end of the trace did not arrive");
  return { pages, count, base };
}

/** A page: counts, then columns from the widest to the narrowest, then the texts that are new on it. */
function readPage(buffer, view, at) {
  const count = view.getUint32(at, true);
  const logs = view.getUint32(at + 4, true);
  const texts = view.getUint32(at + 8, true);
  const textBytes = view.getUint32(at + 12, true);
  let offset = at + 16;
  const take = (Column, length) => {
    const column = new Column(buffer, offset, length);
    offset += Math.ceil((length * Column.BYTES_PER_ELEMENT) / 8) * 8;
    return column;
  };
  const page = {
    count,
    start: take(Float64Array, count),
    length: take(Float64Array, count),
    logTime: take(Float64Array, logs),
    id: take(Uint32Array, 2 * count),
    parent: take(Uint32Array, 2 * count),
    service: take(Uint32Array, count),
    name: take(Uint32Array, count),
    logCount: take(Uint32Array, count),
    kind: take(Uint8Array, count),
    flags: take(Uint8Array, count),
  };
  const lengths = take(Uint32Array, texts);
  const bytes = take(Uint8Array, textBytes);
  const decoder = new TextDecoder();
  let begin = 0;
  page.texts = Array.from(lengths, (length) => decoder.decode(bytes.subarray(begin, (begin += length))));
  return page;
}

function joinPages(pages, count) {
  const join = (Column, pick, total = count) => {
    if (pages.length === 1) return pick(pages[0]);
    const joined = new Column(total);
    let at = 0;
    for (const page of pages) {
      joined.set(pick(page), at);
      at += pick(page).length;
    }
    return joined;
  };
  const texts = pages.flatMap((page) => page.texts);
  const id = join(Uint32Array, (page) => page.id, 2 * count);
  const parentID = join(Uint32Array, (page) => page.parent, 2 * count);
  const logs = pages.reduce((sum, page) => sum + page.logTime.length, 0);
  const logCount = join(Uint32Array, (page) => page.logCount);
  const logOffset = new Int32Array(count + 1);
  for (let i = 0; i < count; i++) logOffset[i + 1] = logOffset[i] + logCount[i];
  return {
    count,
    idLow: every(id, 0),
    idHigh: every(id, 1),
    parentLow: every(parentID, 0),
    parentHigh: every(parentID, 1),
    start: join(Float64Array, (page) => page.start),
    length: join(Float64Array, (page) => page.length),
    logTime: join(Float64Array, (page) => page.logTime, logs),
    logOffset,
    ...compact(texts, join(Uint32Array, (page) => page.service), join(Uint32Array, (page) => page.name)),
    kind: join(Uint8Array, (page) => page.kind),
    flags: join(Uint8Array, (page) => page.flags),
  };
}

function every(words, first) {
  const half = new Uint32Array(words.length / 2);
  for (let i = 0; i < half.length; i++) half[i] = words[2 * i + first];
  return half;
}

/** Services and operations share the texts of the stream; each gets a list of its own. */
function compact(texts, service, name) {
  const number = (column) => {
    const numbers = new Int32Array(texts.length).fill(-1);
    const values = [];
    const renumbered = new Uint32Array(column.length);
    for (let i = 0; i < column.length; i++) {
      const text = column[i];
      if (numbers[text] < 0) numbers[text] = values.push(texts[text] ?? "") - 1;
      renumbered[i] = numbers[text];
    }
    return { values, renumbered };
  };
  const services = number(service);
  const names = number(name);
  return {
    services: services.values,
    service: services.renumbered,
    names: names.values,
    name: names.renumbered,
  };
}

/** Parents by id become rows: an open hash table over the ids, which a million spans fill in a fraction of a second. */
function linkParents(rows) {
  const { count, idLow, idHigh, parentLow, parentHigh } = rows;
  let bits = 4;
  while (1 << bits < 2 * count) bits++;
  const table = new Int32Array(1 << bits).fill(-1);
  const mask = (1 << bits) - 1;
  const slotOf = (low, high) => (Math.imul(low ^ Math.imul(high, 0x9e3779b1), 0x85ebca6b) >>> (32 - bits)) & mask;
  const find = (low, high, insert) => {
    let slot = slotOf(low, high);
    for (; table[slot] >= 0; slot = (slot + 1) & mask) {
      if (idLow[table[slot]] === low && idHigh[table[slot]] === high) return table[slot];
    }
    if (insert >= 0) table[slot] = insert;
    return -1;
  };
  for (let i = 0; i < count; i++) find(idLow[i], idHigh[i], i);
  rows.parent = new Int32Array(count).fill(-1);
  rows.missing = [];
  const missing = new Map();
  rows.unnamed = 0;
  for (let i = 0; i < count; i++) {
    if ((parentLow[i] | parentHigh[i]) === 0) continue;
    const parent = find(parentLow[i], parentHigh[i], -1);
    if (parent >= 0) {
      rows.parent[i] = parent;
      continue;
    }
    const id = idText(parentHigh[i], parentLow[i]);
    if (!missing.has(id)) missing.set(id, rows.missing.push(id) - 1);
    rows.parent[i] = count + missing.get(id);
  }
  if (rows.missing.length) rows.unnamed = rows.names.push("") - 1;
}
