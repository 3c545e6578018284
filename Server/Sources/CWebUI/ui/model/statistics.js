// A trace by groups: how many spans, how long, how much of it their own time.

import { ERROR, KINDS, MISSING } from "./trace.js";

/**
 * @typedef {{values: (string | null)[], count: number, errors: number, total: number, self: number, min: number,
 *   max: number, longest: number}} Group µs; longest is a span
 */

/**
 * @param {import("./trace.js").Trace} trace
 * @param {Float64Array} self
 * @param {((span: number) => string | null)[]} keys one or several
 * @param {Uint8Array | null} shown only these spans
 * @returns {Group[]} most own time first
 */
export function statistics(trace, self, keys, shown = null) {
  const groups = new Map();
  for (let i = 0; i < trace.count; i++) {
    if (trace.flags[i] & MISSING || (shown && !shown[i])) continue;
    const values = keys.map((key) => key(i));
    const id = JSON.stringify(values);
    let group = groups.get(id);
    if (!group) {
      group = { values, count: 0, errors: 0, total: 0, self: 0, min: Infinity, max: 0, longest: i };
      groups.set(id, group);
    }
    const length = trace.length[i];
    group.count++;
    group.total += length;
    group.self += self[i];
    group.min = Math.min(group.min, length);
    if (length > group.max) [group.max, group.longest] = [length, i];
    if (trace.flags[i] & ERROR) group.errors++;
  }
  return [...groups.values()].sort((a, b) => b.self - a.self || b.total - a.total);
}

/** What spans can be grouped and coloured by without looking at their attributes. */
export const PLAIN_KEYS = {
  service: (trace) => (span) => trace.services[trace.service[span]],
  operation: (trace) => (span) => trace.names[trace.name[span]],
  kind: (trace) => (span) => KINDS[trace.kind[span]],
  status: (trace) => (span) => (trace.flags[span] & ERROR ? "error" : "ok"),
  depth: (trace) => (span) => String(trace.depth[span] + 1),
};

/** A key of spans by its name: one of the plain ones, or an attribute of the span or of its process. */
export function keyOf(trace, name) {
  if (Object.hasOwn(PLAIN_KEYS, name)) return PLAIN_KEYS[name](trace);
  if (!trace.detail) return () => null;
  return (span) => attributeOf(trace, span, name);
}

export function attributeOf(trace, span, name) {
  const { tags, process } = trace.detail(span);
  const found = tags.find(({ key }) => key === name) ?? process.find(({ key }) => key === name);
  if (!found) return null;
  return typeof found.value === "string" ? found.value : JSON.stringify(found.value);
}

/** Keys of attributes that a trace has, most spans first, with how many spans have each. */
export function attributeKeys(trace, most = 200) {
  const counts = new Map();
  if (!trace.detail) return [];
  for (let i = 0; i < trace.count; i++) {
    trace.someAttribute(i, (key, value, level) => {
      if (level !== "event") counts.set(key, (counts.get(key) ?? 0) + 1);
      return false;
    });
  }
  return [...counts].sort((a, b) => b[1] - a[1]).slice(0, most).map(([key, count]) => ({ key, count }));
}
