import { supersededRow } from "../../../Sources/CWebUI/ui/model/reports.js";
import { collapseFrom, collapseLevel } from "../../../Sources/CWebUI/ui/model/rows.js";
import { sortedOrder } from "../../../Sources/CWebUI/ui/model/sorted.js";
import * as sets from "../../../Sources/CWebUI/ui/model/span-sets.js";
import { equal, ok, test } from "./check.mjs";
import { makeTrace, random } from "./traces.mjs";

const { decodeCollapsed, decodeSet, encodeCollapsed, encodeSet } = sets;

test("a set of spans survives the address bar, and a stranger's set is ignored", () => {
  const next = random(3);
  for (let round = 0; round < 50; round++) {
    const n = 1 + Math.floor(next() * 5000);
    const set = Uint8Array.from({ length: n }, () => (next() < 0.05 ? 1 : 0));
    const text = encodeSet(set);
    equal([...decodeSet(text, n)], [...set]);
    ok(!decodeSet(text, n + 1).includes(1), "made for another trace");
    equal(decodeSet(text + "A!~", n).includes(1), false);
  }
});

function someTrace(next, n) {
  return makeTrace(Array.from({ length: n }, (_, i) => [String(i), i, n - i, i ? String(Math.floor(next() * i)) : null,
    "s"]));
}

test("what is collapsed survives the address bar, whatever it is", () => {
  const next = random(4);
  for (let round = 0; round < 60; round++) {
    const trace = someTrace(next, 1 + Math.floor(next() * 300));
    const share = next();
    const collapsed = Uint8Array.from(trace.size, (size) => (size > 1 && next() < share ? 1 : 0));
    equal([...decodeCollapsed(trace, encodeCollapsed(trace, collapsed))], [...collapsed]);
  }
});

test("a large trace that is folded by levels has a short address", () => {
  const trace = someTrace(random(5), 20_000);
  const collapsed = new Uint8Array(trace.count);
  collapseFrom(trace, collapsed, 0);
  for (let step = 0; step < 5; step++) {
    const text = encodeCollapsed(trace, collapsed);
    ok(text.length < 40, `${text.length} characters`);
    equal(decodeCollapsed(trace, text).join(""), collapsed.join(""));
    collapseLevel(trace, collapsed, 1);
  }
  collapseFrom(trace, collapsed, 3);
  collapsed[0] = 1;
  equal([...decodeCollapsed(trace, encodeCollapsed(trace, collapsed))].join(""), collapsed.join(""));
  for (const strange of ["99999999999999999999.", "2.!!!", "2.2.2", ".", "-1.A", "1e3."]) {
    equal(decodeCollapsed(trace, strange).length, trace.count);
  }
});

test("rows are in the order of their keys, equal ones as they came", () => {
  const next = random(6);
  const orders = (keys) => {
    for (const down of [false, true]) {
      const plain = keys.map((_, row) => row).sort((a, b) => {
        const by = keys[a] < keys[b] ? -1 : keys[a] > keys[b] ? 1 : 0;
        return (down ? -by : by) || a - b;
      });
      equal([...sortedOrder(keys, down)], plain);
    }
  };
  for (let round = 0; round < 30; round++) {
    const n = Math.floor(next() * 300);
    orders(Array.from({ length: n }, () => (next() - 0.5) * 10 ** Math.floor(next() * 20 - 8)));
    orders(Array.from({ length: n }, () => Math.floor(next() * 5) - 2));
    orders(Array.from({ length: n }, () => "é<b>zA"[Math.floor(next() * 6)] + Math.floor(next() * 3)));
  }
  orders([0, -0, 5e-324, -5e-324, Infinity, -Infinity, 1e308]);
  orders([]);
});

test("the later or longer report of a span is kept, and two sides of a call are two spans", () => {
  const report = (row, other = {}) => ({ row, service: "s", start: 5, length: 0, kind: 2, isUnfinished: true,
    ...other });
  const ended = { length: 9, isUnfinished: false };
  equal(supersededRow(report(0), report(1, ended)), 0);
  equal(supersededRow(report(0, ended), report(1)), 1);
  equal(supersededRow(report(0, ended), report(1, { ...ended, length: 11 })), 0);
  equal(supersededRow(report(0, ended), report(1, ended)), 0);
  for (const other of [{ service: "t" }, { kind: 3 }, { start: 6 }]) equal(supersededRow(report(0), report(1,
    other)), -1);
});
