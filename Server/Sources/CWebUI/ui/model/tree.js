// The forest of a trace from parent links that may be anything: missing, cyclic, pointing to themselves.
// Nothing here recurses: a chain of a hundred thousand spans is a normal input.

/**
 * @param {Float64Array} start start of each span
 * @param {Int32Array} parent parent of each span, -1 for none
 * @returns {{order: Int32Array, position: Int32Array, byStart: Int32Array, parent: Int32Array, depth: Int32Array,
 *   size: Int32Array}}
 *   order[k] is the input span at depth-first position k, position its inverse, byStart the input spans in time;
 *   the other columns are by position.
 */
export function buildTree(start, parent) {
  const n = start.length;
  const byStart = sortByStart(start);
  const { first, child } = children(byStart, parent);
  const order = new Int32Array(n);
  const depth = new Int32Array(n);
  const size = new Int32Array(n).fill(1);
  const newParent = new Int32Array(n).fill(-1);
  const position = new Int32Array(n).fill(-1);
  const stack = new Int32Array(n + 1);
  const stackParent = new Int32Array(n + 1);
  let filled = 0;

  const walk = (root) => {
    let top = 0;
    stack[0] = root;
    stackParent[0] = -1;
    while (top >= 0) {
      const span = stack[top];
      const above = stackParent[top--];
      if (position[span] >= 0) continue;
      const at = filled++;
      position[span] = at;
      order[at] = span;
      newParent[at] = above;
      depth[at] = above < 0 ? 0 : depth[above] + 1;
      for (let c = first[span + 1] - 1; c >= first[span]; c--) {
        if (position[child[c]] >= 0) continue;
        stack[++top] = child[c];
        stackParent[top] = at;
      }
    }
  };

  for (const span of byStart) if (isRoot(parent, span)) walk(span);
  // What is left hangs on a cycle: its earliest span becomes a root.
  for (const span of byStart) if (position[span] < 0) walk(span);
  for (let i = n - 1; i >= 0; i--) if (newParent[i] >= 0) size[newParent[i]] += size[i];
  return { order, position, byStart, parent: newParent, depth, size };
}

function isRoot(parent, span) {
  return parent[span] < 0 || parent[span] === span;
}

function sortByStart(start) {
  const order = new Int32Array(start.length);
  let sorted = true;
  for (let i = 0; i < order.length; i++) {
    order[i] = i;
    if (i > 0 && !(start[i] >= start[i - 1])) sorted = false;
  }
  // The server sends spans by start: nothing is left to do then.
  if (sorted) return order;
  return order.sort((a, b) => start[a] - start[b] || a - b);
}

/** Children of all spans in one array: those of s are child[first[s]] ..< child[first[s + 1]], by start. */
function children(byStart, parent) {
  const n = parent.length;
  const first = new Int32Array(n + 1);
  for (let i = 0; i < n; i++) if (!isRoot(parent, i)) first[parent[i] + 1]++;
  for (let i = 0; i < n; i++) first[i + 1] += first[i];
  const next = first.slice();
  const child = new Int32Array(first[n]);
  for (const span of byStart) if (!isRoot(parent, span)) child[next[parent[span]]++] = span;
  return { first, child };
}
