// A graph in layers, calls going from left to right: cycles are broken by turning edges round, each node stands one
// layer behind the furthest of its callers, and the order within a layer follows the neighbours. Nothing recurses.

const SWEEPS = 8;

/**
 * @param {number} count nodes 0 ..< count
 * @param {{from: number, to: number}[]} edges
 * @returns {{layer: Int32Array, place: Float64Array, layers: number, breadth: number}} place is the position within the
 *   layer, in units of one node
 */
export function layOut(count, edges) {
  const forward = breakCycles(count, edges.filter(({ from, to }) => from !== to));
  const layer = layersOf(count, forward);
  const layers = count === 0 ? 0 : layer.reduce((a, b) => Math.max(a, b), 0) + 1;
  const rows = Array.from({ length: layers }, () => []);
  for (let node = 0; node < count; node++) rows[layer[node]].push(node);
  const callers = neighbours(count, forward, "to", "from");
  const called = neighbours(count, forward, "from", "to");
  const place = new Float64Array(count);
  number(rows, place);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const down = sweep % 2 === 0;
    const order = down ? rows : [...rows].reverse();
    for (const row of order) {
      sortBy(row, place, down ? callers : called);
      row.forEach((node, at) => (place[node] = at));
    }
  }
  const breadth = rows.reduce((most, row) => Math.max(most, row.length), 0);
  spread(rows, place, breadth, callers, called);
  return { layer, place, layers, breadth };
}

/** Turns round the edges that lead back to a node on the way to them. */
function breakCycles(count, edges) {
  const outgoing = Array.from({ length: count }, () => []);
  edges.forEach((edge, index) => outgoing[edge.from].push(index));
  const state = new Uint8Array(count); // 0 new, 1 on the way, 2 done
  const turned = new Uint8Array(edges.length);
  const incoming = new Int32Array(count);
  for (const edge of edges) incoming[edge.to]++;
  // Those that nobody calls come first: what is turned round is then rarely theirs.
  const starts = Array.from({ length: count }, (_, node) => node).sort((a, b) => incoming[a] - incoming[b] || a - b);
  for (const start of starts) {
    if (state[start]) continue;
    const stack = [{ node: start, next: 0 }];
    state[start] = 1;
    while (stack.length) {
      const top = stack[stack.length - 1];
      const index = outgoing[top.node][top.next++];
      if (index === undefined) {
        state[top.node] = 2;
        stack.pop();
        continue;
      }
      const { to } = edges[index];
      if (state[to] === 1) turned[index] = 1;
      if (state[to] !== 0) continue;
      state[to] = 1;
      stack.push({ node: to, next: 0 });
    }
  }
  return edges.map((edge, index) => (turned[index] ? { from: edge.to, to: edge.from } : edge));
}

/** The longest way from a node without callers. */
function layersOf(count, edges) {
  const layer = new Int32Array(count);
  const waiting = new Int32Array(count);
  const outgoing = Array.from({ length: count }, () => []);
  for (const { from, to } of edges) {
    waiting[to]++;
    outgoing[from].push(to);
  }
  const ready = [];
  for (let node = 0; node < count; node++) if (waiting[node] === 0) ready.push(node);
  for (let at = 0; at < ready.length; at++) {
    const node = ready[at];
    for (const next of outgoing[node]) {
      layer[next] = Math.max(layer[next], layer[node] + 1);
      if (--waiting[next] === 0) ready.push(next);
    }
  }
  return layer;
}

function neighbours(count, edges, mine, other) {
  const lists = Array.from({ length: count }, () => []);
  for (const edge of edges) lists[edge[mine]].push(edge[other]);
  return lists;
}

function number(rows, place) {
  for (const row of rows) row.forEach((node, at) => (place[node] = at));
}

function sortBy(row, place, lists) {
  const middle = new Map(row.map((node) => [node, centre(lists[node], place, place[node])]));
  row.sort((a, b) => middle.get(a) - middle.get(b) || a - b);
}

function centre(nodes, place, fallback) {
  if (nodes.length === 0) return fallback;
  let sum = 0;
  for (const node of nodes) sum += place[node];
  return sum / nodes.length;
}

/** Moves nodes towards their neighbours as far as order and a distance of one allow, layers centred at first. */
function spread(rows, place, breadth, callers, called) {
  for (const row of rows) row.forEach((node, at) => (place[node] = at + (breadth - row.length) / 2));
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const lists = sweep % 2 === 0 ? callers : called;
    for (const row of rows) {
      const wanted = row.map((node) => centre(lists[node], place, place[node]));
      let least = 0;
      row.forEach((node, at) => {
        const most = breadth - (row.length - at);
        place[node] = Math.max(least, Math.min(most, wanted[at]));
        least = place[node] + 1;
      });
    }
  }
}
