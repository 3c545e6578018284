// A trace as a flame graph. "Over time" draws each span where it was, in lanes of its level; "merged" adds up spans of
// one path. Both are columns of boxes, found by level and start, so that drawing costs what is visible.

import { ERROR, MISSING, spansByStart } from "./trace.js";

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
  let levels = 0;
  for (let i = 0; i < count; i++) {
    level[i] = lanes.take(parent[i] < 0 ? 0 : level[parent[i]] + 1, start[i], start[i] + length[i]);
    if (level[i] >= levels) levels = level[i] + 1;
  }
  const first = new Int32Array(levels + 1);
  for (let i = 0; i < count; i++) first[level[i] + 1]++;
  for (let k = 0; k < levels; k++) first[k + 1] += first[k];
  const next = first.slice();
  const span = new Int32Array(count);
  for (const i of spansByStart(trace)) span[next[level[i]]++] = i;
  const from = new Float64Array(count);
  const to = new Float64Array(count);
  for (let k = 0; k < count; k++) {
    from[k] = start[span[k]];
    to[k] = from[k] + length[span[k]];
  }
  return { first, from, to, span };
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
 * Paths side by side.
 * @param {Node[]} nodes as `mergedPaths` has them
 * @returns {{boxes: Boxes, nodes: Node[], total: number}} spans of boxes are numbers of nodes
 */
export function flameMerged(nodes) {
  return { ...layOut(nodes), nodes };
}

/** Paths of (service, operation) added up, parents before children. @returns {Node[]} */
export function mergedPaths(trace, self) {
  const { count, parent, service, name, flags } = trace;
  const nodes = [];
  const nodeOf = new Int32Array(count);
  let bits = 4;
  while (1 << bits < 2 * count) bits++;
  const table = new Int32Array(1 << bits).fill(-1);
  const mask = table.length - 1;
  for (let i = 0; i < count; i++) {
    const above = parent[i] < 0 ? -1 : nodeOf[parent[i]];
    const missing = flags[i] & MISSING;
    const path = Math.imul(service[i], 0x9e3779b1) ^ Math.imul(name[i], 0x85ebca6b) ^ Math.imul(above, 0xc2b2ae35);
    let slot = Math.imul(path ^ missing, 0x27d4eb2f) >>> (32 - bits);
    let k = table[slot];
    while (k >= 0) {
      const { span } = nodes[k];
      const like = nodes[k].parent === above && service[span] === service[i] && name[span] === name[i];
      if (like && (flags[span] & MISSING) === missing) break;
      slot = (slot + 1) & mask;
      k = table[slot];
    }
    if (k < 0) {
      const depth = above < 0 ? 0 : nodes[above].depth + 1;
      k = nodes.push({ parent: above, span: i, count: 0, total: 0, self: 0, errors: 0, depth }) - 1;
      table[slot] = k;
    }
    nodeOf[i] = k;
    const node = nodes[k];
    node.count++;
    if (!missing) node.self += self[i];
    if (flags[i] & ERROR) node.errors++;
  }
  for (const node of nodes) node.total = node.self;
  for (let k = nodes.length - 1; k >= 0; k--) {
    if (nodes[k].parent >= 0) nodes[nodes[k].parent].total += nodes[k].total;
  }
  return nodes;
}

/**
 * @typedef {{parent: number, span: number, count: number, total: number, self: number, errors: number,
 *   depth: number}} Node self is its own time, total that and the time of all below it
 */

/** Puts nodes side by side, the heaviest first, each as wide as its own time and all below it. */
function layOut(nodes) {
  const n = nodes.length;
  // Level by level; within a level in the order of their parents, siblings by weight: that is the order of the boxes.
  const { first: childFirst, child } = childrenOf(nodes);
  const boxes = { first: [], from: new Float64Array(n), to: new Float64Array(n), span: new Int32Array(n) };
  let filled = 0;
  const place = (begin, end, from) => {
    if (end - begin > 1) child.subarray(begin, end).sort((a, b) => nodes[b].total - nodes[a].total || a - b);
    for (let c = begin; c < end; c++) {
      boxes.span[filled] = child[c];
      boxes.from[filled] = from;
      boxes.to[filled++] = from += nodes[child[c]].total;
    }
    return from;
  };
  const total = place(childFirst[0], childFirst[1], 0);
  for (let level = 0; level < filled; ) {
    boxes.first.push(level);
    const end = filled;
    for (; level < end; level++) {
      const node = boxes.span[level];
      place(childFirst[node + 1], childFirst[node + 2], boxes.from[level]);
    }
  }
  boxes.first = Int32Array.from([...boxes.first, n]);
  return { boxes, total };
}

/** Children of all nodes in one array, the roots before them: those of k are child[first[k + 1]] ..< first[k + 2]. */
function childrenOf(nodes) {
  const first = new Int32Array(nodes.length + 2);
  for (const { parent } of nodes) first[parent + 2]++;
  for (let k = 0; k <= nodes.length; k++) first[k + 1] += first[k];
  const next = first.slice();
  const child = new Int32Array(nodes.length);
  for (let k = 0; k < nodes.length; k++) child[next[nodes[k].parent + 1]++] = k;
  return { first, child };
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
