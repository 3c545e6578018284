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
  if (root >= 0) walk(trace, root, (span, from, to) => {
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

/** The children of a span, the one that ends last first. Only spans on the path are asked for theirs. */
function childrenByEnd({ start, length, size }, span) {
  const children = [];
  const end = span + size[span];
  for (let child = span + 1; child < end; child += size[child]) children.push(child);
  return children.sort((a, b) => start[b] + length[b] - start[a] - length[a] || b - a);
}

/** Goes back in time with a stack of its own: a chain of a hundred thousand spans is a normal input. */
function walk(trace, root, emit) {
  const { start, length, flags } = trace;
  const stack = [{ span: root, from: start[root], children: childrenByEnd(trace, root), next: 0 }];
  let at = start[root] + length[root];
  while (stack.length) {
    const above = stack[stack.length - 1];
    const chosen = latestBefore(above);
    if (chosen >= 0) {
      const end = Math.min(at, start[chosen] + length[chosen]);
      emit(above.span, end, at);
      at = end;
      const from = Math.max(start[chosen], above.from);
      stack.push({ span: chosen, from, children: childrenByEnd(trace, chosen), next: 0 });
    } else {
      emit(above.span, Math.min(above.from, at), at);
      at = Math.min(at, above.from);
      stack.pop();
    }
  }

  function latestBefore(above) {
    while (above.next < above.children.length) {
      const candidate = above.children[above.next++];
      if (flags[candidate] & (ASYNC | MISSING)) continue;
      // Only what ended while the parent waited for it was waited for.
      const end = start[candidate] + length[candidate];
      if (end <= at && end > above.from && start[candidate] < at) return candidate;
    }
    return -1;
  }
}
