// Own time: how long a span was at work while none of its children was. Children that overlap count once, and what
// of a child lies outside its parent takes nothing from it.

/** @returns {Float64Array} µs for each span */
export function ownTimes(trace) {
  const { count, start, length, parent } = trace;
  const own = Float64Array.from(length);
  // Children come in order of their start, so what of the parent is covered so far is one number each.
  const covered = new Float64Array(count).fill(-Infinity);
  for (let i = 0; i < count; i++) {
    const above = parent[i];
    if (above < 0) continue;
    const end = start[above] + length[above];
    const from = Math.max(start[i], start[above], covered[above]);
    const to = Math.min(start[i] + length[i], end);
    if (to <= from) continue;
    own[above] -= to - from;
    covered[above] = to;
  }
  return own;
}
