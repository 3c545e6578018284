// Which spans have a row, given what is collapsed, thinned out and grouped. A row is a span number, or -1 - k for the
// k-th fold: a line that stands for spans without one.

/**
 * @typedef {object} Fold
 * @property {"hidden" | "repeats"} kind
 * @property {number} parent whose children it stands for; -1 for roots
 * @property {number} first of them; for repeats, the span that they all are like
 * @property {number} count spans that it stands for, those below them included
 * @property {number} members of them that are children of the parent
 * @property {number} errors
 * @property {number} self µs that they themselves were at work
 * @property {number} from µs @property {number} to µs
 * @property {boolean} open whether its spans have rows all the same, below it
 */

/**
 * @typedef {object} View what is not to have a row of its own
 * @property {Uint8Array} collapsed
 * @property {Uint8Array | null} shown spans that were not thinned out; null for all
 * @property {Uint8Array | null} revealed parents whose hidden children are shown nevertheless
 * @property {Int32Array | null} leader of each span's repeats, itself included; -1 where there are none
 * @property {Uint8Array | null} unfolded leaders whose repeats are shown
 * @property {Float64Array | null} self own time of each span
 */

/**
 * @param {import("./trace.js").Trace} trace
 * @param {View} view
 * @returns {{rows: Int32Array, folds: Fold[]}}
 */
export function visibleRows(trace, view) {
  const { collapsed, shown, leader } = view;
  if (!shown && !leader) return { rows: openRows(trace.size, collapsed), folds: [] };
  return new RowBuilder(trace, view).build();
}

function openRows(size, collapsed) {
  const rows = new Int32Array(size.length);
  let n = 0;
  for (let i = 0; i < size.length; i += collapsed[i] ? size[i] : 1) rows[n++] = i;
  return rows.subarray(0, n);
}

class RowBuilder {
  constructor(trace, view) {
    this.trace = trace;
    this.view = view;
    this.rows = new Int32Array(2 * trace.count + 1);
    this.n = 0;
    this.folds = [];
    // Parents whose rows are being written, and the fold of what is hidden among their children.
    this.open = new Int32Array(trace.count + 1);
    this.pending = new Map();
    this.top = 0;
  }

  build() {
    const { trace, view } = this;
    const repeats = new Map();
    let i = 0;
    while (i < trace.count) {
      this.leave(i);
      if (this.isHidden(i)) {
        i += this.hide(i);
        continue;
      }
      const leader = view.leader ? view.leader[i] : -1;
      if (leader >= 0 && this.repeat(i, leader, repeats)) {
        i += trace.size[i];
        continue;
      }
      this.rows[this.n++] = i;
      if (view.collapsed[i]) {
        i += trace.size[i];
      } else {
        if (trace.size[i] > 1) this.open[this.top++] = i;
        i++;
      }
    }
    this.leave(trace.count);
    this.flush(-1);
    return { rows: this.rows.slice(0, this.n), folds: this.folds };
  }

  isHidden(i) {
    const { shown, revealed } = this.view;
    if (!shown || shown[i]) return false;
    const parent = this.trace.parent[i];
    return !(revealed && (parent < 0 ? revealed[0] : revealed[parent]));
  }

  /** Ends the parents that do not reach as far as this span. */
  leave(i) {
    const { size } = this.trace;
    while (this.top > 0 && this.open[this.top - 1] + size[this.open[this.top - 1]] <= i) {
      this.flush(this.open[--this.top]);
    }
  }

  flush(parent) {
    const fold = this.pending.get(parent);
    if (!fold) return;
    this.pending.delete(parent);
    this.rows[this.n++] = -this.folds.push(fold);
  }

  hide(i) {
    const parent = this.trace.parent[i];
    let fold = this.pending.get(parent);
    if (!fold) this.pending.set(parent, (fold = newFold("hidden", parent, i)));
    this.add(fold, i);
    return this.trace.size[i];
  }

  /** Adds a span to its repeats; true when it has no row of its own. */
  repeat(i, leader, repeats) {
    const parent = this.trace.parent[i];
    let fold = repeats.get(leader);
    if (!fold) {
      fold = newFold("repeats", parent, i);
      fold.open = Boolean(this.view.unfolded?.[leader]);
      fold.leader = leader;
      repeats.set(leader, fold);
      this.rows[this.n++] = -this.folds.push(fold);
    }
    this.add(fold, i);
    return !fold.open;
  }

  add(fold, i) {
    const { trace, view } = this;
    fold.members++;
    for (let k = i; k < i + trace.size[i]; k++) {
      fold.count++;
      fold.self += view.self ? view.self[k] : 0;
      if (trace.flags[k] & 1) fold.errors++;
    }
    fold.from = Math.min(fold.from, trace.start[i]);
    fold.to = Math.max(fold.to, trace.start[i] + trace.length[i]);
  }
}

function newFold(kind, parent, first) {
  return { kind, parent, first, count: 0, members: 0, errors: 0, self: 0, from: Infinity, to: 0, open: false };
}

/** Index of a span among the rows, or -1 when it has none. Folds stand between spans without an order of their own. */
export function rowOf(rows, span) {
  let low = 0;
  let high = rows.length - 1;
  while (low <= high) {
    let middle = (low + high) >> 1;
    while (middle > low && rows[middle] < 0) middle--;
    if (rows[middle] < 0) {
      low++;
      continue;
    }
    if (rows[middle] === span) return middle;
    if (rows[middle] < span) {
      low = Math.max(middle, low) + 1;
    } else high = middle - 1;
  }
  return -1;
}

/** Opens everything above a span. True when something changed. */
export function reveal(parent, collapsed, span) {
  let changed = false;
  for (let at = parent[span]; at >= 0; at = parent[at]) {
    if (collapsed[at]) changed = true;
    collapsed[at] = 0;
  }
  return changed;
}

/** Closes each span that has children: all of them, or those at one depth and below. */
export function collapseFrom({ count, size, depth: depths }, collapsed, depth) {
  for (let i = 0; i < count; i++) collapsed[i] = size[i] > 1 && depths[i] >= depth ? 1 : 0;
}

/** Closes the deepest level that is open (`by` -1), or opens the highest that is closed (+1): Jaeger's p and o. */
export function collapseLevel({ count, size, depth }, collapsed, by) {
  let level = by < 0 ? -1 : Infinity;
  for (let i = 0; i < count; i += collapsed[i] ? size[i] : 1) {
    if (size[i] === 1) continue;
    if (by < 0 && !collapsed[i]) level = Math.max(level, depth[i]);
    if (by > 0 && collapsed[i]) level = Math.min(level, depth[i]);
  }
  for (let i = 0; i < count; i++) if (size[i] > 1 && depth[i] === level) collapsed[i] = by < 0 ? 1 : 0;
}

/** Closes what a rule says: each span that it picks and that has children. */
export function collapseWhere(trace, collapsed, picks) {
  for (let i = 0; i < trace.count; i++) if (trace.size[i] > 1 && picks(i)) collapsed[i] = 1;
}

/**
 * The spans that a rule leaves, and all above them: a span without its parents would hang in the air.
 * @returns {Uint8Array}
 */
export function thinned(trace, keeps) {
  const shown = new Uint8Array(trace.count);
  for (let i = trace.count - 1; i >= 0; i--) {
    if (!shown[i] && keeps(i)) shown[i] = 1;
    if (shown[i] && trace.parent[i] >= 0) shown[trace.parent[i]] = 1;
  }
  return shown;
}

/**
 * Siblings that do the same: at least `least` children of one span with one service, operation and kind.
 * @returns {Int32Array} the first of them, for each of them; -1 for all others
 */
export function repeatLeaders({ count, parent, service, name, kind }, least = 4) {
  const leader = new Int32Array(count).fill(-1);
  const members = new Int32Array(count);
  const siblings = new Int32Array(count + 1); // by parent + 1
  for (let i = 0; i < count; i++) siblings[parent[i] + 1]++;
  // An open hash table of the firsts, because a map with a key for each of a million spans takes seconds.
  let bits = 4;
  while (1 << bits < 2 * count) bits++;
  const table = new Int32Array(1 << bits).fill(-1);
  const mask = table.length - 1;
  for (let i = 0; i < count; i++) {
    if (siblings[parent[i] + 1] < least) continue;
    const like = Math.imul(service[i], 0x9e3779b1) ^ Math.imul(name[i], 0x85ebca6b) ^ kind[i];
    let slot = Math.imul(like ^ Math.imul(parent[i] + 1, 0xc2b2ae35), 0x27d4eb2f) >>> (32 - bits);
    let first = table[slot];
    while (first >= 0 && (parent[first] !== parent[i] || name[first] !== name[i] || service[first] !== service[i]
      || kind[first] !== kind[i])) {
      slot = (slot + 1) & mask;
      first = table[slot];
    }
    if (first < 0) table[slot] = first = i;
    leader[i] = first;
    members[first]++;
  }
  for (let i = 0; i < count; i++) if (leader[i] >= 0 && members[leader[i]] < least) leader[i] = -1;
  return leader;
}
