// A trace by groups: how many spans, how long, how much of it their own time. And the values by which spans are
// grouped, coloured and sorted.

import { ERROR, KINDS, MISSING } from "./trace.js";

/**
 * @typedef {{values: (string | null)[], count: number, errors: number, total: number, self: number, min: number,
 *   max: number, longest: number}} Group µs; longest is a span
 */

/**
 * @typedef {{values: (string | null)[], value: ArrayLike<number>}} Values what spans say about one key: value has a
 *   number for each span, into values; null is for spans that say nothing
 */

/**
 * @param {import("./trace.js").Trace} trace
 * @param {Float64Array} self
 * @param {Values[]} keys one or several
 * @returns {Group[]} most own time first
 */
export function statistics({ count, flags, length }, self, keys) {
  const groups = new Map();
  for (let i = 0; i < count; i++) {
    if (flags[i] & MISSING) continue;
    let id = 0;
    for (const { values, value } of keys) id = id * values.length + value[i];
    let group = groups.get(id);
    if (!group) {
      const values = keys.map((key) => key.values[key.value[i]]);
      group = { values, count: 0, errors: 0, total: 0, self: 0, min: Infinity, max: -1, longest: i };
      groups.set(id, group);
    }
    group.count++;
    group.total += length[i];
    group.self += self[i];
    if (length[i] < group.min) group.min = length[i];
    if (length[i] > group.max) [group.max, group.longest] = [length[i], i];
    if (flags[i] & ERROR) group.errors++;
  }
  return [...groups.values()].sort((a, b) => b.self - a.self || b.total - a.total);
}

const PLAIN = {
  service: (trace) => ({ values: trace.services, value: trace.service }),
  operation: (trace) => ({ values: trace.names, value: trace.name }),
  kind: (trace) => ({ values: KINDS, value: trace.kind }),
  status: (trace) => ({ values: ["ok", "error"], value: trace.flags.map((flags) => (flags & ERROR ? 1 : 0)) }),
  depth: (trace) => {
    const deepest = trace.depth.reduce((most, depth) => Math.max(most, depth), 0);
    return { values: Array.from({ length: deepest + 1 }, (_, depth) => String(depth + 1)), value: trace.depth };
  },
};

/** What spans can be grouped and coloured by without looking at their attributes. */
export const PLAIN_KEYS = Object.keys(PLAIN);

/** @returns {Values} of one of the plain keys */
export function plainValues(trace, key) {
  return PLAIN[key](trace);
}

/** @returns {Values} of an attribute of spans, or of their processes; only for a trace that is here as a whole */
export function attributeValues(trace, key) {
  const numbers = new Map();
  const values = [];
  const value = new Int32Array(trace.count);
  for (let i = 0; i < trace.count; i++) {
    const text = attributeOf(trace, i, key);
    let number = numbers.get(text);
    if (number === undefined) numbers.set(text, (number = values.push(text) - 1));
    value[i] = number;
  }
  return { values, value };
}

/** The values that spans have, those of the most first: their numbers, and how many spans those are. */
export function mostFrequent({ values, value }, count) {
  const counts = new Int32Array(values.length);
  for (let i = 0; i < count; i++) counts[value[i]]++;
  return Array.from(counts, (count, number) => ({ number, count }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count);
}

function attributeOf(trace, span, name) {
  const { tags, process } = trace.detail(span);
  const found = tags.find(({ key }) => key === name) ?? process.find(({ key }) => key === name);
  if (!found) return null;
  return typeof found.value === "string" ? found.value : JSON.stringify(found.value);
}

/** Keys of attributes that a trace has, most spans first, with how many spans have each. */
export function attributeKeys(trace, most = 200) {
  const counts = new Map();
  for (let i = 0; i < trace.count; i++) {
    trace.someAttribute(i, (key, value, level) => {
      if (level !== "event") counts.set(key, (counts.get(key) ?? 0) + 1);
      return false;
    });
  }
  return [...counts].sort((a, b) => b[1] - a[1]).slice(0, most).map(([key, count]) => ({ key, count }));
}
