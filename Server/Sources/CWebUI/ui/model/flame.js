// A trace as a flame graph. "Over time" draws each span where it was, in lanes of its level; "merged" adds up spans of
// one path. Both are columns of boxes, found by level and start, so that drawing costs what is visible.

import { MISSING } from "./trace.js";

/**
 * @typedef {object} Boxes in order of level, then start
 * @property {Int32Array} first per level the first box; one more at the end
 * @property {Float64Array} from @property {Float64Array} to
 * @property {Int32Array} span that a box is, or is like
 */

/** Each span on the lowest level below its parent that is free all the time it takes. */
export function flameOverTime(trace) {
  const { count, start, length, parent } = trace;
  const level = new Int32Array(count);
  const lanes = new Lanes(count);
  for (let i = 0; i < count; i++) {
    level[i] = lanes.take(parent[i] < 0 ? 0 : level[parent[i]] + 1, start[i], start[i] + length[i]);
  }
  const order = Int32Array.from({ length: count }, (_, i) => i).sort(
    (a, b) => level[a] - level[b] || start[a] - start[b],
  );
  const at = (k) => order[k];
  return boxes(count, (k) => level[at(k)], (k) => start[at(k)], (k) => start[at(k)] + length[at(k)], at);
}

/** When each level is free again, as a tree of minima: the first free one at or below a level in logarithmic time. */
class Lanes {
  constructor(count) {
    this.width = 1;
    while (this.width < count + 1) this.width *= 2;
    this.free = new Float64Array(2 * this.width).fill(-Infinity);
  }

  /** @returns {number} the first level, `from` or below, that is free at `start`; it is taken until `end` */
  take(from, start, end) {
    let node = this.width + from;
    // Up until a tree to the right has a free level, then down to the first of it.
    while (this.free[node] > start) {
      while (node & 1) node >>= 1;
      node++;
    }
    while (node < this.width) node = this.free[2 * node] <= start ? 2 * node : 2 * node + 1;
    const level = node - this.width;
    this.free[node] = end;
    for (node >>= 1; node >= 1; node >>= 1) this.free[node] = Math.min(this.free[2 * node], this.free[2 * node + 1]);
    return level;
  }
}

/**
 * Paths of (service, operation) added up. Each node has its own time and that of all below it.
 * @returns {{boxes: Boxes, nodes: {parent: number, span: number, count: number, total: number, self: number,
 *   errors: number, depth: number}[], total: number}} spans of boxes are numbers of nodes
 */
export function flameMerged(trace, self) {
  const nodes = [];
  const numbers = new Map();
  const nodeOf = new Int32Array(trace.count);
  for (let i = 0; i < trace.count; i++) {
    const above = trace.parent[i] < 0 ? -1 : nodeOf[trace.parent[i]];
    const key = `${above}/${trace.service[i]}/${trace.name[i]}/${trace.flags[i] & MISSING}`;
    let node = numbers.get(key);
    if (node === undefined) {
      const depth = above < 0 ? 0 : nodes[above].depth + 1;
      node = nodes.push({ parent: above, span: i, count: 0, total: 0, self: 0, errors: 0, depth }) - 1;
      numbers.set(key, node);
    }
    nodeOf[i] = node;
    nodes[node].count++;
    nodes[node].self += trace.flags[i] & MISSING ? 0 : self[i];
    if (trace.flags[i] & 1) nodes[node].errors++;
  }
  return { ...layOut(nodes), nodes };
}

/**
 * Puts nodes side by side, the heaviest first, each as wide as its own time and all below it.
 * @param {{parent: number, self: number, depth: number, total?: number}[]} nodes parents before children
 */
export function layOut(nodes) {
  for (const node of nodes) node.total = node.self;
  for (let k = nodes.length - 1; k >= 0; k--) if (nodes[k].parent >= 0) nodes[nodes[k].parent].total += nodes[k].total;
  const from = new Float64Array(nodes.length);
  const used = new Float64Array(nodes.length + 1);
  const order = nodes.map((_, k) => k).sort((a, b) => nodes[a].depth - nodes[b].depth
    || nodes[b].total - nodes[a].total);
  for (const k of order) {
    const { parent, total } = nodes[k];
    from[k] = (parent < 0 ? 0 : from[parent]) + used[parent + 1];
    used[parent + 1] += total;
  }
  order.sort((a, b) => nodes[a].depth - nodes[b].depth || from[a] - from[b]);
  const at = (k) => order[k];
  return {
    boxes: boxes(nodes.length, (k) => nodes[at(k)].depth, (k) => from[at(k)], (k) => from[at(k)] + nodes[at(k)].total,
      at),
    total: used[0],
  };
}

function boxes(count, level, from, to, span) {
  const made = { from: new Float64Array(count), to: new Float64Array(count), span: new Int32Array(count), first: [] };
  for (let k = 0; k < count; k++) {
    while (made.first.length <= level(k)) made.first.push(k);
    made.from[k] = from(k);
    made.to[k] = to(k);
    made.span[k] = span(k);
  }
  made.first = Int32Array.from([...made.first, count]);
  return made;
}

/** The box of a level at a time, or -1. */
export function boxAt(boxes, level, time) {
  if (level < 0 || level >= boxes.first.length - 1) return -1;
  let low = boxes.first[level];
  let high = boxes.first[level + 1];
  const end = high;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (boxes.from[middle] <= time) low = middle + 1;
    else high = middle;
  }
  const box = low - 1;
  return box >= boxes.first[level] && box < end && boxes.to[box] >= time ? box : -1;
}
