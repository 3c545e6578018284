// The critical path: from the end of the root backwards, always what was waited for last. Pieces are contiguous and
// together never longer than the root. Spans that nobody waits for (follows-from) are not on it.

import { ASYNC, MISSING, rootOf } from "./trace.js";

/**
 * @param {import("./trace.js").Trace} trace
 * @returns {{span: Int32Array, from: Float64Array, to: Float64Array, onPath: Uint8Array, time: Float64Array}}
 *   pieces in order of time, whether each span has one, and how much of the path is each span's own
 */
export function criticalPath(trace) {
  const pieces = { span: [], from: [], to: [] };
  const onPath = new Uint8Array(trace.count);
  const time = new Float64Array(trace.count);
  const root = trace.count ? rootOf(trace) : -1;
  if (root >= 0) walk(trace, root, childrenByEnd(trace), (span, from, to) => {
    onPath[span] = 1;
    if (to <= from) return;
    time[span] += to - from;
    pieces.span.push(span);
    pieces.from.push(from);
    pieces.to.push(to);
  });
  return {
    span: Int32Array.from(pieces.span).reverse(),
    from: Float64Array.from(pieces.from).reverse(),
    to: Float64Array.from(pieces.to).reverse(),
    onPath,
    time,
  };
}

/** Children of each span, the one that ends last first: child[first[s]] ..< child[first[s + 1]]. */
function childrenByEnd(trace) {
  const { count, parent, start, length } = trace;
  const first = new Int32Array(count + 1);
  for (let i = 0; i < count; i++) if (parent[i] >= 0) first[parent[i] + 1]++;
  for (let i = 0; i < count; i++) first[i + 1] += first[i];
  const child = new Int32Array(first[count]);
  const next = first.slice();
  for (let i = 0; i < count; i++) if (parent[i] >= 0) child[next[parent[i]]++] = i;
  const end = (i) => start[i] + length[i];
  for (let i = 0; i < count; i++) {
    if (first[i + 1] - first[i] > 1) child.subarray(first[i], first[i + 1]).sort((a, b) => end(b) - end(a) || b - a);
  }
  return { first, child };
}

/** Goes back in time with a stack of its own: a chain of a hundred thousand spans is a normal input. */
function walk(trace, root, { first, child }, emit) {
  const { start, length, flags } = trace;
  const stack = [root];
  const next = first.slice();
  const from = new Float64Array(trace.count);
  from[root] = start[root];
  let at = start[root] + length[root];
  while (stack.length) {
    const span = stack[stack.length - 1];
    const chosen = latestBefore(span);
    if (chosen >= 0) {
      const end = Math.min(at, start[chosen] + length[chosen]);
      emit(span, end, at);
      at = end;
      from[chosen] = Math.max(start[chosen], from[span]);
      stack.push(chosen);
    } else {
      emit(span, Math.min(from[span], at), at);
      at = Math.min(at, from[span]);
      stack.pop();
    }
  }

  function latestBefore(span) {
    while (next[span] < first[span + 1]) {
      const candidate = child[next[span]++];
      if (flags[candidate] & (ASYNC | MISSING)) continue;
      // Only what ended while the parent waited for it was waited for.
      const end = start[candidate] + length[candidate];
      if (end <= at && end > from[span] && start[candidate] < at) return candidate;
    }
    return -1;
  }
}
