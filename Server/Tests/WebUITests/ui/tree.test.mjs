import * as rowModel from "../../../Sources/CWebUI/ui/model/rows.js";
import { buildTree } from "../../../Sources/CWebUI/ui/model/tree.js";
import { equal, ok, test } from "./check.mjs";

const { collapseFrom, reveal, rowOf, visibleRows } = rowModel;

/** Numbers from a seed, the same on every run. */
function random(seed) {
  return () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed / 2 ** 32;
  };
}

function checkForest(tree, n) {
  equal([...tree.order].sort((a, b) => a - b), [...Array(n).keys()]);
  for (let i = 0; i < n; i++) {
    const parent = tree.parent[i];
    ok(parent < i, `parent of ${i} comes later`);
    if (parent < 0) continue;
    ok(tree.depth[i] === tree.depth[parent] + 1, `depth of ${i}`);
    ok(i + tree.size[i] <= parent + tree.size[parent], `subtree of ${i} leaves that of its parent`);
  }
}

test("a hundred thousand spans become a forest with children by start", () => {
  const n = 100_000;
  const next = random(1);
  const start = Float64Array.from({ length: n }, () => Math.floor(next() * 1e6));
  const parent = Int32Array.from({ length: n }, (_, i) => (i === 0 ? -1 : Math.floor(next() * i)));
  const tree = buildTree(start, parent);
  checkForest(tree, n);
  const last = new Map();
  for (let i = 0; i < n; i++) {
    const at = start[tree.order[i]];
    ok((last.get(tree.parent[i]) ?? -1) <= at, "siblings are out of order");
    last.set(tree.parent[i], at);
  }
});

test("a chain of a hundred thousand spans does not overflow the stack", () => {
  const n = 100_000;
  const tree = buildTree(new Float64Array(n), Int32Array.from({ length: n }, (_, i) => i - 1));
  equal([tree.depth[n - 1], tree.size[0]], [n - 1, n]);
});

test("cycles, spans that are their own parent and strangers all get a row", () => {
  const parent = Int32Array.from([1, 2, 0, 3, -1, 2]);
  const tree = buildTree(Float64Array.from([5, 4, 6, 1, 0, 9]), parent);
  checkForest(tree, 6);
  equal(tree.parent.filter((p) => p < 0).length, 3);
});

test("forests from random links hold together", () => {
  const next = random(7);
  for (let round = 0; round < 200; round++) {
    const n = 1 + Math.floor(next() * 40);
    const parent = Int32Array.from({ length: n }, () => Math.floor(next() * (n + 1)) - 1);
    checkForest(buildTree(Float64Array.from({ length: n }, () => next()), parent), n);
  }
});

test("collapsing hides a subtree, revealing a span opens what is above it", () => {
  const size = Int32Array.from([6, 3, 1, 1, 2, 1]);
  const parent = Int32Array.from([-1, 0, 1, 1, 0, 4]);
  const collapsed = Uint8Array.from([0, 1, 0, 0, 1, 0]);
  const rowsOf = (set) => visibleRows({ size }, { collapsed: set }).rows;
  const rows = rowsOf(collapsed);
  equal([...rows], [0, 1, 4]);
  equal([rowOf(rows, 4), rowOf(rows, 3)], [2, -1]);
  ok(reveal(parent, collapsed, 3), "something opened");
  equal([...rowsOf(collapsed)], [0, 1, 2, 3, 4]);
  const depth = Int32Array.from([0, 1, 2, 2, 1, 2]);
  collapseFrom({ count: 6, size, depth }, collapsed, 1);
  equal([...collapsed], [0, 1, 0, 0, 1, 0]);
});
