import { criticalPath } from "../../../Sources/CWebUI/ui/model/critical-path.js";
import { boxAt, flameMerged, flameOverTime, mergedPaths } from "../../../Sources/CWebUI/ui/model/flame.js";
import { decodeJaegerTrace } from "../../../Sources/CWebUI/ui/model/jaeger-json.js";
import { ownTimes } from "../../../Sources/CWebUI/ui/model/own-time.js";
import { heaviest, pathLayout } from "../../../Sources/CWebUI/ui/model/path-layout.js";
import * as rowModel from "../../../Sources/CWebUI/ui/model/rows.js";
import { plainValues, statistics } from "../../../Sources/CWebUI/ui/model/statistics.js";
import { EARLY, UNFINISHED } from "../../../Sources/CWebUI/ui/model/trace.js";
import { equal, ok, test } from "./check.mjs";
import { makeTrace, random } from "./traces.mjs";

const { collapseLevel, collapseWhere, repeatLeaders, rowOf, thinned, visibleRows } = rowModel;

// root 0…100; a 10…40 with b 20…30 below it; c 35…80, which overlaps a; d 90…120, past the end of the root.
const trace = makeTrace([
  ["root", 0, 100, null, "shop"], ["a", 10, 30, "root", "shop"], ["b", 20, 10, "a", "db"], ["c", 35, 45, "root",
    "bank"],
  ["d", 90, 30, "root", "mail"],
]);

test("own time is what no child covers; overlap counts once, and what is outside takes nothing", () => {
  equal([...ownTimes(trace)], [100 - 70 - 10, 20, 10, 45, 30]);
});

test("own times of a tree that fits together add up to the root", () => {
  const next = random(5);
  for (let round = 0; round < 50; round++) {
    const fitting = nested(next);
    const sum = ownTimes(fitting).reduce((a, b) => a + b, 0);
    ok(Math.abs(sum - fitting.length[0]) < 1e-6, `${sum} is not ${fitting.length[0]}`);
  }
});

test("the critical path is contiguous, waits for the last, and is as long as the root", () => {
  const path = criticalPath(trace);
  const pieces = [...path.span].map((span, k) => [trace.names[trace.name[span]], path.from[k], path.to[k]]);
  equal(pieces, [["root", 0, 35], ["c", 35, 80], ["root", 80, 100]]);
  const next = random(9);
  for (let round = 0; round < 50; round++) checkPath(nested(next));
});

function checkPath(some) {
  const { from, to, time } = criticalPath(some);
  for (let k = 1; k < from.length; k++) ok(Math.abs(from[k] - to[k - 1]) < 1e-6, `a gap before piece ${k}`);
  const sum = time.reduce((a, b) => a + b, 0);
  ok(Math.abs(sum - some.length[0]) < 1e-6, `the path takes ${sum}, the root ${some.length[0]}`);
}

/** Children one after the other within their parents. */
function nested(next) {
  const spans = [["0", 0, 1000, null, "s"]];
  const free = [[0, 0, 1000]];
  for (let n = 1; n < 60; n++) {
    const [parent, from, to] = free[Math.floor(next() * free.length)];
    const start = from + (to - from) * next() * 0.5;
    const end = start + (to - start) * next();
    spans.push([String(n), start, end - start, String(parent), "s"]);
    free.push([n, start, end]);
    const place = free.find(([number]) => number === parent);
    place[1] = end;
  }
  return makeTrace(spans);
}

test("a chain of a hundred thousand spans goes through everything that a page works out", () => {
  const n = 100_000;
  const spans = Array.from({ length: n }, (_, i) => [String(i), i, 2 * (n - i), i ? String(i - 1) : null, "s"]);
  const deep = makeTrace(spans);
  equal(criticalPath(deep).onPath[n - 1], 1);
  const self = ownTimes(deep);
  equal(flameOverTime(deep).first.length, n + 1);
  equal(flameMerged(mergedPaths(deep, self)).boxes.first.length, n + 1);
  const shown = thinned(deep, (i) => i === n - 1);
  equal(visibleRows(deep, { collapsed: new Uint8Array(n), shown, leader: repeatLeaders(deep), self }).rows.length, n);
});

test("what is hidden leaves a line that says how much it was, and its parents stay", () => {
  const shown = thinned(trace, (i) => trace.length[i] <= 10);
  equal([...shown], [1, 1, 1, 0, 0]);
  const { rows, folds } = visibleRows(trace, { collapsed: new Uint8Array(5), shown, leader: null,
    self: ownTimes(trace) });
  equal([...rows], [0, 1, 2, -1]);
  equal([folds[0].count, folds[0].self, folds[0].parent, folds[0].from, folds[0].to], [2, 75, 0, 35, 120]);
  equal([rowOf(rows, 2), rowOf(rows, 3)], [2, -1]);
  const revealed = Uint8Array.from([1, 0, 0, 0, 0]);
  const all = visibleRows(trace, { collapsed: new Uint8Array(5), shown, revealed, leader: null, self: null });
  equal([...all.rows], [0, 1, 2, 3, 4]);
});

test("siblings that do the same become one line, which opens", () => {
  const queries = Array.from({ length: 5 }, (_, i) => ["query", 10 * i, 5, "root", "db"]);
  const many = makeTrace([["root", 0, 100, null, "shop"], ...queries, ["other", 60, 5, "root", "db"]]);
  const leader = repeatLeaders(many);
  equal([...leader], [-1, 1, 1, 1, 1, 1, -1]);
  const view = { collapsed: new Uint8Array(7), shown: null, leader, self: ownTimes(many) };
  const { rows, folds } = visibleRows(many, view);
  equal([...rows], [0, -1, 6]);
  equal([folds[0].members, folds[0].self, folds[0].leader], [5, 25, 1]);
  const open = visibleRows(many, { ...view, unfolded: Uint8Array.from([0, 1, 0, 0, 0, 0, 0]) });
  equal([...open.rows], [0, -1, 1, 2, 3, 4, 5, 6]);
  for (let i = 0; i < 7; i++) equal(rowOf(open.rows, i), [...open.rows].indexOf(i));
});

test("a row is found among any mixture of spans and lines", () => {
  const next = random(11);
  for (let round = 0; round < 200; round++) {
    const rows = [];
    for (let i = 0; i < 60; i++) {
      if (next() < 0.5) rows.push(i);
      if (next() < 0.4) rows.push(-1 - i);
    }
    for (let i = 0; i < 60; i++) equal(rowOf(Int32Array.from(rows), i), rows.indexOf(i));
  }
});

test("levels close from below and open from above; rules close what they pick", () => {
  const collapsed = new Uint8Array(5);
  collapseLevel(trace, collapsed, -1);
  equal([...collapsed], [0, 1, 0, 0, 0]);
  collapseLevel(trace, collapsed, -1);
  equal([...collapsed], [1, 1, 0, 0, 0]);
  collapseLevel(trace, collapsed, 1);
  equal([...collapsed], [0, 1, 0, 0, 0]);
  const byRule = new Uint8Array(5);
  collapseWhere(trace, byRule, (i) => trace.length[i] < 50);
  equal([...byRule], [0, 1, 0, 0, 0]);
});

test("statistics group by one key or two, most own time first", () => {
  const groups = statistics(trace, ownTimes(trace), [plainValues(trace, "service")]);
  equal(groups.map(({ values, count, self }) => [values[0], count, self]), [
    ["bank", 1, 45], ["shop", 2, 40], ["mail", 1, 30], ["db", 1, 10],
  ]);
  equal(statistics(trace, ownTimes(trace), [plainValues(trace, "service"), plainValues(trace, "operation")]).length, 5);
});

test("boxes of a flame graph never overlap on a level, and each is found where it is", () => {
  const next = random(3);
  const spans = [["0", 0, 1000, null, "s"]];
  for (let n = 1; n < 300; n++) {
    spans.push([String(n), Math.floor(next() * 900), 1 + Math.floor(next() * 300), String(Math.floor(next() * n)),
      "s"]);
  }
  const some = makeTrace(spans);
  const boxes = flameOverTime(some);
  equal(boxes.span.length, some.count);
  for (let level = 0; level < boxes.first.length - 1; level++) {
    for (let box = boxes.first[level]; box < boxes.first[level + 1]; box++) {
      if (box > boxes.first[level]) ok(boxes.to[box - 1] <= boxes.from[box], `overlap on level ${level}`);
      equal(boxAt(boxes, level, (boxes.from[box] + boxes.to[box]) / 2), box);
    }
  }
});

test("merged paths add up what they hold", () => {
  const { nodes, total } = flameMerged(mergedPaths(trace, ownTimes(trace)));
  equal([nodes.length, total, nodes[0].total, nodes[1].total], [5, 125, 125, 30]);
});

test("a tree of paths has parents in the middle, and only the heaviest when there are too many", () => {
  const nodes = [{ parent: -1, w: 9 }, { parent: 0, w: 1 }, { parent: 0, w: 5 }, { parent: 2, w: 4 }];
  const { x, y, rows, columns } = pathLayout(nodes);
  equal([[...x], [...y], rows, columns], [[0, 1, 1, 2], [0.5, 0, 1, 1], 2, 3]);
  equal(heaviest(nodes, (node) => node.w, 3).map(({ w, parent }) => [w, parent]), [[9, -1], [5, 0], [4, 1]]);
});

test("spans that have not ended last until the end, and clocks that differ are marked", () => {
  const json = {
    traceID: "1", processes: { a: { serviceName: "a" }, b: { serviceName: "b" } },
    spans: [
      { traceID: "1", spanID: "1", startTime: 1000, duration: 500, processID: "a" },
      { traceID: "1", spanID: "2", startTime: 900, duration: 50, processID: "b",
        references: [{ refType: "CHILD_OF", traceID: "1", spanID: "1" }] },
      { traceID: "1", spanID: "3", startTime: 1200, duration: 0, processID: "a",
        warnings: ["the span ends 1200000 ns before it starts; its duration is shown as 0"] },
    ],
  };
  const read = decodeJaegerTrace(json);
  const flags = (id) => read.flags[[0, 1, 2].find((i) => read.spanID(i) === id)];
  equal([flags("2") & EARLY, flags("3") & UNFINISHED, flags("1") & (EARLY | UNFINISHED)], [EARLY, UNFINISHED, 0]);
  equal(Math.max(...read.length), 500);
});

test("a span has not ended, whichever nanosecond it began in", () => {
  const startTime = 1_795_552_000_000_001;
  for (let rest = 0; rest < 1000; rest++) {
    const before = `${startTime}${String(rest).padStart(3, "0")}`;
    const spans = [{ traceID: "1", spanID: "1", startTime, duration: 0, processID: "a",
      warnings: [`the span ends ${before} ns before it starts; its duration is shown as 0`] }];
    const read = decodeJaegerTrace({ traceID: "1", processes: { a: { serviceName: "a" } }, spans });
    equal(read.flags[0] & UNFINISHED, UNFINISHED, `${rest} ns after the microsecond`);
  }
});
