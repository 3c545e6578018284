// Places for the nodes of a tree, from left to right: leaves one below the other, parents in the middle of theirs.

/**
 * @param {{parent: number}[]} nodes parents before children
 * @returns {{x: Int32Array, y: Float64Array, rows: number, columns: number}} in steps
 */
export function pathLayout(nodes) {
  const n = nodes.length;
  const x = new Int32Array(n);
  const children = new Int32Array(n);
  for (let k = 0; k < n; k++) {
    const { parent } = nodes[k];
    if (parent < 0) continue;
    x[k] = x[parent] + 1;
    children[parent]++;
  }
  const y = new Float64Array(n);
  let rows = 0;
  for (const k of depthFirst(nodes)) if (children[k] === 0) y[k] = rows++;
  const first = new Float64Array(n).fill(Infinity);
  const last = new Float64Array(n).fill(-Infinity);
  for (let k = n - 1; k >= 0; k--) {
    if (children[k] > 0) y[k] = (first[k] + last[k]) / 2;
    const { parent } = nodes[k];
    if (parent < 0) continue;
    first[parent] = Math.min(first[parent], y[k]);
    last[parent] = Math.max(last[parent], y[k]);
  }
  return { x, y, rows, columns: x.reduce((most, depth) => Math.max(most, depth + 1), 0) };
}

function depthFirst(nodes) {
  const below = nodes.map(() => []);
  const roots = [];
  nodes.forEach(({ parent }, k) => (parent < 0 ? roots : below[parent]).push(k));
  const order = [];
  const stack = roots.reverse();
  while (stack.length) {
    const k = stack.pop();
    order.push(k);
    for (let c = below[k].length - 1; c >= 0; c--) stack.push(below[k][c]);
  }
  return order;
}

/**
 * The heaviest nodes and all above them, at most so many; numbers of parents follow.
 * @param {{parent: number}[]} nodes parents before children
 * @param {(node: any) => number} weight
 */
export function heaviest(nodes, weight, most) {
  if (nodes.length <= most) return nodes;
  const weights = Float64Array.from(nodes, weight);
  const least = weights.slice().sort()[nodes.length - most];
  const order = nodes.map((_, k) => k).filter((k) => weights[k] >= least).sort((a, b) => weights[b] - weights[a]);
  const keep = new Set();
  for (const k of order) {
    const path = [];
    for (let at = k; at >= 0 && !keep.has(at); at = nodes[at].parent) path.push(at);
    if (keep.size + path.length > most) continue;
    for (const at of path) keep.add(at);
  }
  const numbers = new Map([...keep].sort((a, b) => a - b).map((k, at) => [k, at]));
  return [...numbers.keys()].map((k) => ({ ...nodes[k], parent: numbers.get(nodes[k].parent) ?? -1 }));
}
