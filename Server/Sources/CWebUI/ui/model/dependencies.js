// Who calls whom: edges as the server counted them, what belongs to one service, and one window against another.

/**
 * @typedef {object} Edge
 * @property {string} parent @property {string} child @property {number} calls @property {number} errors
 * @property {number} p50 µs @property {number} p95 µs @property {number} max µs; NaN where there is no figure
 */

/** @returns {Edge[]} from `/api/dependencies?statistics=true` */
export function readEdges(data) {
  return data.map(({ parent, child, callCount, errorCount, latencyMilliseconds: latency }) => ({
    parent,
    child,
    calls: callCount ?? 0,
    errors: errorCount ?? 0,
    p50: (latency?.p50 ?? NaN) * 1e3,
    p95: (latency?.p95 ?? NaN) * 1e3,
    max: (latency?.max ?? NaN) * 1e3,
  }));
}

/** @returns {Edge[]} from the edges of `/api/dependencies/paths` */
export function readPathEdges(edges) {
  return edges.map(({ parent, child, calls, errors, p50, p95, max }) => ({
    parent, child, calls, errors: errors ?? 0, p50: p50 ?? NaN, p95: p95 ?? NaN, max: max ?? NaN,
  }));
}

export function servicesOf(edges) {
  return [...new Set(edges.flatMap(({ parent, child }) => [parent, child]))].sort();
}

/** The edges within so many hops of a service, following calls in their direction and against it, each way alone. */
export function around(edges, service, hops) {
  const callers = within(edges, service, hops, "child", "parent");
  const called = within(edges, service, hops, "parent", "child");
  return edges.filter(
    ({ parent, child }) => (callers.has(parent) && callers.has(child)) || (called.has(parent) && called.has(child)),
  );
}

function within(edges, service, hops, from, to) {
  const reached = new Set([service]);
  let edge = [service];
  for (let hop = 0; hop < hops && edge.length; hop++) {
    const at = new Set(edge);
    edge = [];
    for (const candidate of edges) {
      if (!at.has(candidate[from]) || reached.has(candidate[to])) continue;
      reached.add(candidate[to]);
      edge.push(candidate[to]);
    }
  }
  return reached;
}

/** Calls and errors that come to each service; those that nobody calls have none. */
export function incoming(edges) {
  const sums = new Map(servicesOf(edges).map((service) => [service, { calls: 0, errors: 0 }]));
  for (const { child, calls, errors } of edges) {
    const sum = sums.get(child);
    sum.calls += calls;
    sum.errors += errors;
  }
  return sums;
}

/**
 * Each edge beside the same of another window; one that is in one of them only is "added" or "removed".
 * @returns {(Edge & {before: Edge | null, change: "same" | "added" | "removed"})[]}
 */
export function against(edges, before) {
  const key = ({ parent, child }) => JSON.stringify([parent, child]);
  const old = new Map(before.map((edge) => [key(edge), edge]));
  const compared = edges.map((edge) => {
    const match = old.get(key(edge)) ?? null;
    old.delete(key(edge));
    return { ...edge, before: match, change: match ? "same" : "added" };
  });
  const gone = [...old.values()].map((edge) => ({
    ...edge, calls: 0, errors: 0, p50: NaN, p95: NaN, max: NaN, before: edge, change: "removed",
  }));
  return [...compared, ...gone];
}

/** How many times as much; NaN where one of them is missing. */
export function ratio(now, before) {
  return before > 0 && Number.isFinite(now) ? now / before : NaN;
}
