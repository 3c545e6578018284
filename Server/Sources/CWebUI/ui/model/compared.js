// What two things have in common, path by path: two traces, a trace and what is usual, or two sets of traces.

/**
 * Two flame graphs of searches, one over the other, by path of service, operation and kind.
 * @param {object} a @param {object} b as the API answers them
 * @returns {{id: number, parent: number | null, depth: number, service: string, operation: string, kind: string,
 *   a: object | null, b: object | null, change: string, delta: number}[]} delta is how much more own time a trace takes
 *   in b, in µs for each trace
 */
export function mergeFlames(a, b) {
  const merged = [];
  const numbers = new Map();
  const add = (flame, side) => {
    const places = new Map();
    for (const node of flame.nodes) {
      const parent = node.parent === null ? null : (places.get(node.parent) ?? null);
      const key = JSON.stringify([parent, node.service, node.operation, node.kind]);
      if (!numbers.has(key)) {
        const { service, operation, kind, depth } = node;
        numbers.set(key, merged.push({ parent, depth, service, operation, kind, a: null, b: null }) - 1);
      }
      places.set(node.id, numbers.get(key));
      merged[numbers.get(key)][side] = node;
    }
  };
  add(a, "a");
  add(b, "b");
  for (const node of merged) {
    node.change = node.a && node.b ? "same" : node.a ? "removed" : "added";
    node.delta = each(node.b, b.traces) - each(node.a, a.traces);
  }
  return depthFirst(merged);
}

/**
 * Where the boxes of one side are in a flame graph: in the order of the nodes, which both sides share.
 * @returns {{from: Float64Array, total: Float64Array, whole: number}} µs of a trace
 */
export function flamePlaces(nodes, side, traces) {
  const total = Float64Array.from(nodes, (node) => each(node[side], traces));
  for (let k = nodes.length - 1; k >= 0; k--) if (nodes[k].parent !== null) total[nodes[k].parent] += total[k];
  const from = new Float64Array(nodes.length);
  const used = new Float64Array(nodes.length + 1); // by parent + 1
  nodes.forEach(({ parent }, k) => {
    const above = parent ?? -1;
    from[k] = (above < 0 ? 0 : from[above]) + used[above + 1];
    used[above + 1] += total[k];
  });
  return { from, total, whole: used[0] };
}

function each(node, traces) {
  return node ? node.self / Math.max(1, traces) : 0;
}

/** Parents before children, children where their parents are; ids follow. */
export function depthFirst(nodes) {
  const below = new Map();
  nodes.forEach((node, k) => {
    if (!below.has(node.parent)) below.set(node.parent, []);
    below.get(node.parent).push(k);
  });
  const order = [];
  const numbers = new Map();
  const stack = [...(below.get(null) ?? [])].reverse();
  while (stack.length) {
    const k = stack.pop();
    numbers.set(k, order.length);
    order.push({ ...nodes[k], id: order.length, parent: nodes[k].parent === null ? null
      : numbers.get(nodes[k].parent) });
    for (const child of [...(below.get(k) ?? [])].reverse()) stack.push(child);
  }
  return order;
}

/** The nodes that a rule picks and all above them, with parents renumbered. */
export function pickNodes(nodes, picks) {
  const keep = new Set();
  nodes.forEach((node, k) => {
    if (!picks(node)) return;
    for (let at = k; at !== null && !keep.has(at); at = nodes[at].parent) keep.add(at);
  });
  const numbers = new Map([...keep].sort((a, b) => a - b).map((k, at) => [k, at]));
  return [...numbers.keys()].map((k) => ({ ...nodes[k], parent: numbers.get(nodes[k].parent) ?? null }));
}

/** A trace id from an id, a link to a trace, or nothing; the parameters of a search from a link to one. */
export function readTraceID(text) {
  const match = /(?:^|\/)([0-9a-f]{1,32})\/?(?:[?#].*)?$/i.exec(text.trim().replace(/^0x/i, ""));
  return match ? match[1].toLowerCase() : "";
}

export function readSearch(text) {
  const query = text.trim();
  const at = query.indexOf("?");
  return at >= 0 ? query.slice(at + 1) : query.includes("=") ? query : query && `service=${encodeURIComponent(query)}`;
}
