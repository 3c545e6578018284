// From spans in any order, with parents by id, to the columns of a trace. All that reads traces ends here: Jaeger's
// JSON, the columns of the server, and the files that people drop on the page.

import { ASYNC, EARLY, MISSING, ORPHAN, UNFINISHED } from "./trace.js";
import { buildTree } from "./tree.js";

/**
 * @typedef {object} Rows spans in any order, as columns
 * @property {number} count
 * @property {Float64Array} start µs after startTime
 * @property {Float64Array} length µs
 * @property {Int32Array} parent row of the parent, -1 for none; count + k for the k-th missing parent
 * @property {string[]} missing ids of the parents that are not there
 * @property {Uint32Array} service @property {Uint32Array} name
 * @property {Uint8Array} kind @property {Uint8Array} flags
 * @property {number} unnamed the name of missing parents
 */

/**
 * Puts rows into the order of their tree, missing parents among them as rows of their own.
 * @param {Rows} rows
 * @returns {{order: Int32Array, position: Int32Array, byStart: Int32Array}
 *   & Partial<import("./trace.js").Trace>} order[k] is the row at position k, position its inverse, byStart the rows in
 *   the order of time
 */
export function assemble(rows) {
  const all = rows.count + rows.missing.length;
  const { start, length, parent } = withMissing(rows, all);
  const tree = buildTree(start, parent);
  const columns = {
    count: all,
    spans: rows.count,
    order: tree.order,
    position: tree.position,
    byStart: tree.byStart,
    parent: tree.parent,
    depth: tree.depth,
    size: tree.size,
    start: new Float64Array(all),
    length: new Float64Array(all),
    service: new Uint32Array(all),
    name: new Uint32Array(all),
    kind: new Uint8Array(all),
    flags: new Uint8Array(all),
    duration: 0,
  };
  fill(columns, rows, start, length);
  close(columns);
  return columns;
}

/** A missing parent is as long as what it left behind: that much is known of it. */
function withMissing(rows, all) {
  if (all === rows.count) return rows;
  const start = grown(rows.start, all);
  const length = grown(rows.length, all);
  const parent = grown(rows.parent, all);
  start.fill(Infinity, rows.count);
  length.fill(0, rows.count);
  parent.fill(-1, rows.count);
  const end = new Float64Array(all - rows.count).fill(-Infinity);
  for (let i = 0; i < rows.count; i++) {
    const above = parent[i];
    if (above < rows.count) continue;
    start[above] = Math.min(start[above], start[i]);
    end[above - rows.count] = Math.max(end[above - rows.count], start[i] + length[i]);
  }
  for (let k = rows.count; k < all; k++) length[k] = end[k - rows.count] - start[k];
  return { start, length, parent };
}

function grown(column, length) {
  const copy = new column.constructor(length);
  copy.set(column);
  return copy;
}

function fill(columns, rows, start, length) {
  let end = 0;
  for (let at = 0; at < columns.count; at++) {
    const row = columns.order[at];
    columns.start[at] = start[row];
    columns.length[at] = length[row];
    end = Math.max(end, start[row] + length[row]);
    if (row >= rows.count) {
      columns.flags[at] = MISSING;
      columns.name[at] = rows.unnamed;
      continue;
    }
    columns.service[at] = rows.service[row];
    columns.name[at] = rows.name[row];
    columns.kind[at] = rows.kind[row];
    columns.flags[at] = rows.flags[row] | (rows.parent[row] >= rows.count ? ORPHAN : 0);
  }
  columns.duration = end;
}

/** What follows from the whole: a missing parent takes after its child, open spans last until now, clocks differ. */
function close(columns) {
  const { count, flags, start, length, parent, service } = columns;
  for (let i = 0; i < count; i++) {
    if (flags[i] & MISSING && i + 1 < count) service[i] = service[i + 1];
    if (flags[i] & UNFINISHED) length[i] = Math.max(0, columns.duration - start[i]);
    const above = parent[i];
    if (above < 0 || flags[above] & MISSING || flags[i] & (MISSING | ASYNC)) continue;
    if (start[i] < start[above] && service[i] !== service[above]) flags[i] |= EARLY;
  }
}

/** Texts by number, each once. */
export class Dictionary {
  values = [];
  #numbers = new Map();

  number(value) {
    let number = this.#numbers.get(value);
    if (number === undefined) {
      number = this.values.push(value) - 1;
      this.#numbers.set(value, number);
    }
    return number;
  }
}
