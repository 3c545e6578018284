// The skeleton of a trace as the server's columns have it: views over the bytes, nothing made for each span. And what
// its spans say about one attribute, as a column of its own.

import { assemble } from "./assemble.js";
import { ColumnsError, readPages } from "./chunks.js";
import { supersededRow } from "./reports.js";
import { RowsByID } from "./rows-by-id.js";
import { UNFINISHED } from "./trace.js";

const SKELETON = { magic: 0x3143544d, header: 16 }; // "MTC1"
const ATTRIBUTE = { magic: 0x3141544d, header: 8 }; // "MTA1"

/**
 * @param {ArrayBuffer} buffer the whole answer
 * @param {string} id of the trace
 * @returns {import("./trace.js").Trace}
 */
export function decodeTraceColumns(buffer, id) {
  const pages = readPages(buffer, SKELETON, readPage);
  const count = pages.reduce((sum, page) => sum + page.count, 0);
  const base = Number(new DataView(buffer).getBigUint64(8, true));
  const { rows, rowsByID } = lastReports(joinPages(pages, count));
  linkParents(rows, rowsByID);
  const trace = { id, startTime: base / 1000, source: null, warnings: [], detail: null, reported: count };
  Object.assign(trace, assemble(rows));
  trace.services = rows.services;
  trace.names = rows.names;
  trace.places = rows.places;
  orderLogs(trace, rows);
  const { order, position } = trace;
  trace.spanID = (at) => {
    const row = order[at];
    return row < rows.count ? idText(rows.id[2 * row + 1], rows.id[2 * row]) : (rows.missing[row - rows.count] ?? "");
  };
  trace.numberOf = (text) => {
    if (!/^[0-9a-f]{1,16}$/.test(text)) return -1;
    const row = rowsByID.find(...halves(text));
    if (row >= 0) return position[row];
    const missing = rows.missing.indexOf(text.padStart(16, "0"));
    return missing < 0 ? -1 : position[rows.count + missing];
  };
  trace.someAttribute = () => false;
  return trace;
}

/**
 * What the spans of such a trace say about an attribute.
 * @param {ArrayBuffer} buffer the whole answer
 * @param {import("./trace.js").Trace} trace
 * @returns {import("./statistics.js").Values}
 */
export function decodeAttributeColumn(buffer, trace) {
  const pages = readPages(buffer, ATTRIBUTE, (page) => {
    const [count, texts, textBytes] = page.take(Uint32Array, 4);
    return { column: page.take(Uint32Array, count), texts: page.texts(texts, textBytes) };
  });
  const all = new Uint32Array(pages.reduce((sum, { column }) => sum + column.length, 0));
  let filled = 0;
  for (const { column } of pages) {
    all.set(column, filled);
    filled += column.length;
  }
  if (all.length !== trace.reported) throw new ColumnsError("the trace has grown: load it again");
  const values = [null, ...pages.flatMap(({ texts }) => texts)];
  const { order, spans, places } = trace;
  const value = Uint32Array.from(order, (row) => (row < spans ? all[places ? places[row] : row] : 0));
  return { values, value };
}

function orderLogs(trace, rows) {
  const { order } = trace;
  trace.logOffset = new Int32Array(order.length + 1);
  trace.logTime = new Float64Array(rows.logTime.length);
  let filled = 0;
  for (let at = 0; at < order.length; at++) {
    const row = order[at];
    if (row < rows.count) {
      const begin = filled;
      for (let l = rows.logOffset[row]; l < rows.logOffset[row + 1]; l++) trace.logTime[filled++] = rows.logTime[l];
      if (filled - begin > 1) trace.logTime.subarray(begin, filled).sort();
    }
    trace.logOffset[at + 1] = filled;
  }
}

/** Low and high half of an id in small hexadecimal letters. */
function halves(text) {
  const id = text.padStart(16, "0");
  return [parseInt(id.slice(8), 16), parseInt(id.slice(0, 8), 16)];
}

export function idText(high, low) {
  return hex(high) + hex(low);
}

function hex(word) {
  return word.toString(16).padStart(8, "0");
}

/** A page: counts, then columns from the widest to the narrowest, then the texts that are new on it. */
function readPage(page) {
  const [count, logs, texts, textBytes] = page.take(Uint32Array, 4);
  return {
    count,
    start: page.take(Float64Array, count),
    length: page.take(Float64Array, count),
    logTime: page.take(Float64Array, logs),
    id: page.take(Uint32Array, 2 * count),
    parent: page.take(Uint32Array, 2 * count),
    service: page.take(Uint32Array, count),
    name: page.take(Uint32Array, count),
    logCount: page.take(Uint32Array, count),
    kind: page.take(Uint8Array, count),
    flags: page.take(Uint8Array, count),
    texts: page.texts(texts, textBytes),
  };
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
  const logs = pages.reduce((sum, page) => sum + page.logTime.length, 0);
  const logCount = join(Uint32Array, (page) => page.logCount);
  const logOffset = new Int32Array(count + 1);
  for (let i = 0; i < count; i++) logOffset[i + 1] = logOffset[i] + logCount[i];
  return {
    count,
    id: join(Uint32Array, (page) => page.id, 2 * count),
    parentID: join(Uint32Array, (page) => page.parent, 2 * count),
    start: join(Float64Array, (page) => page.start),
    length: join(Float64Array, (page) => page.length),
    logTime: join(Float64Array, (page) => page.logTime, logs),
    logOffset,
    ...compact(texts, join(Uint32Array, (page) => page.service), join(Uint32Array, (page) => page.name)),
    kind: join(Uint8Array, (page) => page.kind),
    flags: join(Uint8Array, (page) => page.flags),
  };
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

/** The rows without reports that later ones replace: almost always all of them, and then nothing is copied. */
function lastReports(rows) {
  const dropped = new Set();
  const report = (row) => ({
    row,
    service: rows.service[row],
    start: rows.start[row],
    length: rows.length[row],
    kind: rows.kind[row],
    isUnfinished: (rows.flags[row] & UNFINISHED) !== 0,
  });
  const rowsByID = new RowsByID(rows.id, (earlier, row) => {
    const superseded = supersededRow(report(earlier), report(row));
    if (superseded >= 0) dropped.add(superseded);
    return superseded === earlier;
  });
  rows.places = null;
  if (dropped.size === 0) return { rows, rowsByID };
  const kept = picked(rows, dropped);
  return { rows: kept, rowsByID: new RowsByID(kept.id) };
}

function picked(rows, dropped) {
  const places = Int32Array.from({ length: rows.count - dropped.size });
  let count = 0;
  for (let row = 0; row < rows.count; row++) if (!dropped.has(row)) places[count++] = row;
  const kept = { ...rows, count, places };
  for (const column of ["start", "length", "service", "name", "kind", "flags"]) {
    kept[column] = new rows[column].constructor(count);
    places.forEach((row, at) => (kept[column][at] = rows[column][row]));
  }
  for (const column of ["id", "parentID"]) {
    kept[column] = new Uint32Array(2 * count);
    places.forEach((row, at) => kept[column].set(rows[column].subarray(2 * row, 2 * row + 2), 2 * at));
  }
  const logsOf = (row) => rows.logTime.subarray(rows.logOffset[row], rows.logOffset[row + 1]);
  kept.logOffset = new Int32Array(count + 1);
  places.forEach((row, at) => (kept.logOffset[at + 1] = kept.logOffset[at] + logsOf(row).length));
  kept.logTime = new Float64Array(kept.logOffset[count]);
  places.forEach((row, at) => kept.logTime.set(logsOf(row), kept.logOffset[at]));
  return kept;
}

/** Parents by id become rows, missing ones included. */
function linkParents(rows, rowsByID) {
  const { count, parentID } = rows;
  const parent = new Int32Array(count).fill(-1);
  const missing = new Map();
  rows.missing = [];
  rows.unnamed = 0;
  for (let i = 0; i < count; i++) {
    const low = parentID[2 * i];
    const high = parentID[2 * i + 1];
    if ((low | high) === 0) continue;
    const found = rowsByID.find(low, high);
    if (found >= 0) {
      parent[i] = found;
      continue;
    }
    const id = idText(high, low);
    if (!missing.has(id)) missing.set(id, rows.missing.push(id) - 1);
    parent[i] = count + missing.get(id);
  }
  if (rows.missing.length) rows.unnamed = rows.names.push("") - 1;
  rows.parent = parent;
}
